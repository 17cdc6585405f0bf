"""Every type through its life: create, no change, update, replacement, drift, import, delete."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.provider.structures import unchanged
from local.provider.types import RESOURCES
from local.provider.values import DEFAULTS, UNKNOWN, reveal
from tests.conftest import Aws
from tests.local.provider.conftest import READ, TRUST, Things
from tests.local.provider.engine import Engine, Props

WRITE = READ.replace("GetObject", "PutObject")


@dataclass(frozen=True, slots=True)
class Case:
    """One type's life. Functions get the things that exist already.

    ``inputs`` declare it, ``changed`` go on top for an update in place, ``replacing`` for a replacement.
    ``meddle`` changes it behind the provider's back, so that the property ``drifted`` differs.
    """

    token: str
    inputs: Callable[[Things], Props]
    changed: Callable[[Things], Props] | None = None
    replacing: Callable[[Things], Props] | None = None
    meddle: Callable[[Aws, Props], Any] | None = None
    drifted: str = ""
    import_id: Callable[[Props, str], str] = field(default=lambda _outputs, identity: identity)
    unknown: tuple[str, ...] = ()
    """Outputs that a preview of its creation cannot know."""

    not_imported: frozenset[str] = frozenset()
    """Inputs that nothing in AWS tells."""

    stays: bool = False
    """Whether AWS cannot take it away, so that it is there after a delete."""


def s3(token: str) -> str:
    """The token of a type of S3."""
    return f"aws:s3/{token[0].lower()}{token[1:]}:{token}"


def iam(token: str) -> str:
    """The token of a type of IAM."""
    return f"aws:iam/{token[0].lower()}{token[1:]}:{token}"


def deny(bucket: str, network: str = "203.0.113.0/24") -> str:
    """A bucket policy that denies all but one network."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": network}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def other_bucket(things: Things) -> Props:
    """Inputs that move a setting to another bucket."""
    return {"bucket": things.other_bucket}


ALL_BLOCKED = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}
KMS_RULE = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:ap-northeast-1:111122223333:key/some"}

