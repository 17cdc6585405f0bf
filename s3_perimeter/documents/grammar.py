"""The grammar of a bucket policy: JSON nodes in, its elements or every reason for S3 to reject it out.

Source: IAM User Guide, "Grammar of the IAM JSON policy language", and S3's MalformedPolicy errors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from s3_perimeter.documents.elements import (
    NEW_VERSION,
    OLD_VERSION,
    Condition,
    PolicyError,
    PolicyMistake,
    Principals,
    Statement,
    Version,
)
from s3_perimeter.documents.folding import folded
from s3_perimeter.documents.nearest import nearest
from s3_perimeter.documents.nodes import (
    Node,
    Object,
    Text,
    clipped,
    kind_of,
    place_of,
    scalar_of,
)
from s3_perimeter.documents.operators import OPERATORS, Qualifier, split_operator
from s3_perimeter.documents.source import Source

if TYPE_CHECKING:
    from s3_perimeter.documents.jsontext import Places

__all__ = ["Grammar", "items_of", "shown"]

T = TypeVar("T")

DOCUMENT_ELEMENTS = dict.fromkeys(("Version", "Id", "Statement"))
STATEMENT_ELEMENTS = dict.fromkeys(
    (
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    )
)
PRINCIPAL_KINDS = dict.fromkeys(("AWS", "Service", "Federated", "CanonicalUser"))
_TEXTS = frozenset({str, Text})
SPELLINGS = (
    *OPERATORS,
    *(f"{qualifier}:{name}" for qualifier in ("ForAnyValue", "ForAllValues") for name in OPERATORS),
)
SUGGESTIONS = 20


class Grammar:
    """One reading of one document: collects mistakes and goes on, so that all are reported at once."""

    document_elements: dict[str, None] = DOCUMENT_ELEMENTS

    def __init__(self, source: Source) -> None:
        self.mistakes: list[PolicyMistake] = []
        self._source = source
        self._places: Places | None = None
        self._lines = source.statement_lines()

    @classmethod
    def elements_of(cls, source: Source) -> tuple[Version, str | None, list[Statement]]:
        """Return the elements of a document; PolicyError with all mistakes where there are some. The document
        is then read again, with their places.
        """
        grammar = cls(source)
        found = grammar.document(source.root)
        if grammar.mistakes:
            grammar.mistakes.clear()
            grammar._places = source.places()
            grammar.document(source.placed())
            grammar.finish()
        return found

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
        return nearest(name, known) if len(self.mistakes) < SUGGESTIONS else None

    def document(self, root: Node) -> tuple[Version, str | None, list[Statement]]:
        """Return the whole document."""
        if not isinstance(root, Object):
            self.mistake(root, f"a policy is an object, not {kind_of(root)}")
            return OLD_VERSION, None, []
        elements = self.elements(root, self.document_elements, "a policy")
        statements: list[Statement] = []
        if "Statement" not in elements:
            self.mistake(root, "the policy has no `Statement`")
        else:
            listed = elements["Statement"]
            nodes = items_of(listed)
            if not nodes:
                self.mistake(listed, "`Statement` is empty; a policy needs at least one statement")
            for index, node in enumerate(nodes):
                statement = self.statement(index, node)
                if statement:
                    statements.append(statement)
        return self.version(elements), self.optional_text(elements, "Id"), statements

    def version(self, elements: dict[str, Node]) -> Version:
        """Return the language's version; a document without one is of the old one."""
        node = elements.get("Version", OLD_VERSION)
        if node == NEW_VERSION:
            return NEW_VERSION
        if node != OLD_VERSION:
            self.mistake(node, f"`Version` is `{NEW_VERSION}` or `{OLD_VERSION}`, not {shown(node)}")
        return OLD_VERSION

    def statement(self, index: int, node: Node) -> Statement | None:
        """Return one statement, or None where it has a mistake."""
        before = len(self.mistakes)
        if not isinstance(node, Object):
            self.mistake(node, f"a statement is an object, not {kind_of(node)}")
            return None
        elements = self.elements(node, STATEMENT_ELEMENTS, "a statement")
        effect = elements.get("Effect")
        if "Effect" not in elements:
            self.mistake(node, "the statement has no `Effect`")
        elif effect not in ("Allow", "Deny"):
            self.mistake(effect, f"`Effect` is `Allow` or `Deny`, in exactly this case, not {shown(effect)}")
        principals, not_principals = self.pair(node, elements, "Principal", self.principals)
        actions, not_actions = self.pair(node, elements, "Action", self.actions)
        resources, not_resources = self.pair(node, elements, "Resource", self.resources)
        conditions = self.conditions(elements["Condition"]) if "Condition" in elements else ()
        sid = self.optional_text(elements, "Sid")
        if len(self.mistakes) > before:
            return None
        return Statement(
            index=index,
            line=self.line(index),
            sid=sid,
            effect=cast(Literal["Allow", "Deny"], effect),
            principals=principals,
            not_principals=not_principals,
            actions=actions,
            not_actions=not_actions,
            resources=resources,
            not_resources=not_resources,
            conditions=conditions,
        )

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

    def pair(
        self, node: Node, elements: dict[str, Node], name: str, reader: Callable[[Node, str], T]
    ) -> tuple[T | None, T | None]:
        """Return an element and its complement, of which exactly one must be there."""
        complement = f"Not{name}"
        given = name in elements, complement in elements
        if all(given):
            self.mistake(elements[complement], f"a statement has either `{name}` or `{complement}`, not both")
        if not any(given):
            self.mistake(node, f"the statement has neither `{name}` nor `{complement}`")
        return (
            reader(elements[name], name) if given[0] else None,
            reader(elements[complement], complement) if given[1] else None,
        )

    def principals(self, node: Node, name: str) -> Principals:
        """Whom `Principal` or `NotPrincipal` names."""
        if node == "*":
            return Principals(everyone=True)
        if not isinstance(node, Object):
            self.mistake(node, f'`{name}` is `"*"` or an object such as {{"AWS": "…"}}, not {shown(node)}')
            return Principals()
        kinds = self.elements(node, PRINCIPAL_KINDS, f"`{name}`")
        named = {kind: self.texts(value, f"{name}.{kind}") for kind, value in kinds.items()}
        return Principals(
            aws=named.get("AWS", ()),
            service=named.get("Service", ()),
            federated=named.get("Federated", ()),
            canonical_user=named.get("CanonicalUser", ()),
        )

    def actions(self, node: Node, name: str) -> tuple[str, ...]:
        """Action patterns: `*` or `service:name`."""
        patterns = self.texts(node, name)
        for pattern, item in zip(patterns, items_of(node), strict=False):
            service, colon, action = pattern.partition(":")
            if pattern != "*" and not (service and colon and action):
                self.mistake(
                    item, f"`{clipped(pattern)}` in `{name}` is not an action; write it like `s3:GetObject`"
                )
        return patterns

    def resources(self, node: Node, name: str) -> tuple[str, ...]:
        """Resource patterns: `*` or an ARN."""
        patterns = self.texts(node, name)
        for pattern, item in zip(patterns, items_of(node), strict=False):
            if pattern != "*" and not pattern.startswith("arn:"):
                self.mistake(
                    item,
                    f"`{clipped(pattern)}` in `{name}` is not an ARN; write it like `arn:aws:s3:::NAME/*`",
                )
        return patterns

    def conditions(self, node: Node) -> tuple[Condition, ...]:
        """Return all conditions of a statement, in the order written."""
        if not isinstance(node, Object):
            self.mistake(node, f"`Condition` is an object of operators, not {shown(node)}")
            return ()
        conditions: list[Condition] = []
        seen: set[tuple[str, str | None, bool]] = set()
        for name, value in node.members:
            split = split_operator(name)
            if split is None:
                near = self.near(name, SPELLINGS)
                meant = f"; did you mean `{near}`?" if near else ""
                self.mistake(name, f"there is no condition operator `{clipped(name)}`{meant}")
            elif split in seen:
                self.mistake(name, f"`{name}` is given twice; implementations differ in which one applies")
            elif not isinstance(value, Object):
                kind = shown(value)
                self.mistake(value, f"`{name}` takes an object of condition keys, not {kind}")
            else:
                seen.add(split)
                conditions += self.keys(value, *split)
        return tuple(conditions)

    def keys(
        self, node: Object, operator: str, qualifier: Qualifier | None, if_exists: bool
    ) -> list[Condition]:
        """Return the condition keys below one operator."""
        conditions: list[Condition] = []
        seen: set[str] = set()
        if not node.members:
            self.mistake(
                node, f"`{operator}` has no condition key, and AWS does not document what that means"
            )
        for name, value in node.members:
            # Names of condition keys are not case-sensitive, so these would be one key twice.
            if folded(name) in seen:
                self.mistake(
                    name,
                    f"`{clipped(name)}` is given twice; implementations differ in which one applies",
                )
                continue
            seen.add(folded(name))
            if not name:
                self.mistake(name, "a condition key has no name")
            values = self.texts(value, name, scalars=True)
            conditions.append(Condition(operator, qualifier, if_exists, name, values))
        return conditions

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
