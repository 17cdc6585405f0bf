"""Services: which requests come from AWS's own addresses, though not by a service principal."""

from __future__ import annotations

from collections.abc import Mapping

from s3_perimeter.documents.document import Statement
from s3_perimeter.documents.folding import folded

__all__ = ["CALLED_VIA", "is_replication", "is_through_athena"]

_ATHENA = "athena.amazonaws.com"
CALLED_VIA = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
_REPLICATION = frozenset(
    {
        "s3:replicateobject",
        "s3:replicatedelete",
        "s3:replicatetags",
        "s3:objectowneroverridetobucketowner",
    }
)
"""What only S3 asks for, by a role that it takes on ("Setting up permissions for live replication")."""


def is_replication(statement: Statement) -> bool:
    """Whether a statement is about replication alone."""
    return bool(statement.actions) and all(folded(name) in _REPLICATION for name in statement.actions or ())


def is_through_athena(context: Mapping[str, tuple[str, ...] | None]) -> bool:
    """Whether Athena sends a request for its caller: it comes from a private address of Athena's ("Control
    access to Amazon S3 from Athena", Amazon Athena User Guide).
    """
    return any(_ATHENA in (context.get(key) or ()) for key in CALLED_VIA)
