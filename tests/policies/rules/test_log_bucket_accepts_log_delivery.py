"""log-bucket-accepts-log-delivery: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from policies.rules import log_bucket_accepts_log_delivery
from s3_perimeter import AddressSet, Perimeter, log_bucket_policy
from tests.policies.engine import UNKNOWN, Res, judge
from tests.policies.programs import (
    ALLOWED,
    FORMS,
    LOG_EXEMPT,
    LOGS,
    NAME,
    allow_log_delivery,
    bucket,
    deny,
    deny_plain_http,
    part,
    text,
    with_part,
)

RULE = log_bucket_accepts_log_delivery.judge

Form = Callable[[object, str], list[Res]]
forms = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
exempting = deny(LOGS, Condition=LOG_EXEMPT)


def logged(prefix: object = "access/") -> list[Res]:
    return [bucket(), part("BucketLogging", targetBucket=LOGS, targetPrefix=prefix)]


@forms
@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(text(allow_log_delivery()), id="allow"),
        pytest.param(text(allow_log_delivery(), exempting, deny_plain_http(LOGS)), id="fenced"),
        pytest.param(
            log_bucket_policy(
                Perimeter(bucket=LOGS, allowed=AddressSet.parse(ALLOWED)), NAME, "111122223333", "access/"
            ),
            id="built-by-perimeter",
        ),
    ],
)
def test_accepts(form: Form, policy: str) -> None:
    """A policy that lets log delivery write is compliant, whatever resource holds it."""
    assert judge([RULE], [*form(policy, LOGS), *logged()]) == []


@forms
@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        pytest.param(text(exempting), "does not certainly allow", id="no-allow"),
        pytest.param(
            text(allow_log_delivery(), deny(LOGS)), "(statement Outside)", id="ip-deny-without-exemption"
        ),
        pytest.param(
            text(allow_log_delivery(Resource=f"arn:aws:s3:::{LOGS}/other/*")),
            "does not certainly",
            id="other-prefix",
        ),
        pytest.param(text(allow_log_delivery(source="elsewhere")), "does not certainly", id="other-source"),
        pytest.param(UNKNOWN, "not known during preview", id="unknown"),
        pytest.param("{", "S3 would reject", id="not-json"),
    ],
)
def test_refuses(form: Form, policy: object, reason: str) -> None:
    """A policy that keeps log delivery out is one violation: the logs would silently stop."""
    (found,) = judge([RULE], [*form(policy, LOGS), *logged()])
    assert f"log bucket `{LOGS}`" in found.message
    assert reason in found.message


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        pytest.param([bucket(LOGS), *logged()], "has no policy", id="no-policy"),
        pytest.param(
            [*with_part(text(allow_log_delivery()), LOGS), *logged(UNKNOWN)],
            "not all known",
            id="unknown-prefix",
        ),
        pytest.param(
            [
                *with_part(text(allow_log_delivery()), LOGS),
                *logged(),
                part(
                    "BucketServerSideEncryptionConfiguration",
                    LOGS,
                    rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}],
                ),
            ],
            "`aws:kms`",
            id="kms",
        ),
    ],
)
def test_refuses_around_the_policy(resources: list[Any], reason: str) -> None:
    """No policy, an unknown prefix or KMS is one violation."""
    (found,) = judge([RULE], resources)
    assert reason in found.message
