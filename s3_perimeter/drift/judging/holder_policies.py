"""The policies of a user, group or role, compared with those that the stack declares for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.findings import Difference, Kind
from s3_perimeter.drift.judging.control import Context
from s3_perimeter.drift.judging.granted import ability, allowed_by, attached_document, severity
from s3_perimeter.drift.judging.meaning import policy_difference
from s3_perimeter.drift.judging.words import missing, name_of, redeploy
from s3_perimeter.drift.subjects import Holder

__all__ = ["attached", "inline"]


def attached(holder: Holder, sort: str, answer: Mapping[str, Any], context: Context) -> Iterator[Difference]:
    """Yield the differences in the managed policies attached to a holder (`sort` is user, group or role).
    Raises ShapeError.
    """
    observed = {str(item["PolicyArn"]) for item in answer.get("AttachedPolicies", ())}
    declared = {
        arn
        for part in holder.of(f"iam/{sort}PolicyAttachment", "iam/policyAttachment")
        if (arn := part.properties.text("policyArn"))
    }
    if holder.resource is not None:
        declared |= set(holder.resource.given.texts("managedPolicyArns"))
    for arn in sorted(observed - declared):
        worst = severity([attached_document(arn, context)], context)
        yield Difference(
            Kind.UNMANAGED,
            worst,
            None,
            arn,
            f"{holder.name} may also do what {arn.rpartition('/')[2]} allows{ability(worst)}",
            f"aws iam detach-{sort}-policy --{sort}-name {holder.name} --policy-arn {arn}",
        )
    yield from missing(
        declared - observed,
        lambda arn: f"{holder.name} no longer has {arn.rpartition('/')[2]}, and cannot do what it allows",
        context,
    )


def inline(
    holder: Holder,
    sort: str,
    listing: Callable[[str], Call],
    single: Callable[[str, str], Call],
    context: Context,
) -> Iterator[Difference]:
    """Yield the differences in the inline policies of a holder; `listing` asks for the names, `single` for
    one of them. Raises ShapeError.
    """
    documents = {
        name: (context(single(holder.name, name)) or {}).get("PolicyDocument")
        for name in (context(listing(holder.name)) or {}).get("PolicyNames", ())
    }
    declared: dict[str, Any] = {
        name_of(part): part.properties.document("policy") for part in holder.of(f"iam/{sort}Policy")
    }
    if holder.resource is not None:
        for block in holder.resource.given.blocks("inlinePolicies"):
            if name := block.text("name"):
                declared[name] = block.document("policy")
    for name in sorted(set(documents) - set(declared)):
        worst = severity([documents[name]], context)
        yield Difference(
            Kind.UNMANAGED,
            worst,
            None,
            {"name": name, "document": documents[name]},
            f"inline policy {name} was put on {holder.name}{allowed_by(documents[name])}{ability(worst)}",
            f"aws iam delete-{sort}-policy --{sort}-name {holder.name} --policy-name {name}",
        )
    for name, document in sorted(declared.items()):
        if name in documents:
            what = f"inline policy {name} of {holder.name}"
            yield from policy_difference(document, documents[name], what, redeploy(context), context)
    yield from missing(
        set(declared) - set(documents),
        lambda name: f"inline policy {name} is gone from {holder.name}, who cannot do what it allowed",
        context,
    )
