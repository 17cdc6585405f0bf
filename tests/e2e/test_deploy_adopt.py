"""An existing bucket is taken over: imported, fenced, and kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.stand import Stand
from tests.conftest import Aws, PulumiIn
from tests.e2e.stacks import OUTSIDE, REGION, ROOT, Stack, new_stack

pytestmark = pytest.mark.e2e

BUCKET = "handmade-example-bucket"
BUCKET_TYPE = "aws:s3/bucket:Bucket"


def test_an_existing_bucket_is_imported_fenced_and_protected(stand: Stand, tmp_path: Path) -> None:
    """The example takes a bucket over without touching what is in it; Pulumi then refuses to delete it."""
    s3 = Aws(stand)("s3")
    region = {"LocationConstraint": "ap-northeast-1"}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=region)
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "team", "Value": "reports"}]})
    s3.put_object(Bucket=BUCKET, Key="old", Body=b"old")

    project = tmp_path / "project"
    shutil.copytree(ROOT / "examples" / "existing_bucket", project)
    stack = Stack("test", project, PulumiIn(stand, tmp_path)(project))
    new_stack(stand, stack.pulumi, stack.name)
    own = {"existing-bucket:bucket": BUCKET, "existing-bucket:tags": {"team": "reports"}}
    stack.configure(**REGION, allowedNetworks=["203.0.113.0/24"], **own)
    assert stack.planned()["import"] == {BUCKET_TYPE}
    stack("up", "--yes", "--skip-preview")
    assert s3.get_object(Bucket=BUCKET, Key="old")["Body"].read() == b"old"
    with pytest.raises(ClientError) as refused:
        Aws(stand)("s3", stand.vantage(OUTSIDE[0])).get_object(Bucket=BUCKET, Key="old")
    assert refused.value.response["Error"]["Code"] == "AccessDenied"

    stack.configure(**{"existing-bucket:takeOver": False})
    stack.up("--expect-no-changes")
    kept = stack("destroy", "--yes", "--skip-preview", expect=None)
    assert kept.code != 0
    assert "protect" in kept.text
    assert s3.get_object(Bucket=BUCKET, Key="old")["Body"].read() == b"old"

    # Without the protection a bucket with something in it still stays, and its fence with it.
    stack("state unprotect", "--all", "--yes")
    kept = stack("destroy", "--yes", "--skip-preview", expect=None)
    assert "BucketNotEmpty" in kept.text
    for address in OUTSIDE:
        with pytest.raises(ClientError) as refused:
            Aws(stand)("s3", stand.vantage(address)).get_object(Bucket=BUCKET, Key="old")
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
