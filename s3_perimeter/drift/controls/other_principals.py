"""Nobody else in the account is allowed the bucket by their policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from s3_perimeter.documents.identity import Grant, overlap
from s3_perimeter.drift.calls import iam, s3, sts
from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.granted import allows, lifts_the_fence
from s3_perimeter.drift.subjects import Account

__all__ = ["judge"]

_LISTS = (("UserDetailList", "UserName", "UserPolicyList"), ("RoleDetailList", "RoleName", "RolePolicyList"))


def _reads(account: Account) -> Iterable[Call]:
    if account.first is None:
        return []
    return [iam.authorization_details(), sts.caller(), s3.own_bucket(account.first)]


@control(
    about=Account,
    id="other-principals",
    title="no other principal in the account has a policy that allows access to the bucket",
    severity=Severity.CRITICAL,
    impact="From inside the allow-list these principals use the bucket without being its declared users.",
    reads=_reads,
    strict=True,
)
def judge(account: Account, context: Context) -> Iterator[Difference]:
    """Yield each principal who has a policy that allows access to the bucket, and is not a declared user
    (advisory).

    The caller, service-linked roles, and administrators who are older than the bucket are left out: every
    account has such administrators, and they could give themselves any permission.
    """
    if account.first is None:
        return
    details = context(iam.authorization_details()) or {}
    caller = str((context(sts.caller()) or {}).get("Arn", ""))
    made = _made(account, context)
    ours = (*context.declared.users, *context.declared.roles)
    declared = {holder.arn for holder in ours if holder.resource is not None}
    documents = _documents(details)
    groups = {group["GroupName"]: group for group in details.get("GroupDetailList", ())}
    arns = {bucket.arn for bucket in context.declared.buckets}
    for several, name, inline in _LISTS:
        for principal in sorted(details.get(several, ()), key=lambda item: str(item["Arn"])):
            arn = str(principal["Arn"])
            if arn in declared or _is_caller(arn, caller) or "/aws-service-role/" in arn:
                continue
            lines = [
                line
                for document in _carried(principal, inline, groups, documents, context)
                for line in allows(document)
            ]
            reaching = [line for line in lines if _reaches(line, arns) or lifts_the_fence([line], context)]
            born = principal.get("CreateDate")
            older = born is not None and made is not None and born <= made
            if not reaching or (older and lifts_the_fence(lines, context)):
                continue
            lifting = lifts_the_fence(lines, context)
            yield Difference(
                Kind.UNMANAGED,
                Severity.CRITICAL if lifting else Severity.LOW,
                None,
                [str(line) for line in reaching],
                f"{principal[name]} has access to the bucket through their own policies "
                + (
                    "and can remove the fence, from inside the allow-list or through IAM from anywhere"
                    if lifting
                    else "(its policy still denies them from outside the allow-list)"
                ),
                "restrict their policies, or accept it in a --baseline with a reason",
                resource=arn,
            )


def _made(account: Account, context: Context) -> datetime | None:
    if account.first is None:
        return None
    listed = (context(s3.own_bucket(account.first)) or {}).get("Buckets", ())
    return next((item.get("CreationDate") for item in listed if item.get("Name") == account.first.name), None)


def _documents(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the default version of every customer-managed policy; AWS's own documents are not in the
    answer.
    """
    found: dict[str, Any] = {}
    for policy in details.get("Policies", ()):
        for version in policy.get("PolicyVersionList", ()):
            if version.get("IsDefaultVersion"):
                found[policy["Arn"]] = version.get("Document")
    return found


def _carried(
    principal: Mapping[str, Any],
    inline: str,
    groups: Mapping[str, Any],
    documents: Mapping[str, Any],
    context: Context,
) -> Iterator[Any]:
    yield from (item.get("PolicyDocument") for item in principal.get(inline, ()))
    attached = [item["PolicyArn"] for item in principal.get("AttachedManagedPolicies", ())]
    for group in principal.get("GroupList", ()):
        carried = groups.get(group, {})
        yield from (item.get("PolicyDocument") for item in carried.get("GroupPolicyList", ()))
        attached += [item["PolicyArn"] for item in carried.get("AttachedManagedPolicies", ())]
    for arn in attached:
        yield documents[arn] if arn in documents else _asked(arn, context)


def _asked(arn: str, context: Context) -> Any:
    """Return the document of a policy of AWS's own, where the account's details lack it. Raises
    UnknownError.
    """
    version = (context(iam.managed_policy(arn)) or {}).get("Policy", {}).get("DefaultVersionId")
    return (context(iam.policy_version(arn, version)) or {})["PolicyVersion"]["Document"] if version else None


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


def _is_caller(arn: str, caller: str) -> bool:
    """Whether the principal is the caller; a role's session has the role's name after `assumed-role/`."""
    role = caller.partition(":assumed-role/")[2].partition("/")[0]
    return arn == caller or (bool(role) and arn.rpartition("/")[2] == role and ":role/" in arn)
