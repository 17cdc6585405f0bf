// Reads rows of requests as JSON from standard input, prints for each row what iam-simulate says to its requests, up
// to the first that it does not deny explicitly.
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'
import { readFileSync } from 'node:fs'

const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

async function answer(each) {
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
  return found.overallResult ?? `error: ${JSON.stringify(found.errors ?? found)}`
}

const rows = []
for (const row of JSON.parse(readFileSync(0, 'utf8'))) {
  const answers = []
  for (const each of row) {
    answers.push(await answer(each))
    if (answers.at(-1) !== 'ExplicitlyDenied') break
  }
  rows.push(answers)
}
console.log(JSON.stringify(rows))
