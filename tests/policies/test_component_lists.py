"""Where no config has an allow-list, a component's arguments count for the buckets that it makes itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components import OrganizationPerimeter, PrivateBucket
from policies.rules import (
    RULES,
    allow_list_not_too_wide,
    allow_list_within_approved_networks,
    bucket_policy_denies_outside,
    organization_policy_denies_outside,
)
from tests.components.engine import run
from tests.policies.engine import UNKNOWN, Res, Verdict, judge
from tests.policies.programs import ALLOWED, deny, part, text, with_part

SEALED = bucket_policy_denies_outside.judge
APPROVED = allow_list_within_approved_networks.judge
WIDE = allow_list_not_too_wide.judge
ORGANIZATION = organization_policy_denies_outside.judge
OWN = "s3-perimeter:index:PrivateBucket"
PERIMETER = "s3-perimeter:index:OrganizationPerimeter"
RCP = "aws:organizations/policy:Policy"
LOGGING = {"services": ["logging.s3.amazonaws.com"]}
PARENTS = {OWN: (OWN,), "s3-perimeter:index:AccessLogBucket": (OWN, "s3-perimeter:index:AccessLogBucket")}
"""The engine names all parents in a URN, the mocks only the nearest."""
BREAK_GLASS = "arn:aws:iam::111122223333:role/way-back-in"
ELSEWHERE = "198.51.100.0/24"


def component(name: str = "data", **arguments: Any) -> Res:
    """A component as the engine shows it, whoever wrote it."""
    return Res(OWN, name, {"allowedNetworks": ALLOWED, **arguments}, provider=None)


def below(resources: list[Res], *parents: str) -> list[Res]:
    """The resources as children."""
    for resource in resources:
        resource.below = parents or (OWN,)
    return resources


def named(resources: list[Res], name: str) -> list[Res]:
    """The resources under another name in the program; the bucket's own stays."""
    for resource in resources:
        resource.name = name
    return resources


def fenced(name: str = "data", policy: str | None = None) -> list[Res]:
    """A bucket and its policy as the component makes them."""
    return below(named(with_part(policy or text(deny())), name))


def rules(found: list[Verdict]) -> set[str]:
    """The rules that are broken."""
    return {one.rule for one in found}


@pytest.mark.parametrize("deploying", [False, True], ids=["preview", "deployment"])
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({}, id="networks"),
        pytest.param({"temporary_networks": [{"cidr": ELSEWHERE, "expires": "2099-01-01"}]}, id="temporary"),
        pytest.param({"vpc_endpoints": ["vpce-0123456789abcdef0"]}, id="vpc-endpoint"),
        pytest.param({"break_glass_principals": [BREAK_GLASS]}, id="break-glass"),
        pytest.param({"trust_aws_services": True}, id="services"),
    ],
)
def test_what_the_component_declares_is_accepted_without_any_config(
    arguments: dict[str, Any], deploying: bool
) -> None:
    """Its bucket and the one for its access logs, by what it was given, exemptions included."""
    given: Any = {"allowed_networks": ALLOWED, "bucket_name": "example-bucket", "protect": False, **arguments}
    program = run(lambda: PrivateBucket("data", given))
    resources = []
    for each in program.resources:
        parents = PARENTS.get(each.urn.split("::")[2].split("$")[0], ())
        provider = None if each.type.startswith("s3-perimeter:") else {"region": "ap-northeast-1"}
        outputs = {"arn": f"arn:aws:x:::{each.name}"} if each.type == "aws:iam/policy:Policy" else {}
        resources.append(Res(each.type, each.name, each.inputs, outputs, provider=provider, below=parents))
    assert judge(RULES, resources, config={}, deploying=deploying) == []


@pytest.mark.parametrize("deploying", [False, True], ids=["preview", "deployment"])
@pytest.mark.parametrize(
    "resources",
    [
        pytest.param(with_part(text(deny())), id="next-to-the-component"),
        pytest.param(named(with_part(text(deny())), "data"), id="next-to-it-with-its-name"),
        pytest.param(below(named(with_part(text(deny())), "more")), id="below-it-with-another-name"),
        pytest.param(below(named(with_part(text(deny())), "data"), "my:own:Thing"), id="below-another"),
        pytest.param(
            below(named(with_part(text(deny())), "data"), OWN, "my:own:Thing"), id="below-one-below-it"
        ),
        pytest.param(below([part("BucketPolicy", "elsewhere", policy=text(deny("elsewhere")))]), id="policy"),
    ],
)
def test_no_other_bucket_is_judged_by_a_components_list(resources: list[Res], deploying: bool) -> None:
    """Though its policy is proved by that very list, and it hangs below the component."""
    found = judge([SEALED], [component(), *resources], config={}, deploying=deploying)
    assert found
    assert all("there is no allow-list" in one.message for one in found)


