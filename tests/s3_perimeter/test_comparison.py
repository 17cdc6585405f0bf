"""Comparing policies by meaning: what a change opens, what it closes, and what is no change."""

import random
from collections.abc import Sequence

import pytest

from s3_perimeter import AddressSet, Decision, PolicyDocument, compare, evaluate
from tests.s3_perimeter.policies import ACCOUNT, BOTH, BUCKET, LIST, also, deny, policy

ALLOW = {**deny({}), "Effect": "Allow"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ops"

EQUAL = {
    "order-of-statements": (policy(deny(), ALLOW), policy(ALLOW, deny())),
    "sid": (policy(deny(Sid="One")), policy(deny(Sid="Two"))),
    "repeated-statement": (policy(deny()), policy(deny(), deny())),
    "scalar-and-list": (policy(deny(Action=["s3:*"])), policy(deny(Action="s3:*"))),
    "action-case": (policy(deny(Action="s3:getobject")), policy(deny(Action="S3:GetObject"))),
    "key-case": (policy(deny()), policy(deny({"NotIpAddress": {"aws:sourceip": LIST}}))),
    "star-and-aws-star": (policy(deny()), policy(deny(Principal={"AWS": "*"}))),
    "account-and-root": (
        policy(deny(Principal={"AWS": ACCOUNT})),
        policy(deny(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    ),
    "adjacent-networks": (
        policy(deny()),
        policy(deny({"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/25", "203.0.113.128/25", LIST[1]]}})),
    ),
    "host-bits": (
        policy(deny()),
        policy(deny({"NotIpAddress": {"aws:SourceIp": ["203.0.113.9/24", LIST[1]]}})),
    ),
    "one-statement-or-two": (policy(deny()), policy(deny(Resource=BUCKET), deny(Resource=f"{BUCKET}/*"))),
    "if-exists-on-a-negated-operator": (
        policy(deny()),
        policy(deny({"NotIpAddressIfExists": {"aws:SourceIp": LIST}})),
    ),
    "allow-below-a-deny": (policy(deny({})), policy(deny({}), ALLOW)),
    "narrower-next-to-wider": (policy(deny()), policy(deny(), deny(Action="s3:GetObject"))),
    "other-buckets": (policy(deny()), policy(deny(Resource=[*BOTH, "arn:aws:s3:::other/*"]))),
    "variable-on-both-sides": (
        policy(deny(Resource=f"{BUCKET}/${{aws:username}}/*"), deny()),
        policy(deny(), deny(Resource=f"{BUCKET}/${{aws:username}}/*")),
    ),
    "unknown-key-case": (
        policy(deny(also(StringEquals={"aws:Foo": "x"}))),
        policy(deny(also(StringEquals={"AWS:foo": "x"}))),
    ),
    "an-account-exempt-and-denied": (
        policy(deny()),
        policy(deny(Principal={"AWS": ACCOUNT}), deny(Principal=None, NotPrincipal={"AWS": ACCOUNT})),
    ),
    "a-key-that-the-action-never-carries": (
        policy(deny()),
        policy(deny(also(StringNotEquals={"s3:prefix": "x"})), deny(Action=None, NotAction=["s3:GetObject"])),
    ),
    "never-matching": (policy(deny()), policy(deny(), deny(Principal={"AWS": []}))),
}


@pytest.mark.parametrize(("old", "new"), EQUAL.values(), ids=EQUAL.keys())
def test_the_same_meaning_is_equal_whatever_the_text(old: PolicyDocument, new: PolicyDocument) -> None:
    """Nothing opened, nothing closed, no networks."""
    found = compare(old, new, bucket="b", account=ACCOUNT)
    assert found.equal, (found.opened, found.closed)
    assert (found.opened, found.closed, found.opened_networks, found.closed_networks) == ((), (), (), ())


def test_a_condition_on_what_is_not_modelled_and_its_negation_leave_nothing_open() -> None:
    """Whatever it is, one of the two holds, so that policies which say both say the same."""
    for_all = policy(deny(also(StringEquals={"aws:Foo": "x"})), deny(also(StringNotEquals={"aws:Foo": "x"})))
    if_exists = policy(
        deny(also(StringEquals={"aws:Foo": "x"})), deny(also(StringNotEqualsIfExists={"aws:Foo": "x"}))
    )
    assert compare(for_all, if_exists, bucket="b", account=ACCOUNT).equal
    assert compare(for_all, policy(deny()), bucket="b", account=ACCOUNT).equal
    positive = policy(deny(also(StringEqualsIfExists={"aws:Foo": "x"})))
    found = compare(policy(deny(also(StringEquals={"aws:Foo": "x"}))), positive, bucket="b", account=ACCOUNT)
    assert (found.equal, found.opened, found.closed) == (False, (), ())
    assert found.undecided


LETTERS = [
    deny(also(StringEqualsIgnoreCase={"s3:x-amz-acl": "private"})),
    deny(also(StringNotEqualsIgnoreCase={"s3:x-amz-acl": "private"})),
]
UNSURE = "whether more is opened rests on what is not modelled"


def test_what_is_opened_rests_on_no_deny_that_is_undecided() -> None:
    """What other cases a letter has is not documented, so that only the allowed addresses surely open."""
    found = compare(policy(*LETTERS), policy(*LETTERS, ALLOW), bucket="b", account=ACCOUNT)
    assert found.opened_networks == tuple(LIST)
    assert [witness.channel.value for witness in found.opened] == [*ADDRESSED]
    for witness in found.opened:
        assert evaluate(policy(*LETTERS, ALLOW), witness.request).surely_not_denied
    assert UNSURE not in found.unmodelled
    assert found.unmodelled == (
        "condition `StringEqualsIgnoreCase` on `s3:x-amz-acl`: private",
        "condition `StringNotEqualsIgnoreCase` on `s3:x-amz-acl`: private",
    )


@pytest.mark.parametrize(
    ("actions", "opened"),
    [
        pytest.param(["s3:GetObject", "s3:PutObject"], "s3:PutObject", id="by an action that takes the key"),
        pytest.param("s3:ListBucket", None, id="by none of the actions"),
    ],
)
def test_what_is_opened_is_shown_by_a_request_that_s3_can_see(actions: object, opened: str | None) -> None:
    """A header is of the actions alone that take it."""
    exempt = deny(also(StringNotEquals={"s3:x-amz-acl": "private"}))
    new = policy(exempt, deny(Action=None, NotAction=actions))
    found = compare(policy(deny()), new, bucket="b", account=ACCOUNT)
    assert {witness.action for witness in found.opened} == ({opened} if opened else set())
    assert found.equal is (opened is None)


OPENED_ELSEWHERE: dict[str, tuple[list[dict[str, object]], list[dict[str, object]]]] = {
    "next-to-an-undecided-deny-of-some-objects": (
        [deny(), deny({"StringEquals": {"aws:Foo": "x"}}, Resource=f"{BUCKET}/home/*")],
        [deny({"StringEquals": {"aws:Foo": "x"}}, Resource=f"{BUCKET}/home/*")],
    ),
    "next-to-a-deny-by-an-unknown-key": (
        [deny(), deny({"StringEquals": {"aws:Foo": "x"}}, Action="s3:GetObject")],
        [deny({"StringEquals": {"aws:Foo": "x"}}, Action="s3:GetObject")],
    ),
}


@pytest.mark.parametrize(("old", "new"), OPENED_ELSEWHERE.values(), ids=OPENED_ELSEWHERE.keys())
def test_a_request_that_an_undecided_deny_may_cover_is_not_the_one_that_is_shown(
    old: list[dict[str, object]], new: list[dict[str, object]]
) -> None:
    """Another one is, which it does not cover, in each channel and in both directions."""
    found, back = (
        compare(*pair, bucket="b", account=ACCOUNT)
        for pair in ((policy(*old), policy(*new)), (policy(*new), policy(*old)))
    )
    assert [witness.channel.value for witness in found.opened] == [*EVERY]
    for witness in found.opened:
        assert evaluate(policy(*new), witness.request).surely_not_denied
    assert [witness.channel.value for witness in back.closed] == [*EVERY]


NOT_SHOWN: dict[str, tuple[list[dict[str, object]], list[dict[str, object]]]] = {
    "the-fence-goes-and-an-undecided-deny-of-everything-stays": (
        [deny(), deny({"StringEquals": {"aws:Foo": "x"}})],
        [deny({"StringEquals": {"aws:Foo": "x"}})],
    ),
    "an-undecided-deny-goes": ([deny({"StringEquals": {"aws:Foo": "x"}}), ALLOW], [ALLOW]),
    "another-spelling-of-an-identity-of-cloudfront": (
        [deny(), {**ALLOW, "Principal": {"CanonicalUser": "79a5" * 16}}],
        [deny(), {**ALLOW, "Principal": {"CanonicalUser": "d9d9" * 16}}],
    ),
    "an-allow-by-a-key-that-nobody-knows": (
        [deny()],
        [deny(), {**ALLOW, "Condition": {"Bool": {"a:b": "true"}}}],
    ),
}


@pytest.mark.parametrize(("old", "new"), NOT_SHOWN.values(), ids=NOT_SHOWN.keys())
def test_where_no_request_surely_moved_it_is_not_decided(
    old: list[dict[str, object]], new: list[dict[str, object]]
) -> None:
    """Neither equal nor opened: nobody can say."""
    found = compare(policy(*old), policy(*new), bucket="b", account=ACCOUNT)
    assert (found.equal, found.opened, found.closed) == (False, (), ())
    assert found.undecided


def test_whether_an_account_exempt_exempts_its_users_is_a_difference() -> None:
    """Only of its root user it is documented."""
    exempt = deny(Principal=None, NotPrincipal={"AWS": ACCOUNT})
    root = deny(also(ArnEquals={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:root"}))
    assert not compare(policy(exempt, root), policy(deny()), bucket="b", account=ACCOUNT).equal
    assert not compare(policy(deny()), policy(exempt, root), bucket="b", account=ACCOUNT).equal


def test_the_case_of_a_tag_is_a_difference() -> None:
    """Names of condition keys have no case; names of tags have one."""
    one, other = (policy(deny(also(StringEquals={f"x:Tag/{tag}": "x"}))) for tag in "aA")
    assert not compare(one, other, bucket="b", account=ACCOUNT).equal


WIDER = policy(deny({"NotIpAddress": {"aws:SourceIp": [*LIST, "198.51.100.0/24"]}}))
ADDRESSED = ("public-signed", "public-anonymous", "forward-access")
EVERY = (*ADDRESSED, "vpc-endpoint", "aws-service")

SIGNED = ("public-signed", "forward-access", "vpc-endpoint")

CHANGED = {
    "network-added": (policy(deny()), WIDER, ADDRESSED, (), ["198.51.100.0/24"], []),
    "network-removed": (WIDER, policy(deny()), (), ADDRESSED, [], ["198.51.100.0/24"]),
    "network-replaced": (
        policy(deny({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}})),
        policy(deny({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})),
        ADDRESSED,
        ADDRESSED,
        ["203.0.113.0/24"],
        ["198.51.100.0/24"],
    ),
    "endpoint-exempt": (
        policy(deny()),
        policy(deny(also(StringNotEquals={"aws:SourceVpce": "vpce-1"}))),
        ("vpc-endpoint",),
        (),
        [],
        [],
    ),
    "service-exempt": (
        policy(deny()),
        policy(deny(also(BoolIfExists={"aws:PrincipalIsAWSService": "false"}))),
        ("aws-service",),
        (),
        [],
        [],
    ),
    "network-added-and-a-service-in-a-list-exempt": (
        policy(deny()),
        policy(
            deny(
                {
                    "NotIpAddress": {"aws:SourceIp": [*LIST, "198.51.100.0/24"]},
                    "ForAllValues:StringNotEquals": {"aws:PrincipalServiceNamesList": "x.amazonaws.com"},
                }
            )
        ),
        (*ADDRESSED, "aws-service"),
        (),
        ["198.51.100.0/24"],
        [],
    ),
    "one-action-exempt": (
        policy(deny()),
        policy(deny(Action=None, NotAction="s3:GetBucketLocation")),
        EVERY,
        (),
        None,
        [],
    ),
    "allow-added": (policy(deny()), policy(deny(), ALLOW), ADDRESSED, (), LIST, []),
    "allow-for-one-role": (
        policy(deny()),
        policy(deny(), {**ALLOW, "Principal": {"AWS": ROLE}}),
        ("public-signed", "forward-access"),
        (),
        LIST,
        [],
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "opened", "closed", "opened_networks", "closed_networks"),
    CHANGED.values(),
    ids=CHANGED.keys(),
)
def test_a_change_names_channels_and_networks(
    old: PolicyDocument,
    new: PolicyDocument,
    opened: Sequence[str],
    closed: Sequence[str],
    opened_networks: list[str] | None,
    closed_networks: list[str],
) -> None:
    """Each witness moved between the outcomes as reported; the networks are exactly those with a moved
    request.
    """
    found = compare(old, new, bucket="b", account=ACCOUNT)
    assert not found.equal
    assert tuple(witness.channel.value for witness in found.opened) == tuple(opened)
    assert tuple(witness.channel.value for witness in found.closed) == tuple(closed)
    if opened_networks is not None:
        assert AddressSet.parse(found.opened_networks) == AddressSet.parse(opened_networks)
    assert AddressSet.parse(found.closed_networks) == AddressSet.parse(closed_networks)
    rank = {Decision.EXPLICIT_DENY: 0, Decision.NEITHER: 1, Decision.ALLOW: 2}
    for witness in found.opened:
        before, after = evaluate(old, witness.request), evaluate(new, witness.request)
        assert rank[before.decision] < rank[after.decision]
    for witness in found.closed:
        before, after = evaluate(old, witness.request), evaluate(new, witness.request)
        assert rank[before.decision] > rank[after.decision]


def test_comparing_is_symmetric() -> None:
    """What one direction opens, the other closes."""
    for old, new, *_ in CHANGED.values():
        there, back = compare(old, new, bucket="b"), compare(new, old, bucket="b")
        assert there.opened_networks == back.closed_networks
        assert [each.channel for each in there.opened] == [each.channel for each in back.closed]


def test_shuffling_statements_and_lists_changes_nothing() -> None:
    """The order of statements, of actions, of resources and of values has no meaning."""
    chance = random.Random(7)
    statements = [
        deny(),
        ALLOW,
        deny(Action=["s3:Get*", "s3:Put*"]),
        deny(also(Null={"aws:Referer": "true"})),
    ]
    for _ in range(20):
        shuffled = [dict(statement) for statement in statements]
        chance.shuffle(shuffled)
        for statement in shuffled:
            statement["Resource"] = chance.sample(BOTH, 2)
        assert compare(policy(*statements), policy(*shuffled), bucket="b").equal
