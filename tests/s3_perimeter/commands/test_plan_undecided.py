"""A Deny whose meaning AWS does not document: `plan` and `unlock` say that, and take it neither for a fence
nor for none.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from s3_perimeter.commands.plan import undecided
from s3_perimeter.commands.plan.effect import Effect, effect_of, seen_under
from s3_perimeter.commands.plan.render import NOBODY, as_markdown, as_text
from s3_perimeter.commands.plan.scripts import effect_json
from s3_perimeter.previews.preview import Preview
from tests.s3_perimeter.commands.test_plan_openings import OFFICE, TODAY

INSIDE, OUTSIDE = "203.0.113.7", "198.51.100.7"
ALLOWED = [OFFICE, "2001:db8:1234::/48"]
DOUBTFUL = {
    "a word": [*ALLOWED, "office"],
    "a placeholder": ["<office>", *ALLOWED],
    "an empty text": [*ALLOWED, ""],
    "a prefix that is too long": [*ALLOWED, "198.51.100.0/33"],
    "an IPv4-mapped network": [*ALLOWED, "::ffff:0:0/96"],
    "a bare IPv6 address": [*ALLOWED, "2001:db8:9::1"],
    "several in one text": [OFFICE, "192.0.2.0/24,198.51.100.0/24"],
    "a policy variable": [*ALLOWED, "${aws:PrincipalTag/network}"],
}


def deny(networks: list[str]) -> dict[str, Any]:
    """The fence with these networks."""
    return {
        "Sid": "Fence",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": networks}},
    }


def policy(*statements: dict[str, Any]) -> str:
    """A policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def effect(before: str | None, after: str, come_from: tuple[str, ...] = ()) -> Effect:
    """The effect of one policy in place of another."""
    preview = Preview(bucket="b", before=before, after=after)
    return effect_of(preview, before=list, after=[], today=TODAY, come_from=come_from)


def said(found: Effect) -> tuple[str, str, dict[str, Any]]:
    """Text, comment and JSON."""
    return (
        as_text(found, [], "dev"),
        as_markdown(found, [], "dev"),
        json.loads(effect_json(found, [], "dev")),
    )


@pytest.mark.parametrize("networks", DOUBTFUL.values(), ids=DOUBTFUL.keys())
@pytest.mark.parametrize("comes", ["planned", "deployed", "planned first"])
def test_what_moves_is_undecided_where_either_list_is(networks: list[str], comes: str) -> None:
    """Nothing is claimed to open or to close, and nobody to be left alone."""
    sound, doubtful = policy(deny(ALLOWED)), policy(deny(networks))
    before, after = {
        "planned": (sound, doubtful), "deployed": (doubtful, sound), "planned first": (None, doubtful)
    }[comes]  # fmt: skip
    found = effect(before, after)
    assert undecided(found)
    for text in said(found)[:2]:
        assert "not decided: " in text
        assert "not determined: not decided" not in text
        assert "statement 1 (" in text
        assert "Fence" in text
        assert NOBODY not in text
    result = said(found)[2]
    assert result["opens"] == result["closes"] == []
    assert "0.0.0.0/0" in result["undecided"]
    assert result["equal"] is False
    assert any("not decided" in reason for reason in result["untold"])


@pytest.mark.parametrize("networks", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_an_undecided_list_that_stays_changes_nobody_and_is_said_all_the_same(networks: list[str]) -> None:
    """Nothing moves, and who may come is open as before."""
    text = policy(deny(networks))
    found = effect(text, text, come_from=(INSIDE,))
    assert found.changes_nobody
    assert undecided(found)
    assert "not decided" in said(found)[0]


def test_an_address_that_has_to_stay_is_not_taken_for_inside() -> None:
    """Neither for inside nor for locked out."""
    found = effect(policy(deny(ALLOWED)), policy(deny([*ALLOWED, "office"])), come_from=(INSIDE, OUTSIDE))
    assert found.unreachable == ()
    for address in (INSIDE, OUTSIDE):
        assert f"not decided: whether {address}, where this run comes from, keeps access" in said(found)[0]


def test_what_another_deny_decides_stays_decided() -> None:
    """The fence next to the doubtful one closes whatever the doubtful one means."""
    doubtful = deny(["office"])
    found = effect(policy(doubtful), policy(doubtful, deny(ALLOWED)), come_from=(OUTSIDE,))
    assert found.unreachable == (OUTSIDE,)
    assert said(found)[2]["undecided"] == ["0.0.0.0/0", "::/0"]
    assert OUTSIDE not in found.allowed


def test_what_opens_for_certain_is_shown_with_what_is_not_decided() -> None:
    """Objects are open for certain, as their Deny is gone; of lists another Deny leaves it open."""
    lists = {**deny(["office"]), "Action": "s3:ListBucket"}
    found = effect(policy(deny(ALLOWED)), policy(lists))
    assert "0.0.0.0/1" in {one.cidr for one in found.opens}
    assert undecided(found)


def test_nobody_in_the_logs_is_said_to_stay_where_that_is_not_decided() -> None:
    """An address of the logs may lose access."""
    found = effect(policy(deny(ALLOWED)), policy(deny([*ALLOWED, "office"])))
    seen = seen_under({INSIDE: 3, "-": 1}, found, 30)
    assert (seen.cut_off, seen.doubtful) == ((), 1)
    text, comment, _ = said(replace(found, seen=seen))
    for each in (text, comment):
        assert "would lose access" in each
        assert "none of" not in each
