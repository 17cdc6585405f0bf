"""Roles for people who sign in elsewhere: a session from inside works, and outside nobody gets one."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.aws.emulator import ACCOUNT
from local.aws.patches.sts import STEP_SECONDS, code
from local.stand import Stand
from s3_perimeter.commands.main import main
from tests.conftest import Aws
from tests.e2e.stacks import INSIDE, OUTSIDE, PACK, Stack, checkout_stack
from tests.local.asking import assertion

pytestmark = pytest.mark.e2e

IAM = f"arn:aws:iam::{ACCOUNT}:"
SIGN_IN, ANA = f"{IAM}role/roles-sign-in", f"{IAM}user/roles-ana"
OIDC = f"{IAM}oidc-provider/idp.roles.example.com"
ROLES: list[dict[str, Any]] = [
    {"name": "reader", "assumedBy": [SIGN_IN], "access": ["list", "read"]},
    {"name": "analyst", "assumedBy": [ANA], "prefix": "reports/", "maxSessionHours": 2},
    {"name": "federated", "assumedBy": [OIDC], "subjects": ["ana@example.com"], "audience": "data"},
    {"name": "samler", "assumedBy": [f"{IAM}saml-provider/idp"], "subjects": ["ana@example.com"]},
]


@dataclass(frozen=True)
class Person:
    """Somebody who assumes roles: keys, and the MFA device of a user."""

    keys: dict[str, str]
    serial: str = ""
    seed: str = ""

    def code(self) -> str:
        """What the device shows."""
        return code(self.seed, int(time.time() // STEP_SECONDS))


def keys_of(credentials: dict[str, str]) -> dict[str, str]:
    """Credentials of STS or IAM as boto3 takes them."""
    keys = {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
    }
    session = credentials.get("SessionToken")
    return {**keys, "aws_session_token": session} if session else keys


@pytest.fixture(scope="module")
def ana(aws: Aws) -> Person:
    """An IAM user with a key and an MFA device, who may do nothing by herself."""
    iam = aws("iam")
    iam.create_user(UserName="roles-ana")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="roles-ana")["VirtualMFADevice"]
    serial = device["SerialNumber"]
    iam.enable_mfa_device(
        UserName="roles-ana", SerialNumber=serial, AuthenticationCode1="000000", AuthenticationCode2="000000"
    )
    key = iam.create_access_key(UserName="roles-ana")["AccessKey"]
    document = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    iam.put_user_policy(
        UserName="roles-ana",
        PolicyName="assume",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": document}),
    )
    return Person(keys_of(key), serial, device["Base32StringSeed"].decode())


@pytest.fixture(scope="module")
def signed_in(aws: Aws) -> Person:
    """A session of the role that stands for a permission set's: people have it already."""
    iam, sts = aws("iam"), aws("sts")
    who = sts.get_caller_identity()["Arn"]
    trust = {"Effect": "Allow", "Principal": {"AWS": who}, "Action": "sts:AssumeRole"}
    iam.create_role(
        RoleName="roles-sign-in",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}),
    )
    may = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    iam.put_role_policy(
        RoleName="roles-sign-in",
        PolicyName="assume",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": may}),
    )
    made = sts.assume_role(RoleArn=SIGN_IN, RoleSessionName="somebody")["Credentials"]
    return Person(keys_of(made))


@pytest.fixture(scope="module")
def stack(
    stand: Stand, ana: Person, signed_in: Person, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """The checkout's program with roles and nobody's key, deployed with the pack."""
    assert ana.keys
    assert signed_in.keys
    made = checkout_stack(stand, tmp_path_factory.mktemp("roles"), "roles", users=[], roles=ROLES)
    made("up", "--yes", *PACK)
    yield made
    made("destroy", "--yes", "--skip-preview")


def assume(aws: Aws, stand: Stand, address: str, person: Person, arn: str, **more: Any) -> dict[str, str]:
    """A session's keys, asked for from an address."""
    sts = aws("sts", stand.vantage(address), **person.keys)
    return keys_of(sts.assume_role(RoleArn=arn, RoleSessionName="ana", **more)["Credentials"])


def refused(error: pytest.ExceptionInfo[ClientError]) -> str:
    """The error's code."""
    return str(error.value.response["Error"]["Code"])


@pytest.mark.parametrize("address", INSIDE)
def test_a_session_from_inside_works(
    aws: Aws, stand: Stand, stack: Stack, signed_in: Person, address: str
) -> None:
    """List and read, which is what the role may; writing is not."""
    outputs = stack.outputs()
    keys = assume(aws, stand, address, signed_in, outputs["roles"]["reader"])
    s3 = aws("s3", stand.vantage(address), **keys)
    aws("s3").put_object(Bucket=outputs["bucket"], Key="hello", Body=b"hello")
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=outputs["bucket"])["Contents"]] == ["hello"]
    assert s3.get_object(Bucket=outputs["bucket"], Key="hello")["Body"].read() == b"hello"
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=outputs["bucket"], Key="mine", Body=b"")
    assert refused(error) == "AccessDenied"


