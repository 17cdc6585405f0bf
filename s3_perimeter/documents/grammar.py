"""The grammar of a bucket policy: JSON nodes in, its elements or every reason for S3 to reject it out.

Source: IAM User Guide, "Grammar of the IAM JSON policy language", and S3's MalformedPolicy errors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar, cast

from s3_perimeter.documents.elements import (
    NEW_VERSION,
    OLD_VERSION,
    Condition,
    Principals,
    Statement,
    Version,
)
from s3_perimeter.documents.folding import folded
from s3_perimeter.documents.nodes import Node, Object, clipped, kind_of
from s3_perimeter.documents.operators import OPERATORS, Qualifier, split_operator
from s3_perimeter.documents.reader import Reader, items_of, shown
from s3_perimeter.documents.source import Source

__all__ = ["Grammar"]

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
SPELLINGS = (
    *OPERATORS,
    *(f"{qualifier}:{name}" for qualifier in ("ForAnyValue", "ForAllValues") for name in OPERATORS),
)


class Grammar(Reader):
    """One reading of one policy."""

    document_elements: dict[str, None] = DOCUMENT_ELEMENTS
    variables = False
    """Whether `${…}` is a policy variable: in the newer version of the language alone."""

    @classmethod
    def elements_of(cls, source: Source) -> tuple[Version, str | None, list[Statement]]:
        """Return the elements of a document; PolicyError with all mistakes where there are some. The document
        is then read again, with their places.
        """
        grammar = cls(source)
        found = grammar.document(source.root)
        if grammar.mistakes:
            grammar.document(grammar.with_places())
            grammar.finish()
        return found

    def document(self, root: Node) -> tuple[Version, str | None, list[Statement]]:
        """Return the whole document."""
        if not isinstance(root, Object):
            self.mistake(root, f"a policy is an object, not {kind_of(root)}")
            return OLD_VERSION, None, []
        elements = self.elements(root, self.document_elements, "a policy")
        self.variables = elements.get("Version") == NEW_VERSION
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
            effect=cast("Literal['Allow', 'Deny']", effect),
            principals=principals,
            not_principals=not_principals,
            actions=actions,
            not_actions=not_actions,
            resources=resources,
            not_resources=not_resources,
            conditions=conditions,
            variables=self.variables or not _has_dollar(resources or not_resources or ()),
        )

    def pair(
        self, node: Node, elements: dict[str, Node], name: str, reader: Callable[[Node, str], T]
    ) -> tuple[T | None, T | None]:
        """Return an element and its complement, of which exactly one must be there."""
        complement = f"Not{name}"
        named, spared = name in elements, complement in elements
        if named and spared:
            self.mistake(elements[complement], f"a statement has either `{name}` or `{complement}`, not both")
        elif not (named or spared):
            self.mistake(node, f"the statement has neither `{name}` nor `{complement}`")
        return (
            reader(elements[name], name) if named else None,
            reader(elements[complement], complement) if spared else None,
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
            lowered = folded(name)
            if lowered in seen:
                self.mistake(
                    name,
                    f"`{clipped(name)}` is given twice; implementations differ in which one applies",
                )
                continue
            seen.add(lowered)
            if not name:
                self.mistake(name, "a condition key has no name")
            values = self.texts(value, name, scalars=True)
            variables = self.variables or not _has_dollar(values)
            conditions.append(Condition(operator, qualifier, if_exists, name, values, variables))
        return conditions


def _has_dollar(texts: tuple[str, ...]) -> bool:
    """Whether some text looks as if it held a policy variable."""
    return any("${" in text for text in texts)