def test_the_list_is_held_to_not_only_stated() -> None:
    """The policy that allows more than the arguments say is refused, in a deployment before it is made."""
    wider = text(deny(Condition={"NotIpAddress": {"aws:SourceIp": [*ALLOWED, ELSEWHERE]}}))
    resources = [component(), *fenced(policy=wider)]
    (late,) = judge([SEALED], resources, config={})
    assert "from outside the allow-list of the arguments of `data`" in late.message
    assert len(judge([SEALED], resources, config={}, deploying=True)) == 2


@pytest.mark.parametrize(
    ("config", "pack_config"),
    [
        pytest.param({"s3-perimeter:allowedNetworks": json.dumps([ELSEWHERE])}, {}, id="the-stacks-config"),
        pytest.param({}, {SEALED.id: {"allowedNetworks": [ELSEWHERE]}}, id="the-packs-config"),
        pytest.param(
            {},
            {SEALED.id: {"allowedNetworksByBucket": {"acme-*": [ELSEWHERE]}}},
            id="the-packs-for-this-bucket",
        ),
    ],
)
def test_a_list_in_config_goes_before(config: dict[str, str], pack_config: dict[str, Any]) -> None:
    """What the organization or the stack says is not overruled by a program."""
    found = judge([SEALED], [component(), *fenced()], config=config, pack_config=pack_config)
    assert [one.rule for one in found] == [SEALED.id]


def test_lists_of_other_buckets_in_the_packs_config_leave_the_components_alone() -> None:
    """For this bucket neither config has a list."""
    by_bucket = {SEALED.id: {"allowedNetworksByBucket": {"exchange-*": [ELSEWHERE]}}}
    assert judge([SEALED], [component(), *fenced()], config={}, pack_config=by_bucket) == []


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        pytest.param({}, {"approvedNetworks": ["203.0.113.0/24"]}, "2001:db8:1234::/48", id="networks"),
        pytest.param({}, {"approvedNetworks": []}, "203.0.113.0/24", id="none-approved"),
        pytest.param(
            {"temporaryNetworks": [{"cidr": ELSEWHERE, "expires": "2099-01-01"}]},
            {"approvedNetworks": ALLOWED},
            ELSEWHERE,
            id="temporary",
        ),
        pytest.param(
            {"vpcEndpoints": ["vpce-0123456789abcdef0"]},
            {"approvedNetworks": ALLOWED},
            "vpce-01",
            id="endpoint",
        ),
        pytest.param(
            {"breakGlassPrincipals": [BREAK_GLASS]}, {"approvedBreakGlass": []}, BREAK_GLASS, id="break-glass"
        ),
        pytest.param(
            {"trustAwsServices": True}, {"approvedNetworks": ALLOWED}, "trusts AWS services", id="services"
        ),
    ],
)
def test_the_organization_binds_a_components_list(
    arguments: dict[str, Any], settings: dict[str, Any], said: str
) -> None:
    """Networks and exemptions, under the component's own URN."""
    made = component(**arguments)
    (found,) = judge([APPROVED], [made, *fenced()], config={}, pack_config={APPROVED.id: settings})
    assert found.urn == made.urn
    assert said in found.message
    assert "the arguments of `data`" in found.message


def test_two_components_of_one_name_are_both_bound() -> None:
    """The same name below two parents makes two components, and neither hides the other's exemptions."""
    one, other = component(), component(breakGlassPrincipals=[BREAK_GLASS])
    one.below, other.below = ("my:own:A",), ("my:own:B",)
    for resources in ([one, other], [other, one]):
        found = judge(
            [APPROVED], resources, config={}, pack_config={APPROVED.id: {"approvedNetworks": ALLOWED}}
        )
        assert [verdict.urn for verdict in found] == [other.urn]


def test_a_components_list_can_be_too_wide() -> None:
    """The advice on wide lists is for these as well."""
    (found,) = judge([WIDE], [component(allowedNetworks=["52.0.0.0/7"])], config={})
    assert (found.level, found.urn) == ("ADVISORY", component().urn)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param({"allowedNetworks": UNKNOWN}, "not known during preview", id="unknown"),
        pytest.param(
            {"allowedNetworks": [*ALLOWED, UNKNOWN]}, "not known during preview", id="partly-unknown"
        ),
        pytest.param({"temporaryNetworks": UNKNOWN}, "not known during preview", id="unknown-temporary"),
        pytest.param({"breakGlassPrincipals": [UNKNOWN]}, "not known during preview", id="unknown-exemption"),
        pytest.param({"allowedNetworks": ["203.0.113.5/24"]}, "has host bits set", id="a-mistake"),
        pytest.param({"allowedNetworks": []}, "`data` (`allowedNetworks`)", id="empty"),
        pytest.param({"allowedNetworks": None}, "`data` (`allowedNetworks`)", id="missing"),
    ],
)
def test_arguments_that_give_no_list_refuse_the_bucket(arguments: dict[str, Any], said: str) -> None:
    """Nothing is proved by half a list."""
    (found,) = judge([SEALED], [component(**arguments), *fenced()], config={})
    assert said in found.message


def test_what_a_provider_makes_under_that_type_is_no_component() -> None:
    """Its properties are not what a program gave our component."""
    made = component()
    made.provider = {}
    (found,) = judge([SEALED], [made, *fenced()], config={})
    assert "there is no allow-list" in found.message


