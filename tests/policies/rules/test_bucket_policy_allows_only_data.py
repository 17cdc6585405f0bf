"""bucket-policy-allows-only-data: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from policies.rules import bucket_policy_allows_only_data
from tests.policies.engine import UNKNOWN, Res, judge
from tests.policies.programs import (
    CONFIG,
    FORMS,
    NAME,
    allow_log_delivery,
    bucket,
    deny,
    deny_plain_http,
    text,
)

RULE = bucket_policy_allows_only_data.judge

Form = Callable[[object], list[Res]]
forms = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
ROLE = "arn:aws:iam::111122223333:role/deployer"
BREAK_GLASS = "arn:aws:iam::111122223333:user/break-glass"


def allow(**changed: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
        "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"],
        **changed,
    }


@forms
@pytest.mark.parametrize(
    "statements",
    [
        pytest.param([], id="no-allow"),
        pytest.param([allow()], id="data"),
        pytest.param([allow(Action=["s3:Get*", "s3:List*", "S3:putobject*"])], id="wildcards-over-data"),
        pytest.param(
            [allow(Action=["s3:ReplicateObject", "s3:ObjectOwnerOverrideToBucketOwner"])], id="replicas"
        ),
        pytest.param([allow_log_delivery(NAME)], id="log-delivery"),
        pytest.param([deny(Sid="All", Action="*")], id="deny"),
        pytest.param([allow(Action="s3:*", Principal={"AWS": ROLE})], id="roles-are-not-judged"),
    ],
)
def test_accepts(form: Form, statements: list[object]) -> None:
    """Reading and writing objects is what a bucket policy may give, to whomever."""
    assert judge([RULE], form(text(deny(), deny_plain_http(), *statements)), config=CONFIG) == []


@forms
@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        pytest.param(allow(Action="s3:*"), "`s3:*`, and with it `s3:", id="everything"),
        pytest.param(allow(Action="*"), "`*`, and with it", id="every-action"),
        pytest.param(allow(Action="s3:Put*"), "`s3:Put*`, and with it", id="wildcard"),
        pytest.param(allow(Action="s3:DeleteBucketPolicy"), "`s3:DeleteBucketPolicy`, which", id="opener"),
        pytest.param(allow(Action="s3:AnActionOfTomorrow"), "`s3:AnActionOfTomorrow`", id="not-known"),
        pytest.param(
            {
                "Effect": "Allow",
                "Principal": "*",
                "NotAction": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{NAME}",
            },
            "allows everybody everything but",
            id="inverted",
        ),
        pytest.param(
            allow(Action="s3:*", Principal={"AWS": "arn:aws:iam::111122223333:user/ada"}),
            "user/ada",
            id="own-user",
        ),
        pytest.param(
            allow(Action="s3:*", Principal={"AWS": [ROLE, "999988887777"]}),
            "999988887777",
            id="role-and-more",
        ),
        pytest.param(allow(Action="s3:*", Principal="*"), "allows everybody `s3:*`", id="everybody"),
        pytest.param(
            allow(Action="s3:PutBucketPolicy", Principal={"AWS": [BREAK_GLASS, "*"]}),
            BREAK_GLASS,
            id="break-glass-and-more",
        ),
    ],
)
def test_refuses(form: Form, broken: object, reason: str) -> None:
    """One Allow too wide is one violation that names whom and what, even with a Deny that is right."""
    config = {**CONFIG, "s3-perimeter:breakGlassPrincipals": json.dumps([BREAK_GLASS])}
    (found,) = judge([RULE], form(text(deny(), deny_plain_http(), broken)), config=config)
    assert reason in found.message
    assert f"`{NAME}`" in found.message


def test_a_declared_break_glass_principal_may_change_the_bucket() -> None:
    """Who is trusted to get in from anywhere is trusted to lift the fence; where nobody is, nobody is."""
    resources = FORMS["part"](text(deny(), allow(Action="s3:*", Principal={"AWS": BREAK_GLASS})))
    config = {**CONFIG, "s3-perimeter:breakGlassPrincipals": json.dumps([BREAK_GLASS])}
    assert judge([RULE], resources, config=config) == []
    assert len(judge([RULE], resources, config=CONFIG)) == 1
    assert len(judge([RULE], resources, config={})) == 1


@forms
@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (UNKNOWN, "not known during preview"),
        ("{", "S3 would reject"),
        ("[secret]", "secret that cannot be read"),
    ],
)
def test_refuses_what_it_cannot_read(form: Form, policy: str, reason: str) -> None:
    """A policy that may allow anything is not passed over."""
    (found,) = judge([RULE], form(policy), config=CONFIG)
    assert reason in found.message


def test_a_bucket_without_a_policy_is_not_its_concern() -> None:
    """Nothing is allowed where there is no policy; that nothing is denied is another rule's."""
    assert judge([RULE], [bucket()], config=CONFIG) == []
