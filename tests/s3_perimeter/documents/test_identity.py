"""IAM policies are compared by what they grant."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter.documents.identity import (
    PolicyShapeError,
    compare_policies,
    covers,
    grants,
    overlap,
)
from tests.hang import ends


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


READ = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::b/*"}


@pytest.mark.parametrize(
    "rewritten",
    [
        pytest.param(policy({**READ, "Sid": "Auto1"}), id="a-sid"),
        pytest.param(policy({**READ, "Action": ["S3:LISTBUCKET", "s3:getobject"]}), id="case-and-order"),
        pytest.param(
            policy({**READ, "Action": "s3:GetObject"}, {**READ, "Action": "s3:ListBucket"}), id="split"
        ),
        pytest.param(policy(READ, READ), id="twice"),
        pytest.param({"Version": "2012-10-17", "Statement": READ}, id="a-statement-alone"),
        pytest.param(policy(READ, {**READ, "Resource": "arn:aws:s3:::b/x/*"}), id="a-part-said-again"),
        pytest.param(json.dumps(policy(READ)), id="text"),
        pytest.param(quote(json.dumps(policy(READ))), id="url-encoded"),
    ],
)
def test_rewrites_mean_the_same(rewritten: Any) -> None:
    comparison = compare_policies(policy(READ), rewritten)
    assert comparison.equal, comparison


@pytest.mark.parametrize(
    ("new", "opened", "closed"),
    [
        pytest.param(policy({**READ, "Action": "s3:*"}), 1, 0, id="more-actions"),
        pytest.param(policy({**READ, "Action": "s3:GetObject"}), 0, 1, id="fewer-actions"),
        pytest.param(policy({**READ, "Resource": "*"}), 2, 0, id="more-resources"),
        pytest.param(policy({**READ, "Resource": "arn:aws:s3:::c/*"}), 2, 2, id="another-resource"),
        pytest.param(policy(READ, {**READ, "Effect": "Deny"}), 0, 2, id="denied"),
        pytest.param(
            policy({**READ, "Condition": {"Bool": {"aws:SecureTransport": True}}}), 0, 2, id="a-condition"
        ),
        pytest.param(policy({**READ, "NotAction": "s3:GetObject"}), 1, 2, id="a-complement"),
    ],
)
def test_changes_are_opened_or_closed(new: dict[str, Any], opened: int, closed: int) -> None:
    if "NotAction" in new["Statement"][0]:
        del new["Statement"][0]["Action"]
        closed = 1 if closed else 0
    comparison = compare_policies(policy(READ), new)
    assert (len(comparison.opened), len(comparison.closed)) == (opened, closed), comparison


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"AWS": "111122223333"}, {"AWS": ["arn:aws:iam::111122223333:root"]}),
        ("*", {"AWS": "*"}),
    ],
    ids=["account-id-or-root", "everybody"],
)
def test_principals_written_in_two_ways_are_the_same(one: Any, other: Any) -> None:
    assert compare_policies(policy({**READ, "Principal": one}), policy({**READ, "Principal": other})).equal


def test_booleans_numbers_and_networks_are_compared_by_value() -> None:
    def conditioned(*values: Any) -> dict[str, Any]:
        boolean, number, networks = values
        block = {
            "Bool": {"aws:SecureTransport": boolean},
            "NumericLessThan": {"s3:TlsVersion": number},
            "NotIpAddress": {"aws:SourceIp": networks},
        }
        return policy({**READ, "Condition": block})

    old = conditioned("false", "1.2", ["203.0.113.0/25", "203.0.113.128/25"])
    assert compare_policies(old, conditioned(False, 1.2, "203.0.113.7/24")).equal


@pytest.mark.parametrize("document", ["{", "[]", '{"Statement": [{"Action": "*"}]}'])
def test_what_is_no_policy_is_refused(document: str) -> None:
    with pytest.raises(PolicyShapeError):
        compare_policies(document, document)


PATTERNS = st.text(alphabet="ab*?", max_size=5)


def matches(pattern: str, text: str) -> bool:
    """The definition, letter by letter."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return matches(pattern[1:], text) or (bool(text) and matches(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and matches(pattern[1:], text[1:])


@given(PATTERNS, PATTERNS, st.lists(st.text(alphabet="ab", max_size=6), max_size=12))
def test_what_a_pattern_covers_it_matches_and_what_both_match_overlaps(
    wide: str, narrow: str, texts: list[str]
) -> None:
    for text in texts:
        if covers(wide, narrow) and matches(narrow, text):
            assert matches(wide, text)
        if matches(wide, text) and matches(narrow, text):
            assert overlap(wide, narrow)


ACTIONS = st.text(alphabet="ab*?", min_size=1, max_size=5)
STATEMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Deny"]),
            "Resource": st.lists(PATTERNS, min_size=1, max_size=2),
        }
    ).flatmap(
        lambda fixed: st.one_of(
            st.lists(ACTIONS, min_size=1, max_size=4).map(lambda actions: {**fixed, "Action": actions}),
            st.lists(ACTIONS, min_size=1, max_size=2).map(lambda actions: {**fixed, "NotAction": actions}),
        )
    ),
    min_size=1,
    max_size=4,
)


@given(STATEMENTS)
def test_lines_that_another_covers_are_left_out_and_no_others(statements: list[dict[str, Any]]) -> None:
    """Against comparing every line with every other."""
    each = [
        line
        for statement in statements
        for element in ("Action", "NotAction")
        for action in (statement.get(element, ()) if element == "Action" else [statement.get(element)])
        if action
        for resource in statement["Resource"]
        for line in grants(policy({"Effect": statement["Effect"], element: action, "Resource": resource}))
    ]
    kept = grants(policy(*statements))
    assert all(any(line.covers(one) for line in kept) for one in each)
    assert set(kept) <= set(each)
    assert not any(one.covers(other) for one in kept for other in kept if one != other)


def test_a_policy_of_thousands_of_actions_comes_to_an_end() -> None:
    """As AWS's ReadOnlyAccess is."""
    actions = [f"service{number // 20}:{verb}Thing{number:04}{end}" for number in range(2_500)
               for verb, end in (("Describe", "*"), ("Get", ""))]  # fmt: skip
    with ends():
        lines = grants(policy({"Effect": "Allow", "Action": actions, "Resource": "*"}))
    assert len(lines) == len(actions)
