"""Whatever stands in a program's properties, every rule judges it: none fails, and nothing unknown passes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.declared import kinds
from policies.rules import RULES
from tests.policies.engine import UNKNOWN, Res, judge, secret
from tests.policies.programs import CONFIG, NAME

pytestmark = pytest.mark.slow

TYPES = sorted(
    kinds.BUCKET
    | kinds.PARTS
    | kinds.USER
    | kinds.GROUP
    | kinds.MEMBERSHIP
    | kinds.LOGIN_PROFILE
    | kinds.ACCESS_KEY
    | kinds.MANAGED_POLICY
    | kinds.INLINE_POLICY
    | kinds.ATTACHMENT
    | kinds.EXCLUSIVE
    | kinds.ROLE
    | kinds.STACK
)
NAMES = [
    "bucket",
    "bucketName",
    "policy",
    "policyDocument",
    "rule",
    "rules",
    "objectOwnership",
    "ownershipControls",
    "acl",
    "accessControl",
    "grants",
    "website",
    "logging",
    "loggings",
    "loggingConfiguration",
    "targetBucket",
    "targetPrefix",
    "destinationBucketName",
    "blockPublicAcls",
    "destination",
    "destinations",
    "bucketArn",
    "publicAccessBlockConfiguration",
    "serverSideEncryptionConfiguration",
    "bucketEncryption",
    "applyServerSideEncryptionByDefault",
    "sseAlgorithm",
    "blockedEncryptionTypes",
    "replicationConfiguration",
    "inventoryConfigurations",
    "analyticsConfigurations",
    "storageClassAnalysis",
    "dataExport",
    "user",
    "users",
    "group",
    "groups",
    "roles",
    "name",
    "policyArn",
    "policyArns",
    "managedPolicyArns",
    "policies",
    "loginProfile",
    "arn",
    "id",
    "allowedNetworks",
    "region",
    "Statement",
    "Effect",
    "Action",
    "Resource",
]
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.sampled_from(
        [UNKNOWN, NAME, "", "[secret]", "*", "{", "[]", '{"Statement":[]}', "arn:aws:s3:::x", "Allow"]
    ),
    st.text(max_size=6),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
        inner.map(secret),
    ),
    max_leaves=8,
)


@st.composite
def programs(draw: st.DrawFn) -> list[Res]:
    found: list[Res] = []
    for number in range(draw(st.integers(1, 4))):
        properties: dict[str, Any] = draw(st.dictionaries(st.sampled_from(NAMES), values, max_size=5))
        outputs: dict[str, Any] = draw(st.dictionaries(st.sampled_from(NAMES), values, max_size=2))
        kind = draw(st.sampled_from(TYPES))
        links = {
            name: [earlier.urn for earlier in found]
            for name in draw(st.sets(st.sampled_from(NAMES), max_size=2))
        }
        found.append(Res(kind, f"r{number}", properties, outputs, links, left_alone=draw(st.booleans())))
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs())
def test_no_rule_fails_and_no_bucket_passes(program: list[Res]) -> None:
    """No rule raises; and no bucket made of noise is taken for a sealed one."""
    found = judge(RULES, program, config=CONFIG, deploying=True)
    assert [one.message for one in found if "could not judge" in one.message] == []
    buckets = [resource.urn for resource in program if resource.type in kinds.BUCKET]
    if buckets:
        assert "bucket-policy-denies-outside" in {one.rule for one in found}
