"""The resource control policy is attached to what is declared, and its type is enabled."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import organizations
from s3_perimeter.drift.facts import Absent
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import redeploy, unmanaged
from s3_perimeter.drift.subjects import OrganizationPolicy

__all__ = ["judge"]

KIND = "RESOURCE_CONTROL_POLICY"


@control(
    id="organization-policy-targets",
    title="the resource control policy is attached to what is declared, and its type is enabled",
    about=OrganizationPolicy,
    severity=Severity.CRITICAL,
    impact="A policy that is not attached, or whose type is not enabled, denies nothing.",
    reads=lambda policy: [
        organizations.targets(policy),
        organizations.policy(policy),
        organizations.roots(),
    ],
    parts=("organizations/policyAttachment",),
)
def judge(policy: OrganizationPolicy, context: Context) -> Iterator[Difference]:
    if isinstance(context.facts.fact(organizations.policy(policy)), Absent):
        return
    for root in (context(organizations.roots()) or {}).get("Roots", ()):
        enabled = {each["Type"] for each in root.get("PolicyTypes", ()) if each.get("Status") == "ENABLED"}
        if KIND not in enabled:
            yield Difference(
                Kind.CHANGED,
                Severity.CRITICAL,
                "enabled",
                "disabled",
                "resource control policies are not enabled, so that none applies to any account",
                f"aws organizations enable-policy-type --root-id {root['Id']} --policy-type {KIND}",
            )
    answer = context(organizations.targets(policy)) or {}
    observed = {each["TargetId"] for each in answer.get("Targets", ())}
    for target in sorted(policy.targets - observed):
        yield Difference(
            Kind.MISSING,
            Severity.CRITICAL,
            target,
            None,
            f"the policy is not attached to {target}: only each bucket's own policy denies requests from "
            "outside there",
            redeploy(context),
        )
    yield from unmanaged(
        observed - policy.targets,
        Severity.MEDIUM,
        lambda target: f"the policy is attached to {target} as well, where nobody declared it",
        lambda target: f"aws organizations detach-policy --policy-id {policy.id} --target-id {target}",
    )
