"""Resource control policies, as AWS Organizations reads them.

Source: "RCP syntax" and "Resource control policies (RCPs)", AWS Organizations User Guide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from s3_perimeter.documents.elements import (
    NEW_VERSION,
    PolicyError,
    PolicyMistake,
    Principals,
    Statement,
)
from s3_perimeter.documents.grammar import Grammar
from s3_perimeter.documents.nodes import Node, Object, clipped, kind_of, plain
from s3_perimeter.documents.reader import items_of, shown
from s3_perimeter.documents.source import source_of

__all__ = ["MAX_RCP_CHARACTERS", "SUPPORTED_SERVICES", "ResourceControlPolicy", "example_buckets"]

MAX_RCP_CHARACTERS = 5_120
"""The longest RCP ("Quotas and service limits for AWS Organizations"): characters, white space included."""

LISTED = "September 2026"
"""When AWS's list of services was read last."""

_SUPPORTED = (
    "aoss appconfig appstream autoscaling autoscaling-plans budgets clouddirectory cloudfront cloudsearch "
    "cloudtrail-data codeartifact codebuild codecommit codepipeline cognito-identity cognito-idp comprehend "
    "comprehendmedical compute-optimizer cost-optimization-hub dax dsql dynamodb ecr ecr-public events "
    "firehose fis fms gamelift health inspector-scan kendra kinesisvideo kms logs memorydb networkmonitor "
    "notifications opensearch pca-connector-ad personalize polly pricing resource-groups rolesanywhere s3 "
    "secretsmanager servicediscovery signin sqs sts support swf textract timestream-influxdb transcribe "
    "transfer translate wafv2 workspaces xray"
)
SUPPORTED_SERVICES = frozenset(_SUPPORTED.split())
"""The services whose actions an RCP can name ("List of AWS services that support RCPs")."""

