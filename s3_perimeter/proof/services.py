"""Services: who sends requests from AWS's own addresses, though not as a service principal."""

from __future__ import annotations

from collections.abc import Mapping

from s3_perimeter.documents.document import Statement
from s3_perimeter.proof.axes.axis import Values
from s3_perimeter.proof.axes.identities import of_cloudfront
from s3_perimeter.semantics.patterns import folded
from s3_perimeter.semantics.request import Principal

__all__ = ["ATHENA", "is_of_a_service", "is_replication", "is_through_athena"]

ATHENA = "athena.amazonaws.com"
_CALLED_VIA = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
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


def is_of_a_service(principal: Principal) -> bool:
    """Whether only a service acts as a principal: CloudFront's origin access identities and service-linked
    roles ("Create a service-linked role", IAM User Guide: only its service can take it on).
    """
    return of_cloudfront(principal) or principal.is_service_linked


def is_through_athena(context: Mapping[str, Values | None]) -> bool:
    """Whether Athena sends a request for its caller: it comes from a private address of Athena's ("Control
    access to Amazon S3 from Athena", Amazon Athena User Guide).
    """
    return any(ATHENA in (context.get(key) or ()) for key in _CALLED_VIA)
