"""PolicyDocument: a bucket policy as S3 reads it.

Parsing is tolerant of every form that AWS accepts (a scalar for a list, one statement for a list of them,
numbers and booleans for strings) and refuses what S3 would reject: all mistakes at once, with their places.
What is legal but not understood is no mistake here: the proof says *unknown* of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from s3_perimeter.documents.elements import (
    Condition,
    PolicyError,
    PolicyMistake,
    Principals,
    Rules,
    Statement,
    Version,
)
from s3_perimeter.documents.grammar import Grammar
from s3_perimeter.documents.nodes import plain
from s3_perimeter.documents.source import source_of

__all__ = [
    "MAX_POLICY_BYTES",
    "Condition",
    "PolicyDocument",
    "PolicyError",
    "PolicyMistake",
    "Principals",
    "Rules",
    "Statement",
]

MAX_POLICY_BYTES = 20_480
"""The longest bucket policy (Amazon S3 User Guide, "Bucket policies for Amazon S3": 20 KB)."""


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A bucket policy that S3 would accept; `size` is the length of `text` in bytes of UTF-8."""

    version: Version
    id: str | None
    statements: tuple[Statement, ...]
    size: int
    text: str

    @classmethod
    def parse(cls, document: str | bytes | Mapping[str, object]) -> PolicyDocument:
        """Read a policy from JSON text or from decoded JSON; PolicyError lists everything S3 would reject."""
        source = source_of(document)
        size = len(source.text.encode())
        if size > MAX_POLICY_BYTES:
            shortest = len(plain(source.placed()).encode())
            if shortest > MAX_POLICY_BYTES:
                problem = f"the policy takes {shortest:,} bytes without white space"
                over = shortest - MAX_POLICY_BYTES
                raise PolicyError(
                    [PolicyMistake(f"{problem}; S3 accepts {MAX_POLICY_BYTES:,}: {over:,} too many")]
                )
        version, policy_id, statements = Grammar.elements_of(source)
        return cls(version, policy_id, tuple(statements), size, source.text)

    @property
    def rules(self) -> tuple[Statement, ...]:
        """Every statement."""
        return self.statements
