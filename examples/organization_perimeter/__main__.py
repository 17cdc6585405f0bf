"""One perimeter for every bucket of an organization's accounts: stack config -> component -> outputs.

The config keys are in docs/reference/configuration.md, "An organization's perimeter". Deploy it with
credentials of the organization's management account, or of the account that it has delegated its policies to.
Attach it to one account for testing first (`targets`), then to organizational units.
"""

import pulumi

from s3_perimeter.components import OrganizationPerimeter, organization_spec

perimeter = OrganizationPerimeter("perimeter", organization_spec())

pulumi.export("policies", perimeter.policies)
pulumi.export("policyIds", perimeter.policy_ids)
pulumi.export("targets", perimeter.targets)
pulumi.export("allowedNetworks", perimeter.allowed_networks)
