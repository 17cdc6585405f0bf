"""The automaton behind the proof: every combination of patterns that a text can match, and no other."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import product
from pathlib import Path
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter.proof.automaton import classes
from s3_perimeter.proof.work import Budget, TooMuchWork
from s3_perimeter.semantics.globs import Charset, Step, arn_steps, glob_steps, some_of, text_steps
from s3_perimeter.semantics.patterns import arn_matches, matches

TEXTS = ["".join(chars) for size in range(7) for chars in product("abx", repeat=size)]
ANY = Step(Charset(frozenset(), out=True), many=True)
ONE = Step(Charset(frozenset(), out=True))


def combination(patterns: list[str], text: str) -> tuple[bool, ...]:
    """Which of the patterns a text matches, by plain matching."""
    return tuple(matches(pattern, text, variables=False) for pattern in patterns)


@given(
    st.lists(st.text(alphabet="ab*?", max_size=4), max_size=3, unique=True),
    st.sampled_from(["*", "?*", "a*"]),
)
def test_one_text_is_found_for_every_combination_that_there_is(patterns: list[str], base: str) -> None:
    """None is left out, none is found twice, and all lie in the universe."""
    found = classes(
        [glob_steps(base, variables=False)],
        [glob_steps(pattern, variables=False) for pattern in patterns],
        Budget(),
    )
    distinct = [combination(patterns, text) for text in found]
    assert all(matches(base, text, variables=False) for text in found)
    assert len(set(distinct)) == len(distinct)
    assert set(distinct) >= {
        combination(patterns, text) for text in TEXTS if matches(base, text, variables=False)
    }


def test_a_text_that_fits_is_preferred_and_an_excluded_one_is_not_found() -> None:
    """Preferred texts come first, in their order; the rest are as short as can be."""
    universe, pattern = [glob_steps("?*", variables=False)], [glob_steps("a*", variables=False)]
    assert classes(universe, pattern, Budget(), preferred=["", "abba", "hello", "world"]) == ["abba", "hello"]
    assert sorted(classes(universe, pattern, Budget())) == ["a", "x"]
    excluded = [text_steps("a"), glob_steps("x*", variables=False)]
    assert sorted(len(text) for text in classes(universe, pattern, Budget(), excluded=excluded)) == [1, 2]


def test_a_character_that_no_pattern_names_is_found_when_all_usual_ones_are_named() -> None:
    """Letters, digits and marks used up, there are others."""
    named = ascii_letters + digits + "-_.~"
    found = classes([(ONE, ANY)], [(*text_steps(char), ANY) for char in named], Budget())
    assert len(found) == len(named) + 1
    assert [text for text in found if text[0] not in named]


@pytest.mark.parametrize("fold", [True, False])
def test_a_folded_text_is_one_class_in_any_case(fold: bool) -> None:
    """`aB` and `Ab` are distinguished only where case counts."""
    patterns = [text_steps("aB", fold=fold), text_steps("Ab", fold=fold)]
    assert len(classes([(ANY,)], patterns, Budget())) == (2 if fold else 3)


def test_the_wildcards_of_an_arn_stop_at_a_colon_but_for_the_last_part() -> None:
    """As `ArnLike` has it; a class's text is judged by the evaluator's own matching."""
    patterns = ["arn:aws:s3:*:*:b", "arn:aws:s3:::*:b", "arn:*:s3:::b*"]
    found = classes(
        [arn_steps("arn:*:*:*:*:*", variables=False)],
        [arn_steps(pattern, variables=False) for pattern in patterns],
        Budget(),
    )
    distinct = {tuple(arn_matches(pattern, text, variables=False) for pattern in patterns) for text in found}
    assert len(distinct) == len(found)
    assert distinct == {
        (True, False, False),
        (True, False, True),
        (False, True, False),
        (False, True, True),
        (False, False, True),
        (False, False, False),
    }


@pytest.mark.parametrize(
    ("pattern", "matched", "other"),
    [
        pytest.param("arn:*:s3:::b", "arn:aws:s3:::b", "arn:aws:x:s3:::b", id="before-the-fifth-colon"),
        pytest.param("arn:aws:s3:::*:b", "arn:aws:s3:::a:a:b", "arn:aws:s3:::a:a:c", id="behind-it"),
    ],
)
def test_a_wildcard_of_an_arn_takes_colons_behind_the_fifth_only(
    pattern: str, matched: str, other: str
) -> None:
    """Two texts that it distinguishes are two classes."""
    steps = [arn_steps(pattern, variables=False)]
    assert classes([text_steps(matched), text_steps(other)], steps, Budget()) == [matched, other]
    assert classes([text_steps(matched)], steps, Budget(), excluded=steps) == []


def test_samples_have_a_text_of_every_pattern() -> None:
    """A shortest one, however many ways there are to match some of the others too."""
    patterns = [f"*{letter}{'?' * 18}" for letter in "abcdefgh"]
    steps = [glob_steps(pattern, variables=False) for pattern in patterns]
    found = classes([(ANY,)], steps, Budget(sampling=True))
    for pattern in patterns:
        assert [text for text in found if len(text) == 19 and matches(pattern, text, variables=False)]


def test_at_least_so_many_characters_out_of_those() -> None:
    """And no others: a shortest text has just so many."""
    for least in (0, 1, 3):
        (found,) = classes([some_of("01", least=least)], [], Budget())
        assert re.fullmatch(f"[01]{{{least}}}", found)


def test_a_walk_that_takes_too_long_is_given_up() -> None:
    """With the reason, and before the budget is overdrawn by much."""
    patterns = [glob_steps(f"*{letter}{'?' * 18}", variables=False) for letter in "abcdefgh"]
    with pytest.raises(TooMuchWork, match="overlap"):
        classes([(ANY,)], patterns, Budget())


def test_the_same_texts_are_found_in_every_run() -> None:
    """Whatever seed Python takes for its hashes: a witness is the same from one run to the next."""
    code = """
from s3_perimeter.proof.automaton import classes
from s3_perimeter.proof.work import Budget
from s3_perimeter.semantics.globs import some_of, text_steps
bases = [(*some_of(chars, least=2), *text_steps("/")) for chars in ("ab01", "01:;", "a;-_", "b:-=")]
print(classes(bases, [], Budget()), classes([bases[0]], bases, Budget()))
"""
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parents[3],
            env={"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(1, 7)
    }
    assert len(found) == 1
