"""bucket-blocks-public-access, in every form: start compliant, break exactly one thing, expect exactly one
message.
"""

from __future__ import annotations

import pytest

from policies.rules import bucket_blocks_public_access
from policies.rules.bucket_blocks_public_access import BLOCKS
from tests.policies.engine import UNKNOWN, Res, judge, secret
from tests.policies.programs import ALL_BLOCKED, NAME, bucket, native_bucket, public_access_block

RULE = bucket_blocks_public_access.judge


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param([bucket(), public_access_block()], id="part"),
        pytest.param([native_bucket(publicAccessBlockConfiguration=ALL_BLOCKED)], id="native-inline"),
        pytest.param(
            [bucket(), public_access_block(changed={"blockPublicAcls": secret(True)})],
            id="secret-value-is-read",
        ),
        pytest.param([], id="no-bucket"),
    ],
)
def test_accepts(resources: list[Res]) -> None:
    """All four blocks on, however they are declared, is compliant."""
    assert judge([RULE], resources) == []


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize(
    ("value", "reason"),
    [pytest.param(False, "is off", id="off"), pytest.param(UNKNOWN, "is not known", id="unknown")],
)
@pytest.mark.parametrize("native", [pytest.param(False, id="part"), pytest.param(True, id="native-inline")])
def test_refuses_one_block_missing(name: str, value: object, reason: str, native: bool) -> None:
    """Any one block off or unknown is one violation that names the block."""
    broken = (
        [native_bucket(publicAccessBlockConfiguration={**ALL_BLOCKED, name: value})]
        if native
        else [bucket(), public_access_block(changed={name: value})]
    )
    (found,) = judge([RULE], broken)
    assert f"`{NAME}`: `{name}` {reason}" in found.message
    assert found.level == "MANDATORY"


def test_refuses_a_bucket_without_blocks() -> None:
    """A bucket with no public-access block at all shows only at stack level, and is refused."""
    (found,) = judge([RULE], [bucket()])
    assert "no public-access block is declared" in found.message
    assert found.urn == bucket().urn


def test_links_by_property_dependency_when_the_name_is_unknown() -> None:
    """On a first preview `bucket=b.id` is unknown; the property's dependencies still name the bucket."""
    block = public_access_block()
    block.inputs["bucket"] = UNKNOWN
    block.links = {"bucket": [bucket().urn]}
    assert judge([RULE], [bucket(), block]) == []
