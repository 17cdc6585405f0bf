"""Trust policies: who may assume a role from where, as another evaluator of trust policies decides it."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate_trust_policy

from s3_perimeter import AddressSet, ExpiringNetworks, Perimeter
from s3_perimeter.build import BuildError
from s3_perimeter.principals import Principal
from s3_perimeter.trust import TRUST_LIMIT, named_principals, trust_policy

OFFICE = Perimeter("b", AddressSet.parse(["203.0.113.0/24", "2001:db8:1234::/48"]), account="111122223333")
IAM = "arn:aws:iam::111122223333:"
ANA, SIGN_IN = f"{IAM}user/ana", f"{IAM}role/vpn/sign-in"
SAML, OIDC = f"{IAM}saml-provider/idp", f"{IAM}oidc-provider/idp.example.com"
SSO = f"{IAM}role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Analyst_"
ANCHOR = "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/11111111-2222-3333-4444-555555555555"
INSIDE, OUTSIDE = "203.0.113.7", "198.51.100.7"


def principals(*arns: str) -> list[Principal]:
    """The principals of ARNs that are fine."""
    return [found for arn in arns if (found := Principal.parse(arn))]


def policy(*arns: str, perimeter: Perimeter = OFFICE, **more: object) -> str:
    """The trust policy for these ARNs."""
    return trust_policy(perimeter, principals(*arns), **more)  # type: ignore[arg-type]


def assumes(
    document: str,
    caller: str,
    address: str | None = INSIDE,
    *,
    action: str = "sts:AssumeRole",
    **keys: object,
) -> bool:
    """Whether the caller may assume the role from there, with these condition keys in the request."""
    request = EvalContext(
        principal_arn=caller,
        principal_type="User" if ":user/" in caller else "AssumedRole",
        principal_account="111122223333",
        action=action,
        resource_arn="*",
        region="eu-central-1",
        source_ip=address,
        secure_transport=True,
        service_context={name.replace("__", "/").replace("_", ":", 1): value for name, value in keys.items()},
    )
    return bool(evaluate_trust_policy(document, caller, request))


def statements(document: str) -> dict[str, dict[str, object]]:
    """The statements by their Sid, or by their action where they have none."""
    return {each.get("Sid", each["Action"]): each for each in json.loads(document)["Statement"]}


@pytest.mark.parametrize(
    ("address", "may"),
    [
        (INSIDE, True),
        ("2001:db8:1234::7", True),
        (OUTSIDE, False),
        ("2001:db8:ffff::7", False),
        ("203.0.114.0", False),
    ],
)
def test_a_role_is_assumed_from_the_allow_list_alone(address: str, may: bool) -> None:
    """The trust policy carries the list itself, so nobody gets a session elsewhere."""
    session = "arn:aws:sts::111122223333:assumed-role/sign-in/ana"
    assert assumes(policy(SIGN_IN), session, address) == may


def test_nobody_but_the_named_ones_may_assume_it() -> None:
    """Others of the same account may not, whatever their policies allow."""
    document = policy(SIGN_IN)
    assert not assumes(document, f"{IAM}user/eve")
    assert not assumes(document, "arn:aws:sts::111122223333:assumed-role/other/sign-in")
    assert not assumes(document, "arn:aws:sts::999999999999:assumed-role/sign-in/ana")


def test_a_user_has_to_show_mfa() -> None:
    """A leaked access key alone assumes nothing."""
    document = policy(ANA)
    assert statements(document)["AllowUsersWithMfa"]["Condition"] == {
        "Bool": {"aws:MultiFactorAuthPresent": "true"}
    }
    assert not assumes(document, ANA)
    assert assumes(document, ANA, aws_multifactorauthpresent="true")
    assert not assumes(document, ANA, OUTSIDE, aws_multifactorauthpresent="true")


def test_a_permission_set_may_be_named_with_any_suffix() -> None:
    """A wildcard cannot stand in a Principal, so the account does, narrowed to the permission set's role."""
    exact, any_suffix = policy(f"{SSO}0123456789abcdef"), policy(f"{SSO}*")
    assert statements(exact)["AllowRoles"]["Principal"] == {"AWS": f"{SSO}0123456789abcdef"}
    allow = statements(any_suffix)["AllowPermissionSets"]
    assert allow["Principal"] == {"AWS": f"{IAM}root"}
    assert allow["Condition"] == {"ArnLike": {"aws:PrincipalArn": f"{SSO}*"}}


@pytest.mark.parametrize(
    ("partition", "endpoint"),
    [
        ("aws", "https://signin.aws.amazon.com/saml"),
        ("aws-cn", "https://signin.amazonaws.cn/saml"),
        ("aws-us-gov", "https://signin.amazonaws-us-gov.com/saml"),
    ],
)
def test_an_assertion_has_to_be_meant_for_aws(partition: str, endpoint: str) -> None:
    """The audience of an assertion is the partition's own sign-in page."""
    document = policy(SAML.replace(":aws:", f":{partition}:"), subjects=["ana@example.com"])
    allow = statements(document)["sts:AssumeRoleWithSAML"]
    assert allow["Condition"] == {"StringEquals": {"SAML:aud": endpoint, "SAML:sub": "ana@example.com"}}


