"""Proofs that several rules of one run ask for, made once."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from s3_perimeter import Perimeter, PolicyDocument
from s3_perimeter.proof import Proof, prove


@lru_cache(maxsize=4096)
def proof_of(text: str, perimeter: Perimeter, now: datetime) -> Proof:
    """What `prove` says of a policy's text. Raises PolicyError where S3 would reject it."""
    return prove(PolicyDocument.parse(text), perimeter, now=now)
