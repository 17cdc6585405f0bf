"""aws.iam.Policy."""

from __future__ import annotations

import json
import time
from typing import Any

from local.provider.properties import TAGS, TAGS_ALL, document, table, text, whole
from local.provider.resource import AutoName
from local.provider.session import Session
from local.provider.types.iam_part import IamResource, all_of, first_tags, if_there, patiently, retag, tags_of
from local.provider.values import Props

MOST_VERSIONS = 5
"""IAM keeps no more versions of a managed policy ("IAM and AWS STS quotas")."""

FORM = document(required=True)


class Policy(IamResource):
    """A managed policy. Its text changes by a new version, which becomes the default one."""

    token = "aws:iam/policy:Policy"  # noqa: S105
    title = "IAM Policy"
    auto_name = AutoName(longest=128)
    properties = table(
        {
            "policy": FORM,
            "delayAfterPolicyCreationInMs": whole(kept=True),
            "description": text(replaces=True),
            "name": text(computed=True, replaces=True),
            "namePrefix": text(computed=True, replaces=True, kept=True),
            "path": text(default="/", replaces=True),
            "tags": TAGS,
            "arn": text(output=True),
            "attachmentCount": whole(output=True),
            "policyId": text(output=True),
            "tagsAll": TAGS_ALL,
        }
    )

    def create(self, session: Session, inputs: Props) -> str:
        iam = self.iam(session)
        about = {"Description": inputs["description"]} if inputs.get("description") else {}
        made = patiently(
            session,
            lambda: iam.create_policy(
                PolicyName=inputs["name"],
                Path=inputs.get("path") or "/",
                PolicyDocument=inputs["policy"],
                **about,
                **first_tags(session, inputs),
            ),
        )
        time.sleep((inputs.get("delayAfterPolicyCreationInMs") or 0) / 1000)
        return str(made["Policy"]["Arn"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if not old:
            return
        iam = self.iam(session)
        if not FORM.same(old.get("policy"), new["policy"]):
            make_room(iam, identity)
            patiently(
                session,
                lambda: iam.create_policy_version(
                    PolicyArn=identity, PolicyDocument=new["policy"], SetAsDefault=True
                ),
            )
        retag(
            session,
            old,
            new,
            lambda **what: iam.tag_policy(PolicyArn=identity, **what),
            lambda **what: iam.untag_policy(PolicyArn=identity, **what),
        )

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        del state
        iam = self.iam(session)
        answer = if_there(lambda: iam.get_policy(PolicyArn=identity))
        if answer is None:
            return None
        policy = answer["Policy"]
        version = iam.get_policy_version(PolicyArn=identity, VersionId=policy["DefaultVersionId"])
        return {
            "arn": policy["Arn"],
            "attachmentCount": policy.get("AttachmentCount", 0),
            "description": policy.get("Description"),
            "name": policy["PolicyName"],
            "path": policy.get("Path") or "/",
            "policy": as_text(version["PolicyVersion"]["Document"]),
            "policyId": policy["PolicyId"],
            "tags": tags_of(policy) or tags_of(iam.list_policy_tags(PolicyArn=identity)),
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        del state
        iam = self.iam(session)
        for version in if_there(lambda: versions(iam, identity)) or []:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=identity, VersionId=version["VersionId"])
        if_there(lambda: patiently(session, lambda: iam.delete_policy(PolicyArn=identity)))


def versions(iam: Any, arn: str) -> list[Props]:
    """Every version of a managed policy."""
    return all_of(iam, "list_policy_versions", "Versions", PolicyArn=arn)


def make_room(iam: Any, arn: str) -> None:
    """Delete the oldest version that is not the default where IAM would take no further one."""
    found = versions(iam, arn)
    if len(found) < MOST_VERSIONS:
        return
    spare = [version for version in found if not version["IsDefaultVersion"]]
    oldest = min(spare, key=lambda version: int(version["VersionId"].removeprefix("v")))
    iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])


def as_text(document_: Any) -> str:
    """A policy document of IAM's answers as JSON text; boto3 has decoded it."""
    return document_ if isinstance(document_, str) else json.dumps(document_, separators=(",", ":"))
