"""Building resource control policies: the fence of many buckets, where no owner of one can take it off.

Source: "RCP syntax" and "Quotas and service limits for AWS Organizations" of AWS's documentation, and the
examples of network perimeters in aws-samples/data-perimeter-policy-examples.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, cast

from s3_perimeter.also_exempt import NOTHING, AlsoExempt
from s3_perimeter.build import proved_for, public_part
from s3_perimeter.documents.nodes import clipped
from s3_perimeter.documents.rcp import MAX_RCP_CHARACTERS, ResourceControlPolicy
from s3_perimeter.fence import Perimeter
from s3_perimeter.policy_cost import what_costs_most
from s3_perimeter.sealing import BuildError, Conditions, fence_statements

__all__ = ["MOST_ATTACHED", "resource_control_policies", "resource_control_policy"]

MOST_ATTACHED = 4
"""How many RCPs of one's own a root, organizational unit or account can have: five with RCPFullAWSAccess."""

_NAME = re.compile(r"[A-Za-z0-9._*?-]+")


class _Part(NamedTuple):
    """Buckets that have one perimeter, and the statements that hold them to it: the bare ones, and those that
    exempt whom else they may.
    """

    perimeter: Perimeter
    buckets: tuple[str, ...]
    bare: tuple[dict[str, object], ...]
    statements: tuple[dict[str, object], ...]


def resource_control_policy(perimeters: Iterable[Perimeter], *, exempt: AlsoExempt = NOTHING) -> str:
    """Return the one RCP that holds every bucket to its perimeter, as compact JSON of at most 5,120
    characters.

    A perimeter's `bucket` may be a pattern such as ``acme-*``, or ``*`` for every bucket of the accounts that
    the RCP is attached to. Buckets with the same allow-list and exemptions share a Deny. It is proved: every
    request from outside is denied, but for those of `exempt`, and nobody who has to get in is locked out.

    Raises:
        BuildError: it does not fit, or an exemption cannot be expressed.
    """
    found = _built(perimeters, exempt)
    if len(found) > 1:
        everything = [each for parts in found for part in parts for each in part.statements]
        over = len(_text(everything)) - MAX_RCP_CHARACTERS
        largest = max(
            (part for parts in found for part in parts), key=lambda part: len(_text(part.statements))
        )
        raise BuildError(
            f"the resource control policy is {over:,} characters over the limit of {MAX_RCP_CHARACTERS:,}; "
            f"what costs most: {what_costs_most(largest.perimeter, everything, 'characters')}\n\n"
            f"hint: name buckets by a pattern, or make {len(found)} policies of it "
            "(`resource_control_policies`)"
        )
    return _checked(found[0], exempt)


def resource_control_policies(
    perimeters: Iterable[Perimeter], *, exempt: AlsoExempt = NOTHING
) -> tuple[str, ...]:
    """Return the fewest RCPs found that together hold every bucket to its perimeter, in the order given.

    As `resource_control_policy`, but split by buckets where one policy does not hold them all: at most four,
    since a target takes no more. An allow-list is never split, since each part would deny the others.
    """
    found = _built(perimeters, exempt)
    if len(found) > MOST_ATTACHED:
        everything = [each for parts in found for part in parts for each in part.statements]
        raise BuildError(
            f"this needs {len(found)} resource control policies, and a root, organizational unit or account "
            f"can have at most {MOST_ATTACHED}; what costs most: "
            f"{what_costs_most(found[0][0].perimeter, everything, 'characters')}\n\n"
            "hint: name buckets by a pattern, or attach policies of fewer buckets to fewer accounts"
        )
    return tuple(_checked(parts, exempt) for parts in found)


def _built(perimeters: Iterable[Perimeter], exempt: AlsoExempt) -> list[list[_Part]]:
    """Return the parts of each policy, packed into as few policies as the order allows."""
    packed: list[list[_Part]] = [[]]
    for like, buckets in _shared(perimeters):
        left = tuple(buckets)
        while left:
            counts = range(1, len(left) + 1)
            fitting = bisect_left(
                counts, True, key=lambda count: not _fits([*packed[-1], _part(like, left[:count], exempt)])
            )
            if fitting:
                packed[-1].append(_part(like, left[:fitting], exempt))
                left = left[fitting:]
            elif not packed[-1]:
                raise _too_large(_part(like, left[:1], exempt))
            if left:
                packed.append([])
    return packed


