"""A bucket for people who sign in elsewhere: nobody holds an access key.

Each role below is for one way of signing in. Keep the ones that you use, and set the ARN of who may assume
them, such as `pulumi config set samlProvider arn:aws:iam::111122223333:saml-provider/idp`. Afterwards
`perimeter credentials --role NAME --profile NAME` writes a person's profile for the AWS CLI.
"""

import pulumi

from s3_perimeter.components import PrivateBucket, RemotePersonsRole

people = pulumi.Config()
networks = pulumi.Config("s3-perimeter").require_object("allowedNetworks")

roles: list[RemotePersonsRole] = []
if permission_set := people.get("permissionSet"):
    # Whoever has this permission set in IAM Identity Center. They sign in there, with MFA, and switch to this
    # role; one role assumed from another lasts an hour at a time.
    roles.append({"name": "analyst", "assumed_by": [permission_set], "access": ["list", "read"]})
if saml := people.get("samlProvider"):
    # Whom the company's identity provider sends here: it decides, in the assertion.
    roles.append({"name": "editor", "assumed_by": [saml], "max_session_hours": 8})
if anchor := people.get("trustAnchor"):
    # Machines with a certificate of the company's CA, by its common name.
    roles.append(
        {
            "name": "scanner",
            "assumed_by": [anchor],
            "subjects": people.require_object("machines"),
            "access": ["write"],
            "prefix": "incoming/",
        }
    )
if user := people.get("user"):
    # An IAM user who keeps a key, and has to show MFA for each session.
    roles.append({"name": "maintainer", "assumed_by": [user], "max_session_hours": 2})

data = PrivateBucket("data", {"allowed_networks": networks, "users": [], "roles": roles})

pulumi.export("bucket", data.bucket)
pulumi.export("allowedNetworks", data.allowed_networks)
pulumi.export("roles", data.roles)
