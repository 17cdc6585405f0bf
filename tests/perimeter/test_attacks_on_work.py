"""Policies written to keep the proof at work for ever: each comes to an end."""

import json

import pytest

from perimeter import prove
from tests.hang import ends
from tests.perimeter.policies import ACCOUNT, BOTH, BUCKET, NOW, OFFICE, also, deny, policy

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
