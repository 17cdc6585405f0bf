"""Condition keys: the table of all that are known to reach S3.

The table is ``condition_keys.txt``, and its head says how a line is written. docs/reference/condition-keys.md
shows the same by hand; ``tests/s3_perimeter/proof/test_prove_keys.py`` compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any

from s3_perimeter.proof.condition_key import JointAxis, Key, Presence, Shape
from s3_perimeter.semantics.request import Channel, Kind

__all__ = [
    "JOINT_KEYS",
    "KEYS",
    "OTHER_KEYS",
    "PRINCIPAL_KEYS",
    "SOURCE_IP",
    "TIME_KEYS",
    "TLS_VERSION",
    "TRANSPORT_KEYS",
    "key_named",
    "key_of",
    "known_key",
]

_HERE = __file__.removesuffix("keys.py")
_TABLE = f"{_HERE}condition_keys.txt"
OTHER_KEYS = f"{_HERE}other_service_keys.txt"
"""Condition keys that the Service Authorization Reference lists for actions of other services, from which
`python -m tests.s3_perimeter.action_table` writes it. What a session or instance brings along is not in it.
"""

SOURCE_IP = "aws:sourceip"
TLS_VERSION = "s3:tlsversion"


def _lines(file: str) -> list[str]:
    """Return the lines of a table, but for its comments."""
    with open(file, encoding="utf-8") as table:  # noqa: PTH123 (pathlib takes longer to load than a proof)
        return [line for line in table.read().splitlines() if line and not line.startswith("#")]


def _kinds(text: str) -> frozenset[Kind]:
    """Return kinds of principals by their names."""
    return frozenset(Kind[name.upper().replace("-", "_")] for name in text.split(","))


_FIELDS: dict[str, Callable[[str], object]] = {
    "choices": lambda text: tuple(text.split(",")),
    "kinds": _kinds,
    "axis": lambda text: JointAxis[text.upper()],
    "constants": lambda text: tuple(text.split(",")) if "," in text else (text,) * len(Channel),
    "follows_from_principal": _kinds,
    "longest_age_hours": lambda text: timedelta(hours=int(text)),
}
"""How a field of the table is read; others are taken as they are, and True where they have no value."""


def _key(words: Iterable[str], sets: Mapping[str, frozenset[str]]) -> Key:
    """Return the key of one line of the table."""
    name, shape, channels, *rest = words
    found: dict[str, Any] = {}
    forms: dict[str, dict[Kind, str]] = {"form": {}, "usual_form": {}}
    for word in rest:
        field, _, value = word.partition("=")
        form, dot, kind = field.partition(".")
        if dot:
            forms[form] |= dict.fromkeys(_kinds(kind), value)
        elif field == "actions":
            found[field] = _actions(value.split(","), sets)
        else:
            found[field.removesuffix("_hours")] = _FIELDS.get(field, str)(value) if value else True
    usual = {**forms["form"], **forms["usual_form"]}
    by_channel: Any = tuple(_LETTERS[letter] for letter in channels)
    return Key(name, Shape[shape.upper()], by_channel, forms=forms["form"], usual_forms=usual, **found)


def _actions(names: Iterable[str], sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return actions by their names without the service, or by those of sets of them."""
    return frozenset().union(*(sets[name] if name[0] == "@" else (f"s3:{name}",) for name in names))


def _table() -> list[Key]:
    """Return every key of the table."""
    keys = []
    sets: dict[str, frozenset[str]] = {}
    for line in _lines(_TABLE):
        first, *rest = line.split()
        if first == "actions":
            name = f"@{rest[0]}"
            sets[name] = sets.get(name, frozenset()) | _actions(rest[1:], sets)
        else:
            keys.append(_key((first, *rest), sets))
    return keys


_LETTERS = {"A": Presence.ABSENT, "P": Presence.PRESENT, "F": Presence.FREE, "D": Presence.DOUBTFUL}
_JOINT_AXES = (JointAxis.PRINCIPAL, JointAxis.TIME, JointAxis.TRANSPORT)
_ALL = {key.name.lower(): key for key in _table()}
JOINT_KEYS = {name: key for name, key in _ALL.items() if key.axis in _JOINT_AXES}
"""Keys that are decided together with others, by their names in lower case."""
_BY_NAME = {name: key for name, key in _ALL.items() if name not in JOINT_KEYS}

KEYS = tuple(_BY_NAME.values())
"""Every other key known to reach S3; of those with a tag's name in them, the part before it."""

PRINCIPAL_KEYS, TIME_KEYS, TRANSPORT_KEYS = (
    tuple(name for name, key in JOINT_KEYS.items() if key.axis is axis) for axis in _JOINT_AXES
)


@lru_cache(maxsize=512)
def key_named(name: str) -> Key | None:
    """Return the key of that name in lower case, None where it is not documented for S3 nor for the actions
    of another service, whose keys are absent.
    """
    prefix, slash, _ = name.partition("/")
    found = _BY_NAME.get(prefix + slash)
    if found or prefix.startswith(("aws:", "s3:")):
        return found
    elsewhere = _of_other_services()
    written = elsewhere.get(name) or elsewhere.get(prefix + slash)
    return Key(written, Shape.TEXT, (Presence.ABSENT,) * 5) if written else None


@cache
def _of_other_services() -> Mapping[str, str]:
    """Return the keys of other services' actions by their names in lower case; the file is read at the first
    call. One that ends in ``/`` has the name of a tag behind it.
    """
    return {name.lower(): name for name in _lines(OTHER_KEYS)}


def key_of(name: str) -> Key | None:
    """Return the key of that name in lower case, those of joint axes included."""
    return JOINT_KEYS.get(name) or key_named(name)


def known_key(name: str) -> Key:
    """Return the key of that name in lower case; of one that is not known to reach S3 nothing is known."""
    return key_named(name) or Key(name, Shape.TEXT, (Presence.DOUBTFUL,) * 5)
