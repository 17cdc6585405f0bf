"""Strategies: policies that cover the outside by many small Denies, weakened or not, and requests that probe
them.

A cover starts as one Deny and is split again and again into two that complement each other, on every kind of
element; so sealed policies of odd shapes are as frequent as leaking ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from random import Random
from typing import Any

from hypothesis import strategies as st

from s3_perimeter import Channel, Kind, Principal, Request, arriving
from tests.s3_perimeter.policies import ACCOUNT, BOTH, BUCKET, LIST

Statement = dict[str, Any]

STRANGER = "999988887777"
VPC_ARN = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/vpc-1"
NETWORKS = (
    "0.0.0.0/0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "203.0.113.0/24",
    "203.0.113.0/25",
    "203.0.112.0/23",
    "198.51.100.7",
    "255.255.255.255/32",
    "::/0",
    "::/1",
    "8000::/1",
    "2001:db8:1234::/48",
    "2001:db8::/32",
    "not-an-address",
    "::ffff:0:0/96",
)
ADDRESSES = (
    "0.0.0.0",  # noqa: S104 - the first address
    "127.255.255.255",
    "128.0.0.0",
    "203.0.112.255",
    "203.0.113.0",
    "203.0.113.127",
    "203.0.113.128",
    "203.0.113.255",
    "203.0.114.0",
    "198.51.100.7",
    "198.51.100.8",
    "255.255.255.255",
    "::",
    "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "8000::",
    "2001:db8:1233:ffff:ffff:ffff:ffff:ffff",
    "2001:db8:1234::",
    "2001:db8:1234:ffff:ffff:ffff:ffff:ffff",
    "2001:db8:1235::",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
)
GLOBS = ("*", "a*", "*a", "a?", "?", "*a*b", "a", "ab", "b*", "", "A*")
TEXTS = ("", "a", "b", "ab", "ba", "aab", "A", "aXb", "abc", "z")
ARNS = (
    f"arn:aws:iam::{ACCOUNT}:role/a",
    f"arn:aws:iam::{ACCOUNT}:role/*",
    "arn:aws:iam::*:user/a*",
    f"arn:aws:iam::{ACCOUNT}:root",
    "arn:aws:*::*:*",
    "arn:aws:iam::*:role/path/?",
)
PRINCIPALS = (
    Principal.anonymous(),
    Principal.of_arn(f"arn:aws:iam::{ACCOUNT}:root"),
    Principal.of_arn(f"arn:aws:iam::{ACCOUNT}:user/a"),
    Principal.of_arn(f"arn:aws:iam::{STRANGER}:user/path/ab"),
    Principal.of_arn(f"arn:aws:iam::{ACCOUNT}:role/a", "s"),
    Principal.of_arn(f"arn:aws:iam::{STRANGER}:role/path/b", "t"),
    Principal.of_arn(f"arn:aws:sts::{ACCOUNT}:federated-user/a"),
    Principal.of_arn(f"arn:aws:sts::{ACCOUNT}:assumed-role/aws:ec2-instance/i-0a1b2c3d"),
    Principal.of_service("logging.s3.amazonaws.com"),
    Principal.of_service("config.amazonaws.com"),
)
ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectTorrent", "s3:SomethingNew")
BUCKET_ACTIONS = ("s3:ListBucket", "s3:GetBucketPolicy", "s3:DeleteBucket", "s3:SomethingNew")
ACTION_PATTERNS = (
    "s3:*",
    "s3:Get*",
    "s3:getobject",
    "s3:?et*",
    "S3:PutObject*",
    "s3:*Bucket*",
    "*",
    "s3:List?*",
)
OBJECTS = ("a", "b", "ab", "a/b", "A", "zz")
RESOURCE_PATTERNS = (
    *BOTH,
    f"{BUCKET}/a",
    f"{BUCKET}/a*",
    f"{BUCKET}/?",
    f"{BUCKET}/*b",
    f"{BUCKET}*",
    "*",
    "arn:*:s3:::b/*",
    "arn:aws:s3:::other/*",
    f"{BUCKET}/",
    f"{BUCKET}/${{aws:username}}*",
    "arn:aws:s3:::${aws:PrincipalTag/bucket}/a",
)
NAMED: tuple[dict[str, object], ...] = (
    {"AWS": ACCOUNT},
    {"AWS": [f"arn:aws:iam::{ACCOUNT}:role/a", f"arn:aws:iam::{ACCOUNT}:user/a"]},
    {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/a/s"},
    {"AWS": "*"},
    {"Service": "logging.s3.amazonaws.com"},
    {"AWS": []},
    {"CanonicalUser": "79a5"},
    {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/aws:ec2-instance/i-0a1b2c3d"},
)

Pair = tuple[dict[str, dict[str, object]], dict[str, dict[str, object]]]


def listed(values: tuple[str, ...], most: int = 3) -> st.SearchStrategy[list[str]]:
    """A short list out of some values."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)


