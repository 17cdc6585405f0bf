"""Reader: one reading of one document, which collects its mistakes with their places."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from s3_perimeter.documents.elements import PolicyError, PolicyMistake
from s3_perimeter.documents.nearest import nearest
from s3_perimeter.documents.nodes import Node, Object, Text, clipped, kind_of, place_of, scalar_of
from s3_perimeter.documents.source import Source

if TYPE_CHECKING:
    from s3_perimeter.documents.jsontext import Places

__all__ = ["Reader", "items_of", "shown"]

_SUGGESTIONS = 20
_TEXTS = frozenset({str, Text})


class Reader:
    """One reading of one document: collects mistakes and goes on, so that all are reported at once."""

    def __init__(self, source: Source) -> None:
        self.mistakes: list[PolicyMistake] = []
        self._source = source
        self._places: Places | None = None
        self._lines = source.statement_lines()

    def with_places(self) -> Node:
        """Forget the mistakes and return the document's root again, with the place of every value."""
        self.mistakes.clear()
        self._places = self._source.places()
        return self._source.placed()

    def mistake(self, node: Node, problem: str) -> None:
        """Note a reason to reject the document, with the place of the node."""
        line, column = self._places.of(place_of(node)) if self._places else (None, None)
        self.mistakes.append(PolicyMistake(problem, line, column))

    def line(self, index: int) -> int | None:
        """Return the line of a statement of a document without mistakes."""
        return self._lines[index] if index < len(self._lines) else self._source.first_line

    def finish(self) -> None:
        """Raise PolicyError where there was a mistake, with all of them in the order of the text."""
        if self.mistakes:
            raise PolicyError(
                sorted(self.mistakes, key=lambda mistake: (mistake.line or 0, mistake.column or 0))
            )

    def near(self, name: str, known: tuple[str, ...]) -> str | None:
        """Return the known name that was meant, if one is near; after many mistakes none is looked for."""
        return nearest(name, known) if len(self.mistakes) < _SUGGESTIONS else None

    def elements(self, node: Object, known: dict[str, None], holder: str) -> dict[str, Node]:
        """Return an object's members by name; unknown and repeated names are mistakes."""
        found: dict[str, Node] = dict(node.members)
        if len(found) == len(node.members) and found.keys() <= known.keys():
            return found
        found.clear()
        for name, value in node.members:
            if name not in known:
                near = self.near(name, tuple(known))
                meant = f"; did you mean `{near}`?" if near else f": it has {', '.join(known)}"
                self.mistake(name, f"{holder} has no element `{clipped(name)}`{meant}")
            elif name in found:
                self.mistake(name, f"`{name}` is given twice; implementations differ in which one applies")
            else:
                found[name] = value
        return found

    def texts(self, node: Node, name: str, *, scalars: bool = False) -> tuple[str, ...]:
        """Return one string or a list of them; with `scalars`, numbers and booleans as AWS's strings too."""
        if isinstance(node, str):
            return (node,)
        items = items_of(node)
        if set(map(type, items)) <= _TEXTS:
            return tuple(cast("list[str]", items))
        texts = []
        for item in items:
            if isinstance(item, str):
                texts.append(item)
                continue
            scalar = scalar_of(item)
            if scalars and scalar and scalar.kind != "null":
                texts.append(scalar.value)
            else:
                self.mistake(item, f"`{clipped(name)}` takes strings, not {shown(item)}")
        return tuple(texts)

    def optional_text(self, elements: dict[str, Node], name: str) -> str | None:
        """Return the string of an element that may be missing."""
        if name not in elements:
            return None
        node = elements[name]
        if not isinstance(node, str):
            self.mistake(node, f"`{name}` is a string, not {shown(node)}")
            return None
        return node


def items_of(node: Node) -> list[Node]:
    """Return the values of a list, or the one value that stands for a list of one."""
    return node if isinstance(node, list) else [node]


def shown(node: Node) -> str:
    """Return a value as a message names it: scalars by their text, others by their kind."""
    if isinstance(node, str):
        return f"`{clipped(node)}`"
    scalar = scalar_of(node)
    if scalar and scalar.kind != "null":
        return f"{scalar.kind} (`{clipped(scalar.value)}`)"
    return kind_of(node)
