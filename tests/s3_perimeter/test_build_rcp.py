"""Resource control policies that are built: what they seal, exempt and refuse."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from s3_perimeter import (
    AddressSet,
    AlsoExempt,
    BuildError,
    Decision,
    ExpiringNetworks,
    Perimeter,
    ResourceControlPolicy,
    evaluate,
    prove,
    resource_control_policies,
    resource_control_policy,
)
from s3_perimeter.documents.rcp import MAX_RCP_CHARACTERS
from s3_perimeter.semantics.request import Principal, Request, arriving

NOW = datetime(2026, 9, 1, tzinfo=UTC)
ALLOWED = AddressSet.parse(["203.0.113.0/24", "2001:db8:1234::/48"])
OFFICE = Perimeter("*", ALLOWED)
BREAK_GLASS = replace(OFFICE, break_glass=("arn:aws:iam::111122223333:role/way-in",))
SCATTERED = AddressSet.parse([f"198.51.{a}.{b}/32" for a in range(100) for b in range(0, 16, 2)])
OUTSIDE = "198.51.100.7"


def sealed(text: str, perimeter: Perimeter) -> bool:
    """Whether the policy by itself denies everything from outside to everybody but service-linked roles."""
    proof = prove(None, perimeter, rcps=[ResourceControlPolicy.parse(text)], now=NOW)
    linked = all(witness.request.principal.is_service_linked for witness in proof.escapes)
    return linked and not proof.undecided and not proof.lockouts


def statements(text: str) -> list[dict[str, Any]]:
    """The statements of a policy."""
    found: list[dict[str, Any]] = json.loads(text)["Statement"]
    return found


@pytest.mark.parametrize(
    ("pattern", "resource", "inside", "elsewhere"),
    [
        pytest.param("*", "*", ["b", "any-name"], [], id="every-bucket"),
        pytest.param("acme-*", "arn:aws:s3:::acme-*", ["acme-x", "acme-"], ["acme", "other"], id="beginning"),
        pytest.param(
            "*-data", ["arn:aws:s3:::*-data", "arn:aws:s3:::*-data/*"], ["x-data"], ["x-logs"], id="end"
        ),
        pytest.param("b?", ["arn:aws:s3:::b?", "arn:aws:s3:::b?/*"], ["b1"], ["b", "b12"], id="character"),
        pytest.param("b", ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], ["b"], ["bb"], id="a-name"),
    ],
)  # fmt: skip
def test_a_pattern_fences_the_buckets_whose_name_it_matches(
    pattern: str, resource: object, inside: list[str], elsewhere: list[str]
) -> None:
    text = resource_control_policy([replace(OFFICE, bucket=pattern)])
    assert [each["Resource"] for each in statements(text)] == [resource]
    assert all(sealed(text, replace(OFFICE, bucket=name)) for name in inside)
    assert not any(sealed(text, replace(OFFICE, bucket=name)) for name in elsewhere)


def test_buckets_with_one_perimeter_share_a_deny_and_others_have_their_own() -> None:
    other = replace(OFFICE, allowed=AddressSet.parse(["192.0.2.0/24"]))
    perimeters = [
        replace(OFFICE, bucket="a"),
        replace(other, bucket="c"),
        replace(OFFICE, bucket="b", account="111122223333"),
    ]
    text = resource_control_policy(perimeters)
    names = [[arn for arn in each["Resource"] if "/" not in arn] for each in statements(text)]
    assert names == [["arn:aws:s3:::a", "arn:aws:s3:::b"], ["arn:aws:s3:::c"]]
    assert len({each["Sid"] for each in statements(text)}) == 2
    assert all(sealed(text, each) for each in perimeters)


@pytest.mark.parametrize(
    "perimeter",
    [
        pytest.param(BREAK_GLASS, id="break-glass"),
        pytest.param(replace(BREAK_GLASS, vpc_endpoints=("vpce-0a1",)), id="endpoint-and-break-glass"),
        pytest.param(replace(OFFICE, vpc_endpoints=("o-abcdefghij", "444455556666")), id="owners-endpoints"),
        pytest.param(replace(OFFICE, trust_aws_services=True), id="services"),
        pytest.param(replace(OFFICE, allowed=ALLOWED | AddressSet.parse(["10.0.0.0/8"])), id="private-too"),
        pytest.param(
            replace(OFFICE, expiring=(
                ExpiringNetworks(AddressSet.parse(["203.0.113.128/25"]), datetime(2027, 1, 1, tzinfo=UTC)),
            )), id="expiring",
        ),
        pytest.param(replace(OFFICE, partition="aws-cn", bucket="b"), id="another-partition"),
    ],
)  # fmt: skip
def test_a_perimeter_s_own_exemptions_are_kept(perimeter: Perimeter) -> None:
    text = resource_control_policy([perimeter])
    assert sealed(text, replace(perimeter, bucket="b"))


def request(**context: str) -> Request:
    """A signed request from outside."""
    who = Principal.of_arn("arn:aws:iam::111122223333:role/r")
    return arriving(
        "public-signed", who, "s3:GetObject", "arn:aws:s3:::b/k", source_ip=OUTSIDE, context=context
    )


EXEMPT: list[Any] = [
    pytest.param({"forward_access": True}, {"aws:ViaAWSService": "true"}, id="forward-access"),
    pytest.param(
        {"principal_accounts": ("444455556666", "777788889999")}, {"aws:PrincipalAccount": "777788889999"},
        id="principal-account",
    ),
    pytest.param({"principal_tag": "dp:exclude:network"}, {"aws:PrincipalTag/dp:exclude:network": "true"},
                 id="principal-tag"),
    pytest.param({"resource_tag": "public"}, {"aws:ResourceTag/public": "true"}, id="resource-tag"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "context"), EXEMPT)
@pytest.mark.parametrize("perimeter", [OFFICE, BREAK_GLASS], ids=["plain", "break-glass"])
def test_what_is_asked_for_is_exempt_and_nothing_else(
    asked: dict[str, Any], context: dict[str, str], perimeter: Perimeter
) -> None:
    policy = ResourceControlPolicy.parse(resource_control_policy([perimeter], exempt=AlsoExempt(**asked)))
    assert evaluate(policy, request(**context)).decision is Decision.NEITHER
    assert evaluate(policy, request()).decision is Decision.EXPLICIT_DENY
    others = [each.values[1] for each in EXEMPT if each.values[0] != asked]
    for other in others:
        assert evaluate(policy, request(**other)).decision is Decision.EXPLICIT_DENY
    anonymous = arriving(
        "public-anonymous", Principal.anonymous(), "s3:GetObject", "arn:aws:s3:::b/k", source_ip=OUTSIDE
    )
    assert evaluate(policy, anonymous).decision is Decision.EXPLICIT_DENY


@pytest.mark.parametrize(
    ("owner", "key"),
    [("o-abcdefghij", "aws:VpceOrgID"), ("444455556666", "aws:VpceAccount")],
    ids=["organization", "account"],
)
def test_all_endpoints_of_an_owner_are_the_perimeter_s_own_exemption(owner: str, key: str) -> None:
    """Through one of them nobody is denied; through another's, and from elsewhere, everybody is."""
    text = resource_control_policy([replace(OFFICE, vpc_endpoints=(owner,))])
    policy = ResourceControlPolicy.parse(text)
    assert evaluate(policy, request(**{key: owner})).decision is Decision.NEITHER
    assert evaluate(policy, request(**{key: owner[:-1] + "9"})).decision is Decision.EXPLICIT_DENY
    assert evaluate(policy, request()).decision is Decision.EXPLICIT_DENY


