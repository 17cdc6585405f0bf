"""The position-keeping JSON reader, against the standard library's."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter.documents.jsontext import Places, read
from s3_perimeter.documents.nodes import Array, Node, Object, Scalar, Text, TextError, plain, wrap

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
CHARACTERS = '{}[],:"\\/ \n\ttrufalsn0129.eE+-u'
PIECES = st.lists(st.sampled_from([*CHARACTERS, "\\u00", "null", "{}"]), max_size=24)


def value_of(node: Node) -> Any:
    """A node as the standard reader gives it, floats as text; a duplicate name is refused."""
    if isinstance(node, Text):
        return str(node)
    if isinstance(node, Array):
        return [value_of(item) for item in node]
    if isinstance(node, Object):
        return {name: value_of(value) for name, value in node.members}
    assert isinstance(node, Scalar)
    return json.loads(node.value)


def refused(word: str) -> None:
    """The standard reader takes NaN and Infinity; JSON does not."""
    raise ValueError(word)


@given(VALUES, st.booleans(), st.sampled_from([None, 0, 3]))
def test_what_the_standard_library_writes_is_read_as_it_reads_it(
    value: Any, ascii_only: bool, indent: int | None
) -> None:
    """In any layout; only NUL, which no policy may hold, is refused."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    try:
        node = read(text)
    except TextError as error:
        assert "NUL" in error.problem or "surrogate" in error.problem
    else:
        assert value_of(node) == json.loads(text)
        assert value_of(read(plain(node))) == json.loads(text)
        assert json.loads(plain(wrap(json.loads(text)))) == json.loads(text)


@given(PIECES)
def test_exactly_what_is_json_is_read(pieces: list[str]) -> None:
    """For any text made of JSON's own characters the two readers agree on whether it is JSON."""
    text = "".join(pieces)
    try:
        expected = json.loads(text, parse_constant=refused)
    except ValueError:
        try:
            read(text)
        except TextError as error:
            assert error.at is not None
            assert 0 <= error.at <= len(text)
        else:
            raise AssertionError(f"{text!r} is no JSON")
    else:
        try:
            assert value_of(read(text)) == expected
        except TextError as error:
            assert "nested" in error.problem or "NUL" in error.problem


@given(st.text(alphabet="a\n", max_size=20))
def test_places_are_lines_and_columns_from_one(text: str) -> None:
    """Joined again, line and column lead back to the offset."""
    places = Places(text)
    lines = text.split("\n")
    for at in range(len(text)):
        line, column = places.of(at)
        assert line is not None
        assert column is not None
        assert sum(len(before) + 1 for before in lines[: line - 1]) + column - 1 == at
    assert places.of(None) == (None, None)
