"""Building bucket policies of the Deny statements that seal a perimeter's bucket, each proved before it is
returned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from s3_perimeter.documents.document import MAX_POLICY_BYTES, PolicyDocument
from s3_perimeter.fence import LOG_DELIVERY, Perimeter
from s3_perimeter.policy_cost import what_costs_most
from s3_perimeter.proof import Verdict
from s3_perimeter.sealing import BuildError, Conditions, deny, fence_statements, resources
from s3_perimeter.semantics.special_networks import NOT_PUBLIC
from s3_perimeter.theorem import prove

__all__ = [
    "LONGEST_URL",
    "BuildError",
    "bucket_policy",
    "deny_statements",
    "log_bucket_policy",
    "proved_for",
    "public_part",
]

LONGEST_URL = timedelta(days=7)
"""How long a presigned URL can be good for ("Download and upload objects with presigned URLs")."""

_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]+")
_ACCOUNT = re.compile(r"[0-9]{12}")
_SPECIAL = re.compile(r"[*?$]")
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def deny_statements(
    perimeter: Perimeter, *, minimum_tls: str | None = None, max_url_age: timedelta | None = None
) -> list[dict[str, object]]:
    """Return the Deny statements that seal the perimeter's bucket, ready for ``json.dumps``.

    Next to the main Deny (everyone, every action, bucket and objects, from outside the allow-list) there is
    one per moment at which entries expire, one for requests without TLS, and, with break-glass principals,
    those that keep the exemption from reaching further than the public endpoint. ``minimum_tls``
    such as ``"1.3"`` refuses older versions, and ``max_url_age`` presigned URLs that were signed longer ago.
    Addresses of the allow-list that are not public are left out: nobody comes from there, and AWS services
    may for anybody. The allow-list may be empty where VPC endpoints are exempt.

    Raises:
        BuildError: the statements do not fit into a bucket policy or an exemption cannot be expressed.
    """
    perimeter = public_part(perimeter)
    statements = [*fence_statements(perimeter, minimum_tls, ()), *_old_urls(perimeter, max_url_age)]
    proved_for(_policy_text(statements, perimeter), perimeter)
    return statements


def bucket_policy(
    perimeter: Perimeter, *, minimum_tls: str | None = None, max_url_age: timedelta | None = None
) -> str:
    """Return the bucket policy as compact JSON text of at most 20,480 bytes."""
    perimeter = public_part(perimeter)
    statements = [*fence_statements(perimeter, minimum_tls, ()), *_old_urls(perimeter, max_url_age)]
    return proved_for(_policy_text(statements, perimeter), perimeter)


def log_bucket_policy(perimeter: Perimeter, source_bucket: str, account: str, prefix: str = "") -> str:
    """Return the policy of the access-log bucket that ``perimeter`` describes, as compact JSON text.

    S3's log delivery may put objects below ``prefix``, for ``source_bucket`` of ``account`` alone; everyone
    else is held to the perimeter. Whatever else the delivery service asks for, or asks for somebody else's
    bucket, is denied, so that its exemption is no wider than its work.
    """
    if not _PLAIN_NAME.fullmatch(source_bucket):
        raise BuildError(
            f"`{source_bucket}` is no bucket's name: it would let the logs of other buckets in\n\n"
            "hint: name the one bucket whose logs come here"
        )
    if not _ACCOUNT.fullmatch(account):
        raise BuildError(f"`{account}` is no account id\n\nhint: write its twelve digits")
    perimeter = public_part(perimeter)
    source = f"arn:{perimeter.partition}:s3:::{source_bucket}"
    # In a policy these characters have a meaning of their own; in a key they have none.
    target = f"{perimeter.bucket_arn}/{_SPECIAL.sub(_escaped, prefix)}*"
    service: Conditions = {"StringEquals": {"aws:PrincipalServiceName": LOG_DELIVERY}}
    statements: list[dict[str, object]] = [
        {
            "Sid": "AllowLogDelivery",
            "Effect": "Allow",
            "Principal": {"Service": LOG_DELIVERY},
            "Action": "s3:PutObject",
            "Resource": target,
            "Condition": {
                "ArnEquals": {"aws:SourceArn": source},
                "StringEquals": {"aws:SourceAccount": account},
            },
        },
        *fence_statements(perimeter, None, (LOG_DELIVERY,)),
        deny(
            "DenyLogDeliveryForOtherBuckets",
            perimeter,
            {**service, "ArnNotEquals": {"aws:SourceArn": source}},
        ),
        deny(
            "DenyLogDeliveryForOtherAccounts",
            perimeter,
            {**service, "StringNotEquals": {"aws:SourceAccount": account}},
        ),
        {
            "Sid": "DenyLogDeliveryAnythingElse",
            "Effect": "Deny",
            "Principal": "*",
            "NotAction": "s3:PutObject",
            "Resource": resources(perimeter),
            "Condition": service,
        },
    ]
    return proved_for(_policy_text(statements, perimeter), perimeter, (LOG_DELIVERY,))


def public_part(perimeter: Perimeter) -> Perimeter:
    """Return the perimeter with the public part of its allow-list."""
    if perimeter.allowed.isdisjoint(NOT_PUBLIC):
        return perimeter
    allowed = perimeter.allowed - NOT_PUBLIC
    if not allowed:
        raise BuildError(
            f"no address of the allow-list is public ({perimeter.allowed}), so the policy would lock out "
            "everybody\n\nhint: name at least one public network in `allowedNetworks`, or none at all where "
            "VPC endpoints alone are to get in"
        )
    expiring = tuple(
        replace(each, addresses=each.addresses - NOT_PUBLIC)
        for each in perimeter.expiring
        if each.addresses - NOT_PUBLIC
    )
    return replace(perimeter, allowed=allowed, expiring=expiring)


def proved_for(text: str, perimeter: Perimeter, trusted_services: Sequence[str] = ()) -> str:
    """Return the policy when it is proved, for all times; raise BuildError otherwise."""
    proof = prove(PolicyDocument.parse(text), perimeter, now=_EVER, trusted_services=trusted_services)
    if proof.verdict is not Verdict.PROVED:
        reasons = [*(witness.because for witness in proof.escapes), *proof.undecided]
        raise BuildError(f"the policy cannot be proved for this perimeter: {'; '.join(reasons)}")
    if proof.lockouts:
        reasons = [f"{each.summary}: {each.because}" for each in proof.lockouts]
        raise BuildError(f"the policy would lock out who needs access: {'; '.join(reasons)}")
    return text


def _old_urls(perimeter: Perimeter, most: timedelta | None) -> list[dict[str, object]]:
    """Return the Deny of presigned URLs that were signed longer ago; none without a limit.

    ``s3:signatureAge`` is in milliseconds, and of presigned URLs alone ("Amazon S3 Signature Version 4
    Authentication Specific Policy Keys").
    """
    if most is None:
        return []
    if not timedelta() < most <= LONGEST_URL:
        raise BuildError(
            f"a presigned URL cannot be limited to {most}\n\nhint: S3 takes URLs for up to seven days; write "
            "a time above zero that is no longer"
        )
    age = str(most // timedelta(milliseconds=1))
    return [deny("DenyOldPresignedUrls", perimeter, {"NumericGreaterThan": {"s3:signatureAge": age}})]


def _escaped(found: re.Match[str]) -> str:
    """Return a character as a policy writes it where it stands for itself."""
    return f"${{{found[0]}}}"


def _policy_text(statements: Sequence[Mapping[str, object]], perimeter: Perimeter) -> str:
    """Return the policy as compact JSON; raise BuildError where S3 would refuse its size."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))
    over = len(text.encode()) - MAX_POLICY_BYTES
    if over > 0:
        raise BuildError(
            f"the bucket policy is {over:,} bytes over S3's limit of {MAX_POLICY_BYTES:,}; "
            f"what costs most: {what_costs_most(perimeter, statements)}\n\n"
            "hint: replace scattered addresses by the networks around them, or let these people use a VPN; "
            "exempt fewer endpoints and principals"
        )
    return text
