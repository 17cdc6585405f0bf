"""RemoteRoles: roles for people who sign in elsewhere, with managed policies alone or shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pulumi
import pulumi_aws as aws

from s3_perimeter.settings import Role
from s3_perimeter.trust import TRUST_DEFAULT_LIMIT

from .shares import policies

__all__ = ["RemoteRole", "RemoteRoles", "size_warnings"]

SECONDS_PER_HOUR = 3600


class RemoteRole(pulumi.ComponentResource):
    """An IAM role that named principals assume from the allow-list, and its one policy."""

    role: aws.iam.Role
    """The IAM role."""

    def __init__(
        self,
        name: str,
        *,
        role: Role,
        role_name: str,
        trust: pulumi.Input[str],
        policy: aws.iam.Policy,
        tags: Mapping[str, str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the role and what it may do; ``after`` is the fence, which stands before it and after."""
        super().__init__("s3-perimeter:index:RemoteRole", name, {}, opts)
        self.role = aws.iam.Role(
            name,
            name=role_name,
            assume_role_policy=trust,
            max_session_duration=role.max_session_hours * SECONDS_PER_HOUR,
            tags=dict(tags),
            # What was attached by hand goes with it, and never keeps it from going.
            force_detach_policies=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
        aws.iam.RolePolicyAttachment(
            name,
            role=self.role.name,
            policy_arn=policy.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
        self.register_outputs({"roleArn": self.role.arn})


class RemoteRoles(pulumi.ComponentResource):
    """Roles for one bucket. Each distinct set of access levels and prefix is one managed policy."""

    roles: dict[str, RemoteRole]
    """The roles, by the name that stack config gives them."""

    def __init__(
        self,
        name: str,
        *,
        roles: Sequence[Role],
        trust: Callable[[Role], pulumi.Input[str]],
        bucket_arn: str,
        key_arn: str | None,
        name_prefix: str,
        tags: Mapping[str, str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the roles; ``trust`` gives a role's trust policy, the rest is as for users."""
        super().__init__("s3-perimeter:index:RemoteRoles", name, {}, opts)
        found = {}
        inside = pulumi.ResourceOptions(parent=self, depends_on=list(after))
        # Users' policies begin with an access level, so no name of theirs is the same.
        prefix = f"{name_prefix}-roles"
        for _, policy, members in policies(name, prefix, roles, bucket_arn, key_arn, tags, inside):
            for role in members:
                found[role.name] = RemoteRole(
                    f"{name}-{role.name}",
                    role=role,
                    role_name=f"{name_prefix}-{role.name}",
                    trust=trust(role),
                    policy=policy,
                    tags=tags,
                    after=after,
                    opts=pulumi.ResourceOptions(parent=self),
                )
        self.roles = {role.name: found[role.name] for role in roles}
        self.register_outputs({"roleArns": {name: each.role.arn for name, each in self.roles.items()}})


def size_warnings(trusts: Mapping[str, pulumi.Input[str]]) -> Iterator[str]:
    """Return one warning for each role whose trust policy, known by now, needs a raised quota of IAM's."""
    for name, trust in trusts.items():
        if isinstance(trust, str) and len(trust) > TRUST_DEFAULT_LIMIT:
            yield (
                f"role `{name}`: its trust policy has {len(trust):,} characters, and IAM accepts "
                f"{TRUST_DEFAULT_LIMIT:,} unless the account's quota is raised\n\n"
                "hint: raise the quota `Role trust policy length`, or allow fewer and larger networks"
            )
