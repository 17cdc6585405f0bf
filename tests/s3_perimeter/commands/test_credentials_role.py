"""A role's profile says how its person signs in, contains no secret, and is read by the AWS SDK as meant."""

from __future__ import annotations

import configparser
import json
import shlex
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import SSOTokenLoadError

from s3_perimeter import AddressSet, Perimeter
from s3_perimeter.commands.main import main
from s3_perimeter.principals import Principal
from s3_perimeter.trust import trust_policy
from tests.s3_perimeter.commands.engine_answers import CONFIG, SECRET, URN, answers, resource, state

IAM = "arn:aws:iam::111122223333:"
ROLE = f"{IAM}role/s3-perimeter-dev-analyst"
ANA, SIGN_IN = f"{IAM}user/ana", f"{IAM}role/sign-in"
SAML, OIDC = f"{IAM}saml-provider/idp", f"{IAM}oidc-provider/idp.example.com"
SSO = f"{IAM}role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Data_Analyst_0123456789abcdef"
ANCHOR = "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/11111111-2222-3333-4444-555555555555"
PROFILE_ARN = "arn:aws:rolesanywhere:eu-central-1:111122223333:profile/66666666-7777-8888-9999-000000000000"
START = "https://example.awsapps.com/start"


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The AWS CLI's config file, with a profile in it; no profile of credentials is ever written."""
    home = tmp_path / "home" / ".aws"
    home.mkdir(parents=True)
    (home / "config").write_text("[profile work]\nregion = us-east-1\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return home / "config"


def deploy(monkeypatch: pytest.MonkeyPatch, folder: Path, *arns: str, hours: int = 8) -> None:
    """A stack whose role `analyst` trusts these, with a role of the program's own as well."""
    perimeter = Perimeter("b", AddressSet.parse(["203.0.113.0/24"]))
    trust = trust_policy(perimeter, [found for arn in arns if (found := Principal.parse(arn))])
    export = state()
    parent = (
        f"{URN}s3-perimeter:index:PrivateBucket$s3-perimeter:index:RemoteRole::private-bucket-roles-analyst"
    )
    ours = {
        **resource(
            "aws:iam/role:Role",
            "private-bucket-roles-analyst",
            name="s3-perimeter-dev-analyst",
            arn=ROLE,
            assumeRolePolicy=trust,
            maxSessionDuration=hours * 3600,
        ),
        "parent": parent,
    }
    own = resource("aws:iam/role:Role", "worker", name="worker", arn=f"{IAM}role/worker")
    export["deployment"]["resources"] += [own, ours]
    roles = {"objectValue": [{"name": "analyst", "assumedBy": list(arns)}], "value": "[]", "secret": False}
    answers(monkeypatch, folder, export=export, config={**CONFIG, "s3-perimeter:roles": roles})


def written(config: Path) -> dict[str, dict[str, str]]:
    """The sections that the file has besides the one it had."""
    read = configparser.RawConfigParser()
    read.read(config)
    return {title: dict(read[title]) for title in read.sections() if title != "profile work"}


def ask(*arguments: str) -> int:
    """Ask for the profile `data` of the role `analyst`."""
    return main(["credentials", "--stack", "dev", "--role", "analyst", "--profile", "data", *arguments])


REGION = {"region": "ap-northeast-1"}


@pytest.mark.parametrize(
    ("arn", "arguments", "wanted"),
    [
        pytest.param(
            SIGN_IN,
            ["--source-profile", "work"],
            {"profile data": {"role_arn": ROLE, "source_profile": "work", **REGION}},
            id="a role, whose sessions last an hour",
        ),
        pytest.param(
            ANA,
            ["--source-profile", "work"],
            {
                "profile data": {
                    "role_arn": ROLE,
                    "source_profile": "work",
                    "mfa_serial": f"{IAM}mfa/ana",
                    "duration_seconds": "28800",
                    **REGION,
                }
            },
            id="a user",
        ),
        pytest.param(
            ANA,
            ["--source-profile", "work", "--mfa-serial", f"{IAM}mfa/phone"],
            {
                "profile data": {
                    "role_arn": ROLE,
                    "source_profile": "work",
                    "mfa_serial": f"{IAM}mfa/phone",
                    "duration_seconds": "28800",
                    **REGION,
                }
            },
            id="a user with a device of another name",
        ),
        pytest.param(
            SSO,
            ["--sso-start-url", START],
            {
                "sso-session data": {
                    "sso_start_url": START,
                    "sso_region": "eu-central-1",
                    "sso_registration_scopes": "sso:account:access",
                },
                "profile data-sso": {
                    "sso_session": "data",
                    "sso_account_id": "111122223333",
                    "sso_role_name": "Data_Analyst",
                    **REGION,
                },
                "profile data": {"role_arn": ROLE, "source_profile": "data-sso", **REGION},
            },
            id="a permission set",
        ),
        pytest.param(
            SSO,
            ["--source-profile", "work"],
            {"profile data": {"role_arn": ROLE, "source_profile": "work", **REGION}},
            id="a permission set with a profile of its own",
        ),
        pytest.param(
            SAML,
            ["--credential-process", "idp-login --role 'analyst'"],
            {"profile data": {"credential_process": "idp-login --role 'analyst'", **REGION}},
            id="SAML",
        ),
    ],
)
def test_a_profile_says_how_the_person_signs_in(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arn: str,
    arguments: list[str],
    wanted: dict[str, dict[str, str]],
) -> None:
    """Exactly these sections are added; the file is private and the others stay."""
    deploy(monkeypatch, tmp_path, arn)
    assert ask(*arguments) == 0
    assert written(config) == wanted
    assert config.read_text().startswith("[profile work]\nregion = us-east-1\n\n")
    assert config.stat().st_mode & 0o777 == 0o600
    assert not config.with_name("credentials").exists()
    said = capsys.readouterr().out
    assert "try `aws s3 ls s3://example-bucket --profile data`" in said
    assert ("aws sso login --sso-session data" in said) == ("sso-session data" in wanted)
    assert SECRET not in said + config.read_text()


def test_a_token_is_read_from_its_file(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The path is absolute: the CLI is used from anywhere."""
    deploy(monkeypatch, tmp_path, OIDC, hours=1)
    monkeypatch.chdir(tmp_path)
    assert ask("--web-identity-token-file", "token") == 0
    assert written(config) == {
        "profile data": {"role_arn": ROLE, "web_identity_token_file": str(tmp_path / "token"), **REGION}
    }


def test_roles_anywhere_is_asked_by_aws_s_own_helper(
    config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With paths that the shell could split, quoted."""
    deploy(monkeypatch, tmp_path, ANCHOR)
    folder = tmp_path / "my keys"
    certificate = ["--certificate", str(folder / "c.pem"), "--private-key", str(folder / "k.pem")]
    assert ask(*certificate, "--profile-arn", PROFILE_ARN) == 0
    command = shlex.split(written(config)["profile data"]["credential_process"])
    assert command[:2] == ["aws_signing_helper", "credential-process"]
    assert dict(zip(command[2::2], command[3::2], strict=True)) == {
        "--certificate": str(folder / "c.pem"),
        "--private-key": str(folder / "k.pem"),
        "--trust-anchor-arn": ANCHOR,
        "--profile-arn": PROFILE_ARN,
        "--role-arn": ROLE,
        "--session-duration": "28800",
    }


def test_boto3_reads_the_profile(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A command that prints credentials is run by the SDK."""
    deploy(monkeypatch, tmp_path, SAML)
    printed = {"Version": 1, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "s", "SessionToken": "t"}
    (tmp_path / "printed").write_text(json.dumps(printed))
    assert ask("--credential-process", f"/bin/cat {tmp_path / 'printed'}") == 0
    found = boto3.Session(profile_name="data").get_credentials()
    assert config.exists()
    assert found is not None
    assert found.get_frozen_credentials()[:3] == ("ASIAEXAMPLE", "s", "t")


@pytest.mark.parametrize(
    ("arn", "arguments", "profile", "method"),
    [
        pytest.param(SSO, ["--sso-start-url", START], "data-sso", "sso", id="the permission set"),
        pytest.param(SSO, ["--sso-start-url", START], "data", "assume-role", id="the role behind it"),
        pytest.param(SIGN_IN, ["--source-profile", "work"], "data", "assume-role", id="a role"),
        pytest.param(ANA, ["--source-profile", "work"], "data", "assume-role", id="a user"),
        pytest.param(
            OIDC,
            ["--web-identity-token-file", "token"],
            "data",
            "assume-role-with-web-identity",
            id="a token",
        ),
    ],
)
def test_the_sdk_signs_in_as_the_profile_says(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arn: str,
    arguments: list[str],
    profile: str,
    method: str,
) -> None:
    """By the grammar of botocore, which the AWS CLI shares; nobody is asked before the first request."""
    deploy(monkeypatch, tmp_path, arn)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    config.write_text(config.read_text() + "aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = s\n")
    assert ask(*arguments) == 0
    found = boto3.Session(profile_name=profile)
    credentials = found.get_credentials()
    assert credentials is not None
    assert (credentials.method, found.region_name) == (method, "ap-northeast-1")
    if profile == "data-sso":
        with pytest.raises(SSOTokenLoadError, match="Token for data does not exist"):
            credentials.get_frozen_credentials()


def test_the_sdk_runs_the_helper_of_roles_anywhere(
    config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With every argument whole, and believes what it prints."""
    deploy(monkeypatch, tmp_path, ANCHOR)
    printed = {"Version": 1, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "s", "SessionToken": "t"}
    (tmp_path / "printed").write_text(json.dumps(printed))
    helper = tmp_path / "bin" / "aws_signing_helper"
    helper.parent.mkdir()
    helper.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/asked\n/bin/cat {tmp_path}/printed\n')
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", str(helper.parent), prepend=":")
    certificate = ["--certificate", str(tmp_path / "my keys" / "c.pem"), "--private-key", "k.pem"]
    assert ask(*certificate, "--profile-arn", PROFILE_ARN) == 0
    assert config.exists()
    found = boto3.Session(profile_name="data").get_credentials()
    assert found is not None
    assert found.get_frozen_credentials()[:3] == ("ASIAEXAMPLE", "s", "t")
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[0] == "credential-process"
    assert str(tmp_path / "my keys" / "c.pem") in asked


@pytest.mark.parametrize(
    ("arns", "arguments", "says"),
    [
        pytest.param([SSO], [], "give --sso-start-url, the address of your AWS access portal", id="no way"),
        pytest.param(
            [ANCHOR, SAML], [], "reads no SAML assertions); or give --certificate", id="no way of two"
        ),
        pytest.param(
            [SAML], ["--source-profile", "work"], "trusts nobody who signs in with", id="another way"
        ),
        pytest.param(
            [SIGN_IN, ANA],
            ["--source-profile", "work"],
            f"name one with --as: {SIGN_IN}, {ANA}",
            id="several",
        ),
        pytest.param(
            [SIGN_IN],
            ["--source-profile", "work", "--as", ANA],
            f"--source-profile as {ANA}",
            id="a stranger",
        ),
        pytest.param(
            [SSO], ["--source-profile", "w", "--sso-start-url", START], "are two ways of signing in", id="two"
        ),
        pytest.param(
            [SIGN_IN],
            ["--source-profile", "a\n[default]"],
            "contains a character that the file cannot store on one line",
            id="a line",
        ),
        pytest.param(
            [SIGN_IN], ["--sso-region", "x"], "means nothing without --sso-start-url", id="a part alone"
        ),
        pytest.param(
            [ANCHOR],
            ["--certificate", "c"],
            "--certificate needs --private-key and --profile-arn",
            id="parts",
        ),
    ],
)
def test_what_does_not_go_with_the_role_is_refused(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arns: list[str],
    arguments: list[str],
    says: str,
) -> None:
    """The message says what to give for whom the role trusts, and nothing is written."""
    deploy(monkeypatch, tmp_path, *arns)
    assert ask(*arguments) == 2
    assert says in " ".join(capsys.readouterr().err.split())
    assert written(config) == {}


def test_one_of_several_is_chosen(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By its ARN."""
    deploy(monkeypatch, tmp_path, SIGN_IN, ANA)
    assert ask("--source-profile", "work", "--as", ANA) == 0
    assert written(config)["profile data"]["mfa_serial"] == f"{IAM}mfa/ana"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--role", "analyst", "--print"], "a role has no access key to hand over"),
        (["--role", "analyst", "--csv", "x.csv"], "a role has no access key to hand over"),
        (["--role", "worker", "--profile", "data"], "no role `worker`"),
        (["--role", "eve", "--profile", "data"], "its roles are: analyst"),
        (
            ["--role", "analyst", "--profile", "work", "--source-profile", "x"],
            "profile `work` already exists",
        ),
        (["--role", "analyst", "--profile", "no/name", "--source-profile", "x"], "not a valid profile name"),
        (["--profile", "data", "--source-profile", "x"], "add --role NAME"),
        (["--user", "kenji", "--profile", "data", "--as", ANA], "add --role NAME"),
    ],
    ids=["print", "csv", "a role of the program's", "unknown", "taken", "no name", "no role", "a user"],
)
def test_what_makes_no_sense_is_refused(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
) -> None:
    """In words, with nothing written."""
    deploy(monkeypatch, tmp_path, SIGN_IN)
    assert main(["credentials", "--stack", "dev", *arguments]) == 2
    assert says in " ".join(capsys.readouterr().err.split())
    assert written(config) == {}


def test_scripts_get_json(
    config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The role's ARN with what was done."""
    deploy(monkeypatch, tmp_path, SIGN_IN)
    assert ask("--source-profile", "work", "--format", "json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["role"], said["role_arn"]) == ("analyst", ROLE)
    assert str(config) in said["done"][0]


def test_a_trust_policy_that_was_replaced_by_hand_is_reported(
    config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback, whatever the state holds."""
    deploy(monkeypatch, tmp_path, SIGN_IN)
    export = json.loads((tmp_path / "export.json").read_text())
    for trust, says in (
        ("papers", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"Statement": ["x"]}', "cannot be read"),
        ('{"Statement": []}', "trusts nobody whom s3-perimeter supports"),
    ):
        export["deployment"]["resources"][-1]["outputs"]["assumeRolePolicy"] = trust
        (tmp_path / "export.json").write_text(json.dumps(export))
        assert ask("--source-profile", "work") == 2
        assert says in " ".join(capsys.readouterr().err.split())
    assert written(config) == {}