CASES = [
    Case(
        s3("BucketPolicy"),
        lambda t: {"bucket": t.bucket, "policy": deny(t.bucket)},
        lambda t: {"policy": deny(t.bucket, "203.0.113.0/25")},
        lambda t: {"bucket": t.other_bucket, "policy": deny(t.other_bucket)},
        lambda aws, o: aws("s3").put_bucket_policy(
            Bucket=o["bucket"], Policy=deny(o["bucket"], "203.0.0.0/16")
        ),
        "policy",
    ),
    Case(
        s3("BucketPublicAccessBlock"),
        lambda t: {"bucket": t.bucket, **ALL_BLOCKED},
        lambda _: {"blockPublicAcls": False},
        other_bucket,
        lambda aws, o: aws("s3").put_public_access_block(
            Bucket=o["bucket"], PublicAccessBlockConfiguration={"BlockPublicAcls": True}
        ),
        "blockPublicPolicy",
    ),
    Case(
        s3("BucketOwnershipControls"),
        lambda t: {"bucket": t.bucket, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        lambda _: {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        other_bucket,
        lambda aws, o: aws("s3").put_bucket_ownership_controls(
            Bucket=o["bucket"], OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
        "rule",
    ),
    Case(
        s3("BucketVersioning"),
        lambda t: {"bucket": t.plain_bucket, "versioningConfiguration": {"status": "Enabled"}},
        lambda _: {"versioningConfiguration": {"status": "Suspended"}},
        None,
        lambda aws, o: aws("s3").put_bucket_versioning(
            Bucket=o["bucket"], VersioningConfiguration={"Status": "Suspended"}
        ),
        "versioningConfiguration",
        stays=True,
    ),
    Case(
        s3("BucketServerSideEncryptionConfiguration"),
        lambda t: {
            "bucket": t.bucket,
            "rules": [
                {
                    "applyServerSideEncryptionByDefault": KMS_RULE,
                    "bucketKeyEnabled": True,
                    "blockedEncryptionTypes": ["SSE-C"],
                }
            ],
        },
        lambda _: {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
        other_bucket,
        lambda aws, o: aws("s3").put_bucket_encryption(
            Bucket=o["bucket"],
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
            },
        ),
        "rules",
        stays=True,
    ),
    Case(
        s3("BucketLogging"),
        lambda t: {"bucket": t.bucket, "targetBucket": t.other_bucket, "targetPrefix": "a/"},
        lambda _: {"targetPrefix": "b/"},
        lambda t: {"bucket": t.other_bucket, "targetBucket": t.bucket},
        lambda aws, o: aws("s3").put_bucket_logging(
            Bucket=o["bucket"],
            BucketLoggingStatus={
                "LoggingEnabled": {"TargetBucket": o["targetBucket"], "TargetPrefix": "elsewhere/"}
            },
        ),
        "targetPrefix",
    ),
    Case(
        s3("BucketLifecycleConfiguration"),
        lambda t: {
            "bucket": t.bucket,
            "rules": [
                {
                    "id": "old",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": 30},
                    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
                    "noncurrentVersionExpiration": {"noncurrentDays": 3},
                },
                {
                    "id": "move",
                    "status": "Disabled",
                    "filter": {"and": {"prefix": "x/", "tags": {"a": "b"}}},
                    "transitions": [{"days": 40, "storageClass": "GLACIER"}],
                },
            ],
        },
        lambda _: {"rules": [{"id": "old", "status": "Enabled", "expiration": {"days": 31}}]},
        other_bucket,
        lambda aws, o: aws("s3").put_bucket_lifecycle_configuration(
            Bucket=o["bucket"],
            LifecycleConfiguration={
                "Rules": [
                    {"ID": "x", "Status": "Disabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
                ]
            },
        ),
        "rules",
    ),
    Case(
        s3("BucketWebsiteConfiguration"),
        lambda t: {
            "bucket": t.bucket,
            "indexDocument": {"suffix": "index.html"},
            "routingRules": [
                {"condition": {"keyPrefixEquals": "a/"}, "redirect": {"replaceKeyPrefixWith": "b/"}}
            ],
        },
        lambda _: {"errorDocument": {"key": "error.html"}},
        other_bucket,
        lambda aws, o: aws("s3").put_bucket_website(
            Bucket=o["bucket"], WebsiteConfiguration={"IndexDocument": {"Suffix": "home.html"}}
        ),
        "indexDocument",
    ),
    Case(
        s3("BucketCorsConfiguration"),
        lambda t: {
            "bucket": t.bucket,
            "corsRules": [
                {
                    "allowedMethods": ["PUT", "GET"],
                    "allowedOrigins": ["https://example.com"],
                    "maxAgeSeconds": 9,
                }
            ],
        },
        lambda _: {"corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["*"]}]},
        other_bucket,
        lambda aws, o: aws("s3").put_bucket_cors(
            Bucket=o["bucket"],
            CORSConfiguration={"CORSRules": [{"AllowedMethods": ["POST"], "AllowedOrigins": ["*"]}]},
        ),
        "corsRules",
    ),
    Case(
        s3("BucketNotification"),
        lambda t: {"bucket": t.bucket, "eventbridge": True},
        None,
        other_bucket,
    ),
    Case(
        s3("BucketObjectLockConfiguration"),
        lambda t: {"bucket": t.bucket, "rule": {"defaultRetention": {"days": 1, "mode": "GOVERNANCE"}}},
        lambda _: {"rule": {"defaultRetention": {"days": 2, "mode": "GOVERNANCE"}}},
        other_bucket,
        stays=True,
    ),
    Case(
        s3("BucketAccelerateConfiguration"),
        lambda t: {"bucket": t.bucket, "status": "Enabled"},
        lambda _: {"status": "Suspended"},
        other_bucket,
        stays=True,
    ),
    Case(
        s3("BucketRequestPaymentConfiguration"),
        lambda t: {"bucket": t.bucket, "payer": "Requester"},
        lambda _: {"payer": "BucketOwner"},
        other_bucket,
        stays=True,
    ),
    Case(
        s3("BucketMetric"),
        lambda t: {"bucket": t.bucket, "name": "all", "filter": {"prefix": "a/", "tags": {"x": "y"}}},
        lambda _: {"filter": {"prefix": "b/"}},
        lambda _: {"name": "some"},
    ),
    Case(
        s3("AnalyticsConfiguration"),
        lambda t: {
            "bucket": t.bucket,
            "name": "all",
            "storageClassAnalysis": {
                "dataExport": {
                    "destination": {
                        "s3BucketDestination": {"bucketArn": f"arn:aws:s3:::{t.other_bucket}", "prefix": "p"}
                    }
                }
            },
        },
        lambda _: {"filter": {"prefix": "b/"}},
        lambda _: {"name": "some"},
    ),
    Case(
        s3("Inventory"),
        lambda t: {
            "bucket": t.bucket,
            "name": "all",
            "includedObjectVersions": "All",
            "schedule": {"frequency": "Daily"},
            "optionalFields": ["Size", "ETag"],
            "destination": {
                "bucket": {
                    "bucketArn": f"arn:aws:s3:::{t.other_bucket}",
                    "format": "CSV",
                    "encryption": {"sseS3": {}},
                }
            },
        },
        lambda _: {"schedule": {"frequency": "Weekly"}, "enabled": False},
        lambda _: {"name": "some"},
    ),
    Case(
        s3("BucketIntelligentTieringConfiguration"),
        lambda t: {
            "bucket": t.bucket,
            "name": "all",
            "tierings": [{"accessTier": "ARCHIVE_ACCESS", "days": 90}],
        },
        lambda _: {"status": "Disabled"},
        lambda _: {"name": "some"},
    ),
    Case(
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        lambda t: {
            "bucket": t.bucket,
            "role": "arn:aws:iam::111122223333:role/copy",
            "rules": [
                {
                    "id": "all",
                    "status": "Enabled",
                    "priority": 1,
                    "filter": {"prefix": "a/"},
                    "deleteMarkerReplication": {"status": "Disabled"},
                    "destination": {"bucket": f"arn:aws:s3:::{t.other_bucket}"},
                }
            ],
        },
        lambda _: {"role": "arn:aws:iam::111122223333:role/copy-2"},
    ),
    Case(
        s3("AccountPublicAccessBlock"),
        lambda _: ALL_BLOCKED,
        lambda _: {"restrictPublicBuckets": False},
        unknown=("accountId",),
    ),
    Case(
        s3("AccessPoint"),
        lambda t: {"bucket": t.bucket, "name": f"ap-{t.bucket[-10:]}"},
        None,
        lambda t: {"name": f"ap2-{t.bucket[-10:]}"},
        unknown=("arn", "alias"),
    ),
    Case(
        "aws:kms/key:Key",
        lambda _: {
            "description": "one",
            "enableKeyRotation": True,
            "deletionWindowInDays": 7,
            "tags": {"a": "1"},
        },
        lambda _: {"description": "two", "enableKeyRotation": False, "tags": {"b": "2"}},
        lambda _: {
            "keyUsage": "SIGN_VERIFY",
            "customerMasterKeySpec": "RSA_2048",
            "enableKeyRotation": False,
        },
        lambda aws, o: aws("kms").disable_key(KeyId=o["keyId"]),
        "isEnabled",
        unknown=("arn", "keyId"),
        not_imported=frozenset({"deletionWindowInDays"}),
    ),
    Case(
        "aws:kms/alias:Alias",
        lambda t: {"name": f"alias/{t.bucket}", "targetKeyId": t.key},
        lambda t: {"targetKeyId": t.other_key},
        lambda t: {"name": f"alias/{t.other_bucket}"},
        unknown=("arn", "targetKeyArn"),
    ),
    Case(
        iam("User"),
        lambda t: {"name": f"new-{t.user}", "path": "/people/", "tags": {"a": "1"}, "forceDestroy": True},
        lambda _: {"tags": {"b": "2"}, "permissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        None,
        lambda aws, o: aws("iam").tag_user(UserName=o["name"], Tags=[{"Key": "by", "Value": "hand"}]),
        "tags",
        unknown=("arn", "uniqueId"),
        not_imported=frozenset({"forceDestroy"}),
    ),
    Case(
        iam("Policy"),
        lambda t: {"name": f"new-{t.user}", "policy": READ, "description": "d", "tags": {"a": "1"}},
        lambda _: {"policy": WRITE, "tags": {}},
        lambda _: {"description": "another"},
        lambda aws, o: aws("iam").create_policy_version(
            PolicyArn=o["arn"], PolicyDocument=WRITE.replace("some", "any"), SetAsDefault=True
        ),
        "policy",
        unknown=("arn", "policyId"),
    ),
    Case(
        iam("UserPolicy"),
        lambda t: {"name": "inline", "user": t.user, "policy": READ},
        lambda _: {"policy": WRITE},
        lambda t: {"user": t.other_user},
        lambda aws, o: aws("iam").put_user_policy(
            UserName=o["user"], PolicyName=o["name"], PolicyDocument=READ.replace("some", "any")
        ),
        "policy",
    ),
    Case(
        iam("GroupPolicy"),
        lambda t: {"name": "inline", "group": t.group, "policy": READ},
        lambda _: {"policy": WRITE},
        lambda t: {"group": t.other_group},
    ),
    Case(
        iam("RolePolicy"),
        lambda t: {"name": "inline", "role": t.role, "policy": READ},
        lambda _: {"policy": WRITE},
        lambda _: {"name": "inline-2"},
    ),
    Case(
        iam("UserPolicyAttachment"),
        lambda t: {"user": t.user, "policyArn": t.policy},
        None,
        lambda t: {"policyArn": t.other_policy},
        import_id=lambda o, _: f"{o['user']}/{o['policyArn']}",
    ),
    Case(
        iam("GroupPolicyAttachment"),
        lambda t: {"group": t.group, "policyArn": t.policy},
        None,
        lambda t: {"group": t.other_group},
        import_id=lambda o, _: f"{o['group']}/{o['policyArn']}",
    ),
    Case(
        iam("RolePolicyAttachment"),
        lambda t: {"role": t.role, "policyArn": t.policy},
        None,
        lambda t: {"policyArn": t.other_policy},
        import_id=lambda o, _: f"{o['role']}/{o['policyArn']}",
    ),
    Case(iam("Group"), lambda t: {"name": f"new-{t.group}"}, unknown=("arn", "uniqueId")),
    Case(
        iam("GroupMembership"),
        lambda t: {"name": "members", "group": t.group, "users": [t.user]},
        lambda t: {"users": [t.other_user, t.user]},
        lambda t: {"group": t.other_group},
        lambda aws, o: aws("iam").remove_user_from_group(GroupName=o["group"], UserName=o["users"][0]),
        "users",
        stays=True,
        import_id=lambda o, _: o["group"],
        not_imported=frozenset({"name"}),
    ),
    Case(
        iam("UserGroupMembership"),
        lambda t: {"user": t.user, "groups": [t.group]},
        lambda t: {"groups": [t.other_group, t.group]},
        lambda t: {"user": t.other_user},
        import_id=lambda o, _: "/".join([o["user"], *o["groups"]]),
    ),
    Case(
        iam("AccessKey"),
        lambda t: {"user": t.user},
        lambda _: {"status": "Inactive"},
        lambda t: {"user": t.other_user},
        lambda aws, o: aws("iam").update_access_key(
            UserName=o["user"],
            AccessKeyId=aws("iam").list_access_keys(UserName=o["user"])["AccessKeyMetadata"][0][
                "AccessKeyId"
            ],
            Status="Inactive",
        ),
        "status",
        unknown=("secret", "createDate", "sesSmtpPasswordV4"),
    ),
    Case(
        iam("Role"),
        lambda t: {"name": f"new-{t.role}", "assumeRolePolicy": TRUST, "description": "d"},
        lambda _: {"description": "e", "maxSessionDuration": 7200, "tags": {"a": "b"}},
        lambda _: {"path": "/deep/"},
        lambda aws, o: aws("iam").tag_role(RoleName=o["name"], Tags=[{"Key": "by", "Value": "hand"}]),
        "tags",
        unknown=("arn", "uniqueId"),
    ),
    Case(
        iam("OpenIdConnectProvider"),
        lambda t: {"url": f"https://{t.user}.example.com", "clientIdLists": ["sts.amazonaws.com"]},
        None,
        lambda t: {"url": f"https://{t.user}.example.org"},
        unknown=("arn",),
    ),
    Case(
        iam("UserLoginProfile"),
        lambda t: {"user": t.user, "passwordLength": 24},
        None,
        lambda t: {"user": t.other_user},
        unknown=("password",),
        not_imported=frozenset({"passwordLength"}),
    ),
    Case(
        s3("BucketObject"),
        lambda t: {"bucket": t.bucket, "key": "a/b", "content": "hello", "forceDestroy": True},
        lambda _: {"content": "bye", "tags": {"a": "b"}},
        lambda _: {"key": "a/c"},
        import_id=lambda o, _: f"{o['bucket']}/{o['key']}",
        unknown=("arn", "etag", "versionId"),
        not_imported=frozenset({"content", "forceDestroy"}),
    ),
    Case(
        "aws:s3/bucketObjectv2:BucketObjectv2",
        lambda t: {"bucket": t.bucket, "key": "a/b", "content": "hello", "forceDestroy": True},
        lambda _: {"contentType": "text/plain"},
        lambda _: {"key": "a/c"},
        import_id=lambda o, _: f"s3://{o['bucket']}/{o['key']}",
        unknown=("arn",),
        not_imported=frozenset({"content", "forceDestroy"}),
    ),
    Case(
        "aws:ec2/vpc:Vpc",
        lambda _: {"cidrBlock": "10.20.0.0/16", "enableDnsHostnames": True, "tags": {"a": "1"}},
        lambda _: {"enableDnsHostnames": False, "tags": {"b": "2"}},
        lambda _: {"cidrBlock": "10.21.0.0/16"},
        unknown=("arn", "mainRouteTableId"),
    ),
    Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda t: {"vpcId": t.vpc, "serviceName": "com.amazonaws.ap-northeast-1.s3", "policy": READ},
        lambda _: {"policy": WRITE, "tags": {"a": "1"}},
        lambda _: {"serviceName": "com.amazonaws.ap-northeast-1.dynamodb"},
        unknown=("arn", "state"),
        not_imported=frozenset({"policy"}),
    ),
    Case(
        s3("Bucket"),
        lambda t: {"bucket": f"new-{t.bucket}", "tags": {"a": "1"}, "forceDestroy": True},
        lambda _: {"tags": {"b": "2"}},
        lambda t: {"bucket": f"other-{t.bucket}"},
        lambda aws, o: aws("s3").put_bucket_tagging(
            Bucket=o["bucket"], Tagging={"TagSet": [{"Key": "by", "Value": "hand"}]}
        ),
        "tags",
        unknown=("arn", "bucketDomainName"),
        not_imported=frozenset({"forceDestroy"}),
    ),
]


def test_every_type_has_a_case() -> None:
    """A new type comes with its life; those of two more are in test_bucket.py."""
    elsewhere = {"aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketV2:BucketV2"}
    assert {each.token for each in RESOURCES.values()} - elsewhere == {case.token for case in CASES}


@pytest.mark.parametrize("case", [pytest.param(case, id=case.token.rpartition(":")[2]) for case in CASES])
def test_life(case: Case, engine: Engine, things: Things, aws: Aws) -> None:
    """One resource from its first preview to its end."""
    token, name, inputs = case.token, "it", case.inputs(things)

    preview = engine.preview(token, name, inputs)
    for output in case.unknown:
        assert reveal(preview[output]) is UNKNOWN, output
    for key in inputs:
        assert reveal(preview[key]) is not UNKNOWN

    operation, outputs = engine.up(token, name, inputs)
    assert operation == "create"
    assert not [key for key in case.unknown if outputs.get(key) is UNKNOWN]
    for key, value in inputs.items():
        assert unchanged(RESOURCES[token].properties[key], outputs.get(key), value), key
    assert engine.up(token, name, inputs)[0] == "same"
    assert engine.refresh(token, name) == outputs
    assert engine.up(token, name, inputs)[0] == "same"

    imported = engine.read(token, name, case.import_id(outputs, engine.states[token, name].identity))
    assert imported is not None
    for key, value in inputs.items():
        if key not in case.not_imported:
            found = reveal(imported.inputs.get(key))
            assert unchanged(RESOURCES[token].properties[key], found, value), (key, found)

    if case.meddle:
        case.meddle(aws, outputs)
        drifted = engine.refresh(token, name)
        assert drifted is not None
        assert drifted.get(case.drifted) != outputs.get(case.drifted)
        assert any(path.startswith(case.drifted) for path in engine.diff(token, name, inputs).paths)
        operation, mended = engine.up(token, name, inputs)
        assert operation == "update"
        assert mended.get(case.drifted) == outputs.get(case.drifted)
        assert engine.up(token, name, inputs)[0] == "same"

    identity = engine.states[token, name].identity
    if case.changed:
        inputs = {**inputs, **case.changed(things)}
        assert engine.up(token, name, inputs)[0] == "update"
        assert engine.states[token, name].identity == identity
        assert engine.up(token, name, inputs)[0] == "same"
    if case.replacing:
        inputs = {**inputs, **case.replacing(things)}
        assert engine.up(token, name, inputs)[0] == "replace"
        assert engine.up(token, name, inputs)[0] == "same"

    state = engine.states[token, name]
    engine.delete(token, name)
    engine.states[token, name] = state
    if not case.stays:
        assert engine.refresh(token, name) is None
    engine.delete(token, name)


def test_names_are_made_from_the_seed_and_kept(engine: Engine) -> None:
    """A name that the program does not give: the same for the same seed, and not drawn again."""
    token = iam("User")
    first = engine.check(token, "worker", {})
    assert first["name"].startswith("worker-")
    assert len(first["name"]) == len("worker-") + 7
    assert first[DEFAULTS] == ["forceDestroy", "name", "path"]
    engine.up(token, "worker", {})
    kept = reveal(engine.states[token, "worker"].inputs)["name"]
    assert engine.check(token, "worker", {})["name"] == kept
    assert engine.up(token, "worker", {})[0] == "same"
    engine.delete(token, "worker")


def test_a_resource_that_is_gone_already_is_deleted_without_an_error(engine: Engine, aws: Aws) -> None:
    """Somebody else was faster."""
    name = f"gone-{uuid.uuid4().hex[:8]}"
    engine.up(iam("User"), "it", {"name": name})
    aws("iam").delete_user(UserName=name)
    assert engine.refresh(iam("User"), "it") is None
    engine.delete(iam("User"), "it")
