"""Atoms: the classes of one dimension, each by a representative, as far as the conditions tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import Condition
from s3_perimeter.proof import values
from s3_perimeter.proof.automaton import classes, glob_steps, text_steps
from s3_perimeter.proof.axes.address import MAPPED, address_set, sample, split
from s3_perimeter.proof.axes.axis import Atom
from s3_perimeter.proof.budget import Budget, TooMuchWork
from s3_perimeter.proof.keys import Key, Presence, Shape
from s3_perimeter.proof.shapes import SHAPES
from s3_perimeter.semantics.conditions import NEGATED
from s3_perimeter.semantics.request import Channel

__all__ = [
    "TLS_OF_CLIENTS",
    "address_atoms",
    "address_parts",
    "constant_of",
    "key_atoms",
    "moment_atoms",
    "object_atoms",
    "transport_atoms",
]

Told = Sequence[tuple[Condition, bool]]
"""Conditions, each with whether its policy knows policy variables."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HTTPS_AND_HTTP = (("true", "1.3"), ("false", None))
_TLS = (("true", "1.3"), ("true", "1.2"), ("false", None))
_OTHER_TLS = (("true", "1.1"), ("true", "1.0"), ("true", "1.4"), ("true", "2.0"))
_BARE = ("true", None)
TLS_OF_CLIENTS = tuple(
    Atom({"aws:securetransport": ("true",), "s3:tlsversion": (version,)}) for version in ("1.3", "1.2")
)
"""HTTPS by each version that clients can choose: S3 takes no older ones ("Infrastructure security in Amazon
S3").
"""
_PREFERRED: dict[str, tuple[str, ...]] = {
    "aws:sourcevpc": ("vpc-0a1b2c3d",),
    "aws:sourcevpce": ("vpce-0a1b2c3d",),
    "aws:principalorgid": ("o-a1b2c3d4e5",),
    "aws:referer": ("https://example.com/",),
    "aws:useragent": ("aws-cli/2",),
    "aws:sourcearn": ("arn:aws:s3:::some-bucket",),
}

_LONGEST_KEY = 1_024
"""Bytes of an object's key (Amazon S3 User Guide, "Naming Amazon S3 objects")."""
_IPV4 = AddressSet.parse(["0.0.0.0/0"])


def constant_of(name: str, channel: Channel, account: str | None) -> str | None:
    """Return the one value that a key has in a channel, None where it can have several."""
    if name == "aws:viaawsservice":
        return "true" if channel is Channel.FORWARD_ACCESS else "false"
    if name == "aws:principalisawsservice":
        return "true" if channel is Channel.AWS_SERVICE else "false"
    if name in ("aws:resourceaccount", "s3:resourceaccount"):
        return account
    return None


def address_parts(universe: AddressSet, told: Told) -> list[AddressSet]:
    """Return the parts of a universe of addresses that the conditions on an address key tell apart."""
    sets: list[AddressSet] = []
    for condition, variables in told:
        named = None if condition.operator == "Null" else address_set(condition, variables=variables)
        if named is not None and named not in sets:
            sets.append(named)
    return [part for part, _ in split(universe, sets)]


def address_atoms(key: str, parts: Iterable[AddressSet], *, absent: bool) -> list[Atom]:
    """Return the classes of an address key: one a part, and the absent key where it may be absent."""
    found = [Atom({key: (sample(part),)}, addresses=part) for part in parts]
    if absent:
        found.append(Atom({key: None}))
    return found


def moment_atoms(moments: Iterable[datetime]) -> list[Atom]:
    """Return moments as the two keys that hold the time of the request."""
    return [
        Atom(
            {
                "aws:currenttime": (moment.isoformat().replace("+00:00", "Z"),),
                "aws:epochtime": (str(int(moment.timestamp())),),
            }
        )
        for moment in moments
    ]


