"""aws.iam.Policy, and the policies of a user, a group or a role: inline ones, and attached ones."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from local.provider.declared import Details
from local.provider.resource import AutoName
from local.provider.session import Session
from local.provider.structures import from_tags
from local.provider.types.iam_part import IamResource, all_of, as_text, first_tags, if_there, patiently, retag
from local.provider.values import Props

CREATED = {"description": "Description", "name": "PolicyName", "path": "Path", "policy": "PolicyDocument"}
"""The arguments of CreatePolicy, by property."""

MOST_VERSIONS = 5
"""IAM keeps no more versions of a managed policy ("IAM and AWS STS quotas")."""


class Policy(IamResource):
    """A managed policy. Its text changes by a new version, which becomes the default one."""

    token = "aws:iam/policy:Policy"  # noqa: S105
    title = "IAM Policy"
    auto_name = AutoName(longest=128)
    details = Details(
        replaces="description name path",
        kept="delayAfterPolicyCreationInMs",
        documents="policy",
        defaults={"path": "/"},
    )

    def create(self, session: Session, inputs: Props) -> str:
        iam = self.iam(session)
        arguments = {argument: inputs[key] for key, argument in CREATED.items() if inputs.get(key)}
        arguments.update(first_tags(session, inputs))
        made = patiently(session, lambda: iam.create_policy(**arguments))
        time.sleep((inputs.get("delayAfterPolicyCreationInMs") or 0) / 1000)
        return str(made["Policy"]["Arn"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if not old:
            return
        iam = self.iam(session)
        if not self.same("policy", old, new):
            drop_oldest(iam, identity)
            version = {"PolicyArn": identity, "PolicyDocument": new["policy"], "SetAsDefault": True}
            patiently(session, lambda: iam.create_policy_version(**version))
        retag(session, "policy", {"PolicyArn": identity}, old, new)

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
            "tags": from_tags(iam.list_policy_tags(PolicyArn=identity).get("Tags")),
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        del state
        iam = self.iam(session)
        for version in if_there(lambda: versions(iam, identity)) or []:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=identity, VersionId=version["VersionId"])
        if_there(lambda: patiently(session, lambda: iam.delete_policy(PolicyArn=identity)))


def versions(iam: Any, arn: str) -> list[Props]:
    """Return every version of a managed policy."""
    return all_of(iam, "list_policy_versions", "Versions", PolicyArn=arn)


def drop_oldest(iam: Any, arn: str) -> None:
    """Delete the oldest version that is not the default where IAM would take no further one."""
    found = versions(iam, arn)
    if len(found) < MOST_VERSIONS:
        return
    spare = [version for version in found if not version["IsDefaultVersion"]]
    oldest = min(spare, key=lambda version: int(version["VersionId"].removeprefix("v")))
    iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])


class OwnedPolicy(IamResource):
    """A policy of a user, a group or a role: ``owner`` is the property that names it."""

    owner: ClassVar[str]

    def call(self, session: Session, verb: str, owner: str, **arguments: Any) -> Any:
        """Return one of the calls about such a policy; None where it is gone and that is no error."""
        operation = getattr(self.iam(session), f"{verb}_{self.owner}_policy")
        key = {f"{self.owner.capitalize()}Name": owner}
        if verb in ("put", "attach"):
            return patiently(session, lambda: operation(**key, **arguments))
        return if_there(lambda: operation(**key, **arguments))


class InlinePolicy(OwnedPolicy):
    """An inline policy. The id is ``owner:name``."""

    auto_name = AutoName(longest=128)
    details = Details(replaces="group name role user", documents="policy")

    def create(self, session: Session, inputs: Props) -> str:
        self.put(session, inputs[self.owner], inputs["name"], inputs)
        return f"{inputs[self.owner]}:{inputs['name']}"

    def put(self, session: Session, owner: str, name: str, inputs: Props) -> None:
        """Put the document."""
        self.call(session, "put", owner, PolicyName=name, PolicyDocument=inputs["policy"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if old:
            owner, _, name = identity.partition(":")
            self.put(session, owner, name, new)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        del state
        owner, _, name = identity.partition(":")
        answer = self.call(session, "get", owner, PolicyName=name)
        if answer is None:
            return None
        return {self.owner: owner, "name": name, "policy": as_text(answer["PolicyDocument"])}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        del state
        owner, _, name = identity.partition(":")
        self.call(session, "delete", owner, PolicyName=name)


class Attachment(OwnedPolicy):
    """A managed policy that is attached. The id is ``owner-arn``; imports have ``owner/arn``."""

    details = Details(replaces="group policyArn role user")

    def create(self, session: Session, inputs: Props) -> str:
        self.call(session, "attach", inputs[self.owner], PolicyArn=inputs["policyArn"])
        return f"{inputs[self.owner]}-{inputs['policyArn']}"

    def parts(self, identity: str, state: Props) -> tuple[str, str]:
        """Owner and ARN."""
        owner, _, rest = identity.partition("arn:")
        return state.get(self.owner) or owner[:-1], state.get("policyArn") or f"arn:{rest}"

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        owner, arn = self.parts(identity, state)
        listing, key = f"list_attached_{self.owner}_policies", {f"{self.owner.capitalize()}Name": owner}
        attached = if_there(lambda: all_of(self.iam(session), listing, "AttachedPolicies", **key))
        if all(policy["PolicyArn"] != arn for policy in attached or []):
            return None
        return {self.owner: owner, "policyArn": arn}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        owner, arn = self.parts(identity, state)
        self.call(session, "detach", owner, PolicyArn=arn)


def owned(base: type[OwnedPolicy], owner: str, kind: str) -> type[OwnedPolicy]:
    """Return the type of such a policy for one kind of owner."""
    name = f"{owner.capitalize()}{kind}"
    about = {
        "token": f"aws:iam/{name[0].lower()}{name[1:]}:{name}",
        "title": f"IAM {owner.capitalize()} {kind.replace('PolicyA', 'Policy A')}",
        "owner": owner,
    }
    return type(name, (base,), about)


OWNED = tuple(  # kept: Python forgets a class that nothing refers to
    owned(base, owner, kind)
    for base, kind in ((InlinePolicy, "Policy"), (Attachment, "PolicyAttachment"))
    for owner in ("user", "group", "role")
)
