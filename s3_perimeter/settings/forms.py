"""The forms a config value takes: text, flag, whole number, list, object; each read with its mistakes noted.

Pulumi hands a stack's structured values over as JSON text, tests and other programs as decoded values; both
are read here. A reader that notes a mistake returns None.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from s3_perimeter.documents.jsontext import read
from s3_perimeter.documents.nearest import nearest
from s3_perimeter.documents.nodes import Node, Object, Scalar, TextError, clipped
from s3_perimeter.settings.report import Report

__all__ = ["decoded", "fields", "flag", "items", "one_line", "shown", "whole_number"]

LONGEST_LABEL = 256


def decoded(value: object, report: Report) -> object:
    """Return the value itself, or what its JSON text holds where it is the text of a list or an object.

    None where the text starts like one of them and is none, with the mistake noted.
    """
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return _plain(read(value), report)
    except TextError as error:
        report.mistake(f"the value is not JSON: {error.problem}", "set it with `pulumi config set --path`")
        return None


def _plain(node: Node, report: Report) -> object:
    """Return a node as Python values; a name that is there twice is a mistake, as readers differ about it."""
    if isinstance(node, str):
        return str(node)
    if isinstance(node, Object):
        found: dict[str, object] = {}
        for name, value in node.members:
            if name in found:
                report.mistake(f"`{clipped(name)}` is given twice", "keep one of them")
            found[name] = _plain(value, report)
        return found
    if isinstance(node, list):
        return [_plain(item, report) for item in node]
    return _scalar(node) if isinstance(node, Scalar) else node


def _scalar(node: Scalar) -> object:
    """Return a number, boolean or null as Python has it; numbers that no setting could mean stay text."""
    if node.value in ("true", "false"):
        return node.value == "true"
    if node.value == "null":
        return None
    if re.fullmatch("-?[0-9]{1,18}", node.value):
        return int(node.value)
    return float(node.value)


def shown(value: object) -> str:
    """Return a value as a message names it: scalars by their text, others by their kind."""
    if isinstance(value, str):
        return f"`{clipped(value)}`" if value else "an empty text"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the boolean `{str(value).lower()}`"
    if isinstance(value, int):
        return f"the number `{value}`" if abs(value) < 10**18 else "a huge number"
    if isinstance(value, float):
        return f"the number `{value}`"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, (list, tuple)):
        return "a list"
    return f"a value of type {type(value).__name__}"


def one_line(value: object, report: Report, remedy: str, longest: int = LONGEST_LABEL) -> str | None:
    """Return text of one line that is not empty and can be shown."""
    if not isinstance(value, str) or not value.strip():
        report.mistake(f"expected text, found {shown(value)}", remedy)
        return None
    if not value.isprintable():
        report.mistake(f"{shown(value)} contains a character that cannot be displayed", remedy)
        return None
    if len(value) > longest:
        report.mistake(f"{shown(value)} has {len(value)} characters; the limit is {longest}", remedy)
        return None
    return value


def flag(value: object, report: Report) -> bool | None:
    """`true` or `false`."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    report.mistake(f"{shown(value)} is neither `true` nor `false`", "write `true` or `false`")
    return None


def whole_number(value: object, report: Report, least: int, most: int, unit: str) -> int | None:
    """Return a whole number from `least` to `most`; its digits as text will do."""
    number: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and re.fullmatch("[0-9]{1,18}", value, re.ASCII):
        number = int(value)
    if number is None or not least <= number <= most:
        report.mistake(
            f"{shown(value)} is not a number of {unit}", f"write a whole number from {least} to {most:,}"
        )
        return None
    return number


def items(value: object, report: Report, remedy: str, *, objects: bool = False) -> Sequence[object] | None:
    """Return the elements of a list. The hint for a text is the list of it, unless `objects` belong there."""
    value = decoded(value, report)
    if isinstance(value, (list, tuple)):
        return value
    if isinstance(value, str) and not objects:
        texts = [clipped(text) for text in map(str.strip, value.split(",")) if text]
        remedy = f"write a list: `{json.dumps(texts, ensure_ascii=False)}`" if texts else remedy
    if value is not None:
        report.mistake(f"expected a list, found {shown(value)}", remedy)
    return None


def fields(value: object, report: Report, known: tuple[str, ...]) -> dict[str, object] | None:
    """Return the fields of an object that are known and not null; unknown ones are mistakes."""
    value = decoded(value, report)
    if not isinstance(value, Mapping):
        if value is not None:
            report.mistake(
                f"expected an object, found {shown(value)}", f"write an object with {_listed(known)}"
            )
        return None
    found: dict[str, object] = {}
    for name, content in value.items():
        if name not in known:
            unknown(name, known, report, "field")
        elif content is not None:
            found[name] = content
    return found


def unknown(name: object, known: tuple[str, ...], report: Report, kind: str) -> None:
    """Note a name that means nothing here."""
    near = nearest(name, known) if isinstance(name, str) else None
    report.mistake(
        f"{shown(name)} is not a known {kind}",
        f"did you mean `{near}`?" if near else f"write {_listed(known)}",
    )


def _listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them."""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
