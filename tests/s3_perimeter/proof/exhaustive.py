"""Fences split along one dimension by patterns over a few letters, and every short value of that dimension.

What a fence of such patterns lets out is found by trying: there are only so many short texts over so few
letters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from s3_perimeter import Principal, Request, arriving
from s3_perimeter.actions import find_action, s3_actions
from tests.s3_perimeter.policies import ACCOUNT, BOTH, BUCKET, OUTSIDE
from tests.s3_perimeter.semantics.short_requests import (
    AROUND,
    FOREIGN,
    IDS,
    MOMENTS,
    NAMES,
    NETWORKS,
    TIMES,
    USER,
    WORDS,
    keyed,
    plainly,
    services,
    somebody,
    through_endpoints,
)

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dimension:
    """How to split a fence along one dimension, and every request that distinguishes its parts."""

    halves: Callable[[Random], tuple[Statement, Statement]]
    """What to add to one statement and to its complement."""
    requests: tuple[Request, ...]


def pattern(chance: Random) -> str:
    """A text with wildcards, often a plain beginning or end."""
    text = "".join(chance.choice("aabbA/*?") for _ in range(chance.randint(0, 3)))
    return chance.choice((text, text, f"{text}*", f"*{text}", f"{text}?", text.replace("?", "")))


def patterns(chance: Random) -> list[str]:
    """One to four of them, at times sharing a beginning."""
    found = [pattern(chance) for _ in range(chance.randint(1, 4))]
    if chance.random() < 0.3:
        found.append(found[0].rstrip("*") + "*")
    return sorted(set(found))


def of_elements(name: str, values: Callable[[Random], list[str]], requests: tuple[Request, ...]) -> Dimension:
    """Split by an element of a statement and its `Not…`."""

    def halves(chance: Random) -> tuple[Statement, Statement]:
        chosen = values(chance)
        return {name: chosen}, {f"Not{name}": chosen if chance.random() < 0.7 else values(chance)}

    return Dimension(halves, requests)


def resources(chance: Random) -> list[str]:
    """Patterns of the bucket's objects, often with the bucket itself or something near it."""
    near = (
        BUCKET,
        f"{BUCKET}*",
        f"{BUCKET}/*",
        f"{BUCKET}?",
        f"{BUCKET}/",
        f"{BUCKET}/?*",
        "arn:aws:s3:::*/a",
    )
    found = [f"{BUCKET}/{each}" for each in patterns(chance)]
    return sorted({*found, *(each for each in near if chance.random() < 0.2)})


def actions(chance: Random) -> list[str]:
    """Beginnings and ends of names of actions with wildcards."""
    found = []
    for _ in range(chance.randint(1, 4)):
        name = chance.choice(s3_actions()).name
        at = chance.randint(3, len(name))
        found.append(
            chance.choice(
                (name, f"{name[:at]}*", f"s3:*{name[at:]}", f"{name[:at]}?{name[at + 1 :]}", "s3:*t")
            )
        )
    return sorted(set(found))


TEXT = (
    ("StringLike", "StringNotLike"),
    ("StringLike", "StringNotLike"),
    ("StringEquals", "StringNotEquals"),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("StringLikeIfExists", "StringNotLike"),
    ("StringLike", "StringNotLikeIfExists"),
)
NUMBER = (
    ("NumericLessThan", "NumericGreaterThanEqualsIfExists"),
    ("NumericLessThanEqualsIfExists", "NumericGreaterThan"),
    ("NumericEquals", "NumericNotEquals"),
    ("StringEquals", "NumericNotEquals"),
    ("NumericLessThan", "NumericGreaterThan"),
)
DATE = (
    ("DateLessThan", "DateGreaterThanEquals"),
    ("DateLessThanEquals", "DateGreaterThan"),
    ("DateEquals", "DateNotEquals"),
    ("DateLessThan", "DateGreaterThan"),
)
ADDRESS = (
    ("IpAddress", "NotIpAddress"),
    ("IpAddressIfExists", "NotIpAddress"),
)
ARN = (("ArnLike", "ArnNotLike"), ("ArnEquals", "ArnNotEquals"), ("StringLike", "StringNotLike"))


def of_key(
    key: str,
    requests: tuple[Request, ...],
    *,
    values: Callable[[Random], list[str]] = patterns,
    operators: Sequence[tuple[str, str]] = TEXT,
) -> Dimension:
    """Split by a condition on a key and one that is its opposite, or nearly."""

    def halves(chance: Random) -> tuple[Statement, Statement]:
        positive, negative = chance.choice(operators)
        chosen = values(chance)
        other = chosen if chance.random() < 0.7 else values(chance)
        if chance.random() < 0.1:
            return {"Condition": {"Null": {key: "true"}}}, {"Condition": {negative: {key: other}}}
        return {"Condition": {positive: {key: chosen}}}, {"Condition": {negative: {key: other}}}

    return Dimension(halves, requests)


def picked(*pool: str) -> Callable[[Random], list[str]]:
    """One to three of these."""
    return lambda chance: sorted(chance.sample(pool, chance.randint(1, min(3, len(pool)))))


def principals(chance: Random) -> list[str]:
    """ARNs of users and roles by patterns, with the account's number or any."""
    return [
        f"arn:{chance.choice(('aws', 'aws', '*'))}:iam::{chance.choice((ACCOUNT, ACCOUNT, '*'))}:"
        f"{chance.choice(('user', 'role', '*', '*e*'))}{chance.choice(('/', '/', '*'))}{each}"
        for each in patterns(chance)
    ]


VPC = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/vpc-"
ACCOUNTS = (ACCOUNT, "999988887777", "222222222222", "122222222221", "333333333331")


