"""Nobody has an undeclared grant on the KMS key."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import kms
from s3_perimeter.drift.facts import Absent
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.subjects import Key

__all__ = ["judge"]


@control(
    about=Key,
    id="kms-key-grants",
    title="nobody has an undeclared grant on the KMS key",
    severity=Severity.HIGH,
    impact="A grantee can use the key, whatever the key's policy and the grantee's own policies say.",
    reads=lambda key: [kms.grants(key), kms.describe(key)],
    parts=("kms/grant",),
)
def judge(key: Key, context: Context) -> Iterator[Difference]:
    """Yield undeclared grants. On a key that the stack only uses they are others' business, and reported only
    with --strict.
    """
    if (key.resource is None and not key.parts and not context.strict) or isinstance(
        context.facts.fact(kms.describe(key)), Absent
    ):
        return
    declared = {
        part.text("grantId") or part.id.rpartition(":")[2] for part in key.parts if part.kind == "kms/grant"
    }
    for grant in (context(kms.grants(key)) or {}).get("Grants", ()):
        name = grant["GrantId"]
        if name in declared:
            continue
        who, may = grant.get("GranteePrincipal"), ", ".join(sorted(grant.get("Operations", ())))
        yield Difference(
            Kind.UNMANAGED,
            Severity.HIGH,
            None,
            {"grant": name, "grantee": who, "operations": sorted(grant.get("Operations", ()))},
            f"{who} may {may} with the key",
            f"aws kms revoke-grant --key-id {key.arn} --grant-id {name}",
        )