def pair(positive: str, negative: str, key: str, values: tuple[str, ...]) -> st.SearchStrategy[Pair]:
    """A condition and its complement, which both say what an absent key means."""
    return listed(values).map(lambda chosen: ({positive: {key: chosen}}, {negative: {key: chosen}}))


TEXT_KEYS = (
    "aws:Referer",
    "aws:UserAgent",
    "aws:PrincipalTag/team",
    "aws:SourceVpc",
    "s3:prefix",
    "aws:username",
)
COMPLEMENTS = st.one_of(
    pair("IpAddress", "NotIpAddress", "aws:SourceIp", NETWORKS),
    pair("IpAddress", "NotIpAddress", "aws:VpcSourceIp", NETWORKS),
    pair("ArnLike", "ArnNotLike", "aws:PrincipalArn", ARNS),
    pair("StringLike", "StringNotLike", "aws:PrincipalArn", ARNS),
    pair("StringEquals", "StringNotEquals", "aws:PrincipalAccount", (ACCOUNT, STRANGER, "anonymous")),
    pair("StringEquals", "StringNotEquals", "aws:SourceVpce", ("vpce-1", "vpce-2")),
    pair("StringEquals", "StringNotEquals", "aws:VpceOrgID", ("o-a1b2c3d4e5", "o-other12345")),
    pair("StringEquals", "StringNotEquals", "aws:VpceAccount", (ACCOUNT, STRANGER)),
    pair("ArnLike", "ArnNotLike", "aws:SourceVpcArn", ("arn:aws:ec2:*:*:vpc/vpc-a*", VPC_ARN)),
    pair("StringLike", "StringNotLike", "aws:userid", ("anonymous", "AROA*", "*:aws:ec2-instance:*", "?*")),
    pair("StringLike", "StringNotLike", "aws:PrincipalTag/team", ("${aws:username}", "a${aws:userid}*", "b")),
    pair("StringLike", "StringNotLike", "s3:NeverHeardOf", GLOBS),
    pair("StringEquals", "StringNotEquals", "s3:LocationConstraint", ("eu-west-1", "us-east-1")),
    pair("StringEquals", "StringNotEquals", "ec2:Region", ("eu-west-1", "us-east-1")),
    pair("ArnLike", "ArnNotLike", "aws:SourceArn", ("arn:aws:s3:::a*", "arn:aws:s3:::ab")),
    st.sampled_from(TEXT_KEYS).flatmap(lambda key: pair("StringLike", "StringNotLike", key, GLOBS)),
    st.sampled_from(TEXT_KEYS).flatmap(lambda key: pair("StringEquals", "StringNotEquals", key, TEXTS)),
    st.sampled_from(TEXT_KEYS).flatmap(
        lambda key: pair("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", key, TEXTS)
    ),
    st.sampled_from(
        (
            "aws:SourceIp",
            "aws:Referer",
            "aws:PrincipalArn",
            "aws:SourceVpce",
            "aws:PrincipalIsAWSService",
            "s3:prefix",
        )
    ).map(lambda key: ({"Null": {key: "true"}}, {"Null": {key: "false"}})),
    st.sampled_from(
        (
            "aws:SecureTransport",
            "aws:ViaAWSService",
            "aws:PrincipalIsAWSService",
            "aws:MultiFactorAuthPresent",
        )
    ).map(lambda key: ({"Bool": {key: "true"}}, {"BoolIfExists": {key: "false"}})),
    st.sampled_from(("1.2", "1.3", "1.1")).map(
        lambda at: (
            {"NumericLessThan": {"s3:TlsVersion": at}},
            {"NumericGreaterThanEqualsIfExists": {"s3:TlsVersion": at}},
        )
    ),
    st.sampled_from(("2026-01-01T00:00:00Z", "2030-06-01T00:00:00Z", "1900000000")).map(
        lambda at: (
            {"DateLessThan": {"aws:CurrentTime": at}},
            {"DateGreaterThanEquals": {"aws:CurrentTime": at}},
        )
    ),
    st.sampled_from((0, 1, 10)).map(
        lambda at: (
            {"NumericGreaterThan": {"s3:max-keys": at}},
            {"NumericLessThanEqualsIfExists": {"s3:max-keys": at}},
        )
    ),
    listed(("a.amazonaws.com", "*.amazonaws.com")).map(
        lambda chosen: (
            {"ForAnyValue:StringLike": {"aws:CalledVia": chosen}},
            {"ForAllValues:StringNotLike": {"aws:CalledVia": chosen}},
        )
    ),
)


