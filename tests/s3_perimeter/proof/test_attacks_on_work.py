"""Policies written to keep the proof at work for ever: each comes to an end."""

import json
from dataclasses import replace
from string import ascii_lowercase

import pytest

from s3_perimeter import PolicyDocument, deny_statements, evaluate, prove
from tests.hang import ends
from tests.s3_perimeter.policies import ACCOUNT, BOTH, BUCKET, EXPIRING, NOW, OFFICE, ROLE, also, deny, policy

pytestmark = pytest.mark.slow

LONG = ["*" + "a" * 5_000 + "b", "a" * 10_000]
LONG_PATTERNS = {
    "resource": deny(Resource=[BUCKET, *(f"{BUCKET}/{text}" for text in LONG)]),
    "action": deny(Action=[f"s3:{text}" for text in LONG]),
    "referer": deny(also(StringLike={"aws:Referer": LONG})),
    "referer-with-any-one-character": deny(
        also(StringLike={"aws:Referer": ["*?" + "a" * 5_000 + "b*", LONG[1]]})
    ),
    "many-short-ones": deny(
        also(StringLike={"aws:Referer": [*(f"*?a{n}*" for n in range(900)), "a" * 8_000]})
    ),
    "user-name": deny(also(StringLike={"aws:username": LONG})),
    "principal": deny(
        also(ArnLike={"aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:user/{text}" for text in LONG]})
    ),
    "source": deny(also(ArnLike={"aws:SourceArn": [f"arn:aws:s3:::{text}" for text in LONG]})),
}


@pytest.mark.parametrize("statement", LONG_PATTERNS.values(), ids=LONG_PATTERNS.keys())
def test_long_patterns_come_to_an_end(statement: dict[str, object]) -> None:
    """To match one is no more work than its length and the text's."""
    with ends(10):
        assert prove(policy(deny(), statement), OFFICE, now=NOW).verdict != "escape"


AGENTS = [
    f"*{name}*" for name in ("curl", "wget", "bot", "spider", "scan", "nikto", "sqlmap", "masscan", "java")
]
TEAMS = [f"arn:aws:iam::{ACCOUNT}:role/*team{number}*" for number in range(12)]
SITES = [f"https://*.site{number}.example/*" for number in range(12)]
COSTLY = {
    "agents": deny({"StringLike": {"aws:UserAgent": [*AGENTS, "*python*"]}}),
    "secrets": deny(
        {"Bool": {"aws:SecureTransport": "true"}}, Resource=[f"{BUCKET}/*secret{n}*" for n in range(12)]
    ),
    "tag-keys": deny({"ForAnyValue:StringNotEquals": {"s3:RequestObjectTagKeys": list("abcdefg")}}),
    "services": deny(
        {"ForAnyValue:StringEquals": {"aws:CalledVia": [f"s{number}.amazonaws.com" for number in range(6)]}}
    ),
    "teams": deny({"ArnNotLike": {"aws:PrincipalArn": TEAMS}}, Action="s3:DeleteObject"),
    "sites": deny({"StringNotLike": {"aws:Referer": SITES}}, Action="s3:GetObject"),
    "actions": deny(Action=[f"s3:*a{number}*" for number in range(16)]),
    "all-actions-but-some": deny(Action=None, NotAction=[f"s3:*a{number}*" for number in range(16)]),
    "all-objects-but-some": deny(Resource=None, NotResource=[f"{BUCKET}/*a{n}*" for n in range(12)]),
    "any-one-character": deny(
        {"StringLike": {"aws:Referer": [f"*{letter}{'?' * 18}" for letter in "abcdefgh"]}}
    ),
    "a-few-tag-keys": deny({"ForAnyValue:StringEquals": {"s3:RequestObjectTagKeys": list(ascii_lowercase)}}),
    "many-values": deny({"StringEquals": {"aws:Referer": [str(number) for number in range(600)]}}),
}


@pytest.mark.parametrize("statement", COSTLY.values(), ids=COSTLY.keys())
def test_a_fence_is_proved_whatever_else_the_policy_says(statement: dict[str, object]) -> None:
    """A proof from fewer Denies is a proof."""
    proof = prove(policy(deny(), statement), OFFICE, now=NOW)
    assert (proof.verdict, proof.undecided, proof.lockouts) == ("proved", (), ())