@cache
def transport_atoms(versions: Sequence[str] | None, *, plausible: bool) -> tuple[Atom, ...]:
    """Return the ways to send a request: HTTPS, and plain HTTP, which has no TLS version.

    With `versions`, HTTPS by its version; then, unless they are to be `plausible`, these too, which S3 may
    not speak, and last HTTPS without a version.
    """
    ways: Iterable[tuple[str, str | None]] = _HTTPS_AND_HTTP if versions is None else _TLS
    if versions is not None and not plausible:
        ways = (*_TLS, *_OTHER_TLS, *(("true", version) for version in versions), _BARE)
    return tuple(
        Atom({"aws:securetransport": (secure,), "s3:tlsversion": (version,) if version else None})
        for secure, version in ways
    )


def object_atoms(bucket_arn: str, patterns: Iterable[tuple[str, bool]], budget: Budget) -> list[Atom]:
    """Return objects of the bucket; a key is never empty, and not longer than S3 takes."""
    base = (*text_steps(f"{bucket_arn}/"), *glob_steps("?*", variables=False))
    steps = [glob_steps(pattern, variables=variables) for pattern, variables in patterns]
    found = classes([base], steps, budget, preferred=[f"{bucket_arn}/key"])
    # A shortest text of its class that is too long leaves none that is not.
    longest = len(bucket_arn) + 1 + _LONGEST_KEY
    return [Atom(resource=text) for text in found if len(text) <= longest]


def key_atoms(
    key: Key,
    name: str,
    told: Told,
    budget: Budget,
    *,
    how: Presence,
    base: values.Steps | None = None,
    excluded: Iterable[str] = (),
    since: datetime | None = None,
    doubting: bool = False,
    plausible: bool = False,
) -> list[Atom]:
    """Return the values of a key that its conditions tell apart, and its absence where that can be.

    `since` is the earliest moment that a key of moments can hold. With `doubting` a key may hold what is not
    in AWS's documentation today; if `plausible`, only what surely can be.
    """
    found: list[Atom] = []
    if how is not Presence.PRESENT:
        found.append(Atom({name: None}))
    if how is Presence.ABSENT:
        return found
    if key.shape is Shape.ADDRESS:
        universe = _IPV4 if name == "aws:ec2instancesourceprivateipv4" else ~MAPPED
        return address_atoms(name, address_parts(universe, told), absent=bool(found))
    if doubting and key.shape is Shape.SERVICE:
        base = values.ANY_SERVICE
    listed = _values(key, name, told, budget, base, excluded, since or _EPOCH, likely=plausible)
    if doubting and key.shape is Shape.CHOICE and set(key.choices) != {"true", "false"}:
        others = values.texts([values.BASES[Shape.TEXT]], told, budget, excluded=key.choices)
        listed = [*listed, *others]
    any_text = key.shape is Shape.TEXT and base is None and name not in SHAPES
    if doubting and any_text and any(condition.operator == "Null" for condition, _ in told):
        # Whether `Null` takes an empty text for a value is not documented.
        found.append(Atom({name: ("",)}, hollow=True))
    if not key.many:
        return found + [Atom({name: (value,)}) for value in listed]
    sets = values.element_sets(listed, len({each for each in told if each[0].qualifier}))
    if sets is None and budget.sampling:
        sets = [(value,) for value in listed]
    if sets is None:
        raise TooMuchWork(f"too many values of `{key.name}` to try all sets of them")
    return found + [Atom({name: chosen}) for chosen in sets]


def _values(
    key: Key,
    name: str,
    told: Told,
    budget: Budget,
    base: values.Steps | None,
    excluded: Iterable[str],
    since: datetime,
    *,
    likely: bool,
) -> list[str]:
    """Return one value of every class."""
    if key.shape is Shape.CHOICE:
        return list(key.choices)
    if key.shape is Shape.NUMBER:
        return values.numbers(told, likely=likely)
    if key.shape is Shape.MOMENT:
        found = values.moments(told, [since], finer=not likely)
        return [moment.isoformat().replace("+00:00", "Z") for moment in found]
    base = base or SHAPES.get(name) or values.BASES[key.shape]
    preferred = [*_PREFERRED.get(name, ()), *_named(told)]
    return values.texts([base], told, budget, preferred=preferred, excluded=excluded)


def _named(told: Told) -> list[str]:
    """Return the values that conditions name, which read better in a witness than made-up ones."""
    return [
        value
        for condition, _ in told
        if NEGATED.get(condition.operator, condition.operator).startswith("String")
        for value in condition.values
    ]
