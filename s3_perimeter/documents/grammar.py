"""The grammar of a bucket policy: JSON nodes in, its elements or every reason for S3 to reject it out.

Source: IAM User Guide, "Grammar of the IAM JSON policy language", and S3's MalformedPolicy errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeVar, cast

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
from s3_perimeter.documents.jsontext import Places, read
from s3_perimeter.documents.nearest import nearest
from s3_perimeter.documents.nodes import (
    LARGEST,
    Array,
    Member,
    Node,
    Object,
    Scalar,
    Text,
    TextError,
    clipped,
    plain,
    wrap,
)
from s3_perimeter.documents.operators import OPERATORS, Qualifier, split_operator

__all__ = ["Grammar", "items_of", "root_of", "shown"]

T = TypeVar("T")

DOCUMENT_ELEMENTS = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS = (
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
PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
SPELLINGS = (
    *OPERATORS,
    *(f"{qualifier}:{name}" for qualifier in ("ForAnyValue", "ForAllValues") for name in OPERATORS),
)
SUGGESTIONS = 20


def root_of(document: str | bytes | Mapping[str, object]) -> tuple[Node, str]:
    """Return the document's root with its text; PolicyError where it is no JSON."""
    try:
        if isinstance(document, (str, bytes)):
            text = document if isinstance(document, str) else decoded(document)
            root = read(text)
        else:
            root = wrap(document)
            text = plain(root)
    except TextError as error:
        shown = document if isinstance(document, str) else ""
        if isinstance(document, bytes):
            shown = document.decode("utf-8", "replace")
        raise PolicyError([PolicyMistake(error.problem, *Places(shown).of(error.at))]) from error
    return root, text


def decoded(data: bytes) -> str:
    """The bytes as text; TextError where they are not UTF-8 or too many."""
    if len(data) > LARGEST:
        raise TextError(f"the text is longer than {LARGEST:,} bytes", None)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TextError("the text is not UTF-8", None) from error