def anded(statement: Statement, conditions: Mapping[str, Mapping[str, object]]) -> Statement | None:
    """The statement with more conditions; None where an operator already has that key."""
    found = deepcopy(statement)
    merged = found.setdefault("Condition", {})
    for operator, keys in conditions.items():
        below = merged.setdefault(operator, {})
        if {key.lower() for key in below} & {key.lower() for key in keys}:
            return None
        below.update(keys)
    return found


@st.composite
def covers(draw: st.DrawFn) -> list[Statement]:
    """Denies that together cover what is outside the allow-list, unless the last step weakened them."""
    statements: list[Statement] = [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": list(BOTH),
            "Condition": {"NotIpAddress": {"aws:SourceIp": list(LIST)}},
        }
    ]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(statements) - 1))
        halves = draw(splits(statements[at]))
        if None not in halves:
            statements[at : at + 1] = [half for half in halves if half is not None]
    if draw(st.booleans()):
        statements = draw(weakened(statements))
    return draw(st.permutations(statements))


@st.composite
def splits(draw: st.DrawFn, statement: Statement) -> tuple[Statement | None, Statement | None]:
    """Two Denies that together cover what one does."""
    what = draw(st.sampled_from(("Condition", "Condition", "Condition", "Action", "Resource", "Principal")))
    if what == "Condition":
        first, second = draw(COMPLEMENTS)
        return anded(statement, first), anded(statement, second)
    if what not in statement:
        return None, None
    if what == "Principal" and statement["Principal"] != "*":
        return None, None
    if what == "Action" and statement["Action"] != "s3:*":
        return None, None
    if what == "Resource" and statement["Resource"] != list(BOTH):
        return None, None
    chosen: object = {
        "Action": listed(ACTION_PATTERNS),
        "Resource": listed(RESOURCE_PATTERNS),
        "Principal": st.sampled_from(NAMED),
    }[what]
    value = draw(chosen)  # type: ignore[arg-type]
    rest = {name: held for name, held in deepcopy(statement).items() if name != what}
    return {**rest, what: value}, {**rest, f"Not{what}": value}


