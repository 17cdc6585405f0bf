"""Proofs that several rules of one run ask for, made once, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from s3_perimeter import Perimeter, PolicyDocument
from s3_perimeter.documents.nodes import visible
from s3_perimeter.proof import Proof, Witness
from s3_perimeter.theorem import prove

from ..declared.deployment import Bucket

__all__ = ["partition_note", "proof_of", "what_gets_in", "why_unknown"]


@lru_cache(maxsize=4096)
def proof_of(text: str, perimeter: Perimeter, now: datetime, trusted_services: tuple[str, ...] = ()) -> Proof:
    """Return what `prove` says of a policy's text. Raises PolicyError where S3 would reject it."""
    return prove(PolicyDocument.parse(text), perimeter, now=now, trusted_services=trusted_services)


def what_gets_in(faults: Sequence[Sequence[Witness]], source: str) -> tuple[str, str]:
    """Return what is said of the mistakes that allow requests, a paragraph each, and how to correct them."""
    found = []
    for witnesses in faults:
        witness, *others = witnesses
        origin = f"from {witness.source_ip}" if witness.source_ip else "without a source address"
        channels = ", ".join(each.channel.value for each in others)
        keys = ", ".join(f"{key}={_shown(value)}" for key, value in sorted(witness.context.items()))
        found.append(
            f"{witness.because}\n"
            f"request that gets through ({witness.channel.value}): {witness.action} on "
            f"{visible(witness.resource)} by {witness.principal} {origin}"
            f"{' (' + visible(keys) + ')' if keys else ''}"
            f"{f'; others get through by {channels}' if channels else ''}"
        )
    fixes = dict.fromkeys(witnesses[0].fix for witnesses in faults)
    reasons = "\n".join(found)
    return f"its policy allows requests from outside the allow-list of {source}: {reasons}", "; ".join(fixes)


def _shown(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "[" + ", ".join(value) + "]"


def why_unknown(proof: Proof) -> str:
    """Return what kept a proof from an answer."""
    return "; ".join((*proof.unmodelled, *proof.undecided)) or "it uses what the proof does not model"


def partition_note(bucket: Bucket, text: str | None) -> str:
    """Return a line for what is said about a policy of another partition, where the bucket's was guessed."""
    if (bucket.provider and bucket.provider.region) or "arn:aws-" not in (text or ""):
        return ""
    return (
        "\nnote: no region is known here (one from the environment does not reach a policy pack), so the "
        "partition `aws` was assumed; set `aws:region` in the stack's config, or `region` on the provider"
    )