def _shared(perimeters: Iterable[Perimeter]) -> list[tuple[Perimeter, list[str]]]:
    """Return each perimeter once, with the buckets that have it."""
    shared: list[tuple[Perimeter, list[str]]] = []
    for perimeter in perimeters:
        if not _NAME.fullmatch(perimeter.bucket):
            raise BuildError(
                f"`{clipped(perimeter.bucket)}` is not a bucket name and not a pattern of names\n\n"
                "hint: write a name, a pattern such as `acme-*`, or `*` for every bucket"
            )
        like = replace(public_part(perimeter), bucket="*", account=None)
        buckets = next((buckets for each, buckets in shared if each == like), None)
        if buckets is None:
            buckets = []
            shared.append((like, buckets))
        if perimeter.bucket not in buckets:
            buckets.append(perimeter.bucket)
    if not shared:
        raise BuildError("there is no bucket to fence\n\nhint: give at least one perimeter")
    return shared


def _too_large(part: _Part) -> BuildError:
    """Return that one bucket's statements alone do not fit."""
    over = len(_text(part.statements)) - MAX_RCP_CHARACTERS
    return BuildError(
        f"the resource control policy of `{part.buckets[0]}` alone is {over:,} characters over the limit of "
        f"{MAX_RCP_CHARACTERS:,}; what costs most: "
        f"{what_costs_most(part.perimeter, part.statements, 'characters')}\n\n"
        "hint: replace scattered addresses by the networks around them; exempt fewer endpoints and "
        "principals; an allow-list cannot be split, since each part would deny the others"
    )


def _part(perimeter: Perimeter, buckets: Sequence[str], exempt: AlsoExempt) -> _Part:
    """Return the statements that hold some buckets to one perimeter."""
    resources = list(dict.fromkeys(arn for name in buckets for arn in _resources(name, perimeter.partition)))
    shared: dict[str, object] = {"Resource": resources if len(resources) > 1 else resources[0]}
    fence = fence_statements(perimeter, None, exempt.services, tls=False)
    bare = tuple(each | shared for each in fence)
    return _Part(perimeter, tuple(buckets), bare, tuple(_exempting(each, exempt.conditions) for each in bare))


def _exempting(statement: Mapping[str, object], exempt: Conditions) -> dict[str, object]:
    """Return a Deny under more conditions."""
    conditions = cast(Conditions, statement["Condition"])
    both = {name: conditions.get(name, {}) | exempt.get(name, {}) for name in (*conditions, *exempt)}
    return {**statement, "Condition": both}


def _resources(pattern: str, partition: str) -> list[str]:
    """Return the ARNs of the buckets whose name a pattern matches, and of their objects."""
    if pattern == "*":
        return ["*"]
    arn = f"arn:{partition}:s3:::{pattern}"
    # A wildcard at the end of a name takes the slash and the key that follow, too.
    return [arn] if pattern.endswith("*") else [arn, f"{arn}/*"]


def _checked(parts: Sequence[_Part], exempt: AlsoExempt) -> str:
    """Return the policy of some parts, which is proved for every bucket of theirs.

    The proof is of the policy without what `exempt` exempts: with it, the Denies hold for every other request
    as before, since each of its conditions is true of a request without the key.
    """
    bare = _text([each for part in parts for each in part.bare])
    for part in parts:
        for pattern in part.buckets:
            bucket = pattern.replace("*", "x").replace("?", "x")
            proved_for(bare, replace(part.perimeter, bucket=bucket), exempt.services)
    return ResourceControlPolicy.parse(_text([each for part in parts for each in part.statements])).text


def _fits(parts: Sequence[_Part]) -> bool:
    """Whether one policy can hold the parts."""
    return len(_text([each for part in parts for each in part.statements])) <= MAX_RCP_CHARACTERS


def _text(statements: Sequence[Mapping[str, object]]) -> str:
    """Return a policy of those statements as compact JSON; a Sid stands only once in it."""
    seen: Counter[object] = Counter()
    numbered = []
    for each in statements:
        seen[each["Sid"]] += 1
        again = seen[each["Sid"]] if seen[each["Sid"]] > 1 else ""
        numbered.append({**each, "Sid": f"{each['Sid']}{again}"})
    return json.dumps({"Version": "2012-10-17", "Statement": numbered}, separators=(",", ":"))