class Grammar:
    """One reading of one document: collects mistakes and goes on, so that all are reported at once."""

    document_elements: tuple[str, ...] = DOCUMENT_ELEMENTS

    def __init__(self, text: str) -> None:
        self.places = Places(text)
        self.mistakes: list[PolicyMistake] = []

    def mistake(self, node: Node | Member, problem: str) -> None:
        """Note a reason to reject the document, with the place of the node."""
        self.mistakes.append(PolicyMistake(problem, *self.places.of(node.at)))

    def finish(self) -> None:
        """Raise PolicyError where there was a mistake, with all of them in the order of the text."""
        if self.mistakes:
            raise PolicyError(
                sorted(self.mistakes, key=lambda mistake: (mistake.line or 0, mistake.column or 0))
            )

    def near(self, name: str, known: tuple[str, ...]) -> str | None:
        """The known name that was meant, if one is near; after many mistakes none is looked for."""
        return nearest(name, known) if len(self.mistakes) < SUGGESTIONS else None

    def document(self, root: Node) -> tuple[Version, str | None, list[Statement]]:
        """The whole document."""
        if not isinstance(root, Object):
            self.mistake(root, f"a policy is an object, not {root.kind}")
            return OLD_VERSION, None, []
        elements = self.elements(root, self.document_elements, "a policy")
        statements: list[Statement] = []
        listed = elements.get("Statement")
        if listed is None:
            self.mistake(root, "the policy has no `Statement`")
        else:
            nodes = listed.items if isinstance(listed, Array) else [listed]
            if not nodes:
                self.mistake(listed, "`Statement` is empty; a policy needs at least one statement")
            for index, node in enumerate(nodes):
                statement = self.statement(index, node)
                if statement:
                    statements.append(statement)
        return self.version(elements.get("Version")), self.optional_text(elements, "Id"), statements

    def version(self, node: Node | None) -> Version:
        """The language's version; a document without one is of the old one."""
        if node is None:
            return OLD_VERSION
        written = node.value if isinstance(node, Text) else None
        if written == NEW_VERSION:
            return NEW_VERSION
        if written != OLD_VERSION:
            self.mistake(node, f"`Version` is `{NEW_VERSION}` or `{OLD_VERSION}`, not {shown(node)}")
        return OLD_VERSION

    def statement(self, index: int, node: Node) -> Statement | None:
        """One statement, or None where it has a mistake."""
        before = len(self.mistakes)
        if not isinstance(node, Object):
            self.mistake(node, f"a statement is an object, not {node.kind}")
            return None
        elements = self.elements(node, STATEMENT_ELEMENTS, "a statement")
        effect = elements.get("Effect")
        if effect is None:
            self.mistake(node, "the statement has no `Effect`")
        elif not (isinstance(effect, Text) and effect.value in ("Allow", "Deny")):
            self.mistake(effect, f"`Effect` is `Allow` or `Deny`, in exactly this case, not {shown(effect)}")
        principals, not_principals = self.pair(node, elements, "Principal", self.principals)
        actions, not_actions = self.pair(node, elements, "Action", self.actions)
        resources, not_resources = self.pair(node, elements, "Resource", self.resources)
        conditions = self.conditions(elements.get("Condition"))
        sid = self.optional_text(elements, "Sid")
        if len(self.mistakes) > before:
            return None
        return Statement(
            index=index,
            line=self.places.of(node.at)[0],
            sid=sid,
            effect=cast(Literal["Allow", "Deny"], cast(Text, effect).value),
            principals=principals,
            not_principals=not_principals,
            actions=actions,
            not_actions=not_actions,
            resources=resources,
            not_resources=not_resources,
            conditions=conditions,
        )

    def elements(self, node: Object, known: tuple[str, ...], holder: str) -> dict[str, Node]:
        """An object's members by name; unknown and repeated names are mistakes."""
        found: dict[str, Node] = {}
        for member in node.members:
            if member.name not in known:
                near = self.near(member.name, known)
                meant = f"; did you mean `{near}`?" if near else f": it has {', '.join(known)}"
                self.mistake(member, f"{holder} has no element `{clipped(member.name)}`{meant}")
            elif member.name in found:
                self.mistake(
                    member, f"`{member.name}` is given twice; implementations differ in which one applies"
                )
            else:
                found[member.name] = member.value
        return found

    def pair(
        self, node: Node, elements: dict[str, Node], name: str, reader: Callable[[Node, str], T]
    ) -> tuple[T | None, T | None]:
        """An element and its complement, of which exactly one must be there."""
        positive, negative = elements.get(name), elements.get(f"Not{name}")
        if positive is not None and negative is not None:
            self.mistake(negative, f"a statement has either `{name}` or `Not{name}`, not both")
        if positive is None and negative is None:
            self.mistake(node, f"the statement has neither `{name}` nor `Not{name}`")
        return (
            None if positive is None else reader(positive, name),
            None if negative is None else reader(negative, f"Not{name}"),
        )

    def principals(self, node: Node, name: str) -> Principals:
        """Whom `Principal` or `NotPrincipal` names."""
        if isinstance(node, Text) and node.value == "*":
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

    def conditions(self, node: Node | None) -> tuple[Condition, ...]:
        """All conditions of a statement, in the order written."""
        if node is None:
            return ()
        if not isinstance(node, Object):
            self.mistake(node, f"`Condition` is an object of operators, not {shown(node)}")
            return ()
        conditions: list[Condition] = []
        seen: set[tuple[str, str | None, bool]] = set()
        for member in node.members:
            split = split_operator(member.name)
            if split is None:
                near = self.near(member.name, SPELLINGS)
                meant = f"; did you mean `{near}`?" if near else ""
                self.mistake(member, f"there is no condition operator `{clipped(member.name)}`{meant}")
            elif split in seen:
                self.mistake(
                    member, f"`{member.name}` is given twice; implementations differ in which one applies"
                )
            elif not isinstance(member.value, Object):
                kind = shown(member.value)
                self.mistake(member.value, f"`{member.name}` takes an object of condition keys, not {kind}")
            else:
                seen.add(split)
                conditions += self.keys(member.value, *split)
        return tuple(conditions)

    def keys(
        self, node: Object, operator: str, qualifier: Qualifier | None, if_exists: bool
    ) -> list[Condition]:
        """The condition keys below one operator."""
        conditions: list[Condition] = []
        seen: set[str] = set()
        if not node.members:
            self.mistake(
                node, f"`{operator}` has no condition key, and AWS does not document what that means"
            )
        for member in node.members:
            # Names of condition keys are not case-sensitive, so these would be one key twice.
            if folded(member.name) in seen:
                self.mistake(
                    member,
                    f"`{clipped(member.name)}` is given twice; implementations differ in which one applies",
                )
                continue
            seen.add(folded(member.name))
            if not member.name:
                self.mistake(member, "a condition key has no name")
            values = self.texts(member.value, member.name, scalars=True)
            conditions.append(Condition(operator, qualifier, if_exists, member.name, values))
        return conditions

    def texts(self, node: Node, name: str, *, scalars: bool = False) -> tuple[str, ...]:
        """One string or a list of them; with `scalars`, numbers and booleans as AWS's strings too."""
        texts: list[str] = []
        for item in items_of(node):
            if isinstance(item, Text) or (scalars and isinstance(item, Scalar) and item.kind != "null"):
                texts.append(item.value)
            else:
                self.mistake(item, f"`{clipped(name)}` takes strings, not {shown(item)}")
        return tuple(texts)

    def optional_text(self, elements: dict[str, Node], name: str) -> str | None:
        """The string of an element that may be missing."""
        node = elements.get(name)
        if node is None:
            return None
        if not isinstance(node, Text):
            self.mistake(node, f"`{name}` is a string, not {shown(node)}")
            return None
        return node.value


def items_of(node: Node) -> list[Node]:
    """The values of a list, or the one value that stands for a list of one."""
    return node.items if isinstance(node, Array) else [node]


def shown(node: Node) -> str:
    """A value as a message names it: scalars by their text, others by their kind."""
    if isinstance(node, Text):
        return f"`{clipped(node.value)}`"
    if isinstance(node, Scalar) and node.kind != "null":
        return f"{node.kind} (`{clipped(node.value)}`)"
    return node.kind