def organization(name: str = "fence", **arguments: Any) -> list[Res]:
    """A component for an organization with its policies, as the engine shows them."""
    given: Any = {"allowed_networks": ALLOWED, "targets": ["111122223333"], "exempt": LOGGING, **arguments}
    program = run(lambda: OrganizationPerimeter(name, given))
    return [
        Res(
            each.type,
            each.name,
            each.inputs,
            provider=None if each.type == PERIMETER else {"region": "us-east-1"},
            below=(PERIMETER,) if each.type == RCP else (),
        )
        for each in program.resources
        if each.type in (PERIMETER, RCP)
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({}, id="networks"),
        pytest.param({"temporary_networks": [{"cidr": ELSEWHERE, "expires": "2099-01-01"}]}, id="temporary"),
        pytest.param({"vpc_endpoints": ["o-a1b2c3d4e5"]}, id="endpoints-of-an-organization"),
        pytest.param({"allowed_networks": [], "vpc_endpoints": ["o-a1b2c3d4e5"]}, id="endpoints-alone"),
        pytest.param({"break_glass_principals": [BREAK_GLASS]}, id="break-glass"),
        pytest.param({"exempt": {"forward_access": True, "principal_tag": "p"}}, id="exempt"),
        pytest.param({"buckets": [f"a-rather-long-name-of-a-bucket-{n:03}" for n in range(80)]}, id="split"),
    ],
)
def test_an_organizations_policies_are_judged_by_their_components_arguments(
    arguments: dict[str, Any],
) -> None:
    """Without any config, exemptions included."""
    assert judge([ORGANIZATION], organization(**arguments), config={}) == []


def test_an_organizations_policy_is_held_to_its_components_list() -> None:
    """One that allows more is refused, and so is what exempts somebody whom the arguments do not exempt."""
    component_, policy = organization()
    for written in (
        organization(allowed_networks=[*ALLOWED, ELSEWHERE]),
        organization(exempt={"forward_access": True}),
    ):
        wider = Res(RCP, "fence", written[1].inputs, below=(PERIMETER,))
        found = judge([ORGANIZATION], [component_, wider], config={})
        assert {each.urn for each in found} == {policy.urn}
        assert any("the allow-list of the arguments of `fence`" in each.message for each in found)


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(lambda policy: Res(RCP, "fence", policy.inputs), id="next-to-it"),
        pytest.param(lambda policy: Res(RCP, "more", policy.inputs, below=(PERIMETER,)), id="another-name"),
        pytest.param(lambda policy: Res(RCP, "fence-10", policy.inputs, below=(PERIMETER,)), id="a-number"),
        pytest.param(lambda policy: Res(RCP, "fence", policy.inputs, below=(OWN,)), id="below-a-bucket"),
    ],
)
def test_no_other_organization_policy_is_judged_by_a_components_list(elsewhere: Any) -> None:
    made, policy = organization()
    (found,) = judge([ORGANIZATION], [made, elsewhere(policy)], config={})
    assert "there is no allow-list" in found.message


def test_config_goes_before_the_arguments_of_an_organizations_component() -> None:
    config = {"s3-perimeter:allowedNetworks": json.dumps([ELSEWHERE])}
    assert judge([ORGANIZATION], organization(), config=config)


@pytest.mark.parametrize(
    ("exempt", "approved", "said"),
    [
        pytest.param(LOGGING, None, "`logging.s3.amazonaws.com` in `services`", id="service"),
        pytest.param(LOGGING, LOGGING, None, id="approved-service"),
        pytest.param({"forward_access": True}, LOGGING, "sets `forwardAccess`", id="forward-access"),
        pytest.param({"forward_access": True}, {"forwardAccess": True}, None, id="approved-forward-access"),
        pytest.param({"principal_tag": "a"}, {"principalTag": "b"}, "`a` in `principalTag`", id="tag"),
        pytest.param({"principal_accounts": ["111122223333"]}, {}, "`111122223333`", id="account"),
        pytest.param({"forward_access": False}, {}, None, id="nobody"),
    ],
)
def test_the_organization_binds_whom_a_perimeter_exempts(
    exempt: dict[str, Any], approved: dict[str, Any] | None, said: str | None
) -> None:
    """With approved networks, only the exemptions that the pack's config names are accepted."""
    settings: dict[str, Any] = {"approvedNetworks": ALLOWED}
    settings |= {} if approved is None else {"approvedExempt": approved}
    found = judge([APPROVED], organization(exempt=exempt), config={}, pack_config={APPROVED.id: settings})
    assert [said is not None and said in each.message for each in found] == ([True] if said else [])
    config = {
        "s3-perimeter:allowedNetworks": json.dumps(ALLOWED),
        "s3-perimeter:exempt": json.dumps(
            {
                "".join(part.title() if n else part for n, part in enumerate(key.split("_"))): value
                for key, value in exempt.items()
            }
        ),
    }
    same = judge([APPROVED], organization(exempt=exempt), config=config, pack_config={APPROVED.id: settings})
    assert len(same) == len(found)
