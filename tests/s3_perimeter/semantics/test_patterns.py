"""Resources: which wildcards take the colons of an ARN, by "IAM JSON policy elements: Resource"."""

import pytest

from s3_perimeter import prove
from s3_perimeter.semantics.evaluation import resource_matches
from tests.s3_perimeter.policies import BUCKET, NOW, OFFICE, deny, policy

PATTERNS = [
    ("*", True),
    ("arn:*", True),
    ("arn:aws:s3*", True),
    ("arn:aws:s3**", True),
    ("arn:aws:s3:::b*", True),
    ("arn:aws:s3:::*", True),
    ("arn:aws:s3:::*:?", True),
    ("arn:*:s3:::b/*", True),
    ("arn:a?s:s3:::b/*", True),
    ("arn:a*s:s?:::b/*", True),
    ("arn:*:?*", True),
    ("arn:aws:s3:::b/*", True),
    ("arn:aws:s3*b/*", None),
    ("arn:*b/*", None),
    ("arn:aws:s3???b/*", None),
    ("arn:aws:s3:?:b/*", None),
    ("arn:aws*s3:::b/*", None),
    ("arn:aws:s3*c/*", False),
    ("arn:aws:s3??b/*", False),
    ("arn:aws:sns*b/*", False),
    ("arn:aws:s3${*}b/*", False),
]


@pytest.mark.parametrize(("pattern", "expected"), PATTERNS, ids=[pattern for pattern, _ in PATTERNS])
def test_a_wildcard_within_a_segment_takes_no_colon(pattern: str, expected: bool | None) -> None:
    """But for a `*` at the segment's end; of what takes one all the same nothing is known."""
    assert resource_matches([pattern], f"{BUCKET}/k:y", variables=True) is expected


SEALING = [
    ["*"],
    ["arn:*"],
    ["arn:aws:s3*"],
    ["arn:aws:s3:::*"],
    ["arn:aws:s3:::b*"],
    ["arn:aws:s3:::b", "arn:*:s3:::b/*"],
    ["arn:a?s:s3:::b", "arn:aws:s?:::b/*"],
    ["arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3*b"],
]


@pytest.mark.parametrize("patterns", SEALING, ids=map(" ".join, SEALING))
def test_the_usual_wildcards_seal(patterns: list[str]) -> None:
    """A `*` that ends a segment goes on over the colons, and others stay between them."""
    assert prove(policy(deny(Resource=patterns)), OFFICE, now=NOW).verdict == "proved"


def test_nothing_is_known_to_be_exempt_by_a_wildcard_over_colons() -> None:
    """Neither a proof nor a witness leans on it."""
    document = policy(deny(Resource=None, NotResource="arn:aws:s3*b/*"))
    assert prove(document, OFFICE, now=NOW).verdict == "unknown"
