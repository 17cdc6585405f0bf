"""The embedded AWS judges requests as IAM documents it, where the emulator alone would not."""

from __future__ import annotations

import json
import ssl
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from s3_perimeter import AddressSet, Perimeter, bucket_policy
from tests.conftest import Aws


def allows(aws: Aws, bucket: str, statement: dict[str, Any], user: dict[str, str], version: str) -> bool:
    """Whether a user with every permission can still list a bucket whose policy has that statement."""
    full = {"Principal": "*", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}", **statement}
    if "NotPrincipal" in statement:
        del full["Principal"]
    root = aws("s3", "root", aws_access_key_id="test", aws_secret_access_key="test")
    root.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": version, "Statement": [full]}))
    client = aws("s3", aws_access_key_id=user["key"], aws_secret_access_key=user["secret"])
    try:
        client.list_objects_v2(Bucket=bucket, Prefix=f"home/{user['name']}/")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False
    return True


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        pytest.param(
            {"Bool": {"aws:ViaAWSService": "false"}}, False, id="a user's request is not via a service"
        ),
        pytest.param({"Bool": {"aws:ViaAWSService": "true"}}, True, id="via a service"),
        pytest.param({"Bool": {"aws:PrincipalIsAWSService": "false"}}, False, id="a user is no service"),
        pytest.param({"Null": {"aws:SourceVpce": "true"}}, False, id="no VPC endpoint"),
        pytest.param({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, True, id="TLS is new enough"),
        pytest.param({"NumericLessThan": {"s3:TlsVersion": "1.4"}}, False, id="TLS is too old"),
        pytest.param({"StringLike": {"aws:UserAgent": "Boto3/*"}}, False, id="user agent"),
        pytest.param({"StringEquals": {"s3:authType": "REST-HEADER"}}, False, id="signed in the header"),
        pytest.param({"StringEquals": {"s3:prefix": "home/${aws:username}/"}}, False, id="variable"),
        pytest.param(
            {"StringLike": {"s3:prefix": "${aws:PrincipalTag/team}*"}}, True, id="variable without value"
        ),
        pytest.param({"StringLike": {"s3:prefix": "${aws:PrincipalTag/team, 'home'}*"}}, False, id="default"),
    ],
)
def test_conditions_of_a_deny(
    aws: Aws, new_bucket: str, user: dict[str, str], condition: dict[str, Any], allowed: bool
) -> None:
    """A Deny with that condition denies an ordinary signed request, or does not."""
    statement = {"Effect": "Deny", "Condition": condition}
    assert allows(aws, new_bucket, statement, user, "2012-10-17") is allowed


@pytest.mark.parametrize(
    ("minutes_ago", "answer"),
    [
        pytest.param(14, 200, id="younger"),
        pytest.param(16, 403, id="older"),
        pytest.param(None, 200, id="none"),
    ],
)
def test_presigned_urls_are_held_to_the_age_that_the_policy_built_for_them_allows(
    aws: Aws, new_bucket: str, monkeypatch: pytest.MonkeyPatch, minutes_ago: int | None, answer: int
) -> None:
    """However long they were signed for; a request that is signed in its header has no such age."""
    fence = Perimeter(bucket=new_bucket, allowed=AddressSet.parse(["203.0.113.0/24", "2001:db8:1234::/48"]))
    s3 = aws("s3")
    s3.put_object(Bucket=new_bucket, Key="a", Body=b"a")
    s3.put_bucket_policy(Bucket=new_bucket, Policy=bucket_policy(fence, max_url_age=timedelta(minutes=15)))
    if minutes_ago is None:
        assert s3.get_object(Bucket=new_bucket, Key="a")["ResponseMetadata"]["HTTPStatusCode"] == answer
        return
    signed = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: signed)
    v4 = aws("s3", config=Config(signature_version="s3v4"))
    asked = {"Bucket": new_bucket, "Key": "a"}
    url = v4.generate_presigned_url("get_object", Params=asked, ExpiresIn=86_400)
    answered = requests_status(url, str(aws.stand.authority))
    assert answered == answer


def requests_status(url: str, authority: str) -> int:
    """The status of a plain GET of a URL of the stand."""
    try:
        with urlopen(url, context=ssl.create_default_context(cafile=authority)) as response:  # noqa: S310
            return int(response.status)
    except HTTPError as error:
        return error.code


def test_the_old_version_has_no_variables(aws: Aws, new_bucket: str, user: dict[str, str]) -> None:
    """In a document of 2008 the dollar sign is just a dollar sign."""
    condition = {"StringEquals": {"s3:prefix": "home/${aws:username}/"}}
    assert allows(aws, new_bucket, {"Effect": "Deny", "Condition": condition}, user, "2008-10-17")


def test_not_principal_denies_everyone_but(aws: Aws, new_bucket: str, user: dict[str, str]) -> None:
    """The user named in ``NotPrincipal`` is left out of the Deny, another one is not."""
    named = {"AWS": [f"arn:aws:iam::111122223333:user/{user['name']}", "arn:aws:iam::111122223333:root"]}
    assert allows(aws, new_bucket, {"Effect": "Deny", "NotPrincipal": named}, user, "2012-10-17")
    other = {"AWS": ["arn:aws:iam::111122223333:user/admin", "arn:aws:iam::111122223333:root"]}
    assert not allows(aws, new_bucket, {"Effect": "Deny", "NotPrincipal": other}, user, "2012-10-17")


def test_a_deny_wins_over_a_public_grant_for_the_anonymous(aws: Aws, new_bucket: str) -> None:
    """An anonymous reader whom a public Allow allows is kept out by the Deny of the same policy."""
    s3 = aws("s3")
    s3.delete_public_access_block(Bucket=new_bucket)
    s3.put_object(Bucket=new_bucket, Key="a", Body=b"a")
    everyone = {"Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{new_bucket}/*"}
    outside = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    policy = [{"Effect": "Allow", **everyone}, {"Effect": "Deny", **everyone, "Condition": outside}]
    s3.put_bucket_policy(Bucket=new_bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": policy}))
    unsigned = Config(signature_version=UNSIGNED)
    assert aws("s3", "inside", config=unsigned).get_object(Bucket=new_bucket, Key="a")
    with pytest.raises(ClientError, match="AccessDenied"):
        aws("s3", "outside", config=unsigned).get_object(Bucket=new_bucket, Key="a")