def test_a_service_is_exempt_by_its_name() -> None:
    name = "logging.s3.amazonaws.com"
    text = resource_control_policy([OFFICE], exempt=AlsoExempt(services=(name,)))
    policy = ResourceControlPolicy.parse(text)
    for service, decision in ((name, Decision.NEITHER), ("x.amazonaws.com", Decision.EXPLICIT_DENY)):
        asked = arriving("aws-service", Principal.of_service(service), "s3:PutObject", "arn:aws:s3:::b/k")
        assert evaluate(policy, asked).decision is decision


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param({"services": ("ec2",)}, "a service principal", id="service"),
        pytest.param({"services": ("*.amazonaws.com",)}, "a service principal", id="service-wildcard"),
        pytest.param({"principal_accounts": ("anonymous",)}, "an account id", id="anonymous"),
        pytest.param({"principal_tag": "${x}"}, "the key of a tag", id="variable"),
    ],
)
def test_an_exemption_that_means_nothing_is_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(BuildError, match=said):
        AlsoExempt(**asked)


def test_many_buckets_are_split_over_policies_that_fit() -> None:
    names = [f"a-rather-long-name-of-a-bucket-{number:03}" for number in range(120)]
    perimeters = [replace(OFFICE, bucket=name) for name in names]
    with pytest.raises(BuildError, match=r"(?s)over the limit of 5,120; what costs most: .*make 3 pol"):
        resource_control_policy(perimeters)
    found = resource_control_policies(perimeters)
    assert len(found) == 3
    assert all(len(text) <= MAX_RCP_CHARACTERS for text in found)
    held = [arn for text in found for each in statements(text) for arn in each["Resource"] if "/" not in arn]
    assert held == [f"arn:aws:s3:::{name}" for name in names]
    assert all(any(sealed(text, each) for text in found) for each in perimeters[::17])


