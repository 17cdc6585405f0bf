"""networks-must-stay-reachable: no bucket policy locks out the allow-list or a declared exemption, at any job
and at any time.
"""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter import AddressSet, PolicyError

from ..declared.documents import bucket_policies
from ..judging.allow_list import NoAllowList
from ..judging.context import Context
from ..judging.proofs import proof_of
from ..judging.rule import Violation, broken, rule

__all__ = ["judge"]


@rule(
    id="networks-must-stay-reachable",
    severity="high",
    description="No policy locks out an allowed network or a declared exemption from listing, reading, "
    "writing or maintaining the bucket, now or later.",
    remedy="list every allowed network in one NotIpAddress condition of one Deny, and add the declared "
    "exemptions to the same Deny",
    link=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
    ),
)
def judge(context: Context) -> Iterator[Violation]:
    for bucket in context.deployment.buckets:
        listed = context.listed(bucket)
        # Without an allow-list there is nothing that has to be reachable; the sealing rule refuses that.
        if bucket.name is None or isinstance(listed, NoAllowList):
            continue
        for document in bucket_policies(bucket, context.deployment):
            if document.text is None:
                continue
            try:
                proof = proof_of(document.text, listed.perimeter(bucket), context.now)
            except PolicyError:
                continue
            for lockout in proof.lockouts:
                needed = AddressSet.parse(lockout.networks) & listed.settings.must_reach
                stress = f"; `mustReach` needs {', '.join(needed.cidrs())}" if needed else ""
                yield broken(
                    document.urn,
                    f"bucket {bucket.label}",
                    f"its policy locks out callers whom {listed.where} allows: {lockout.summary}; "
                    f"{lockout.because}{stress}",
                    lockout.fix,
                )
