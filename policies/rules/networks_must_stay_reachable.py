"""networks-must-stay-reachable: no bucket policy shuts out the allow-list, or an address that has to
get in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.declared.documents import bucket_policies
from policies.judging.allow_list import NoAllowList
from policies.judging.context import Context
from policies.judging.proofs import proof_of
from policies.judging.rule import Rule, Violation, broken
from s3_perimeter import AddressSet, PolicyError


def _judge(context: Context) -> Iterator[Violation]:
    for bucket in context.deployment.buckets:
        listed = context.listed(bucket)
        # Without an allow-list there is nothing that has to be reachable; the sealing rule refuses that.
        if bucket.name is None or isinstance(listed, NoAllowList):
            continue
        for document in bucket_policies(bucket):
            if document.text is None:
                continue
            try:
                proof = proof_of(document.text, listed.perimeter(bucket), context.now)
            except PolicyError:
                continue
            for lockout in proof.lockouts:
                networks = ", ".join(lockout.networks)
                needed = AddressSet.parse(lockout.networks) & listed.settings.must_reach
                stress = f"; `mustReach` needs {', '.join(needed.cidrs())}" if needed else ""
                yield broken(
                    document.urn,
                    f"bucket {bucket.label}",
                    f"its policy shuts out {networks}, which {listed.source} allows: "
                    f"{lockout.because}{stress}",
                    "name every allowed network in one NotIpAddress condition of one Deny",
                )


RULE: Final = Rule(
    id="networks-must-stay-reachable",
    severity="high",
    description="No policy shuts out an allowed network, or an address that must stay able to reach the "
    "bucket.",
    remedy="name every allowed network in one NotIpAddress condition of one Deny",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    judge=_judge,
)
