"""What each statement restricts: the fewer axes, the less there is to prove."""

import pytest

from s3_perimeter.proof.bucket import Bucket
from s3_perimeter.proof.denies import AnalyzedStatement, analyzed
from tests.s3_perimeter.policies import ACCOUNT, BOTH, BUCKET, ROLE, also, deny, policy


def placed(**elements: object) -> AnalyzedStatement:
    """A Deny for everything, with some elements of its own."""
    (statement,) = policy(deny(**elements)).statements  # type: ignore[arg-type]
    return analyzed(statement, Bucket("b", "aws", ACCOUNT))


@pytest.mark.parametrize(
    ("elements", "who"),
    [
        pytest.param({"Principal": "*"}, False, id="everybody"),
        pytest.param({"Principal": {"AWS": "*"}}, False, id="everybody-in-the-other-form"),
        pytest.param({"Principal": {"AWS": ["*", ROLE]}}, False, id="everybody-and-somebody"),
        pytest.param({"Principal": {"AWS": ROLE}}, True, id="somebody"),
        pytest.param({"Principal": {"AWS": []}}, True, id="nobody"),
        pytest.param({"Principal": None, "NotPrincipal": {"AWS": ROLE}}, True, id="all-but-somebody"),
        pytest.param({"Principal": None, "NotPrincipal": "*"}, True, id="all-but-everybody"),
        pytest.param({"condition": also(ArnLike={"aws:PrincipalArn": ROLE})}, True, id="by-a-condition"),
    ],
)
def test_who_matters_where_not_everybody_is_meant(elements: dict[str, object], who: bool) -> None:
    """By `Principal`, `NotPrincipal` or a condition on an identity."""
    assert placed(**elements).restricts_principals is who


@pytest.mark.parametrize(
    ("elements", "action"),
    [
        pytest.param({"Action": "s3:*"}, False, id="all-of-s3"),
        pytest.param({"Action": ["s3:GetObject", "*"]}, False, id="all-there-are"),
        pytest.param({"Action": "S3:*"}, False, id="all-of-s3-in-capitals"),
        pytest.param({"Action": None, "NotAction": []}, True, id="all-but-none-which-is-not-documented"),
        pytest.param({"Action": "s3:Get*"}, True, id="some"),
        pytest.param({"Action": []}, True, id="none"),
        pytest.param({"Action": None, "NotAction": "s3:*"}, True, id="all-but-those-of-s3"),
    ],
)
def test_the_action_matters_where_not_every_one_is_meant(elements: dict[str, object], action: bool) -> None:
    """Plainly every one, whatever the element's form."""
    assert placed(**elements).restricts_actions is action


@pytest.mark.parametrize(
    ("resources", "bucket", "objects"),
    [
        pytest.param(BOTH, True, True, id="all"),
        pytest.param("*", True, True, id="all-there-is"),
        pytest.param("arn:aws:s3:::*", True, True, id="all-buckets"),
        pytest.param(BUCKET, True, False, id="bucket"),
        pytest.param(f"{BUCKET}/*", False, True, id="objects"),
        pytest.param(f"{BUCKET}/", False, False, id="no-object-has-an-empty-key"),
        pytest.param(f"{BUCKET}/a", False, None, id="one-object"),
        pytest.param(f"{BUCKET}/a*", False, None, id="some-objects"),
        pytest.param(f"{BUCKET}?a", False, None, id="one-object-by-a-wildcard"),
        pytest.param("arn:aws:s3:::?/a", False, None, id="one-object-of-some-buckets"),
        pytest.param([f"{BUCKET}/a", f"{BUCKET}/a*"], False, None, id="one-object-and-some"),
        pytest.param(["arn:aws:s3:::c", "arn:aws:s3:::c/*"], False, False, id="another-bucket"),
        pytest.param("arn:aws:s3:::b/${*}", False, None, id="the-object-called-star"),
        pytest.param("arn:aws:s3:::b/${aws:username}/*", False, None, id="some-objects-by-a-variable"),
        pytest.param("arn:aws:s3:::${aws:username}", None, None, id="maybe-the-bucket-by-a-variable"),
        pytest.param("arn:aws:s3:::other/${aws:username}", False, False, id="a-variable-elsewhere"),
        pytest.param([], None, None, id="nothing-which-is-not-documented"),
    ],
)
def test_the_object_matters_where_some_are_meant(
    resources: object, bucket: bool | None, objects: bool | None
) -> None:
    """Neither where all are, nor where none is; the complement the other way about."""
    named = placed(Resource=resources)
    assert (named.covers_bucket, named.covers_objects) == (bucket, objects)
    exempt = placed(Resource=None, NotResource=resources)
    complement = None if objects is None else not objects
    assert (exempt.covers_bucket, exempt.covers_objects) == (
        None if bucket is None else not bucket,
        complement,
    )
