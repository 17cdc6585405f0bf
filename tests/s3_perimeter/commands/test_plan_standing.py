"""What a plan says of the planned policy itself: lock-outs, and Allows that nobody can use."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from s3_perimeter import ResourceControlPolicy
from s3_perimeter.commands.plan.effect import Effect, effect_of
from s3_perimeter.commands.plan.render import as_markdown, as_text
from s3_perimeter.commands.plan.scripts import effect_json
from s3_perimeter.commands.plan.standing import with_standing
from s3_perimeter.previews.preview import Preview
from tests.s3_perimeter.policies import BUCKET, LIST, deny

CONFIG = {"s3-perimeter:allowedNetworks": json.dumps(LIST)}
NO_POLICY_CHANGES = deny({}, Action=["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"], Resource=BUCKET)
CDN = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudfront.amazonaws.com"},
    "Action": "s3:GetObject",
    "Resource": f"{BUCKET}/*",
}


def planned(
    *statements: dict[str, Any],
    config: dict[str, str] | None = None,
    head: str = "aws",
    rcps: tuple[ResourceControlPolicy, ...] = (),
) -> Effect:
    """The effect of a plan with a policy of these statements."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    text = text.replace("arn:aws:", f"arn:{head}:")
    preview = Preview(bucket="b", after=text, config=CONFIG if config is None else config)
    effect = effect_of(preview, before=list, after=[], today=date(2026, 11, 1), come_from=())
    return with_standing(effect, preview, "dev", rcps)


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_a_plan_names_whom_it_locks_out_and_what_it_makes_useless(partition: str) -> None:
    """In all three forms, with why and what to change; in any partition."""
    effect = planned(deny(), NO_POLICY_CHANGES, CDN, head=partition)
    assert [each.jobs[0].value for each in effect.lockouts] == ["maintain the bucket"]
    for render in (as_text, as_markdown):
        said = render(effect, [], "dev")
        assert "locked out: 203.0.113.0/24 and 2001:db8:1234::/48 cannot maintain the bucket" in said
        assert "an Allow that nobody can use: CloudFront by its origin access control" in said
    found = json.loads(effect_json(effect, [], "dev"))
    assert found["lockouts"][0]["networks"] == LIST
    assert found["dead_allows"][0]["statement"] == 3


def test_a_plan_that_locks_nobody_out_says_nothing_of_it() -> None:
    """Nor does one without a config that could be asked."""
    for effect in (planned(deny()), planned(NO_POLICY_CHANGES, config={})):
        assert (effect.lockouts, effect.dead_allows) == ((), ())
        assert "locked out" not in as_text(effect, [], "dev")


def test_a_plan_shows_both_layers() -> None:
    """And whom the organization's layer locks out, though the plan allows them."""
    narrow = deny({"NotIpAddress": {"aws:SourceIp": LIST[:1]}}, Resource="*")
    rcp = ResourceControlPolicy.parse({"Version": "2012-10-17", "Statement": narrow}, "org.json")
    effect = planned(deny(), rcps=(rcp,))
    for render in (as_text, as_markdown):
        said = render(effect, [], "dev")
        assert "the bucket policy by itself: sealed" in said
        assert "the resource control policies by themselves: open by aws-service" in said
        assert "locked out: 2001:db8:1234::/48 cannot" in said
        assert "statement 1 of the resource control policy" in said
    layers = json.loads(effect_json(effect, [], "dev"))["layers"]
    assert [each["verdict"] for each in layers] == ["proved", "escape"]
    assert "layers" not in json.loads(effect_json(planned(deny()), [], "dev"))


def test_a_config_that_cannot_be_read_leaves_it_untold() -> None:
    """Silence would mean that nobody is locked out."""
    effect = planned(NO_POLICY_CHANGES, config={"s3-perimeter:allowedNetworks": "[]"})
    assert any(reason.startswith("whom the policy locks out") for reason in effect.untold)
