"""What looks like a part of the fence and is none: it is refused, and it never counts for a bucket."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from policies.rules import RULES, bucket_policy_denies_outside, no_replication_outside
from tests.policies.engine import UNKNOWN, Res, judge, secret
from tests.policies.programs import (
    ALL_BLOCKED,
    CONFIG,
    NAME,
    bucket,
    deny,
    native_bucket,
    part,
    public_access_block,
    text,
)

SEALING = bucket_policy_denies_outside.judge
REPLICATION = no_replication_outside.judge

POLICY = part("BucketPolicy", policy=text(deny()))
MINIO = {"region": "ap-northeast-1", "endpoints": json.dumps([{"s3": "http://minio.example"}])}
EMPTY = {"region": "ap-northeast-1", "endpoints": "[{}]"}


def elsewhere(resource: Res, settings: dict[str, Any]) -> Res:
    """The resource, made by a provider of its own with these settings."""
    return replace(resource, provider=settings, provider_name="elsewhere")


class TestComponents:
    """A component may bear any type; what no provider makes is not there."""

    @pytest.mark.parametrize(
        "policy",
        [
            pytest.param(POLICY, id="aws"),
            pytest.param(
                Res("aws-native:s3:BucketPolicy", NAME, {"bucket": NAME, "policyDocument": text(deny())}),
                id="aws-native",
            ),
        ],
    )
    def test_a_component_is_no_bucket_policy(self, policy: Res) -> None:
        """It is refused itself, and its bucket has no policy."""
        found = judge([SEALING], [bucket(), replace(policy, provider=None)], config=CONFIG)
        said = "\n".join(one.message for one in found)
        assert f"it has the type `{policy.type}`" in said
        assert "it has no bucket policy" in said

    def test_a_component_is_refused_before_it_is_made(self) -> None:
        """Also where `up` skips the preview."""
        found = judge([SEALING], [bucket(), replace(POLICY, provider=None)], config=CONFIG, deploying=True)
        assert sum("it has the type" in one.message for one in found) == 2

    def test_a_component_is_no_policy_for_a_user(self) -> None:
        """A managed policy that nobody makes vouches for no attachment."""
        arn = "arn:aws:iam::111122223333:policy/admin"
        program = [
            replace(Res("aws:iam/policy:Policy", "p", {"policy": text()}, {"arn": arn}), provider=None),
            Res("aws:iam/userPolicyAttachment:UserPolicyAttachment", "a", {"user": "ada", "policyArn": arn}),
        ]
        refused = {one.rule for one in judge(RULES, program, config=CONFIG)}
        assert {"bucket-policy-denies-outside", "user-policy-least-privilege"} <= refused

    @pytest.mark.parametrize("kind", ["aws:s3:BucketEventSubscription", "awsx:cloudtrail:Trail", "acme:x:Y"])
    def test_components_of_their_own_type_pass(self, kind: str) -> None:
        """Those of the AWS SDKs too."""
        assert judge(RULES, [replace(Res(kind, "x", {}), provider=None)], config=CONFIG) == []


class TestAnotherS3:
    """A bucket's name says nothing without the S3 that it is in."""

    @pytest.mark.parametrize(
        "settings",
        [
            pytest.param(MINIO, id="endpoints"),
            pytest.param({**MINIO, "endpoints": secret(MINIO["endpoints"])}, id="secret-endpoints"),
            pytest.param({**MINIO, "endpoints": UNKNOWN}, id="unknown-endpoints"),
            pytest.param({**MINIO, "endpoints": "[secret]"}, id="redacted-endpoints"),
            pytest.param({**MINIO, "endpoints": "{"}, id="unreadable-endpoints"),
            pytest.param({"region": "cn-north-1"}, id="partition"),
            pytest.param({"region": UNKNOWN}, id="unknown-region"),
        ],
    )
    def test_a_policy_made_there_is_none_of_the_bucket(self, settings: dict[str, Any]) -> None:
        """It is refused itself, and the bucket has no policy."""
        stray, bare = judge([SEALING], [bucket(), elsewhere(POLICY, settings)], config=CONFIG)
        if bare.urn != bucket().urn:
            stray, bare = bare, stray
        assert "it has no bucket policy" in bare.message
        assert f"it names the bucket `{NAME}`" in stray.message
        assert "declare it with the provider of its bucket" in stray.message

    @pytest.mark.parametrize(
        ("of_bucket", "of_policy"),
        [
            pytest.param({"region": "ap-northeast-1"}, EMPTY, id="none"),
            pytest.param({"region": "ap-northeast-1"}, {"region": "eu-west-1"}, id="another-region"),
            pytest.param(
                MINIO, {**MINIO, "endpoints": [{"s3": "http://minio.example"}]}, id="text-and-blocks"
            ),
            pytest.param(
                {**EMPTY, "endpoints": '[{"iam": "http://a.example"}]'}, EMPTY, id="another-services-endpoint"
            ),
        ],
    )
    def test_a_policy_of_another_provider_with_the_same_s3_counts(
        self, of_bucket: dict[str, Any], of_policy: dict[str, Any]
    ) -> None:
        """Providers may differ in everything else."""
        program = [replace(bucket(), provider=of_bucket), elsewhere(POLICY, of_policy)]
        assert judge([SEALING], program, config=CONFIG) == []

    def test_one_provider_with_unknown_endpoints_is_one_s3(self) -> None:
        """Wherever it is, bucket and policy are there together."""
        unknown = {**MINIO, "endpoints": UNKNOWN}
        program = [replace(bucket(), provider=unknown), replace(POLICY, provider=unknown)]
        assert judge([SEALING], program, config=CONFIG) == []

    def test_a_policy_goes_to_the_bucket_of_its_own_s3(self) -> None:
        """Two buckets of one name keep their policies apart."""
        program = [
            bucket(),
            POLICY,
            replace(elsewhere(bucket(), MINIO), name="minio"),
            replace(elsewhere(POLICY, MINIO), name="minio"),
        ]
        assert judge([SEALING], program, config=CONFIG) == []

    def test_a_bucket_there_vouches_for_no_copy(self) -> None:
        """Replication goes to the bucket of AWS, whatever has its name elsewhere."""
        copy = part("BucketReplicationConfig", rules=[{"destination": {"bucket": "arn:aws:s3:::acme-copy"}}])
        (found,) = judge([REPLICATION], [bucket(), copy, elsewhere(bucket("acme-copy"), MINIO)])
        assert "acme-copy" in found.message


