"""Principals are recognized by their ARNs, and nothing else is one."""

import pytest

from s3_perimeter.principals import SHARED_ISSUERS, Principal, PrincipalKind

IAM = "arn:aws:iam::111122223333:"
SSO = f"{IAM}role/aws-reserved/sso.amazonaws.com/"
ANCHOR = "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize(
    ("arn", "kind", "name", "region"),
    [
        pytest.param(f"{IAM}user/ana", PrincipalKind.USER, "ana", None, id="a user"),
        pytest.param(f"{IAM}user/a/b/ana@x.org", PrincipalKind.USER, "ana@x.org", None, id="a user's path"),
        pytest.param(f"{IAM}role/vpn/sign-in", PrincipalKind.ROLE, "sign-in", None, id="a role"),
        pytest.param(
            f"{SSO}eu-central-1/AWSReservedSSO_Data_Analyst_0123456789abcdef",
            PrincipalKind.PERMISSION_SET,
            "Data_Analyst",
            "eu-central-1",
            id="a permission set",
        ),
        pytest.param(
            f"{SSO}AWSReservedSSO_Analyst_*", PrincipalKind.PERMISSION_SET, "Analyst", None, id="any suffix"
        ),
        pytest.param(f"{IAM}saml-provider/Corp.IdP_1", PrincipalKind.SAML, "Corp.IdP_1", None, id="SAML"),
        pytest.param(
            f"{IAM}oidc-provider/idp.example.com/t/1",
            PrincipalKind.OIDC,
            "idp.example.com/t/1",
            None,
            id="OIDC",
        ),
        pytest.param(
            ANCHOR, PrincipalKind.TRUST_ANCHOR, ANCHOR.rpartition("/")[2], "eu-central-1", id="a trust anchor"
        ),
    ],
)
def test_an_arn_says_who_it_is(arn: str, kind: PrincipalKind, name: str, region: str | None) -> None:
    """Kind, name, account and region all stand in the ARN."""
    found = Principal.parse(arn)
    assert found == Principal(arn, kind, "aws", "111122223333", name, region)
    assert found.any_suffix == arn.endswith("*")


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "ana",
        "*",
        f"{IAM}root",
        f"{IAM}user/",
        f"{IAM}user/*",
        f"{IAM}user/a*/ana",
        f"{IAM}role/sign-in\n",
        f"{IAM}group/people",
        f"{SSO}eu-central-1/AWSReservedSSO_*",
        f"{SSO}*/AWSReservedSSO_Analyst_0123456789abcdef",
        f"{SSO}eu-central-1/AWSReservedSSO_Analyst_0123",
        f"{SSO}eu-central-1/Analyst",
        "arn:aws:sts::111122223333:assumed-role/sign-in/ana",
        "arn:nowhere:iam::111122223333:user/ana",
        "arn:aws:iam::1111:user/ana",
        f"{IAM}oidc-provider/https://idp.example.com",
        ANCHOR.upper(),
    ],
)
def test_what_names_nobody_in_particular_is_no_principal(arn: str) -> None:
    """Accounts, groups, sessions, services and wildcards are none."""
    assert Principal.parse(arn) is None


@pytest.mark.parametrize(
    ("issuer", "shared"),
    [
        ("token.actions.githubusercontent.com", True),
        ("gitlab.com", True),
        ("oidc.circleci.com/org/1", True),
        ("idp.example.com", False),
        ("gitlab.com.example.com", False),
        ("mygitlab.com", False),
        ("oidc.eks.eu-central-1.amazonaws.com/id/ABC", False),
    ],
)
def test_issuers_that_serve_every_company_are_known(issuer: str, shared: bool) -> None:
    """A trust in one of them is a trust in all of its customers."""
    assert bool(SHARED_ISSUERS.fullmatch(issuer)) == shared