@pytest.mark.parametrize("address", OUTSIDE)
def test_nobody_gets_a_session_outside(
    aws: Aws, stand: Stand, stack: Stack, signed_in: Person, address: str
) -> None:
    """The trust policy carries the allow-list."""
    with pytest.raises(ClientError) as error:
        assume(aws, stand, address, signed_in, stack.outputs()["roles"]["reader"])
    assert refused(error) == "AccessDenied"


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_session_that_is_carried_outside_is_worth_nothing(
    aws: Aws, stand: Stand, stack: Stack, signed_in: Person, address: str
) -> None:
    """The bucket's Deny holds whoever has the session's keys."""
    outputs = stack.outputs()
    keys = assume(aws, stand, INSIDE[0], signed_in, outputs["roles"]["reader"])
    with pytest.raises(ClientError) as error:
        aws("s3", stand.vantage(address), **keys).list_objects_v2(Bucket=outputs["bucket"])
    assert refused(error) == "AccessDenied"


def test_others_get_no_session_from_inside_either(
    aws: Aws, stand: Stand, stack: Stack, ana: Person, signed_in: Person
) -> None:
    """Each role trusts whom the config names, whatever their own policies allow."""
    roles = stack.outputs()["roles"]
    for person, role in ((signed_in, "analyst"), (ana, "reader"), (ana, "federated"), (signed_in, "samler")):
        with pytest.raises(ClientError) as error:
            assume(aws, stand, INSIDE[0], person, roles[role])
        assert refused(error) == "AccessDenied", role


def test_a_user_has_to_show_mfa(aws: Aws, stand: Stand, stack: Stack, ana: Person) -> None:
    """A key alone gets nothing; with the code the session reaches the prefix alone, for two hours at most."""
    outputs = stack.outputs()
    arn, bucket = outputs["roles"]["analyst"], outputs["bucket"]
    for shown in ({}, {"SerialNumber": ana.serial, "TokenCode": "000000"}):
        with pytest.raises(ClientError) as error:
            assume(aws, stand, INSIDE[0], ana, arn, **shown)
        assert refused(error) == "AccessDenied"
    shown = {"SerialNumber": ana.serial, "TokenCode": ana.code()}
    with pytest.raises(ClientError) as error:
        assume(aws, stand, OUTSIDE[0], ana, arn, **shown)
    assert refused(error) == "AccessDenied"
    with pytest.raises(ClientError) as error:
        assume(aws, stand, INSIDE[0], ana, arn, DurationSeconds=3 * 3600, **shown)
    assert refused(error) == "ValidationError"
    s3 = aws(
        "s3",
        stand.vantage(INSIDE[0]),
        **assume(aws, stand, INSIDE[0], ana, arn, DurationSeconds=7200, **shown),
    )
    s3.put_object(Bucket=bucket, Key="reports/1", Body=b"")
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=bucket, Key="elsewhere", Body=b"")
    assert refused(error) == "AccessDenied"


def token(**claims: str) -> str:
    """A token as an identity provider would sign it; the embedded AWS reads it without its signature."""
    parts = ({"alg": "none"}, {"iss": "https://idp.roles.example.com", **claims})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "signature"])


@pytest.mark.parametrize(
    ("address", "claims", "may"),
    [
        pytest.param(INSIDE[0], {"aud": "data", "sub": "ana@example.com"}, True, id="inside"),
        pytest.param(OUTSIDE[0], {"aud": "data", "sub": "ana@example.com"}, False, id="outside"),
        pytest.param(INSIDE[0], {"aud": "data", "sub": "eve@example.com"}, False, id="somebody else"),
        pytest.param(INSIDE[0], {"aud": "mail", "sub": "ana@example.com"}, False, id="another audience"),
    ],
)
def test_a_token_gets_a_session_from_inside_for_whom_the_config_names(
    aws: Aws, stand: Stand, stack: Stack, address: str, claims: dict[str, str], may: bool
) -> None:
    """Nobody signs that request, and the Deny holds for it all the same."""
    sts = aws("sts", stand.vantage(address))
    asked = {
        "RoleArn": stack.outputs()["roles"]["federated"],
        "RoleSessionName": "ana",
        "WebIdentityToken": token(**claims),
    }
    if may:
        keys = keys_of(sts.assume_role_with_web_identity(**asked)["Credentials"])
        aws("s3", stand.vantage(address), **keys).list_objects_v2(Bucket=stack.outputs()["bucket"])
        return
    with pytest.raises(ClientError) as error:
        sts.assume_role_with_web_identity(**asked)
    assert refused(error) == "AccessDenied"


