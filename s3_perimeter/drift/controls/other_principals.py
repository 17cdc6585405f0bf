"""Nobody else in the account is allowed the bucket by their policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from s3_perimeter.documents.identity import Grant, PolicyShapeError, grants, overlap
from s3_perimeter.drift.calls import iam, s3, sts
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.declared import Account
from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.findings import Difference, Kind, Severity

_LISTS = (("UserDetailList", "UserName", "UserPolicyList"), ("RoleDetailList", "RoleName", "RolePolicyList"))


def reads(account: Account) -> Iterable[Call]:
    if account.door is None:
        return []
    return [iam.authorization_details(), sts.caller(), s3.own_bucket(account.door)]


def judge(account: Account, view: View) -> Iterator[Difference]:
    """Advisory: who beside the declared users has a policy that allows the bucket.

    Left out are whoever asks, roles that only AWS's services take (service-linked ones), and full
    administrators who are older than the bucket: every account has them, and they could give themselves
    anything.
    """
    if account.door is None:
        return
    details = view(iam.authorization_details()) or {}
    caller = str((view(sts.caller()) or {}).get("Arn", ""))
    made = _made(account, view)
    declared = {user.arn for user in view.declared.users}
    documents = _documents(details)
    groups = {group["GroupName"]: group for group in details.get("GroupDetailList", ())}
    arns = {bucket.arn for bucket in view.declared.buckets}
    for several, name, inline in _LISTS:
        for principal in sorted(details.get(several, ()), key=lambda item: str(item["Arn"])):
            arn = str(principal["Arn"])
            if arn in declared or _is_caller(arn, caller) or "/aws-service-role/" in arn:
                continue
            lines = [
                line
                for document in _carried(principal, inline, groups, documents)
                for line in _allows(document)
            ]
            reaching = [line for line in lines if _reaches(line, arns)]
            born = principal.get("CreateDate")
            older = born is not None and made is not None and born <= made
            if not reaching or (older and any(_is_everything(line) for line in lines)):
                continue
            yield Difference(
                Kind.UNMANAGED,
                Severity.LOW,
                None,
                [str(line) for line in reaching],
                f"{principal[name]} is allowed the bucket by their own policies "
                "(its policy still denies them from outside the allow-list)",
                "narrow their policies, or accept it in a --baseline with a reason",
                resource=arn,
            )


def _made(account: Account, view: View) -> datetime | None:
    if account.door is None:
        return None
    listed = (view(s3.own_bucket(account.door)) or {}).get("Buckets", ())
    return next((item.get("CreationDate") for item in listed if item.get("Name") == account.door.name), None)


def _documents(details: Mapping[str, Any]) -> dict[str, Any]:
    """The default version of every customer-managed policy; AWS's own documents are not in the answer."""
    found: dict[str, Any] = {}
    for policy in details.get("Policies", ()):
        for version in policy.get("PolicyVersionList", ()):
            if version.get("IsDefaultVersion"):
                found[policy["Arn"]] = version.get("Document")
    return found


def _carried(
    principal: Mapping[str, Any], inline: str, groups: Mapping[str, Any], documents: Mapping[str, Any]
) -> Iterator[Any]:
    yield from (item.get("PolicyDocument") for item in principal.get(inline, ()))
    attached = [item["PolicyArn"] for item in principal.get("AttachedManagedPolicies", ())]
    for group in principal.get("GroupList", ()):
        carried = groups.get(group, {})
        yield from (item.get("PolicyDocument") for item in carried.get("GroupPolicyList", ()))
        attached += [item["PolicyArn"] for item in carried.get("AttachedManagedPolicies", ())]
    for arn in attached:
        yield documents.get(arn) or _AWS_OWN.get(arn.rpartition("/")[2])


def _allow(*actions: str) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


# What AWS's own managed policies say of S3, where they say anything of every bucket.
_AWS_OWN = {
    "AdministratorAccess": _allow("*"),
    "PowerUserAccess": _allow("s3:*"),
    "AmazonS3FullAccess": _allow("s3:*"),
    "AmazonS3ReadOnlyAccess": _allow("s3:Get*", "s3:List*"),
    "ReadOnlyAccess": _allow("s3:Get*", "s3:List*"),
    "ViewOnlyAccess": _allow("s3:ListBucket"),
    "SystemAdministrator": _allow("s3:*"),
    "DataScientist": _allow("s3:Get*", "s3:List*"),
    "DatabaseAdministrator": _allow("s3:ListBucket"),
}


def _allows(document: Any) -> list[Grant]:
    if not document:
        return []
    try:
        return [line for line in grants(document) if line.effect == "Allow"]
    except PolicyShapeError:
        return []


def _reaches(line: Grant, arns: Iterable[str]) -> bool:
    if line.action.but:
        acts = not any(pattern in ("*", "s3:*") for pattern in line.action.patterns)
    else:
        acts = any(overlap(pattern, "s3:*") for pattern in line.action.patterns)
    if not acts:
        return False
    targets = [target for arn in arns for target in (arn, f"{arn}/*")]
    if line.resource.but:
        return not all(
            any(pattern in ("*", target) for pattern in line.resource.patterns) for target in targets
        )
    return any(overlap(pattern, target) for pattern in line.resource.patterns for target in targets)


def _is_everything(line: Grant) -> bool:
    return line.action.patterns == ("*",) and line.resource.patterns == ("*",) and not line.conditions


def _is_caller(arn: str, caller: str) -> bool:
    """A role's session shows the role's name after `assumed-role/`."""
    role = caller.partition(":assumed-role/")[2].partition("/")[0]
    return arn == caller or (bool(role) and arn.rpartition("/")[2] == role and ":role/" in arn)


CONTROL = Control(
    id="other-principals",
    title="nobody else in the account is allowed the bucket by their policies",
    scope="account",
    severity=Severity.LOW,
    lets="From inside the allow-list these principals use the bucket without being among its declared users.",
    reads=reads,
    judge=judge,
    strict=True,
)
