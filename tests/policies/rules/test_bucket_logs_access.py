"""bucket-logs-access: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import pytest

from policies.rules import bucket_logs_access
from tests.policies.engine import UNKNOWN, Res, judge
from tests.policies.programs import LOGS, NAME, bucket, native_bucket, part

RULE = bucket_logs_access.judge


def logging(target: object, **links: list[str]) -> Res:
    found = part("BucketLogging", targetBucket=target, targetPrefix="access/")
    found.links = links
    return found


def unnamed(name: str) -> Res:
    """A bucket that the provider will name."""
    return Res(bucket().type, name, {}, {"bucket": UNKNOWN, "id": UNKNOWN})


def between_unnamed() -> Res:
    """Logging from one bucket that the provider will name to another."""
    found = logging(UNKNOWN, bucket=[unnamed(NAME).urn], targetBucket=[unnamed(LOGS).urn])
    found.inputs["bucket"] = UNKNOWN
    return found


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param([bucket(), bucket(LOGS), logging(LOGS)], id="part"),
        pytest.param(
            [bucket(), bucket(LOGS), logging(UNKNOWN, targetBucket=[bucket(LOGS).urn])], id="part-linked"
        ),
        pytest.param([bucket(), logging("elsewhere")], id="existing-log-bucket"),
        pytest.param([unnamed(NAME), unnamed(LOGS), between_unnamed()], id="names-unknown"),
        pytest.param([bucket(logging={"targetBucket": LOGS}), bucket(LOGS)], id="inline"),
        pytest.param([bucket(loggings=[{"targetBucket": LOGS}]), bucket(LOGS)], id="inline-v2"),
        pytest.param(
            [native_bucket(loggingConfiguration={"destinationBucketName": LOGS}), bucket(LOGS)], id="native"
        ),
    ],
)
def test_accepts(resources: list[Res]) -> None:
    """Logs that go to another bucket are compliant; the log bucket itself need not log."""
    assert judge([RULE], resources) == []


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        pytest.param([bucket()], "delivers no server access logs", id="none"),
        pytest.param([bucket(), logging(UNKNOWN)], "not known during preview", id="unknown-target"),
        pytest.param([bucket(), logging("")], "have no target bucket", id="nowhere"),
        pytest.param([bucket(logging={"targetBucket": ""})], "have no target bucket", id="inline-nowhere"),
        pytest.param(
            [bucket(), part("BucketLogging", "made-elsewhere", targetBucket=NAME)],
            "delivers no server access logs",
            id="target-of-a-bucket-made-elsewhere",
        ),
        pytest.param([bucket(), logging(NAME)], "to itself", id="itself"),
        pytest.param([bucket(logging={"targetBucket": NAME})], "to itself", id="inline-itself"),
        pytest.param([bucket(logging=UNKNOWN)], "not known during preview", id="inline-unknown"),
        pytest.param(
            [native_bucket(loggingConfiguration={"logFilePrefix": "x/"})],
            "delivers no server access logs",
            id="native-without-destination",
        ),
    ],
)
def test_refuses(resources: list[Res], reason: str) -> None:
    """Anything else is one violation that names the bucket and the reason."""
    (found,) = judge([RULE], resources)
    assert f"`{NAME}`" in found.message
    assert reason in found.message
