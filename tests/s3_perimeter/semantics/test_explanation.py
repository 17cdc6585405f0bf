"""Explanations: the statement to blame, why, and advice that it does not follow already."""

from __future__ import annotations

from typing import Any

import pytest

from s3_perimeter import prove
from s3_perimeter.commands.check.judged import Judged
from s3_perimeter.commands.check.text import judged_text
from s3_perimeter.reporting.verdicts import sentence
from tests.s3_perimeter.policies import BOTH, BUCKET, LIST, NOW, OFFICE, ROLE, also, deny, policy

EVERY = ("public-signed", "public-anonymous", "forward-access", "vpc-endpoint", "aws-service")
TLS = deny({"Bool": {"aws:SecureTransport": "false"}}, Sid="Tls")
TURNED = {**deny(Sid="Fence"), "Effect": "Allow"}
INSIDE = {**deny({"IpAddress": {"aws:SourceIp": LIST}}, Sid="Inside"), "Effect": "Allow"}
BLOCKS_NOBODY = "statement {} (`{}`) is an Allow; it blocks nobody"

ALLOWS: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "a-deny-turned-to-allow": ([TURNED], BLOCKS_NOBODY.format(1, "Fence"), '"Effect": "Deny"'),
    "next-to-a-deny-of-plain-http": ([TURNED, TLS], BLOCKS_NOBODY.format(1, "Fence"), '"Effect": "Deny"'),
    "after-a-deny-of-plain-http": ([TLS, TURNED], BLOCKS_NOBODY.format(2, "Fence"), '"Effect": "Deny"'),
    "next-to-a-deny-of-one-network": (
        [TURNED, deny({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})],
        BLOCKS_NOBODY.format(1, "Fence"),
        '"Effect": "Deny"',
    ),
    "next-to-an-old-tls-deny": (
        [deny({"NumericLessThan": {"s3:TlsVersion": "1.2"}}), TURNED, TLS],
        BLOCKS_NOBODY.format(2, "Fence"),
        '"Effect": "Deny"',
    ),
    "an-allow-with-the-list": (
        [INSIDE],
        f"{BLOCKS_NOBODY.format(1, 'Inside')}: another statement or an IAM policy can still allow",
        "add a Deny",
    ),
    "an-allow-with-the-list-next-to-tls": (
        [TLS, INSIDE],
        f"{BLOCKS_NOBODY.format(2, 'Inside')}: another statement or an IAM policy can still allow",
        "add a Deny",
    ),
}


@pytest.mark.parametrize(("statements", "because", "fix"), ALLOWS.values(), ids=ALLOWS.keys())
def test_an_allow_that_stands_where_a_deny_has_to_is_named_first(
    statements: list[dict[str, Any]], because: str, fix: str
) -> None:
    """The mistake that this project exists for, whatever else denies something."""
    proof = prove(policy(*statements), OFFICE, now=NOW)
    assert tuple(witness.channel.value for witness in proof.escapes) == EVERY
    for witness in proof.escapes:
        assert witness.because.startswith(because)
        assert fix in witness.fix
    assert len(proof.faults) == 1


def test_a_policy_without_any_network_gets_no_hint_about_an_allow() -> None:
    """An Allow that says nothing of addresses is no fence gone wrong."""
    (witness, *_) = prove(policy({**deny({}), "Effect": "Allow"}), OFFICE, now=NOW).escapes
    assert witness.because == "the policy has no Deny, and an Allow blocks nothing"


def test_a_deny_that_is_right_is_not_blamed_on_an_allow_by_address() -> None:
    """Where a fence stands and leaks, its leak is named."""
    leak = deny(also(Bool={"aws:ViaAWSService": "false"}))
    (witness,) = prove(policy(INSIDE, leak), OFFICE, now=NOW).escapes
    assert witness.because.startswith("statement 2 is the closest match, but its condition `Bool`")


NULL: dict[str, dict[str, object]] = {**also(Null={"aws:SourceIp": "false"})}
VPC: dict[str, dict[str, object]] = {
    "StringNotEquals": {"aws:SourceVpc": "vpc-12345678"},
    "Null": {"aws:SourceIp": "true"},
}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["fence-first", "fence-last"])
def test_the_fence_is_blamed_for_what_it_leaves_out(order: tuple[int, int]) -> None:
    """It has the allow-list and exempts requests without an address; the other one exempts the VPC."""
    statements = [deny(NULL, Sid="Public"), deny(VPC, Sid="Vpc")]
    proof = prove(policy(*(statements[at] for at in order)), OFFICE, now=NOW)
    (witness,) = [each for each in proof.escapes if each.channel.value == "vpc-endpoint"]
    public, vpc = (f"statement {order.index(at) + 1} (`{('Public', 'Vpc')[at]}`)" for at in (0, 1))
    assert witness.because == (
        f"{public} is the closest match, but its condition `Null` on `aws:SourceIp` does not hold: the "
        "request has "
        f"no `aws:SourceIp`; and {vpc} does not match: its condition `StringNotEquals` on `aws:SourceVpc` "
        "does "
        "not hold: the request has `vpc-12345678` there"
    )
    assert witness.fix.startswith(f"in {public}: remove the condition `Null` on `aws:SourceIp`")
    assert f"or in {vpc}: name the endpoints" in witness.fix
    assert "NotIpAddress" not in witness.fix
    assert "with aws:SourceVpc = vpc-12345678" in sentence(witness)


