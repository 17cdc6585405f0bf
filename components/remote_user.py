"""RemoteUser: one IAM user with programmatic access only, and an access key in each of its slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from s3_perimeter.settings import User

__all__ = ["RemoteUser"]


class RemoteUser(pulumi.ComponentResource):
    """An IAM user without a console password, and its access keys."""

    user: aws.iam.User
    """The IAM user."""

    access_key_ids: dict[str, pulumi.Output[str]]
    """The ids of the access keys, by slot."""

    secret_access_keys: dict[str, pulumi.Output[str]]
    """The secret parts of the access keys, by slot; secrets wherever they go."""

    def __init__(
        self,
        name: str,
        *,
        person: User,
        user_name: str,
        tags: Mapping[str, str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the user; ``after`` is what must stand before it and outlive it: the fence."""
        super().__init__("s3-perimeter:index:RemoteUser", name, {}, opts)
        self._stem = name
        self._person = person
        self.user = aws.iam.User(
            name,
            name=user_name,
            tags=dict(tags),
            # Whatever was added to the user by hand goes with it: a person who leaves keeps no key.
            force_destroy=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
        self.access_key_ids = {}
        self.secret_access_keys = {}

    def add_keys(self, after: Sequence[pulumi.Resource]) -> None:
        """Declare the access keys, last of all: a key exists only while its user is fenced and permitted."""
        for slot in self._person.keys:
            key = aws.iam.AccessKey(
                f"{self._stem}-{slot}",
                user=self.user.name,
                opts=pulumi.ResourceOptions(parent=self, depends_on=after),
            )
            self.access_key_ids[slot] = key.id
            self.secret_access_keys[slot] = pulumi.Output.secret(key.secret)
        self.register_outputs({"userName": self.user.name, "accessKeyIds": self.access_key_ids})