FENCES = {
    "of-many-networks": (
        [deny({"NotIpAddress": {"aws:SourceIp": [f"203.0.113.{at}/32" for at in range(200)]}})],
        [COSTLY["agents"]],
    ),
    "with-half-the-wildcards": (
        [deny(Resource=[f"arn:*:s3:::{name}{rest}" for name in ("b", "?") for rest in ("", "/*")])],
        [COSTLY["agents"]],
    ),
    "next-to-two-of-which-one-costs-twice-as-much": (
        [deny()],
        [deny({"StringLike": {"aws:UserAgent": [f"*{n}*" for n in range(10, 40)]}}), COSTLY["sites"]],
    ),
}


@pytest.mark.parametrize(("fence", "costly"), FENCES.values(), ids=FENCES.keys())
def test_a_fence_is_kept_when_what_costs_more_is_left_out(
    fence: list[dict[str, object]], costly: list[dict[str, object]]
) -> None:
    """By and by the most intricate are left out; networks cost little."""
    assert prove(policy(*fence, *costly), OFFICE, now=NOW).verdict == "proved"


def test_a_fence_with_break_glass_is_proved_despite_a_rule_for_many_roles() -> None:
    """What is left out are the statements that cost most, not all that distinguish principals."""
    fence = replace(OFFICE, break_glass=(ROLE,), expiring=EXPIRING.expiring)
    document = policy(*deny_statements(fence), COSTLY["teams"], COSTLY["agents"])
    assert prove(document, fence, now=NOW).verdict == "proved"


LEAKS = {
    "agents": policy(deny(also(StringNotLike={"aws:UserAgent": [*AGENTS, "*python*"]}))),
    "secrets": policy(deny(Resource=BUCKET), deny(Resource=[f"{BUCKET}/*secret{n}*" for n in range(12)])),
    "teams": policy(deny(also(ArnNotLike={"aws:PrincipalArn": TEAMS}))),
}


@pytest.mark.parametrize("document", LEAKS.values(), ids=LEAKS.keys())
def test_a_leak_is_shown_however_many_ways_around_it_there_are(document: PolicyDocument) -> None:
    """One request will do, and the evaluator has been asked about it."""
    escapes = prove(document, OFFICE, now=NOW).escapes
    assert escapes
    assert all(evaluate(document, witness.request).surely_not_denied for witness in escapes)


NARROWER = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/25"}}
VALUES = {"aws:Referer": [str(number) for number in range(700)]}
LOCKED_OUT = {
    "proved": [deny(NARROWER), COSTLY["secrets"]],
    "escape": [
        deny(also(StringNotEquals={"aws:UserAgent": "x"})),
        deny(NARROWER, Resource=BUCKET),
        COSTLY["secrets"],
    ],
    "unknown": [deny(also(StringNotEquals=VALUES)), deny(also(StringEquals=VALUES)), COSTLY["teams"]],
}


@pytest.mark.parametrize(("verdict", "statements"), LOCKED_OUT.items(), ids=LOCKED_OUT.keys())
def test_lock_outs_that_are_too_much_work_are_reported_with_the_verdict(
    verdict: str, statements: list[dict[str, object]]
) -> None:
    """Whatever it is: what seals does not hang on whom it locks out."""
    proof = prove(policy(*statements), OFFICE, now=NOW)
    assert (proof.verdict, proof.lockouts) == (verdict, ())
    assert [reason for reason in proof.undecided if reason.startswith("lock-outs: not decided, too many")]


HOSTILE = {
    "referers": [
        {"StringNotLike": {"aws:Referer": [f"*{number}?*{other}*?" for other in range(20)]}}
        for number in range(60)
    ],
    "addresses-as-text": [
        {"StringNotLike": {"aws:SourceIp": [f"1?{number}*{'?' * other}2*.*" for other in range(16)]}}
        for number in range(25)
    ],
}


@pytest.mark.parametrize("conditions", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_patterns_come_to_an_end(conditions: list[dict[str, object]]) -> None:
    """The automata of such patterns could grow without a bound; the proof gives up instead."""
    statements = [
        {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": BOTH, "Condition": each}
        for each in conditions
    ]
    while len(json.dumps({"Statement": statements}, separators=(",", ":"))) > 20_000:
        statements.pop()
    with ends():
        prove(policy(*statements), OFFICE, now=NOW)