@st.composite
def weakened(draw: st.DrawFn, statements: list[Statement]) -> list[Statement]:
    """The statements with one of them taken out, narrowed or made to look like something else."""
    found = deepcopy(statements)
    at = draw(st.integers(0, len(found) - 1))
    how = draw(st.sampled_from(("drop", "narrow", "allow", "list", "if-exists", "action", "resource")))
    if how == "drop":
        del found[at]
    elif how == "narrow":
        found[at] = anded(found[at], draw(COMPLEMENTS)[0]) or found[at]
    elif how == "allow":
        found[at]["Effect"] = "Allow"
    elif how == "list":
        found[at].setdefault("Condition", {})["NotIpAddress"] = {"aws:SourceIp": draw(listed(NETWORKS))}
    elif how == "if-exists":
        conditions = found[at].get("Condition", {})
        operators = [name for name in conditions if not name.endswith("IfExists") and name != "Null"]
        if operators:
            name = draw(st.sampled_from(operators))
            held = conditions.pop(name)
            conditions.setdefault(f"{name}IfExists", held)
    elif "Not" + how.title() not in found[at]:
        patterns = ACTION_PATTERNS if how == "action" else RESOURCE_PATTERNS
        found[at][how.title()] = draw(listed(patterns))
    return found or [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": BOTH}]


KEYS: dict[str, tuple[str, ...]] = {
    "aws:Referer": TEXTS,
    "aws:UserAgent": TEXTS,
    "s3:prefix": TEXTS,
    "s3:max-keys": ("0", "1", "2", "10", "11"),
}
OWNERS: dict[str, tuple[str, ...]] = {
    "aws:VpceOrgID": ("o-a1b2c3d4e5", "o-other12345"),
    "aws:VpceAccount": (ACCOUNT, STRANGER),
    "aws:SourceVpcArn": tuple(f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/vpc-{name}" for name in ("1", "a", "ab")),
}
"""What a request through a VPC endpoint may carry of whose it is; each key absent or not."""
TAKEN = {
    "s3:prefix": ("s3:ListBucket", "s3:SomethingNew"),
    "s3:max-keys": ("s3:ListBucket", "s3:SomethingNew"),
}
"""The actions that take a key: of those to come it is not known."""
TIMES = ("2026-11-02T00:00:00Z", "2030-05-31T23:59:59Z", "2030-06-01T00:00:00Z", "2035-01-01T00:00:00Z")


def some_request(chance: Random) -> Request:
    """A request as AWS would see it: what a channel and a principal fix is fixed, the rest is anything."""
    channel = chance.choice(list(Channel))
    principal = chance.choice([who for who in PRINCIPALS if fits(channel, who)])
    on_object = chance.random() < 0.5
    resource = f"{BUCKET}/{chance.choice(OBJECTS)}" if on_object else BUCKET
    action = chance.choice(ACTIONS if on_object else BUCKET_ACTIONS)
    context: dict[str, str | tuple[str, ...]] = {
        key: chance.choice(values)
        for key, values in free_keys(channel, principal).items()
        if chance.random() < 0.5 and (key not in TAKEN or action in TAKEN[key])
    }
    if principal.arn:
        context["aws:userid"] = user_id(principal)
    if channel is Channel.VPC_ENDPOINT:
        context["aws:SourceVpc"] = chance.choice(("vpc-1", "vpc-a", "vpc-ab"))
        context["aws:SourceVpce"] = chance.choice(("vpce-1", "vpce-2", "vpce-3"))
        for key, values in OWNERS.items():
            if chance.random() < 0.5:
                context[key] = chance.choice(values)
        context["aws:VpcSourceIp"] = chance.choice(ADDRESSES)
    if channel is Channel.FORWARD_ACCESS and chance.random() < 0.5:
        context["aws:CalledVia"] = tuple(
            chance.sample(("a.amazonaws.com", "b.amazonaws.com"), chance.choice((1, 2)))
        )
    context["aws:CurrentTime"] = chance.choice(TIMES)
    tls = chance.random() < 0.7
    if tls:
        context["s3:TlsVersion"] = chance.choice(("1.2", "1.3"))
    address = None if channel in (Channel.VPC_ENDPOINT, Channel.AWS_SERVICE) else chance.choice(ADDRESSES)
    return arriving(channel, principal, action, resource, source_ip=address, tls=tls, context=context)


def user_id(principal: Principal) -> str:
    """What `aws:userid` holds for a signed request."""
    account, session = principal.account or "", principal.session or ""
    if "aws:ec2-instance" in (principal.arn or ""):
        return f"{account}:aws:ec2-instance:{session}"
    name = (principal.arn or "").rpartition("/")[2]
    return {
        Kind.ROOT: account,
        Kind.USER: "AIDAEXAMPLE",
        Kind.ROLE: f"AROAEXAMPLE:{session}",
        Kind.FEDERATED_USER: f"{account}:{name}",
    }[principal.kind]


def free_keys(channel: Channel, principal: Principal) -> dict[str, tuple[str, ...]]:
    """The keys that such a request may carry or not, with values to choose from."""
    keys = dict(KEYS)
    if principal.arn:
        keys["aws:MultiFactorAuthPresent"] = ("true", "false")
        if principal.kind is not Kind.ROOT:
            keys["aws:PrincipalTag/team"] = TEXTS
    if channel is Channel.AWS_SERVICE:
        keys["aws:SourceArn"] = ("arn:aws:s3:::a", "arn:aws:s3:::ab", "arn:aws:s3:::b")
    return keys


def fits(channel: Channel, principal: Principal) -> bool:
    """Whether that principal can make requests of that channel."""
    if channel is Channel.AWS_SERVICE:
        return principal.service is not None
    if channel is Channel.PUBLIC_ANONYMOUS:
        return principal == Principal.anonymous()
    if channel is Channel.VPC_ENDPOINT:
        return principal.service is None
    return principal.arn is not None
