"""Proofs that several rules of one run ask for, made once, and what is said of them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from s3_perimeter import Perimeter, PolicyDocument
from s3_perimeter.proof import Proof, prove

from ..declared.deployment import Bucket


@lru_cache(maxsize=4096)
def proof_of(text: str, perimeter: Perimeter, now: datetime, trusted_services: tuple[str, ...] = ()) -> Proof:
    """What `prove` says of a policy's text. Raises PolicyError where S3 would reject it."""
    return prove(PolicyDocument.parse(text), perimeter, now=now, trusted_services=trusted_services)


def why_unknown(proof: Proof) -> str:
    """What kept a proof from an answer."""
    return "; ".join((*proof.unmodelled, *proof.undecided)) or "it uses what the proof does not model"


def partition_note(bucket: Bucket, text: str | None) -> str:
    """A line for what is said about a policy of another partition, where the bucket's was guessed."""
    if (bucket.provider and bucket.provider.region) or "arn:aws-" not in (text or ""):
        return ""
    return (
        "\nnote: no region is known here (one from the environment does not reach a policy pack), so the "
        "partition `aws` was guessed; set `aws:region` in the stack's config, or `region` on the provider"
    )
