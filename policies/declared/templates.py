"""What CloudFormation and Cloud Control are asked to make: the names of types in a text, as its reader puts
them together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .deployment import Resource
from .provider import REDACTED
from .values import Value, text, unknown_within

__all__ = ["STACK_SETS", "made_by"]

STACK_SETS: Final = frozenset({"aws:cloudformation/stackSet:StackSet", "aws-native:cloudformation:StackSet"})
_TEMPLATES: Final = STACK_SETS | {
    "aws:cloudformation/stack:Stack",
    "aws-native:cloudformation:Stack",
}
# The properties that hold the type and what is asked of it.
_CLOUD_CONTROL: Final = {
    "aws:cloudcontrol/resource:Resource": ("typeName", "desiredState"),
    "aws-native:index:ExtensionResource": ("type", "properties"),
}

# A line of YAML that goes on (all that YAML 1.1 takes for the end of one), and letters written as numbers.
_CONTINUED: Final = re.compile(r"\\(?:\r\n|[\r\n\x85\u2028\u2029])[ \t]*")
_CODED: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U(00[01][0-9A-Fa-f]{5}))")
_TAGGED: Final = re.compile(r"!!binary\b|tag:yaml|^%TAG", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Made:
    """What a resource has another service make: ``types`` holds the names of types, ``properties`` what is
    asked of them; in a template both stand in one text. ``problem`` says why they cannot be read, where that
    is so.
    """

    what: str
    types: str = ""
    properties: str = ""
    problem: str = ""


def made_by(resource: Resource) -> Made | None:
    """Return what the resource has made in its place; None where it is no template and not Cloud Control's.

    What counts is declared: a template of the last deployment says nothing of the one at a new URL.
    """
    declared = resource.declared
    if resource.type in _TEMPLATES:
        what = "its CloudFormation template"
        if declared.get("templateUrl") not in (None, ""):
            return Made(
                what, problem=f"{what} is at a URL, which the pack does not read, and may contain a bucket"
            )
        template = _written(declared.get("templateBody"))
        if template is None:
            return Made(what, problem=f"{what} is not known during preview, and may contain a bucket")
        if _TAGGED.search(template):
            return Made(what, problem=f"{what} has encoded values, which may describe a bucket")
        read = _read(template)
        return Made(what, read, read)
    if resource.type in _CLOUD_CONTROL:
        kind, asked = _CLOUD_CONTROL[resource.type]
        named = text(declared.get(kind))
        if named is None:
            return Made(
                "it", problem="the type of resource that Cloud Control creates is not known during preview"
            )
        properties = _written(declared.get(asked))
        return Made("it", named, "Users" if properties is None else _read(properties))
    return None


def _written(value: Value) -> str | None:
    """Return the text of a template; None where it is not known. The native provider takes an object as
    well.
    """
    if isinstance(value, Mapping) and not unknown_within(value):
        return json.dumps(value, ensure_ascii=False)
    return None if value == REDACTED else text(value)


def _read(template: str) -> str:
    """Return the template, and below it how it reads with its continued lines and coded letters resolved."""
    resolved = _CODED.sub(
        lambda found: chr(min(int(found[1] or found[2] or found[3], 16), 0x10FFFF)),
        _CONTINUED.sub("", template),
    )
    return template if resolved == template else f"{template}\n{resolved}"
