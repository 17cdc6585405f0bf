"""Proofs over layers: a bucket policy and the resource control policies that apply to its account."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from s3_perimeter import (
    AddressSet,
    Decision,
    Perimeter,
    PolicyDocument,
    Proof,
    ResourceControlPolicy,
    bucket_policy,
    compare,
    evaluate,
    log_bucket_policy,
    prove,
)
from s3_perimeter.documents.layers import Layers
from s3_perimeter.semantics.request import Channel, Principal, arriving

NOW = datetime(2026, 9, 1, tzinfo=UTC)
ACCOUNT = "111122223333"
OFFICE = Perimeter("b", AddressSet.parse(["203.0.113.0/24"]), ACCOUNT)
TRUSTING = replace(OFFICE, trust_aws_services=True)
POLICY = PolicyDocument.parse(bucket_policy(OFFICE))
SERVICE_LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
OUTSIDE = "198.51.100.7"
LOGGING = "logging.s3.amazonaws.com"
ROLE_CHANNELS = ["public-signed", "forward-access", "vpc-endpoint"]


def rcp(name: str = "org", networks: Any = "203.0.113.0/24", **elements: Any) -> ResourceControlPolicy:
    """An RCP with one Deny of everything from outside some networks."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": networks}},
    }
    document = {"Version": "2012-10-17", "Statement": statement | elements}
    return ResourceControlPolicy.parse(document, name)


def policy(*statements: dict[str, Any]) -> PolicyDocument:
    """A bucket policy of those statements, about bucket `b`."""
    resources = ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]
    whole = [{"Principal": "*", "Action": "s3:*", "Resource": resources} | each for each in statements]
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": whole})


def fence(**conditions: Any) -> dict[str, Any]:
    """The perimeter's Deny under more conditions."""
    return {
        "Effect": "Deny",
        "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}} | conditions,
    }


def proved(
    own: PolicyDocument | None, *rcps: ResourceControlPolicy, perimeter: Perimeter = OFFICE, **more: Any
) -> Proof:
    """The proof, every witness of which no layer stops."""
    found = prove(own, perimeter, rcps=rcps, now=NOW, **more)
    for witness in found.escapes:
        assert evaluate(Layers(own, rcps), witness.request).surely_not_denied
    return found


def channels(proof: Proof) -> list[str]:
    """The channels that escape."""
    return [witness.channel.value for witness in proof.escapes]


def alone(proof: Proof) -> dict[str, tuple[str, list[str]]]:
    """What each layer seals by itself."""
    return {
        layer.name: (layer.verdict.value, [channel.value for channel in layer.open]) for layer in proof.layers
    }


