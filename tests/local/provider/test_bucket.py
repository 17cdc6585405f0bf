"""What a bucket can hold inside it, its names, its deletion with objects, its tags."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from local.provider.values import UNKNOWN, Secret, reveal
from tests.conftest import Aws
from tests.local.provider.conftest import Things
from tests.local.provider.engine import CheckFailedError, Engine, FailedError

BUCKET = "aws:s3/bucket:Bucket"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::NAME/*"}],
}


@pytest.fixture
def name() -> str:
    """A bucket name that nobody has."""
    return f"bucket-{uuid.uuid4().hex[:10]}"


def inline(name: str, logs: str) -> dict[str, Any]:
    """A bucket with every deprecated argument that goes together with the others."""
    return {
        "bucket": name,
        "acl": "private",
        "forceDestroy": True,
        "policy": json.dumps(POLICY).replace("NAME", name).replace("s3:*", "s3:PutObjectAcl"),
        "versioning": {"enabled": True},
        "logging": {"targetBucket": logs, "targetPrefix": "x/"},
        "serverSideEncryptionConfiguration": {
            "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
        },
        "tags": {"team": "data", "a.b": "c"},
    }


def test_deprecated_arguments_are_real(engine: Engine, things: Things, aws: Aws, name: str) -> None:
    """Each is set, read back, seen when somebody changes it, and put right again."""
    declared = inline(name, things.plain_bucket)
    operation, outputs = engine.up(BUCKET, "it", declared)
    assert operation == "create"
    assert engine.up(BUCKET, "it", declared)[0] == "same"
    assert engine.refresh(BUCKET, "it") == outputs
    s3 = aws("s3")
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert s3.get_bucket_logging(Bucket=name)["LoggingEnabled"]["TargetPrefix"] == "x/"

    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    engine.refresh(BUCKET, "it")
    assert list(engine.diff(BUCKET, "it", declared).paths) == ["versioning.enabled"]
    assert engine.up(BUCKET, "it", declared)[0] == "update"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"

    change = engine.diff(BUCKET, "it", {**declared, "tags": {"team": "web", "a.b": "c"}})
    assert change.paths == {"tags.team": "update"}
    engine.delete(BUCKET, "it")


def test_separate_settings_of_the_bucket_are_no_drift_of_it(
    engine: Engine, things: Things, aws: Aws, name: str
) -> None:
    """A policy, versioning and encryption of their own do not show as differences of the bucket."""
    engine.up(BUCKET, "it", {"bucket": name})
    s3 = aws("s3")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_logging(
        Bucket=name,
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": things.plain_bucket, "TargetPrefix": ""}},
    )
    engine.refresh(BUCKET, "it")
    assert engine.up(BUCKET, "it", {"bucket": name})[0] == "same"
    engine.delete(BUCKET, "it")


def test_force_destroy_empties_every_version(engine: Engine, aws: Aws, name: str) -> None:
    """Objects, old versions, delete markers and unfinished uploads go; without it S3 refuses."""
    engine.up(BUCKET, "it", {"bucket": name, "versioning": {"enabled": True}})
    s3 = aws("s3")
    for body in (b"1", b"2"):
        s3.put_object(Bucket=name, Key="a", Body=body)
    s3.delete_object(Bucket=name, Key="a")
    s3.create_multipart_upload(Bucket=name, Key="b")
    with pytest.raises(FailedError, match="api error BucketNotEmpty"):
        engine.delete(BUCKET, "it")
    declared = {"bucket": name, "versioning": {"enabled": True}, "forceDestroy": True}
    assert engine.diff(BUCKET, "it", declared).paths == {"forceDestroy": "add"}
    engine.update(BUCKET, "it", declared)
    engine.delete(BUCKET, "it")
    assert name not in [each["Name"] for each in s3.list_buckets()["Buckets"]]


def test_names_follow_buckets_rules(engine: Engine) -> None:
    """A made-up name is in lower case and short enough; a prefix leaves it unknown until it is made."""
    long = "My_Bucket_" + "x" * 80
    chosen = engine.check(BUCKET, long, {})["bucket"]
    assert chosen.startswith("my-bucket-xxx")
    assert len(chosen) == 63
    assert engine.preview(BUCKET, "it", {"bucketPrefix": "pre-"})["bucket"] is UNKNOWN
    _, outputs = engine.up(BUCKET, "it", {"bucketPrefix": "pre-"})
    assert outputs["bucket"].startswith("pre-")
    assert engine.up(BUCKET, "it", {"bucketPrefix": "pre-"})[0] == "same"
    engine.delete(BUCKET, "it")


@pytest.mark.parametrize(
    ("changed", "ending"),
    [
        pytest.param("objectLockEnabled", "", id="of the same name"),
        pytest.param("bucket", "-2", id="of another name"),
    ],
)
def test_a_bucket_that_the_program_names_is_deleted_before_it_is_made_again(
    engine: Engine, name: str, changed: str, ending: str
) -> None:
    """As the Terraform bridge has it: even where the names would not collide."""
    engine.up(BUCKET, "it", {"bucket": name})
    declared = {"bucket": name + ending, **({} if ending else {"objectLockEnabled": True})}
    change = engine.diff(BUCKET, "it", declared)
    assert change.replaces == [changed]
    assert change.delete_first
    assert engine.up(BUCKET, "it", declared)[0] == "replace"
    engine.delete(BUCKET, "it")


def test_a_bucket_without_a_name_of_its_own_is_made_again_before_it_is_deleted(engine: Engine) -> None:
    """A made-up name is another one each time, so nothing has to go first."""
    engine.up(BUCKET, "it", {})
    change = engine.diff(BUCKET, "it", {"objectLockEnabled": True})
    assert change.replaces == ["objectLockEnabled"]
    assert not change.delete_first
    engine.delete(BUCKET, "it")


def test_a_bucket_that_is_half_made_is_known_to_the_engine(engine: Engine, aws: Aws, name: str) -> None:
    """The policy is refused after the bucket was made: the engine gets its id, and the next run fixes it."""
    wrong = json.dumps(POLICY).replace("NAME", "somebody-elses")
    with pytest.raises(FailedError, match="api error MalformedPolicy") as failed:
        engine.up(BUCKET, "it", {"bucket": name, "policy": wrong})
    assert f"S3 Bucket ({name})" in str(failed.value)
    assert failed.value.partial is not None
    assert failed.value.partial.id == name
    assert "policy" not in failed.value.partial.properties
    aws("s3").delete_bucket(Bucket=name)


def test_documents_may_be_objects_and_hold_unknowns_and_secrets(engine: Engine, things: Things) -> None:
    """One unknown in a document makes all of it unknown; one secret makes all of it secret."""
    token = "aws:s3/bucketPolicy:BucketPolicy"
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": UNKNOWN}]}
    unknown = engine.preview(token, "it", {"bucket": things.plain_bucket, "policy": document})
    assert unknown["policy"] is UNKNOWN
    document["Statement"][0]["Resource"] = Secret("arn:aws:s3:::x")  # type: ignore[index]
    hidden = engine.preview(token, "it", {"bucket": things.plain_bucket, "policy": document})
    assert isinstance(hidden["policy"], Secret)
    assert json.loads(reveal(hidden["policy"]))["Statement"][0]["Resource"] == "arn:aws:s3:::x"


def test_wrong_inputs_are_all_named(engine: Engine) -> None:
    """Missing, misspelled and mistyped properties in one answer."""
    with pytest.raises(CheckFailedError) as failed:
        engine.check(
            "aws:s3/bucketVersioning:BucketVersioning",
            "it",
            {"versioningConfiguration": {"status": ["Enabled"]}, "buckets": "x"},
        )
    assert sorted(failed.value.failures) == ["bucket", "buckets", "versioningConfiguration.status"]


def test_what_is_only_previewed_inside_a_bucket_is_refused(engine: Engine, aws: Aws, name: str) -> None:
    """By name, before the bucket is made, and when it is changed."""
    declared = {
        "bucket": name,
        "requestPayer": "Requester",
        "corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["*"]}],
    }
    assert engine.preview(BUCKET, "it", declared)["requestPayer"] == "Requester"
    with pytest.raises(FailedError, match="does not set `corsRules`, `requestPayer` inside bucket"):
        engine.up(BUCKET, "it", declared)
    assert name not in [each["Name"] for each in aws("s3").list_buckets()["Buckets"]]
    engine.up(BUCKET, "it", {"bucket": name})
    with pytest.raises(FailedError, match="does not set `requestPayer` inside bucket"):
        engine.up(BUCKET, "it", {"bucket": name, "requestPayer": "Requester"})
    engine.delete(BUCKET, "it")


def test_default_tags_go_on_everything(stand: Any, name: str) -> None:
    """The provider's default tags are in AWS and in ``tagsAll``, not in ``tags``, and are no difference."""
    own = Engine(
        stand.record.provider, {"region": "ap-northeast-1", "defaultTags": '{"tags": {"owner": "platform"}}'}
    )
    declared = {"bucket": name, "tags": {"a": "1"}}
    _, outputs = own.up(BUCKET, "it", declared)
    assert outputs["tags"] == {"a": "1"}
    assert outputs["tagsAll"] == {"a": "1", "owner": "platform"}
    assert own.up(BUCKET, "it", declared)[0] == "same"
    refreshed = own.refresh(BUCKET, "it")
    assert refreshed is not None
    assert refreshed["tags"] == {"a": "1"}
    own.delete(BUCKET, "it")
