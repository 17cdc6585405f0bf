"""Patterns against a matcher that tries everything, one sign at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter.semantics.globs import Automaton, arn_steps, glob_steps
from s3_perimeter.semantics.patterns import arn_matches, matches, resource_pattern_matches

COLONS = 5
patterns = st.lists(st.sampled_from(["a", "b", "*", "?", ":", "${*}"]), max_size=8).map("".join)
texts = st.text(alphabet="ab*:\n", max_size=8)
arn_patterns = st.lists(st.sampled_from(["a", "*", "?", ":", "::", ":*:"]), max_size=8).map("".join)
arns = st.lists(st.sampled_from(["a", ":", "::", ":::::"]), max_size=8).map("".join)


def tried(pattern: str, text: str, colons: int = COLONS) -> bool:
    """Whether a pattern matches a text, of which so many colons stand before: by trying every way.

    Before the fifth colon a wildcard takes none, but for a `*` that is the last of its segment.
    """
    if pattern.startswith("${*}"):
        return text.startswith("*") and tried(pattern[4:], text[1:], colons)
    if not pattern:
        return not text
    sign, rest = pattern[0], pattern[1:]
    if sign == "*" and tried(rest, text, colons):
        return True
    if not text:
        return False
    ends = sign == "*" and rest.lstrip("*")[:1] in ("", ":")
    taken = (sign in "*?" and (text[0] != ":" or colons >= COLONS or ends)) or sign == text[0]
    return taken and tried(pattern if sign == "*" else rest, text[1:], colons + (text[0] == ":"))


@given(patterns, texts)
def test_a_pattern_matches_what_it_matches_when_everything_is_tried(pattern: str, text: str) -> None:
    """Wildcards take any character, and an escaped one stands for itself."""
    assert matches(pattern, text, variables=True) is tried(pattern, text)


@given(st.lists(patterns, min_size=1, max_size=4), texts)
def test_an_automaton_matches_each_of_its_patterns_by_itself(listed: list[str], text: str) -> None:
    """However many run side by side."""
    automaton = Automaton([glob_steps(pattern, variables=True) for pattern in listed])
    state = automaton.after(text, automaton.start)
    assert [bool(state & end) for end in automaton.ends] == [tried(pattern, text) for pattern in listed]


@given(arn_patterns, arns)
def test_a_wildcard_of_a_resource_takes_colons_as_documented(pattern: str, arn: str) -> None:
    """None where only one that takes more of them would match."""
    expected = True if tried(pattern, arn, 0) else None if tried(pattern, arn) else False
    assert resource_pattern_matches(pattern, arn, variables=False) is expected


@given(arn_patterns, arns)
def test_an_arn_pattern_is_the_same_as_steps_and_part_by_part(pattern: str, arn: str) -> None:
    """Where it has the six parts of an ARN."""
    automaton = Automaton([arn_steps(pattern, variables=False)])
    found = arn_matches(pattern, arn, variables=False)
    matched = bool(automaton.after(arn, automaton.start) & automaton.ends[0])
    assert found is None or found is matched
