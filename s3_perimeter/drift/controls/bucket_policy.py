"""The bucket's policy means what is declared, and enforces the declared perimeter."""

from __future__ import annotations

import json
from collections.abc import Iterator

from s3_perimeter.documents.identity import PolicyShapeError, compare_policies
from s3_perimeter.drift.calls import iam, s3
from s3_perimeter.drift.facts import UnknownError
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.meaning import declared_policy
from s3_perimeter.drift.judging.principals import Named, named
from s3_perimeter.drift.judging.words import on, redeploy
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-policy",
    title="the bucket's policy means what is declared, and enforces the declared perimeter",
    severity=Severity.CRITICAL,
    impact="The policy is the fence: whatever it no longer denies, any IAM policy or later statement can "
    "allow.",
    reads=lambda bucket: [s3.policy(bucket)],
    follows=lambda _: [iam.authorization_details()],
    parts=("s3/bucketPolicy",),
    inline=("policy",),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    declared = declared_policy(bucket)
    observed = (context(s3.policy(bucket)) or {}).get("Policy")
    if declared is None:
        if observed is not None:
            yield Difference(
                Kind.UNMANAGED,
                Severity.HIGH,
                None,
                observed,
                "a policy was put on a bucket that declares none",
                f"aws s3api delete-bucket-policy {on(bucket)}",
            )
    elif observed is None:
        yield Difference(
            Kind.MISSING,
            Severity.CRITICAL,
            declared,
            None,
            "the policy is gone, and the fence with it: anybody with a key of the account, or a policy that "
            "allows the bucket, has access from anywhere",
            redeploy(context),
        )
    else:
        yield from _compare(bucket, context, declared, str(observed))


def _compare(bucket: Bucket, context: Context, declared: str, observed: str) -> Iterator[Difference]:
    """Yield the difference between the policies, by meaning. Raises UnknownError if a document cannot be
    read.

    Importing the prover takes as long as many calls, so it is used only if the texts differ or there is a
    config.
    """
    try:
        both = named(declared, observed, context)
        same = compare_policies(both.declared, both.observed).equal
        spelled = {} if same else both.spelled_otherwise()
        after = both.meant(spelled) if both.strangers and not same else both.observed
        same_but_for_strangers = same or compare_policies(both.declared, after).equal
    except PolicyShapeError as error:
        raise UnknownError(f"the policy cannot be read: {error}") from error
    meant = context.intent.perimeter if context.intent else None
    if same_but_for_strangers and not same:
        yield _renamed(both, spelled, declared, observed, context)
    if same_but_for_strangers and (meant is None or meant.bucket != bucket.name):
        return
    from s3_perimeter.drift.judging.fence import changed, leaking

    if same_but_for_strangers and meant is not None:
        yield from leaking(declared, meant, context)
    elif not same_but_for_strangers:
        more = "".join(f"; {clause}" for clause in both.explained())
        yield from changed(bucket, context, _text(both.declared), _text(after), more)


def _renamed(
    both: Named, spelled: dict[str, str], declared: str, observed: str, context: Context
) -> Difference:
    """Return a difference if the policies differ only in ids of nobody: they allow nobody, and may exclude
    somebody.
    """
    said = [f"the policy contains {ident} in place of the declared {arn}" for ident, arn in spelled.items()]
    return Difference(
        Kind.CHANGED,
        Severity.MEDIUM,
        declared,
        observed,
        "; ".join([*said, *both.explained()]),
        redeploy(context),
    )


def _text(document: object) -> str:
    return document if isinstance(document, str) else json.dumps(document)
