"""The example programs run as they are, and do what they show."""

import json
import runpy
from pathlib import Path

import pytest

from tests.components.engine import ACCOUNT, ENDPOINT, Program, run

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
NAMES = ("existing_bucket", "several_buckets", "vpc_endpoint", "without_keys")
IAM = f"arn:aws:iam::{ACCOUNT}:"
ANCHOR = f"arn:aws:rolesanywhere:us-east-1:{ACCOUNT}:trust-anchor/11111111-2222-3333-4444-555555555555"
CONFIG = {
    "aws:region": "ap-northeast-1",
    "s3-perimeter:bucket": "example-bucket",
    "s3-perimeter:allowedNetworks": '["203.0.113.0/24"]',
    "s3-perimeter:vpcEndpoints": f'["{ENDPOINT}"]',
    "s3-perimeter:permissionSet": f"{IAM}role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Analyst_*",
    "s3-perimeter:samlProvider": f"{IAM}saml-provider/idp",
    "s3-perimeter:trustAnchor": ANCHOR,
    "s3-perimeter:machines": '["scanner-1", "scanner-2"]',
    "s3-perimeter:user": f"{IAM}user/ana",
}


def example(name: str, *, preview: bool = False) -> Program:
    """What an example program declares."""
    file = str(EXAMPLES / name / "__main__.py")
    return run(lambda: runpy.run_path(file), preview=preview, config=CONFIG)


@pytest.mark.parametrize("name", NAMES)
def test_an_examples_policies_are_known_at_the_first_preview(name: str) -> None:
    """Every bucket policy of the example is there for the policy pack to judge before any deployment."""
    policies = example(name, preview=True).all("BucketPolicy")
    assert policies
    for declared in policies:
        assert "NotIpAddress" in declared.inputs["policy"]


def test_several_buckets_have_people_of_their_own() -> None:
    """Each bucket's people have policies for that bucket alone, the partner's below its prefix."""
    resources = [
        {statement["Resource"] for statement in json.loads(policy.inputs["policy"])["Statement"]}
        for policy in example("several_buckets").all("Policy")
    ]
    buckets = {each.inputs["bucket"] for each in example("several_buckets").all("Bucket")}
    assert len(buckets) == 4
    for reached in resources:
        assert len({arn.split(":::")[1].split("/")[0] for arn in reached}) == 1
    assert sum(any(arn.endswith("/for-partner/*") for arn in reached) for reached in resources) == 1


def test_without_keys_there_is_a_role_for_each_way_of_signing_in() -> None:
    """Each trusts whom the config names, from the allow-list alone, and nobody has a key."""
    program = example("without_keys")
    assert not program.all("AccessKey")
    assert not program.all("User")
    trusts = {each.name: json.loads(each.inputs["assumeRolePolicy"]) for each in program.all("Role")}
    assert sorted(trusts) == [f"data-roles-{name}" for name in ("analyst", "editor", "maintainer", "scanner")]
    for trust in trusts.values():
        assert trust["Statement"][-1]["Condition"]["NotIpAddress"] == {"aws:SourceIp": "203.0.113.0/24"}


def test_an_existing_bucket_keeps_its_own_statement() -> None:
    """The bucket is imported, and what its policy allowed is there as well as the Denies."""
    program = example("existing_bucket")
    assert program.one("Bucket", "adopted").imported == "example-bucket"
    policy = json.loads(program.one("BucketPolicy", "adopted").inputs["policy"])
    assert policy["Statement"][-1]["Sid"] == "PartnerReads"
    assert policy["Statement"][0]["Effect"] == "Deny"


def test_the_vpc_endpoint_is_exempt_by_its_id() -> None:
    """Requests through the endpoint that config names, and through no other, are out of the Deny."""
    program = example("vpc_endpoint")
    policy = json.loads(program.one("BucketPolicy", "workers").inputs["policy"])
    assert policy["Statement"][0]["Condition"]["StringNotEquals"] == {"aws:SourceVpce": ENDPOINT}