@pytest.mark.parametrize(
    ("own", "rcps", "perimeter", "verdict", "open_channels"),
    [
        pytest.param(POLICY, [], OFFICE, "proved", [], id="policy-alone"),
        pytest.param(POLICY, [rcp()], OFFICE, "proved", [], id="both"),
        pytest.param(None, [rcp()], TRUSTING, "proved", [], id="rcp-alone-services-trusted"),
        pytest.param(None, [rcp()], OFFICE, "escape", ["aws-service"], id="rcp-alone"),
        pytest.param(None, [], OFFICE, "escape", [each.value for each in Channel], id="nothing"),
        pytest.param(
            None, [], TRUSTING, "escape", [each.value for each in Channel][:-1], id="nothing-trusting"
        ),
        pytest.param(
            policy(fence(Bool={"aws:ViaAWSService": "false"})), [], OFFICE, "escape", ["forward-access"],
            id="leaky-policy",
        ),
        pytest.param(
            policy(fence(Bool={"aws:ViaAWSService": "false"})), [rcp()], OFFICE, "escape", ["aws-service"],
            id="leaky-policy-leaves-service-linked-roles",
        ),
        pytest.param(
            policy(fence(Bool={"aws:ViaAWSService": "false"})), [rcp()], TRUSTING, "proved", [],
            id="leaky-policy-and-rcp",
        ),
        pytest.param(
            policy(fence(StringNotEquals={"aws:PrincipalAccount": "999988887777"})), [rcp()], OFFICE,
            "escape", ["aws-service"], id="policy-exempts-another-account",
        ),
        pytest.param(
            policy(fence(ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::*:user/*"})), [rcp()], OFFICE,
            "proved", [], id="policy-exempts-users-only",
        ),
        pytest.param(
            None, [rcp(Action="s3:Get*"), rcp(Action="s3:List*")], TRUSTING, "escape",
            [each.value for each in Channel][:-1], id="two-rcps-leave-actions",
        ),
        pytest.param(
            None,
            [rcp(Resource="arn:aws:s3:::b"), rcp(Resource="arn:aws:s3:::b/*")],
            TRUSTING,
            "proved",
            [],
            id="two-rcps-together",
        ),
        pytest.param(
            None, [rcp(Resource="arn:aws:s3:::other*")], TRUSTING, "escape",
            [each.value for each in Channel][:-1], id="rcp-of-another-bucket",
        ),
    ],
)  # fmt: skip
def test_the_union_of_the_denies_decides(
    own: PolicyDocument | None,
    rcps: list[ResourceControlPolicy],
    perimeter: Perimeter,
    verdict: str,
    open_channels: list[str],
) -> None:
    proof = proved(own, *rcps, perimeter=perimeter)
    assert (proof.verdict, channels(proof)) == (verdict, open_channels)


@pytest.mark.parametrize(
    ("own", "rcps", "layers"),
    [
        pytest.param(POLICY, [], {}, id="no-rcps"),
        pytest.param(
            POLICY,
            [rcp()],
            {"bucket-policy": ("proved", []), "resource-control-policies": ("escape", ["aws-service"])},
            id="both",
        ),
        pytest.param(
            None, [rcp()], {"resource-control-policies": ("escape", ["aws-service"])}, id="no-policy"
        ),
        pytest.param(
            policy(fence(Bool={"aws:ViaAWSService": "false"})),
            [rcp(Condition={"StringEquals": {"aws:RequestedRegion": "x"}})],
            {
                "bucket-policy": ("escape", ["forward-access"]),
                "resource-control-policies": ("escape", [each.value for each in Channel]),
            },
            id="neither",
        ),
    ],
)
def test_each_layer_is_judged_by_itself(
    own: PolicyDocument | None, rcps: list[ResourceControlPolicy], layers: dict[str, Any]
) -> None:
    assert alone(proved(own, *rcps)) == layers


def test_a_list_that_is_wider_than_the_perimeter_is_reported_with_its_networks() -> None:
    wide = rcp(networks=["203.0.113.0/24", "198.51.100.0/25"])
    proof = proved(POLICY, wide, perimeter=TRUSTING)
    assert proof.verdict == "proved"
    assert [layer.networks for layer in proof.layers] == [(), ("198.51.100.0/25",)]


def test_a_list_that_is_narrower_locks_out_and_blames_the_rcp() -> None:
    (found,) = proved(POLICY, rcp("org.json", "203.0.113.0/25")).lockouts
    assert found.networks == ("203.0.113.128/25",)
    assert "statement 1 of the resource control policy `org.json` denies them" in found.because


def test_a_lock_out_by_an_rcp_has_its_own_way_back() -> None:
    (found,) = proved(POLICY, rcp(Condition={})).lockouts
    assert "detach the resource control policy" in found.because
    assert "root user" not in found.because


def test_log_delivery_that_an_rcp_blocks_is_a_lock_out_and_a_dead_allow() -> None:
    logs = replace(OFFICE, bucket="b")
    own = PolicyDocument.parse(log_bucket_policy(logs, "source", ACCOUNT))
    assert not proved(own, perimeter=logs, trusted_services=[LOGGING]).lockouts
    proof = proved(own, rcp("org.json"), perimeter=logs, trusted_services=[LOGGING])
    assert [found.whom for found in proof.lockouts] == [f"S3's log delivery `{LOGGING}`"]
    assert "of the resource control policy `org.json`" in proof.lockouts[0].because
    assert ["`org.json`" in dead.because for dead in proof.dead_allows] == [True]
    exempt = rcp(
        Condition={
            "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"},
            "StringNotEquals": {"aws:PrincipalServiceName": LOGGING},
        }
    )
    proof = proved(own, exempt, perimeter=logs, trusted_services=[LOGGING])
    assert not proof.lockouts
    assert not proof.dead_allows


def test_an_allow_for_a_service_linked_role_is_not_dead_behind_an_rcp() -> None:
    own = policy({"Effect": "Allow", "Principal": {"AWS": SERVICE_LINKED}})
    assert not proved(own, rcp()).dead_allows
    people = policy(
        {"Effect": "Allow", "Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": OUTSIDE}}}
    )
    assert proved(people, rcp()).dead_allows == ()  # service-linked roles could use it


def test_an_rcp_that_exempts_service_linked_roles_alone_hides_no_lock_out() -> None:
    exempts = rcp(Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/aws-service-role/*"}})
    (found,) = proved(None, exempts, perimeter=TRUSTING).lockouts[:1]
    assert found.networks == ("203.0.113.0/24",)


@pytest.mark.parametrize("arn", [SERVICE_LINKED, f"arn:aws:iam::{ACCOUNT}:role/x"], ids=["linked", "plain"])
def test_the_evaluator_applies_rcps_to_everybody_but_service_linked_roles(arn: str) -> None:
    request = arriving(
        "public-signed", Principal.of_arn(arn), "s3:GetObject", "arn:aws:s3:::b/k", source_ip=OUTSIDE
    )
    linked = arn == SERVICE_LINKED
    assert (evaluate(rcp(), request).decision is Decision.NEITHER) is linked
    assert evaluate(POLICY, request).decision is Decision.EXPLICIT_DENY


def test_an_rcp_grants_nothing() -> None:
    full = {"Version": "2012-10-17", "Statement": {"Effect": "Allow"} | dict.fromkeys(
        ("Principal", "Action", "Resource"), "*"
    )}  # fmt: skip
    request = arriving("public-anonymous", Principal.anonymous(), "s3:GetObject", "arn:aws:s3:::b/k")
    layers = Layers(None, (ResourceControlPolicy.parse(full),))
    assert evaluate(layers, request).decision is Decision.NEITHER


def test_a_service_linked_role_is_explained_by_what_can_be_done_about_it() -> None:
    (witness,) = proved(None, rcp("org.json")).escapes
    assert "AWSServiceRoleForConfig" in witness.principal
    assert "do not apply to service-linked roles" in witness.because
    assert "bucket policy as well" in witness.fix
    assert (witness.rcp, witness.statement) == ("org.json", 0)


def test_the_statement_nearest_is_blamed_in_whichever_layer_it_is() -> None:
    leaky = rcp("org.json", Condition={
        "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "Bool": {"aws:ViaAWSService": "false"},
    })  # fmt: skip
    own = policy({"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}})
    blamed = {each.channel.value: each.rcp for each in proved(own, leaky, perimeter=TRUSTING).escapes}
    assert blamed == {"forward-access": "org.json"}


@pytest.mark.parametrize(
    ("old", "new", "opened", "closed"),
    [
        pytest.param((POLICY, []), (POLICY, []), [], [], id="same"),
        pytest.param((POLICY, [rcp("a")]), (POLICY, [rcp("b")]), [], [], id="names-do-not-count"),
        pytest.param((POLICY, []), (POLICY, [rcp()]), [], [], id="rcp-next-to-its-like"),
        pytest.param((None, []), (None, [rcp()]), [], list(map(str, Channel)), id="rcp-comes"),
        pytest.param((policy(fence()), [rcp()]), (None, [rcp()]), ROLE_CHANNELS, [], id="policy-goes"),
        pytest.param(
            (POLICY, [rcp()]), (POLICY, [rcp(networks="203.0.113.0/25")]), [],
            ["public-signed", "public-anonymous", "forward-access"], id="rcp-narrows",
        ),
    ],
)  # fmt: skip
def test_layers_are_compared_by_what_they_do_together(
    old: tuple[Any, Any], new: tuple[Any, Any], opened: list[str], closed: list[str]
) -> None:
    found = compare(
        old[0], new[0], bucket="b", account=ACCOUNT, old_rcps=old[1], new_rcps=new[1]
    )  # fmt: skip
    assert not found.undecided
    assert [each.channel.value for each in found.opened] == opened
    assert [each.channel.value for each in found.closed] == closed
    assert found.equal is (not opened and not closed)


def random_statements(seed: int) -> list[dict[str, Any]]:
    """A few Denies that both a bucket policy and a resource control policy can have."""
    draw = random.Random(seed)
    resources = ["arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::b*", "arn:aws:s3:::b/in/*"]
    networks = ["203.0.113.0/24", "203.0.113.0/25", "198.51.100.0/24", "2001:db8::/32"]
    more: list[dict[str, Any]] = [
        {},
        {"Bool": {"aws:ViaAWSService": "false"}},
        {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}},
        {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1"}},
        {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    ]
    return [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": draw.choice(["s3:*", "s3:*", "s3:Get*", "s3:*Object*"]),
            "Resource": draw.sample(resources, draw.randint(1, 3)),
            "Condition": {
                "NotIpAddress": {"aws:SourceIp": draw.sample(networks, draw.randint(1, 2))},
                **draw.choice(more),
            },
        }
        for _ in range(draw.randint(2, 5))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(5))
def test_however_denies_are_spread_over_layers_they_seal_the_same(batch: int) -> None:
    """But for service-linked roles, which are a trusted service's here. And no layer stops a witness."""
    verdicts = set()
    for seed in range(batch * 100, batch * 100 + 12):
        statements, draw = random_statements(seed), random.Random(seed)
        whole = PolicyDocument.parse({"Version": "2012-10-17", "Statement": statements})
        layers: list[list[dict[str, Any]]] = [[], [], []]
        for statement in statements:
            draw.choice(layers).append(statement)
        own, *organizations = ({"Version": "2012-10-17", "Statement": each} for each in layers)
        policy_or_none = PolicyDocument.parse(own) if layers[0] else None
        rcps = [ResourceControlPolicy.parse(each) for each in organizations if each["Statement"]]
        together = proved(policy_or_none, *rcps, perimeter=TRUSTING)
        single = proved(whole, perimeter=TRUSTING)
        assert (together.verdict, channels(together)) == (single.verdict, channels(single)), seed
        verdicts.add(together.verdict.value)
        for witness in together.escapes:
            for rcp_alone in rcps:
                assert evaluate(rcp_alone, witness.request).surely_not_denied
            if policy_or_none:
                assert evaluate(policy_or_none, witness.request).surely_not_denied
    assert "escape" in verdicts


def test_what_remains_says_what_rcps_do_not_reach() -> None:
    both = " ".join(proved(POLICY, rcp()).residual)
    assert "management account" in both
    assert "only from inside" in both
    assert "always read, replace and delete" not in both
    leaky = " ".join(proved(POLICY, rcp(Action="s3:Get*")).residual)
    assert "always read, replace and delete" in leaky