class TestAdrift:
    """Settings whose bucket is not known, and what they could open."""

    @pytest.mark.parametrize(
        ("kind", "properties", "rule"),
        [
            pytest.param(
                "BucketPublicAccessBlock",
                {**ALL_BLOCKED, "blockPublicPolicy": False},
                "bucket-blocks-public-access",
                id="public-access-block",
            ),
            pytest.param(
                "BucketReplicationConfig",
                {"rules": [{"destination": {"bucket": "arn:aws:s3:::somebody-elses"}}]},
                "no-replication-outside",
                id="replication",
            ),
            pytest.param(
                "Inventory",
                {"destination": {"bucket": {"bucketArn": "arn:aws:s3:::somebody-elses"}}},
                "no-replication-outside",
                id="inventory",
            ),
            pytest.param(
                "BucketWebsiteConfiguration",
                {"indexDocument": {"suffix": "i"}},
                "no-website-or-public-acl",
                id="website",
            ),
            pytest.param("BucketAcl", {"acl": "public-read"}, "no-website-or-public-acl", id="acl"),
            pytest.param(
                "BucketObject", {"key": "k", "acl": "public-read"}, "no-website-or-public-acl", id="object"
            ),
            pytest.param(
                "BucketOwnershipControls",
                {"rule": {"objectOwnership": "ObjectWriter"}},
                "bucket-owner-enforced",
                id="ownership",
            ),
            pytest.param("BucketLogging", {"targetBucket": UNKNOWN}, "bucket-logs-access", id="logging"),
        ],
    )
    @pytest.mark.parametrize("value", [UNKNOWN, None], ids=["unknown", "none"])
    @pytest.mark.parametrize("linked", [False, True], ids=["unlinked", "linked-to-two"])
    def test_what_opens_some_bucket_is_refused(
        self, kind: str, properties: dict[str, Any], rule: str, value: object, linked: bool
    ) -> None:
        """Whichever bucket it is."""
        stray = part(kind, "stray", **properties)
        stray.inputs["bucket"] = value
        if linked:
            stray.links["bucket"] = [bucket().urn, bucket("other").urn]
        said = [one.message for one in judge(RULES, [stray], config=CONFIG) if one.rule == rule]
        assert said
        assert "`stray`" in said[0]

    @pytest.mark.parametrize(
        ("kind", "properties"),
        [
            pytest.param("BucketPublicAccessBlock", ALL_BLOCKED, id="public-access-block"),
            pytest.param("BucketObject", {"key": "k"}, id="object"),
            pytest.param("BucketAcl", {"acl": "private"}, id="acl"),
        ],
    )
    def test_what_opens_none_passes(self, kind: str, properties: dict[str, Any]) -> None:
        """An upload into a bucket of another stack needs no name at preview."""
        stray = part(kind, "stray", **properties)
        stray.inputs["bucket"] = UNKNOWN
        assert judge(RULES, [stray], config=CONFIG) == []

    def test_a_name_made_of_more_than_the_bucket_is_unknown(self) -> None:
        """What depends on anything but the bucket may name any other."""
        policy = part("BucketPolicy", policy=text(deny()))
        policy.inputs["bucket"] = UNKNOWN
        policy.links["bucket"] = [bucket().urn, "urn:pulumi:dev::acme::random:index/randomId:RandomId::x"]
        found = judge([SEALING], [bucket(), policy], config=CONFIG)
        assert sum("its bucket is not known during preview" in one.message for one in found) == 1


def test_what_target_leaves_out_is_reported_as_such() -> None:
    """Of a new resource that `--target` leaves out the engine shows nothing but its links."""
    kept_out = Res(POLICY.type, NAME, {}, {}, {"bucket": [bucket().urn]})
    (found,) = judge([SEALING], [bucket(), kept_out], config=CONFIG)
    assert "`--target`" in found.message
    assert "give the policy a document" not in found.message


def test_native_buckets_take_policies_of_the_aws_provider() -> None:
    """Both providers work with the same S3."""
    assert judge([SEALING], [native_bucket(), POLICY, public_access_block()], config=CONFIG) == []
