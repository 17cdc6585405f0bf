"""An access key is handed over without being shown, overwritten or left readable."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest

from s3_perimeter.commands.main import main
from tests.s3_perimeter.commands.engine_answers import SECRET, answers, state

KEY_A, KEY_B = "AKIAIOSFODNN7EXAMPLA", "AKIAIOSFODNN7EXAMPLB"
GPG = shutil.which("gpg")


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home directory with an AWS profile in it, and a stack to read keys from."""
    answers(monkeypatch, tmp_path, export=state())
    aws = tmp_path / "home" / ".aws"
    aws.mkdir(parents=True)
    (aws / "credentials").write_text(
        "# mine\n[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = x"
    )
    (aws / "credentials").chmod(0o644)
    (aws / "config").write_text("[profile work]\nregion = us-east-1\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("AWS_SHARED_CREDENTIALS_FILE", raising=False)
    monkeypatch.delenv("AWS_CONFIG_FILE", raising=False)
    return tmp_path / "home"


def test_a_profile_is_added_and_the_others_stay(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The newer key, its region, mode 600, and no secret on the screen."""
    assert main(["credentials", "--stack", "dev", "--profile", "bucket"]) == 0
    credentials = home / ".aws" / "credentials"
    assert credentials.read_text() == (
        "# mine\n[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = x\n"
        f"\n[bucket]\naws_access_key_id = {KEY_B}\naws_secret_access_key = {SECRET}\n"
    )
    assert (home / ".aws" / "config").read_text().endswith("\n[profile bucket]\nregion = ap-northeast-1\n")
    assert {path.stat().st_mode & 0o777 for path in (credentials, home / ".aws" / "config")} == {0o600}
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
    assert KEY_B in said.out


def test_boto3_reads_the_profile(home: Path) -> None:
    """What was written is what the AWS SDK takes it for."""
    import boto3

    assert home.exists()
    main(["credentials", "--stack", "dev", "--slot", "a", "--profile", "bucket"])
    session = boto3.Session(profile_name="bucket")
    found = session.get_credentials()
    assert found is not None
    assert (found.access_key, found.secret_key, session.region_name) == (KEY_A, SECRET, "ap-northeast-1")


@pytest.mark.parametrize("name", ["work", "no/name", "x\ny"])
def test_a_profile_is_never_overwritten(home: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Nor is a name taken that could break the file."""
    before = (home / ".aws" / "credentials").read_bytes()
    assert main(["credentials", "--stack", "dev", "--profile", name]) == 2
    assert "profile" in capsys.readouterr().err
    assert (home / ".aws" / "credentials").read_bytes() == before


def test_the_csv_has_the_console_s_form_and_is_private(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second run does not write over it."""
    assert home.exists()
    path = tmp_path / "kenji.csv"
    assert main(["credentials", "--stack", "dev", "--user", "kenji", "--slot", "a", "--csv", str(path)]) == 0
    assert list(csv.DictReader(path.read_text().splitlines())) == [
        {"User Name": "kenji", "Access key ID": KEY_A, "Secret access key": SECRET}
    ]
    assert path.stat().st_mode & 0o777 == 0o600
    assert main(["credentials", "--stack", "dev", "--csv", str(path)]) == 2
    said = capsys.readouterr()
    assert "is not overwritten" in said.err
    assert SECRET not in said.out + said.err


def test_a_link_is_not_followed_to_what_it_points_at(home: Path, tmp_path: Path) -> None:
    """Nobody can have a secret written to a place of their choice."""
    assert home.exists()
    (tmp_path / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert main(["credentials", "--stack", "dev", "--csv", str(tmp_path / "link.csv")]) == 2
    assert not (tmp_path / "elsewhere.csv").exists()


def test_the_secret_is_printed_only_on_request(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a form for a password manager."""
    assert home.exists()
    with pytest.raises(SystemExit) as ended:
        main(["credentials", "--stack", "dev"])
    assert ended.value.code == 2
    assert main(["credentials", "--stack", "dev", "--print", "--format", "json"]) == 0
    entry = json.loads(capsys.readouterr().out)
    assert (entry["username"], entry["password"], entry["bucket"]) == (KEY_B, SECRET, "example-bucket")


def test_only_the_age_recipient_can_read_it(home: Path, tmp_path: Path) -> None:
    """The file contains no secret in clear."""
    assert home.exists()
    identity = pyrage.x25519.Identity.generate()
    path = tmp_path / "kenji.csv.age"
    asked = ["credentials", "--stack", "dev", "--csv", str(path), "--encrypt-to", str(identity.to_public())]
    assert main(asked) == 0
    assert SECRET.encode() not in path.read_bytes()
    assert SECRET.encode() in pyrage.decrypt(path.read_bytes(), [identity])


@pytest.mark.skipif(GPG is None, reason="GnuPG is not installed here")
def test_only_the_pgp_recipient_can_read_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By fingerprint, and by a file with the public key."""
    assert GPG and home.exists()
    keys = tmp_path / "gnupg"
    keys.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(keys))
    (tmp_path / "gpg").symlink_to(GPG)

    def gpg(*arguments: str, text: bytes = b"") -> bytes:
        command = [GPG or "", "--batch", "--passphrase", "", "--pinentry-mode", "loopback", *arguments]
        return subprocess.run(command, input=text, capture_output=True, check=True).stdout

    gpg("--quick-generate-key", "kenji@example.com", "ed25519", "cert", "never")
    listed = gpg("--list-keys", "--with-colons").decode()
    fingerprint = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
    gpg("--quick-add-key", fingerprint, "cv25519", "encr", "never")
    public = tmp_path / "kenji.asc"
    public.write_bytes(gpg("--armor", "--export", fingerprint))
    try:
        for recipient in (fingerprint, str(public)):
            assert main(["credentials", "--stack", "dev", "--print", "--encrypt-to", recipient]) == 0
            said = capsys.readouterr().out
            assert SECRET not in said
            assert SECRET.encode() in gpg("--decrypt", text=said.encode())
    finally:
        subprocess.run(
            ["gpgconf", "--kill", "all"], check=False, env={"GNUPGHOME": str(keys), "PATH": "/usr/bin:/bin"}
        )


def test_a_file_with_a_public_key_is_a_recipient(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `age -R` takes it; one with the private key is refused."""
    assert home.exists()
    identity = pyrage.x25519.Identity.generate()
    public, private = tmp_path / "key.pub", tmp_path / "key.txt"
    public.write_text(f"# kenji\n{identity.to_public()}\n")
    private.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    assert main(["credentials", "--stack", "dev", "--print", "--encrypt-to", str(public)]) == 0
    said = capsys.readouterr().out
    assert SECRET not in said
    assert SECRET.encode() in pyrage.decrypt(said.encode(), [identity])
    assert main(["credentials", "--stack", "dev", "--print", "--encrypt-to", str(private)]) == 2
    assert "contains a private key, which nobody else should have" in capsys.readouterr().err


@pytest.mark.parametrize("form", [["--print"], ["--csv", "FILE"]])
def test_an_empty_recipient_hands_nothing_over(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: list[str]
) -> None:
    """A variable that a script did not set never means "unencrypted"."""
    assert home.exists()
    asked = [str(tmp_path / "k.csv.age") if each == "FILE" else each for each in form]
    with pytest.raises(SystemExit) as ended:
        main(["credentials", "--stack", "dev", *asked, "--encrypt-to", ""])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
    assert not (tmp_path / "k.csv.age").exists()


def test_what_is_printed_into_a_file_is_readable_for_its_owner_alone(home: Path, tmp_path: Path) -> None:
    """And never written over another."""
    assert home.exists()
    path = tmp_path / "entry.json"
    assert main(["credentials", "--stack", "dev", "--print", "-o", str(path)]) == 0
    assert SECRET in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert main(["credentials", "--stack", "dev", "--print", "-o", str(path)]) == 2


@pytest.mark.parametrize("recipient", ["age1nonsense", "ssh-ed25519 x", "nobody@example.com"])
def test_what_is_no_recipient_gets_nothing(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], recipient: str
) -> None:
    """And no file is left behind."""
    assert home.exists()
    path = tmp_path / "out"
    assert main(["credentials", "--stack", "dev", "--csv", str(path), "--encrypt-to", recipient]) == 2
    assert not path.exists()
    assert SECRET not in capsys.readouterr().err


def test_a_state_that_was_not_opened_hands_nothing_over(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor does a slot that is not there."""
    assert home.exists()
    assert main(["credentials", "--stack", "dev", "--slot", "c", "--print"]) == 2
    answers(monkeypatch, tmp_path, export=state(secrets=False))
    assert main(["credentials", "--stack", "dev", "--print"]) == 2
    said = capsys.readouterr()
    assert "its slots are: a, b" in said.err
    assert "contains no secret" in said.err
    assert said.out == ""
