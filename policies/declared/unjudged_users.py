"""Users, groups and what they are given in forms that the rules cannot judge: made by another provider, or in
their place by Cloud Control or CloudFormation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .deployment import Deployment, Resource
from .templates import made_by

__all__ = ["unjudged_users"]

_NAMED: Final = re.compile(
    r"[^:]+:index/iam(User|Group|PolicyAttachment)\w*:\w+"
    r"|(?!aws:)[^:]+:iam/(user|group|policyAttachment)\w*:\w+"
    r"|[^:]+:tf:(aws|awscc)_iam_(user|group|policy_attachment)\w*"
    r"|[^:]+:iam\.[^/:]*aws[^/:]*/\w+:(User|Group|PolicyAttachment)\w*"
)
_POLICY: Final = re.compile(r"[^:]+:index/iam(Managed)?Policy:\w+")
_HANDS: Final = re.compile(r"AWS::IAM::(User|Group|UserPolicy|GroupPolicy|UserToGroupAddition)\b")
_MAY_HAND: Final = re.compile(r"AWS::IAM::(Managed)?Policy\b")
_HOLDERS: Final = re.compile(r"\b(Users|Groups)\b")


def unjudged_users(deployment: Deployment) -> Iterator[tuple[Resource, str]]:
    """Yield every resource that makes, or gives something to, a user or group out of the rules' sight, and
    why.
    """
    for resource in deployment.resources:
        reason = _reason(resource)
        if reason:
            yield resource, reason


def _reason(resource: Resource) -> str | None:
    """Return why a resource cannot be judged. A text that cannot be read is left to the rule on bucket
    policies, since it may contain a bucket as well.
    """
    made = made_by(resource)
    if made is not None:
        found = _HANDS.search(made.types)
        if found is None and _HOLDERS.search(made.properties):
            found = _MAY_HAND.search(made.types)
        has = "makes" if made.what == "it" else "has"
        return f"{made.what} {has} an `{found[0]}`, which cannot be judged" if found else None
    handed = _POLICY.fullmatch(resource.type) and any(
        resource.declared.get(name) not in (None, []) for name in ("users", "groups")
    )
    if handed or _NAMED.fullmatch(resource.type):
        return f"a resource of type `{resource.type}` cannot be judged"
    return None