def test_a_token_has_to_be_of_a_named_subject() -> None:
    """Nobody signs this request, and the Deny holds for it all the same."""
    document = policy(OIDC, subjects=["ana", "team-*"], audience="client")
    action = "sts:AssumeRoleWithWebIdentity"
    assert statements(document)[action]["Condition"] == {
        "StringEquals": {"idp.example.com:aud": "client"},
        "StringLike": {"idp.example.com:sub": ["ana", "team-*"]},
    }
    token = {"idp.example.com:aud": "client", "idp.example.com:sub": "team-7"}
    for address, keys, may in (
        (INSIDE, token, True),
        (OUTSIDE, token, False),
        (INSIDE, {**token, "idp.example.com:sub": "eve"}, False),
        (INSIDE, {**token, "idp.example.com:aud": "another"}, False),
    ):
        request = EvalContext(
            principal_arn=OIDC,
            principal_type="WebIdentityUser",
            principal_account="111122223333",
            action=action,
            resource_arn="*",
            region="eu-central-1",
            source_ip=address,
            secure_transport=True,
            service_context=keys,
        )
        assert bool(evaluate_trust_policy(document, OIDC, request)) == may, (address, keys)


def test_a_certificate_is_vouched_for_by_its_trust_anchor_alone() -> None:
    """Roles Anywhere makes the request itself, so the Deny leaves services out, and one is named."""
    found = statements(policy(ANCHOR, subjects=["laptop-7"]))
    allow = found["AllowCertificates"]
    assert allow["Principal"] == {"Service": "rolesanywhere.amazonaws.com"}
    assert allow["Action"] == ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    assert allow["Condition"] == {
        "ArnEquals": {"aws:SourceArn": ANCHOR},
        "StringEquals": {"aws:PrincipalTag/x509Subject/CN": "laptop-7"},
    }
    assert found["DenyOutsideAllowedNetworks"]["Condition"] == {
        "NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8:1234::/48"]},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }


def test_declared_vpc_endpoints_are_exempt() -> None:
    """An endpoint for STS is listed next to the one for S3."""
    document = policy(SIGN_IN, perimeter=replace(OFFICE, vpc_endpoints=("vpce-0a1b2c3d",)))
    deny = statements(document)["DenyOutsideAllowedNetworks"]["Condition"]
    assert isinstance(deny, dict)
    assert deny["StringNotEquals"] == {"aws:SourceVpce": "vpce-0a1b2c3d"}


@pytest.mark.parametrize("allowed", [[], ["203.0.113.0/24"]], ids=["endpoints alone", "addresses too"])
@pytest.mark.parametrize(
    ("owner", "key"),
    [
        ("o-a1b2c3d4e5", "aws:VpceOrgID"),
        ("444455556666", "aws:VpceAccount"),
        ("arn:aws:ec2:eu-west-1:444455556666:vpc/vpc-0a1b2c3d", "aws:SourceVpcArn"),
    ],
)
def test_all_endpoints_of_an_owner_are_exempt(owner: str, key: str, allowed: list[str]) -> None:
    """Through one of theirs the role is assumed, through another's and from outside it is not."""
    perimeter = replace(OFFICE, allowed=AddressSet.parse(allowed), vpc_endpoints=(owner,))
    document = policy(SIGN_IN, perimeter=perimeter)
    carried = key.lower().replace(":", "_")  # as the evaluator names it
    assert assumes(document, SIGN_IN, None, **{carried: owner})
    assert not assumes(document, SIGN_IN, None, **{carried: f"{owner}0"})
    assert not assumes(document, SIGN_IN, OUTSIDE)
    assert assumes(document, SIGN_IN, INSIDE) == bool(allowed)


def test_entries_that_expire_together_share_one_deny() -> None:
    """IAM takes each Sid once."""
    until = datetime(2027, 1, 1, tzinfo=UTC)
    hosts = [AddressSet.parse([f"203.0.113.{host}/32"]) for host in (0, 1)]
    temporary = replace(OFFICE, expiring=tuple(ExpiringNetworks(host, until) for host in hosts))
    assert statements(policy(SIGN_IN, perimeter=temporary))["DenyExpired20270101T000000Z"]["Condition"] == {
        "IpAddress": {"aws:SourceIp": "203.0.113.0/31"},
        "DateGreaterThanEquals": {"aws:CurrentTime": "2027-01-01T00:00:00Z"},
    }


def test_several_kinds_of_principals_share_a_role() -> None:
    """Each proves who it is in its own way, and one Deny holds for all."""
    found = json.loads(policy(SIGN_IN, ANA, SAML, OIDC, ANCHOR, f"{SSO}*"))["Statement"]
    assert [each["Effect"] for each in found] == ["Allow"] * 6 + ["Deny"]


def test_whom_a_trust_policy_names_can_be_read_back() -> None:
    """What hands out a role's profile knows from the policy how its people sign in."""
    arns = [SIGN_IN, f"{SSO}*", ANA, SAML, OIDC, ANCHOR]
    assert [each.arn for each in named_principals(policy(*arns))] == arns


@pytest.mark.parametrize(
    ("arns", "allowed", "says"),
    [
        pytest.param([], ["203.0.113.0/24"], "nobody is named", id="nobody"),
        pytest.param([SIGN_IN], [], "the allow-list is empty", id="from nowhere"),
        pytest.param(
            [SIGN_IN],
            [f"203.0.{block}.{host}/32" for block in range(2) for host in range(0, 256, 2)],
            f"IAM accepts {TRUST_LIMIT:,} at most",
            id="too large",
        ),
    ],
)
def test_what_cannot_be_built_is_refused_in_words(arns: list[str], allowed: list[str], says: str) -> None:
    """IAM would refuse it in the middle of the deployment, or accept a role that nobody can use."""
    with pytest.raises(BuildError, match=says):
        policy(*arns, perimeter=replace(OFFICE, allowed=AddressSet.parse(allowed)))