def test_more_policies_than_a_target_takes_are_refused() -> None:
    names = [f"a-rather-long-name-of-a-bucket-{number:03}" for number in range(250)]
    with pytest.raises(BuildError, match="at most 4; what costs most"):
        resource_control_policies([replace(OFFICE, bucket=name) for name in names])


@pytest.mark.parametrize("build", [resource_control_policy, resource_control_policies])
def test_an_allow_list_is_never_split(build: Any) -> None:
    with pytest.raises(
        BuildError, match=r"of `\*` alone is .* over the limit .*the allow-list of 800 networks"
    ):
        build([replace(OFFICE, allowed=SCATTERED)])


@pytest.mark.parametrize(
    "bucket",
    ["", "arn:aws:s3:::b", "b/k", "${aws:x}", "a b"],
    ids=["empty", "arn", "key", "variable", "space"],
)
def test_what_is_no_pattern_of_names_is_refused(bucket: str) -> None:
    with pytest.raises(BuildError, match="is not a bucket name and not a pattern"):
        resource_control_policy([replace(OFFICE, bucket=bucket)])


def test_nothing_to_fence_is_refused() -> None:
    with pytest.raises(BuildError, match="no bucket to fence"):
        resource_control_policies([])


def test_an_empty_allow_list_is_refused() -> None:
    with pytest.raises(BuildError, match="empty"):
        resource_control_policy([replace(OFFICE, allowed=AddressSet.nothing())])


def test_every_exemption_of_the_guidance_can_be_combined() -> None:
    perimeters = [replace(OFFICE, trust_aws_services=True), replace(BREAK_GLASS, vpc_endpoints=("vpce-0a1",))]
    for perimeter, forward in product(perimeters, (True, False)):
        exempt = AlsoExempt(
            ("logging.s3.amazonaws.com",),
            forward,
            ("777788889999",),
            "dp:exclude:network",
            "dp:exclude:network",
        )
        policy = ResourceControlPolicy.parse(resource_control_policy([perimeter], exempt=exempt))
        assert evaluate(policy, request()).decision is Decision.EXPLICIT_DENY