_FULL_ACCESS = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
"""What the statement of AWS's own RCPFullAWSAccess says: it lets everything pass, and grants nothing."""
_INSTEAD = {
    "NotPrincipal": 'write `"Principal": "*"` and exempt principals with a condition on `aws:PrincipalArn`',
    "NotAction": "name what is denied in `Action`, such as `s3:*`",
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ResourceControlPolicy:
    """An RCP that AWS Organizations would accept; `size` is the length of `text` in characters.

    `name` is how messages name it, such as the name of its file. Its statements are Denies, but for the one
    of RCPFullAWSAccess.
    """

    name: str
    statements: tuple[Statement, ...]
    size: int
    text: str

    @classmethod
    def parse(cls, document: str | bytes | Mapping[str, object], name: str = "") -> ResourceControlPolicy:
        """Read an RCP from JSON text or decoded JSON; PolicyError lists everything AWS would reject."""
        source = source_of(document)
        size = len(source.text)
        shortest = len(plain(source.placed())) if size > MAX_RCP_CHARACTERS else size
        if shortest > MAX_RCP_CHARACTERS:
            problem = f"the resource control policy takes {shortest:,} characters without white space"
            over = shortest - MAX_RCP_CHARACTERS
            raise PolicyError(
                [
                    PolicyMistake(
                        f"{problem}; AWS Organizations accepts {MAX_RCP_CHARACTERS:,}: {over:,} too many"
                    )
                ]
            )
        _, _, statements = _Grammar.elements_of(source)
        return cls(name, tuple(each._replace(rcp=name) for each in statements), size, source.text)

    @property
    def rules(self) -> tuple[Statement, ...]:
        """The Denies: an RCP grants nothing, so that nothing else in it counts."""
        return tuple(statement for statement in self.statements if statement.effect == "Deny")


def example_buckets(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Return the name of a bucket for each resource pattern of some statements that may cover buckets.

    Where a statement names what it does not cover, the name is of none that is named.
    """
    patterns = (pattern for statement in statements for pattern in statement.resources or ("*",))
    names = (
        pattern.rpartition(":::")[2].partition("/")[0]
        for pattern in patterns
        if pattern == "*" or ":s3:::" in pattern
    )
    return tuple(dict.fromkeys(name.replace("*", "x").replace("?", "x") for name in names))


class _Grammar(Grammar):
    """The grammar of an RCP: that of a policy, less what an RCP cannot have."""

    document_elements = dict.fromkeys(("Version", "Statement"))

    def version(self, elements: dict[str, Node]) -> Literal["2012-10-17"]:
        """Return the language's version, which an RCP has to name."""
        node = elements.get("Version")
        if "Version" not in elements:
            self.mistakes.append(
                PolicyMistake(
                    f'the resource control policy has no `Version`; write `"Version": "{NEW_VERSION}"`'
                )
            )
        elif node != NEW_VERSION:
            self.mistake(
                node, f"`Version` of a resource control policy is `{NEW_VERSION}`, not {shown(node)}"
            )
        return NEW_VERSION

    def statement(self, index: int, node: Node) -> Statement | None:
        """Return one statement, or None where it has a mistake."""
        said = _said(node)
        if {name: value for name, value in said.items() if name != "Sid"} == _FULL_ACCESS:
            line, everything = self.line(index), ("*",)
            everyone = Principals(everyone=True)
            sid = said.get("Sid")
            return Statement(index, line, sid, "Allow", everyone, None, everything, None, everything, None)
        if said.get("Effect") == "Allow":
            self.mistake(
                node,
                "`Effect` of a resource control policy is `Deny`: it grants nothing, and only AWS's own "
                "RCPFullAWSAccess, which allows everything, has an Allow",
            )
            return None
        return super().statement(index, node)

    def pair(
        self, node: Node, elements: dict[str, Node], name: str, reader: Callable[[Node, str], T]
    ) -> tuple[T | None, T | None]:
        """Return an element and, of a resource, its complement; RCPs have no other complements."""
        complement = f"Not{name}"
        if complement not in _INSTEAD:
            return super().pair(node, elements, name, reader)
        if complement in elements:
            self.mistake(
                elements[complement],
                f"a resource control policy has no `{complement}`; {_INSTEAD[complement]}",
            )
        elif name not in elements:
            self.mistake(node, f"the statement has no `{name}`")
        return (reader(elements[name], name) if name in elements else None), None

    def principals(self, node: Node, name: str) -> Principals:
        """Whom `Principal` names, which can only be everybody."""
        if node != "*":
            self.mistake(
                node,
                f'`{name}` of a resource control policy is `"*"` and nothing else, not {shown(node)}; exempt '
                "principals by a condition on `aws:PrincipalArn`",
            )
        return Principals(everyone=True)

    def actions(self, node: Node, name: str) -> tuple[str, ...]:
        """Action patterns: `service:name`, of services that support RCPs."""
        patterns = self.texts(node, name)
        for pattern, item in zip(patterns, items_of(node), strict=False):
            problem = _wrong_with(pattern)
            if problem:
                self.mistake(item, f"`{clipped(pattern)}` in `{name}` {problem}")
        return patterns


def _said(node: Node) -> dict[str, str]:
    """Return the members of a statement that are plain strings or lists of one; of others their kind."""
    if not isinstance(node, Object):
        return {}
    said = {}
    for name, value in node.members:
        values = items_of(value)
        only = values[0] if len(values) == 1 else value
        said[name] = only if isinstance(only, str) else kind_of(only)
    return said if len(said) == len(node.members) else {}


def _wrong_with(pattern: str) -> str | None:
    """Return what is wrong with an action pattern of an RCP, None where it is sound."""
    service, colon, action = pattern.partition(":")
    if pattern == "*":
        return "is not supported in a resource control policy; name the service, such as `s3:*`"
    if not (service and colon and action):
        return "is not an action; write it like `s3:GetObject`"
    if service in SUPPORTED_SERVICES:
        return None
    if service.lower() in SUPPORTED_SERVICES:
        return f"has the service in capitals; write `{service.lower()}:{action}`"
    if "*" in service or "?" in service:
        return "has a wildcard in the service, which has to be named, such as `s3:*`"
    return (
        f"is of the service `{clipped(service)}`, which is not on AWS's list of services that support "
        f"resource control policies (as of {LISTED}); remove it"
    )
