"""The evaluator, rule by rule: principals, actions, resources, complements, and how a decision is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from s3_perimeter import Decision, Kind, Principal, arriving, evaluate
from s3_perimeter.semantics.evaluation import mismatches
from tests.s3_perimeter.policies import ACCOUNT, BOTH, BUCKET, also, deny, policy

USER = f"arn:aws:iam::{ACCOUNT}:user/team/ann"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/path/ops"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/mon"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
ANYONE = Principal.anonymous()
SERVICE = Principal.of_service("logging.s3.amazonaws.com")
IN_SESSION = Principal(Principal.of_arn(ROLE).kind, ROLE, "mon")

PRINCIPALS = [
    ("*", ANYONE, True),
    ("*", SERVICE, True),
    ({"AWS": "*"}, ANYONE, True),
    ({"AWS": "*"}, Principal.of_arn(USER), True),
    ({"AWS": ACCOUNT}, Principal.of_arn(USER), True),
    ({"AWS": ROOT}, Principal.of_arn(USER), True),
    ({"AWS": ROOT}, Principal.of_arn(ROOT), True),
    ({"AWS": ACCOUNT}, IN_SESSION, True),
    ({"AWS": ACCOUNT}, ANYONE, False),
    ({"AWS": ACCOUNT}, SERVICE, False),
    ({"AWS": "999988887777"}, Principal.of_arn(USER), False),
    ({"AWS": USER}, Principal.of_arn(USER), True),
    ({"AWS": USER.lower().replace("ann", "Ann")}, Principal.of_arn(USER), False),
    ({"AWS": ROLE}, IN_SESSION, True),
    ({"AWS": SESSION}, IN_SESSION, True),
    ({"AWS": SESSION}, Principal.of_arn(ROLE, "tue"), False),
    ({"AWS": FEDERATED}, Principal.of_arn(FEDERATED), True),
    ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}, Principal.of_arn(USER), None),
    ({"AWS": "AIDAEXAMPLE"}, Principal.of_arn(USER), None),
    ({"AWS": "AIDAEXAMPLE"}, ANYONE, False),
    ({"AWS": "arn:aws:iam::*:root"}, Principal.of_arn(USER), None),
    ({"AWS": []}, Principal.of_arn(USER), False),
    ({"Service": "logging.s3.amazonaws.com"}, SERVICE, True),
    ({"Service": "config.amazonaws.com"}, SERVICE, False),
    ({"Service": "logging.s3.amazonaws.com"}, Principal.of_arn(USER), False),
    ({"CanonicalUser": "79a5"}, Principal.of_arn(USER), None),
    ({"CanonicalUser": "79a5"}, ANYONE, False),
    ({"Federated": "cognito-identity.amazonaws.com"}, IN_SESSION, None),
    ({"Federated": "cognito-identity.amazonaws.com"}, Principal.of_arn(USER), False),
    ({"AWS": "999988887777", "Service": "logging.s3.amazonaws.com"}, SERVICE, True),
]


@pytest.mark.parametrize(
    ("named", "principal", "expected"), PRINCIPALS, ids=[f"{r[0]}-{r[1]}" for r in PRINCIPALS]
)
def test_whom_a_principal_element_names(named: object, principal: Principal, expected: bool | None) -> None:
    """And `NotPrincipal` names everybody else, perhaps not users and roles of an account that it exempts."""
    exempt = None if expected is None else not expected
    if named in ({"AWS": ACCOUNT}, {"AWS": ROOT}) and expected and principal.kind is not Kind.ROOT:
        exempt = None
    if named == {"AWS": []}:
        exempt = None  # an empty one names nobody; whom it exempts is not documented
    request = arriving("public-signed", principal, "s3:GetObject", f"{BUCKET}/k")
    for document, wanted in (
        (policy(deny({}, Principal=named)), expected),
        (policy(deny({}, Principal=None, NotPrincipal=named)), exempt),
    ):
        outcome = evaluate(document, request)
        assert (outcome.decision is Decision.EXPLICIT_DENY) is bool(wanted)
        assert bool(outcome.undecided) is (wanted is None)


ELEMENTS = [
    ({"Action": "s3:getobject"}, True),
    ({"Action": "S3:Get*"}, True),
    ({"Action": "s3:GetObjec?"}, True),
    ({"Action": "s3:GetObject?"}, False),
    ({"Action": "ec2:*"}, False),
    ({"Action": "*"}, True),
    ({"Action": None, "NotAction": "s3:Put*"}, True),
    ({"Action": None, "NotAction": "s3:Get*"}, False),
    ({"Resource": BUCKET}, False),
    ({"Resource": f"{BUCKET}/*"}, True),
    ({"Resource": f"{BUCKET}/a/?:z"}, True),
    ({"Resource": f"{BUCKET}/A*"}, False),
    ({"Resource": "arn:aws:s3:eu-west-1::b/*"}, False),
    ({"Resource": "arn:aws:s3:::b*"}, True),
    ({"Resource": "*"}, True),
    ({"Resource": None, "NotResource": f"{BUCKET}/*"}, False),
    ({"Resource": None, "NotResource": BUCKET}, True),
    ({"Condition": also()}, True),
    ({"Condition": also(Bool={"aws:SecureTransport": "false"})}, False),
    ({"Condition": {"NotIpAddress": {"AWS:SOURCEIP": "203.0.113.0/24"}}}, True),
]


@pytest.mark.parametrize(("changed", "expected"), ELEMENTS, ids=[str(row[0]) for row in ELEMENTS])
def test_each_element_on_either_side(changed: dict[str, object], expected: bool) -> None:
    """Actions and key names in any case; resources and values as written; everything is ANDed."""
    request = arriving(
        "public-signed", Principal.of_arn(USER), "s3:GetObject", f"{BUCKET}/a/b:z", source_ip="198.51.100.7"
    )
    document = policy(deny({}, **changed))
    assert (evaluate(document, request).decision is Decision.EXPLICIT_DENY) is expected
    faults = mismatches(document.statements[0], request)
    assert bool(faults) is not expected
    if not expected:
        assert {fault.element for fault in faults} <= set(changed) | {"Condition"}
        assert not any(fault.undecided for fault in faults)


def test_an_explicit_deny_wins_and_no_match_is_neither() -> None:
    """Deny over Allow over nothing."""
    request = arriving("public-anonymous", Principal.anonymous(), "s3:GetObject", f"{BUCKET}/k")
    allow = {**deny({}), "Effect": "Allow"}
    assert evaluate(policy(allow, deny({})), request).decision == "explicit-deny"
    assert evaluate(policy(allow), request).decision == "allow"
    assert evaluate(policy({**allow, "Action": "s3:PutObject"}), request).decision == "neither"


UNDECIDED: list[dict[str, object]] = [
    {"Action": []},
    {"Action": None, "NotAction": []},
    {"Resource": []},
    {"Resource": None, "NotResource": []},
    {"Principal": None, "NotPrincipal": {}},
    {"Action": "s3*:*"},
    {"Action": "?3:GetObject"},
    {"Action": None, "NotAction": "*:PutObject*"},
    {"Resource": f"{BUCKET}/${{aws:username}}/*"},
    {"Condition": {"StringLike": {"aws:SourceIp": "198.51.100.*"}}},
    {"Condition": {"StringNotEquals": {"aws:SourceIp": "203.0.113.0/24"}}},
    {"Condition": {"Bool": {"aws:SecureTransport": "True"}}},
    {"Condition": {"Null": {"aws:SourceIp": "False"}}},
]


@pytest.mark.parametrize("changed", UNDECIDED, ids=[str(row) for row in UNDECIDED])
def test_what_is_not_documented_is_undecided(changed: dict[str, object]) -> None:
    """An empty element, a wildcard in a service, a text operator on an address, another case of `true`."""
    request = arriving(
        "public-signed", Principal.of_arn(USER), "s3:GetObject", f"{BUCKET}/a/b", source_ip="198.51.100.7"
    )
    if changed == {"Action": None, "NotAction": "*:PutObject*"}:
        request = replace(request, action="s3:PutObject")
    outcome = evaluate(policy(deny({}, **changed)), request)
    assert (outcome.decision, len(outcome.undecided)) == (Decision.NEITHER, 1)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"Action": "iam*:*"}, id="another service by a wildcard"),
        pytest.param({"Resource": f"{BUCKET}/home/${{aws:username}}/*"}, id="another folder by a variable"),
        pytest.param({"Resource": "arn:aws:s3:::other/${aws:username}"}, id="another bucket by a variable"),
        pytest.param(
            {"Condition": {"StringLike": {"aws:VpcSourceIp": "10.*"}}}, id="an address that is absent"
        ),
        pytest.param(
            {"Condition": {"IpAddress": {"aws:VpcSourceIp": "office"}}}, id="no network, and absent"
        ),
        pytest.param(
            {"Condition": {"StringEquals": {"aws:PrincipalTag/a": "${aws:userid}"}}},
            id="a variable, and absent",
        ),
    ],
)
def test_what_surely_does_not_match_is_no_doubt(changed: dict[str, object]) -> None:
    """An absent key decides before its values are read, and a variable covers no more than a wildcard."""
    request = arriving(
        "public-signed", Principal.of_arn(USER), "s3:GetObject", f"{BUCKET}/a/b", source_ip="198.51.100.7"
    )
    assert evaluate(policy(deny({}, **changed)), request).surely_not_denied


def test_the_anonymous_have_a_user_id_and_an_account_by_that_name() -> None:
    """The page says that the key is in every request, anonymous ones included."""
    request = arriving("public-anonymous", Principal.anonymous(), "s3:GetObject", f"{BUCKET}/k")
    assert request.values("aws:userid") == request.values("aws:PrincipalAccount") == ("anonymous",)


def test_a_variable_in_a_resource_is_undecided_and_denies_nothing() -> None:
    """Such a Deny may match: the request is not denied, and not surely undenied either."""
    request = arriving("public-anonymous", Principal.anonymous(), "s3:GetObject", f"{BUCKET}/k")
    document = policy(deny({}, Resource=f"{BUCKET}/${{aws:username}}"))
    outcome = evaluate(document, request)
    assert outcome.decision is Decision.NEITHER
    assert not outcome.surely_not_denied
    (fault,) = mismatches(document.statements[0], request)
    assert fault.undecided


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(USER, USER, id="user"),
        pytest.param(SESSION, SESSION, id="session"),
        pytest.param(ROOT, ROOT, id="root"),
        pytest.param(ROLE, f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/session", id="role-in-a-session"),
    ],
)
def test_a_principal_is_shown_by_its_arn(text: str, shown: str) -> None:
    """A role acts in a session, and that is what its requests show."""
    assert str(Principal.of_arn(text)) == shown
    assert Principal.of_arn(text).account == ACCOUNT


@pytest.mark.parametrize("text", ["someone", f"arn:aws:iam::{ACCOUNT}:group/x", "arn:aws:s3:::b"])
def test_what_is_no_principal_is_refused(text: str) -> None:
    """Groups, buckets and bare names make no requests."""
    with pytest.raises(ValueError, match="ARN of a"):
        Principal.of_arn(text)


def test_a_request_takes_keys_in_any_case_and_scalars() -> None:
    """Names of condition keys are case-insensitive."""
    request = arriving(
        "vpc-endpoint", Principal.of_arn(USER), "s3:ListBucket", BOTH[0], context={"AWS:Referer": "x"}
    )
    assert request.values("aws:referer") == ("x",)
    assert request.values("aws:SourceIp") is None
    assert request.values("AWS:sourcevpce")
    assert request.values("aws:username") == ("ann",)