@pytest.mark.parametrize(
    ("address", "given", "may"),
    [
        pytest.param(INSIDE[0], {}, True, id="inside"),
        pytest.param(INSIDE[1], {}, True, id="inside by IPv6"),
        pytest.param(OUTSIDE[0], {}, False, id="outside"),
        pytest.param(INSIDE[0], {"subject": "eve@example.com"}, False, id="somebody else"),
        pytest.param(INSIDE[0], {"recipient": "https://app.example.com/saml"}, False, id="another endpoint"),
    ],
)
def test_an_assertion_gets_a_session_from_inside_for_whom_the_config_names(
    aws: Aws, stand: Stand, stack: Stack, address: str, given: dict[str, str], may: bool
) -> None:
    """By the embedded AWS's reading of the trust policy, and the session is worth nothing outside."""
    outputs, sts = stack.outputs(), aws("sts", stand.vantage(address))
    asked = {
        "RoleArn": outputs["roles"]["samler"],
        "PrincipalArn": f"{IAM}saml-provider/idp",
        "SAMLAssertion": assertion(**{"subject": "ana@example.com", **given}),
    }
    if not may:
        with pytest.raises(ClientError) as error:
            sts.assume_role_with_saml(**asked)
        assert refused(error) == "AccessDenied"
        return
    keys = keys_of(sts.assume_role_with_saml(**asked)["Credentials"])
    aws("s3", stand.vantage(address), **keys).list_objects_v2(Bucket=outputs["bucket"])
    with pytest.raises(ClientError) as error:
        aws("s3", stand.vantage(OUTSIDE[0]), **keys).list_objects_v2(Bucket=outputs["bucket"])
    assert refused(error) == "AccessDenied"


