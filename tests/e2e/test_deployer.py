"""The deploying identities of examples/ can do what they are for, and their documents need no more."""

from __future__ import annotations

import json
import runpy
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.stand import Stand
from tests.components.engine import ACCOUNT, run
from tests.conftest import Aws
from tests.e2e.stacks import INSIDE, ROOT, Stack, checkout_stack

pytestmark = pytest.mark.e2e

BUCKET = "s3-perimeter-deployed-by-ci"
CI_ROLES = ROOT / "examples" / "ci_roles" / "__main__.py"


def by_hand(_: Stand) -> list[str]:
    """What the tutorial gives to whoever deploys."""
    files = (
        ROOT / "examples" / "deployer" / "policy.json",
        ROOT / "s3_perimeter" / "drift" / "iam-policy.json",
    )
    return [file.read_text() for file in files]


def by_ci(stand: Stand) -> list[str]:
    """What the example gives to the role that deploys, in the embedded AWS's account."""
    config = {
        "s3-perimeter:repository": "acme/fence",
        "s3-perimeter:stateBucket": "acme-state",
        "s3-perimeter:buckets": json.dumps([BUCKET, f"{BUCKET}-logs"]),
        "s3-perimeter:users": "s3-perimeter-",
    }
    program = run(lambda: runpy.run_path(str(CI_ROLES)), config=config)
    document = str(program.one("RolePolicy", "deploy").inputs["policy"])
    return [document.replace(ACCOUNT, Aws(stand)("sts").get_caller_identity()["Account"])]


def without_denies(document: str) -> str:
    """The policy with its Allow statements alone."""
    found = json.loads(document)
    return json.dumps(
        {**found, "Statement": [each for each in found["Statement"] if each["Effect"] == "Allow"]}
    )


@contextmanager
def user_with(aws: Aws, documents: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """A user with these policies: the name, and an access key in the words of the provider's config."""
    iam, name = aws("iam"), f"deployer-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    for number, document in enumerate(documents):
        iam.put_user_policy(UserName=name, PolicyName=str(number), PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    try:
        yield name, {"accessKey": key["AccessKeyId"], "secretKey": key["SecretAccessKey"]}
    finally:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
        for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
            iam.delete_user_policy(UserName=name, PolicyName=policy)
        iam.delete_user(UserName=name)


def deployed(stand: Stand, directory: Path, key: dict[str, str], bucket: str | None = None) -> Stack:
    """A stack that this key deploys, and changes in every way that keeps the bucket."""
    people = [{"name": "alice", "prefix": "reports/"}, {"name": "bob"}]
    idp = {"name": "analyst", "assumedBy": [f"arn:aws:iam::{ACCOUNT}:saml-provider/idp"]}
    stack = checkout_stack(stand, directory, "deployer", users=people, roles=[idp], tags={"team": "docs"})
    stack.configure(bucketName=bucket)
    for name, value in key.items():
        stack("config set", "--secret", f"aws:{name}", value)
    stack.up()
    longer = {**idp, "maxSessionHours": 4, "assumedBy": [f"arn:aws:iam::{ACCOUNT}:role/sign-in"]}
    stack.configure(tags={"owner": "platform"}, roles=[longer])
    stack.up()
    stack.configure(tags=None, roles=None, users=[{"name": "bob", "keys": ["a", "b"]}])
    stack.up()
    stack("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    return stack


def test_the_tutorials_deployer_does_a_stacks_whole_life(stand: Stand, tmp_path: Path, aws: Aws) -> None:
    """Deployed, changed, refreshed, checked for drift, and destroyed with an object in it."""
    with user_with(aws, by_hand(stand)) as (_, key):
        stack = deployed(stand, tmp_path, key)
        s3 = aws("s3", stand.vantage(INSIDE[0]))
        s3.put_object(Bucket=stack.outputs()["bucket"], Key="a", Body=b"1")
        own = {"AWS_ACCESS_KEY_ID": key["accessKey"], "AWS_SECRET_ACCESS_KEY": key["secretKey"]}
        checked = stack.run("pulumi-tool-drift-check", "--stack", stack.name, **own)
        assert checked.code == 0, checked.out + checked.err
        stack("destroy", "--yes", "--skip-preview")


def test_cis_deploying_role_does_all_but_delete_what_is_stored(
    stand: Stand, tmp_path: Path, aws: Aws
) -> None:
    """Deployed, changed and refreshed; objects are denied to it, so a bucket that holds some stays."""
    with user_with(aws, by_ci(stand)) as (name, key):
        stack = deployed(stand, tmp_path, key, BUCKET)
        aws("s3", stand.vantage(INSIDE[0])).put_object(Bucket=BUCKET, Key="a", Body=b"1")
        refused = stack("destroy", "--yes", "--skip-preview", expect=None)
        assert refused.code != 0
        assert "AccessDenied" in refused.out
        every = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": every})
        # The role's own Deny goes, and with it what keeps it from objects.
        aws("iam").put_user_policy(
            UserName=name, PolicyName="0", PolicyDocument=without_denies(by_ci(stand)[0])
        )
        aws("iam").put_user_policy(UserName=name, PolicyName="s3", PolicyDocument=document)
        stack("destroy", "--yes", "--skip-preview")


@pytest.mark.parametrize("rights", [by_hand, by_ci])
def test_no_deploying_identity_may_read_an_object(
    stand: Stand, aws: Aws, rights: Callable[[Stand], list[str]]
) -> None:
    """Whoever deploys has no business with what is stored."""
    answer = aws("iam").simulate_custom_policy(
        PolicyInputList=rights(stand),
        ActionNames=["s3:GetObject", "s3:PutObject"],
        ResourceArns=[f"arn:aws:s3:::{BUCKET}/a"],
    )
    assert {each["EvalDecision"] for each in answer["EvaluationResults"]} <= {"implicitDeny", "explicitDeny"}
