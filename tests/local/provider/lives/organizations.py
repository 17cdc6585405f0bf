"""The lives of an organization's policies."""

from __future__ import annotations

from tests.local.asking import RCP, RCP_TYPE
from tests.local.provider.lives.life import Life

OTHER = RCP.replace("nothing", "something")

LIVES = [
    Life(
        "aws:organizations/policy:Policy",
        lambda _: {"content": RCP, "description": "one", "type": RCP_TYPE, "tags": {"a": "1"}},
        lambda _: {"content": OTHER, "description": "two", "name": "renamed", "tags": {"b": "2"}},
        lambda _: {
            "type": "TAG_POLICY",
            "content": "{}",
        },
        lambda aws, o: aws.organizations().update_policy(PolicyId=o["arn"].rpartition("/")[2], Content=OTHER),
        "content",
        unknown=("arn",),
    ),
    Life(
        "aws:organizations/policyAttachment:PolicyAttachment",
        lambda t: {"policyId": t.rcp, "targetId": t.unit},
        replacing=lambda t: {"targetId": t.other_unit},
    ),
]
