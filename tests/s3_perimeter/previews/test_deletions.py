"""What a preview takes off a bucket that stays: found in its steps alone."""

from __future__ import annotations

from typing import Any

import pytest

from s3_perimeter.commands.preview import FORMATS
from s3_perimeter.commands.preview.render import render
from s3_perimeter.previews.deletions import BUCKETS, SAFEGUARDS, Step, taken_off

POLICY = "aws:s3/bucketPolicy:BucketPolicy"
NAME = {"bucket": "acme-data"}


def step(op: str, kind: str = POLICY, old: dict[str, Any] | None = None, *, retained: bool = False) -> Step:
    """A step for a resource called `data`."""
    return Step.of(op, f"urn:pulumi:dev::acme::{kind}::data", kind, NAME if old is None else old, retained)


@pytest.mark.parametrize("kind", SAFEGUARDS)
@pytest.mark.parametrize("op", ["delete", "delete-replaced"])
def test_a_safeguard_deleted_from_a_bucket_that_stays_is_refused(kind: str, op: str) -> None:
    """Also where another one is made in its place before."""
    (found,) = taken_off([step("create", kind), step("create-replacement", kind), step(op, kind)])
    assert found.level == "mandatory"
    assert f"bucket `acme-data`: its {SAFEGUARDS[kind]} `data` is deleted" in found.detail
    assert f"S3 stores one {SAFEGUARDS[kind]} per bucket" in found.detail
    assert "alias" in found.detail


@pytest.mark.parametrize("bucket", BUCKETS)
@pytest.mark.parametrize("op", ["delete", "delete-replaced"])
def test_a_safeguard_that_goes_with_its_bucket_passes(bucket: str, op: str) -> None:
    """Nothing is left behind it; `destroy` looks like that. aws-native calls the name `bucketName`."""
    named = {"bucketName" if bucket.startswith("aws-native") else "bucket": "acme-data"}
    assert list(taken_off([step("delete"), step(op, bucket, named)])) == []


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([step("update"), step("same"), step("create"), step("refresh")], id="no-delete"),
        pytest.param([step("delete", retained=True)], id="retained"),
        pytest.param([step("delete", "aws:s3/bucketObject:BucketObject")], id="an-object"),
    ],
)
def test_what_takes_nothing_off_passes(steps: list[Step]) -> None:
    """Changes in place, and what only leaves the state."""
    assert list(taken_off(steps)) == []


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([step("delete"), step("delete", BUCKETS[0], retained=True)], id="bucket-retained"),
        pytest.param([step("delete"), step("delete", BUCKETS[0], {"bucket": "other"})], id="another-bucket"),
        pytest.param([step("delete"), step("update", BUCKETS[0])], id="bucket-updated"),
        pytest.param([step("delete", old={}), step("delete", BUCKETS[0], {})], id="names-unknown"),
        pytest.param(
            [step("delete", old={"bucket": "[secret]"}), step("delete", BUCKETS[0], {"bucket": "[secret]"})],
            id="names-secret",
        ),
        pytest.param([step("delete", old={"bucket": "arn:aws:s3:::acme-data"})], id="by-arn"),
    ],
)
def test_what_does_not_surely_go_stays(steps: list[Step]) -> None:
    """A bucket that is let go, or whose name cannot be read, is not gone."""
    assert len(list(taken_off(steps))) == 1


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_reports_it(form: str) -> None:
    """As the pack's own violations."""
    said = render(list(taken_off([step("delete")])), form, "Pulumi.yaml")
    assert "bucket-keeps-what-fences-it" in said
    assert "alias" in said
