// Reads cases as JSON from standard input, prints for each whether iam-simulate denies it explicitly.
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'
import { readFileSync } from 'node:fs'

const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const answers = []
for (const each of JSON.parse(readFileSync(0, 'utf8'))) {
  const anonymous = each.principal === 'anonymous'
  const found = await runSimulation(
    {
      request: {
        principal: anonymous ? anonymousPrincipal : each.principal,
        action: each.action,
        resource: { resource: each.resource, accountId: each.account },
        contextVariables: each.context,
      },
      identityPolicies: anonymous || !each.principal.startsWith('arn:') ? [] : [{ name: 'all', policy: everything }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: each.policy,
    },
    {},
  )
  answers.push(found.overallResult ?? `error: ${JSON.stringify(found.errors ?? found)}`)
}
console.log(JSON.stringify(answers))