def through_anyones(key: str, values: Sequence[str]) -> tuple[Request, ...]:
    """Requests through VPC endpoints without a key, and with each value for it."""
    bare = arriving("vpc-endpoint", USER, "s3:GetObject", f"{BUCKET}/a")
    return (bare, *through_endpoints(key, values))


DIMENSIONS = {
    "resource": of_elements(
        "Resource",
        resources,
        (
            *plainly("s3:ListBucket", BUCKET),
            *(each for word in WORDS if word for each in plainly("s3:GetObject", f"{BUCKET}/{word}")),
        ),
    ),
    "action": of_elements(
        "Action",
        actions,
        tuple(
            each
            for name in (*(action.name for action in s3_actions()), "s3:Unheard", "s3:Unheardt")
            for place in (BUCKET, f"{BUCKET}/a")
            if (known := find_action(name)) is None
            or known.resource.value == ("bucket" if place == BUCKET else "object")
            for each in plainly(name, place)
        ),
    ),
    "s3:prefix": of_key("s3:prefix", keyed("s3:ListBucket", BUCKET, "s3:prefix")),
    "aws:Referer": of_key("aws:Referer", keyed("s3:GetObject", f"{BUCKET}/a", "aws:Referer")),
    "aws:PrincipalTag": of_key(
        "aws:PrincipalTag/team", keyed("s3:GetObject", f"{BUCKET}/a", "aws:PrincipalTag/team")
    ),
    "aws:username": of_key(
        "aws:username",
        tuple(
            arriving(
                "public-signed",
                Principal.of_arn(f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"),
                "s3:GetObject",
                f"{BUCKET}/a",
                source_ip=address,
            )
            for kind in ("user", "user/path")
            for name in NAMES
            for address in FOREIGN
        ),
    ),
    "aws:PrincipalArn": of_key("aws:PrincipalArn", (*somebody(),), values=principals, operators=ARN),
    "aws:SourceIp": of_key(
        "aws:SourceIp",
        tuple(
            arriving("public-signed", USER, "s3:GetObject", f"{BUCKET}/a", source_ip=address)
            for address in AROUND
        ),
        values=picked(*NETWORKS),
        operators=ADDRESS,
    ),
    "s3:max-keys": of_key(
        "s3:max-keys",
        keyed("s3:ListBucket", BUCKET, "s3:max-keys", [str(number) for number in range(13)]),
        values=picked("0", "1", "2", "2.5", "10", "11"),
        operators=NUMBER,
    ),
    "aws:CurrentTime": of_key(
        "aws:CurrentTime",
        keyed("s3:GetObject", f"{BUCKET}/a", "aws:CurrentTime", MOMENTS)[2:],
        values=picked(*TIMES),
        operators=DATE,
    ),
    "aws:SourceVpce": of_key(
        "aws:SourceVpce",
        through_endpoints("aws:SourceVpce", [f"vpce-{word}" for word in IDS]),
        values=lambda chance: [f"vpce-{each}" for each in patterns(chance)],
    ),
    "aws:VpceOrgID": of_key(
        "aws:VpceOrgID",
        through_anyones("aws:VpceOrgID", [f"o-{word}" for word in IDS]),
        values=lambda chance: [f"o-{each}" for each in patterns(chance)],
    ),
    "aws:VpceAccount": of_key(
        "aws:VpceAccount",
        through_anyones("aws:VpceAccount", ACCOUNTS),
        values=picked(*ACCOUNTS, "1*", "*1", "????????????", "2*2", "*"),
    ),
    "aws:SourceVpcArn": of_key(
        "aws:SourceVpcArn",
        through_anyones("aws:SourceVpcArn", [f"{VPC}{word}" for word in IDS]),
        values=lambda chance: [f"{VPC}{each}" for each in patterns(chance)],
        operators=ARN,
    ),
    "aws:VpcSourceIp": of_key(
        "aws:VpcSourceIp",
        through_endpoints("aws:VpcSourceIp", AROUND),
        values=picked(*NETWORKS),
        operators=ADDRESS,
    ),
    "aws:SourceArn": of_key(
        "aws:SourceArn",
        services("aws:SourceArn", [f"arn:aws:s3:::{word}" for word in IDS]),
        values=lambda chance: [f"arn:aws:s3:::{each}" for each in patterns(chance)],
        operators=ARN,
    ),
}


def fence(chance: Random, dimension: Dimension) -> list[Statement]:
    """A Deny from outside that is split along the dimension, once or twice, and at times weakened."""
    parts: list[Statement] = [{}]
    for _ in range(chance.choice((1, 1, 2))):
        part = parts.pop(chance.randrange(len(parts)))
        parts += [merged for half in dimension.halves(chance) if (merged := joined(part, half)) is not None]
    if chance.random() < 0.1 and len(parts) > 1:
        parts.pop(chance.randrange(len(parts)))
    chance.shuffle(parts)
    return [whole(part) for part in parts]


def joined(one: Statement, other: Statement) -> Statement | None:
    """Both parts ANDed; None where a statement cannot hold both."""
    if set(one) - {"Condition"} and set(other) - {"Condition"}:
        return None
    conditions = {**one.get("Condition", {})}
    for operator, keys in other.get("Condition", {}).items():
        if operator in conditions:
            return None
        conditions[operator] = keys
    return {**one, **other, "Condition": conditions}


def whole(part: Statement) -> Statement:
    """The Deny of everything from outside, narrowed to a part."""
    statement: Statement = {"Effect": "Deny", "Principal": "*"}
    statement |= {"Action": "s3:*"} if not {"Action", "NotAction"} & set(part) else {}
    statement |= {"Resource": list(BOTH)} if not {"Resource", "NotResource"} & set(part) else {}
    return {**statement, **part, "Condition": {**OUTSIDE, **part.get("Condition", {})}}