ADVICE: dict[str, tuple[dict[str, Any], str]] = {
    "bucket-missing": (deny(Resource=BOTH[1]), f"add `{BUCKET}` to its `Resource`"),
    "objects-missing": (deny(Resource=BUCKET), f"add `{BUCKET}/*` to its `Resource`"),
    "resource-exempt": (deny(Resource=None, NotResource=f"{BUCKET}/a*"), "instead of `NotResource`"),
    "set-operator": (
        deny({"ForAnyValue:NotIpAddress": {"aws:SourceIp": LIST}}),
        "write `NotIpAddress` without `ForAnyValue`",
    ),
    "listing-what-to-deny": (
        deny({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}),
        "instead of listing what to deny",
    ),
    "wider-list": (
        deny({"NotIpAddress": {"aws:SourceIp": [*LIST, "198.51.100.0/24"]}}),
        "remove `198.51.100.7` from its list",
    ),
    "endpoint-exempt": (
        deny(also(StringNotEquals={"aws:SourceVpce": "vpce-1"})),
        "or declare the endpoint",
    ),
    "endpoint-only": (
        deny({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}),
        "or declare the endpoint",
    ),
    "endpoint-present": (deny(also(Null={"aws:SourceVpce": "true"})), "remove the condition `Null` on"),
    "role-exempt": (deny(also(ArnNotEquals={"aws:PrincipalArn": ROLE})), "or declare the principal"),
    "one-action": (deny(Action="s3:GetObject"), 'write `"Action": "s3:*"`'),
}


@pytest.mark.parametrize(("statement", "advice"), ADVICE.values(), ids=ADVICE.keys())
def test_advice_is_what_the_statement_does_not_have(statement: dict[str, Any], advice: str) -> None:
    """And once it is followed, that fault is gone."""
    escapes = prove(policy(statement), OFFICE, now=NOW).escapes
    assert any(advice in witness.fix for witness in escapes)


KEYS: dict[str, tuple[dict[str, object], str]] = {
    "aws:SourceVpc": ({"StringNotEquals": {"aws:SourceVpc": "vpc-12345678"}}, "vpc-12345678"),
    "aws:VpcSourceIp": ({"NotIpAddress": {"aws:SourceIp": LIST, "aws:VpcSourceIp": "10.1.0.0/16"}}, "10.1."),
    "aws:username": ({"StringNotEquals": {"aws:username": "ann"}}, "ann"),
    "aws:PrincipalAccount": ({"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}}, "123456789012"),
    "aws:PrincipalType": ({"StringNotEquals": {"aws:PrincipalType": "AssumedRole"}}, "AssumedRole"),
    "s3:TlsVersion": ({"NumericLessThan": {"s3:TlsVersion": "1.3"}}, "1.3"),
    "aws:userid": ({"StringNotLike": {"aws:userid": "AROAEXAMPLE:*"}}, "AROAEXAMPLE:"),
}


@pytest.mark.parametrize(("key", "condition", "value"), [(key, *each) for key, each in KEYS.items()])
def test_a_witness_names_every_key_that_it_depends_on(
    key: str, condition: dict[str, dict[str, object]], value: str
) -> None:
    """None is left to the JSON; what no Deny asks for stays out of the sentence."""
    merged = {**condition}
    merged["NotIpAddress"] = {"aws:SourceIp": LIST, **condition.get("NotIpAddress", {})}
    said = [sentence(witness) for witness in prove(policy(deny(merged)), OFFICE, now=NOW).escapes]
    assert any(f"with {key} = {value}" in each for each in said)
    plain = [sentence(witness) for witness in prove(policy(TLS), OFFICE, now=NOW).escapes]
    assert not any(f"with {key}" in each for each in plain)


def test_one_fault_in_several_channels_is_one_paragraph() -> None:
    """With a line for each channel; another fault is another paragraph."""
    one = judged_text(Judged("p.json", prove(policy(TLS), OFFICE, now=NOW)))
    assert one.count("    why: ") == one.count("    fix: ") == 1
    first, *others = EVERY
    assert f"\n  {first}: arn:" in one
    assert all(f"\n  {channel}: so can " in one for channel in others)
    leaks = also(Bool={"aws:ViaAWSService": "false"}, StringNotEquals={"aws:SourceVpce": "vpce-1"})
    two = judged_text(Judged("p.json", prove(policy(deny(leaks)), OFFICE, now=NOW)))
    assert "\n  forward-access: " in two
    assert "\n  vpc-endpoint: " in two
    assert two.count("    fix: ") == 2


def test_a_list_of_what_to_deny_is_one_fault_in_every_channel() -> None:
    """With an address in the request or without one."""
    proof = prove(policy(deny({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})), OFFICE, now=NOW)
    (witnesses,) = proof.faults
    assert tuple(witness.channel.value for witness in witnesses) == EVERY