@pytest.fixture
def shell(stack: Stack, signed_in: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The shell of somebody who signs in as the signed_in's role, in the project's folder."""
    for name, value in stack.pulumi.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(stack.directory)
    (tmp_path / "config").write_text(
        "[profile signed-in]\n" + "".join(f"{name} = {value}\n" for name, value in signed_in.keys.items())
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path / "config"


def test_the_profile_that_credentials_writes_works(
    stack: Stack, shell: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The SDK assumes the role by itself, and verify is content with the profile."""
    asked = ["--stack", "roles", "--role", "reader", "--profile", "data", "--source-profile", "signed-in"]
    assert main(["credentials", *asked]) == 0
    assert "[profile data]" in shell.read_text()
    with pytest.MonkeyPatch.context() as only_profiles:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            only_profiles.delenv(name)
        client = boto3.Session(profile_name="data").client("s3")
        assert client.list_objects_v2(Bucket=stack.outputs()["bucket"])["ResponseMetadata"]
    capsys.readouterr()
    verify = [
        "verify",
        "--stack",
        "roles",
        "--role",
        "reader",
        "--role-profile",
        "data",
        "--format",
        "json",
    ]
    assert main(verify) == 0
    result = json.loads(capsys.readouterr().out)
    found = {each["name"]: each["status"] for each in result["checks"]}
    assert (result["user"], result["role"]) == (None, "reader")
    assert found["inside-list"] == found["outside-list"] == found["plain-http"] == "passed"
    assert found["outside-assume"] == "skipped"
    assert "inside-upload" not in found, "the role may not write"
    assert main(["verify", "--stack", "roles", "--role", "samler", "--role-profile", "data"]) == 2
    assert "not as role `samler`" in capsys.readouterr().err


def test_verify_tries_to_get_a_session_from_outside(shell: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the operator's own credentials get one here, they get none there."""
    assert shell.exists()
    asked = [
        "verify",
        "--stack",
        "roles",
        "--role",
        "reader",
        "--profile",
        "signed-in",
        "--format",
        "json",
    ]
    main(asked)
    checks = json.loads(capsys.readouterr().out)["checks"]
    assumed = [each["status"] for each in checks if each["name"] == "outside-assume"]
    assert assumed == ["passed", "passed"], "over IPv4 and IPv6"
    assert main(["verify", "--stack", "roles", "--role", "analyst", "--profile", "signed-in"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "assuming role `analyst`: AWS refused (AccessDenied)" in said
    assert "--role-profile" in said


def drift(stack: Stack, *arguments: str) -> tuple[str, list[dict[str, Any]]]:
    """The drift check's status, and what it finds about roles."""
    ran = stack.run("perimeter", "drift", "--state", str(stack.exported()), "--format", "json", *arguments)
    result = json.loads(ran.out)
    return result["status"], result["findings"]


def opened_trust(document: dict[str, Any]) -> None:
    """Without the Deny everybody whom the role names may assume it from anywhere."""
    document["Statement"] = [each for each in document["Statement"] if each["Effect"] == "Allow"]


def another_network(document: dict[str, Any]) -> None:
    """One more network."""
    networks = document["Statement"][-1]["Condition"]["NotIpAddress"]["aws:SourceIp"]
    networks.append("198.51.100.0/24")


def another_person(document: dict[str, Any]) -> None:
    """One more principal."""
    document["Statement"][0]["Principal"]["AWS"] = [SIGN_IN, ANA]


@pytest.mark.parametrize("edit", [opened_trust, another_network, another_person])
def test_a_trust_policy_that_was_widened_is_drift(aws: Aws, stack: Stack, edit: Any) -> None:
    """By meaning; the same policy in other words is none."""
    iam, name = aws("iam"), stack.outputs()["roles"]["reader"].rpartition("/")[2]
    before = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    reworded = json.loads(json.dumps(before))
    for statement in reworded["Statement"]:
        statement["Sid"] = statement["Sid"][::-1]
    reworded["Statement"].reverse()
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(reworded))
    assert drift(stack, "--only", "role-trust-policy") == ("in-sync", [])
    edited = json.loads(json.dumps(before))
    edit(edited)
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(edited))
    try:
        status, (found,) = drift(stack)
    finally:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(before))
    assert (status, found["control"], found["severity"]) == ("drift", "role-trust-policy", "high")
    assert "opened: " in found["detail"]


ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


@pytest.mark.parametrize(
    ("make", "undo", "arguments", "control", "severity"),
    [
        pytest.param(
            "attach_role_policy",
            "detach_role_policy",
            {"PolicyArn": ADMINISTRATOR},
            "role-attached-policies",
            "critical",
            id="attached",
        ),
        pytest.param(
            "put_role_policy",
            "delete_role_policy",
            {"PolicyName": "quiet", "PolicyDocument": EVERYTHING},
            "role-inline-policies",
            "critical",
            id="inline",
        ),
        pytest.param(
            "put_role_permissions_boundary",
            "delete_role_permissions_boundary",
            {"PermissionsBoundary": ADMINISTRATOR},
            "role-permissions-boundary",
            "medium",
            id="boundary",
        ),
        pytest.param(
            "update_role",
            "update_role",
            {"MaxSessionDuration": 43_200},
            "role-session-duration",
            "medium",
            id="longer sessions",
        ),
        pytest.param(
            "tag_role",
            "untag_role",
            {"Tags": [{"Key": "team", "Value": "admin"}]},
            "role-tags",
            "low",
            id="a tag",
        ),
    ],
)
def test_what_was_given_to_a_role_by_hand_is_drift(
    aws: Aws, stack: Stack, make: str, undo: str, arguments: dict[str, Any], control: str, severity: str
) -> None:
    """One change is one finding, and gone once it is undone."""
    iam, name = aws("iam"), stack.outputs()["roles"]["reader"].rpartition("/")[2]
    getattr(iam, make)(RoleName=name, **arguments)
    try:
        status, (found,) = drift(stack)
    finally:
        same = {key: value for key, value in arguments.items() if key != "PolicyDocument"}
        others: dict[str, dict[str, Any]] = {
            "update_role": {"MaxSessionDuration": 3600},
            "untag_role": {"TagKeys": ["team"]},
            "delete_role_permissions_boundary": {},
        }
        back = others.get(undo, same)
        getattr(iam, undo)(RoleName=name, **back)
    assert (status, found["control"], found["severity"]) == ("drift", control, severity)
    assert drift(stack, "--strict", "--only", control) == ("in-sync", [])


def test_a_role_goes_when_the_config_drops_it_and_what_was_attached_by_hand_goes_too(
    aws: Aws, stand: Stand, stack: Stack, signed_in: Person
) -> None:
    """Its last session is worth nothing then; the others stay."""
    arn = stack.outputs()["roles"]["reader"]
    keys = assume(aws, stand, INSIDE[0], signed_in, arn)
    aws("iam").attach_role_policy(
        RoleName=arn.rpartition("/")[2], PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
    )
    stack.configure(roles=ROLES[1:])
    try:
        stack.up(*PACK)
        assert sorted(stack.outputs()["roles"]) == ["analyst", "federated", "samler"]
        with pytest.raises(ClientError) as error:
            aws("s3", stand.vantage(INSIDE[0]), **keys).list_objects_v2(Bucket=stack.outputs()["bucket"])
        assert refused(error) in ("AccessDenied", "InvalidAccessKeyId")
    finally:
        stack.configure(roles=ROLES)
        stack.up(*PACK)
    assert stack("preview", "--expect-no-changes", *PACK).out
