"""`perimeter compare`: exit codes and the JSON that scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from s3_perimeter.commands.main import main
from tests.s3_perimeter.policies import LIST, deny


@pytest.fixture
def policies(tmp_path: Path) -> dict[str, str]:
    """A policy, one that means the same, one with a wider list, and a file that is none."""
    statements = {
        "old": [deny(Sid="Fence")],
        "same": [deny(Resource="arn:aws:s3:::b/*"), deny(Resource="arn:aws:s3:::b")],
        "wider": [deny({"NotIpAddress": {"aws:SourceIp": [*LIST, "198.51.100.0/24"]}})],
    }
    found = {}
    for name, listed in statements.items():
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps({"Version": "2012-10-17", "Statement": listed}))
        found[name] = str(path)
    (tmp_path / "broken.json").write_text("[]")
    return {**found, "broken": str(tmp_path / "broken.json")}


def test_equal_by_meaning(policies: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0, and the JSON says so."""
    assert main(["compare", policies["old"], policies["same"], "--bucket", "b", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["equal"] is True
    assert found["opened"] == found["closed"] == found["opened_networks"] == found["closed_networks"] == []


def test_rcps_next_to_the_policies_count(
    policies: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The wider list opens nothing where the organization's stays."""
    rcp = tmp_path / "rcp.json"
    rcp.write_text(json.dumps({"Version": "2012-10-17", "Statement": deny(Resource="*", Principal="*")}))
    command = ["compare", policies["old"], policies["wider"], "--bucket", "b", "--format", "json"]
    assert main([*command, "--old-rcp", str(rcp), "--new-rcp", str(rcp)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert all(":role/aws-service-role/" in each["context"]["aws:PrincipalArn"] for each in found["opened"])
    assert main([*command, "--old-rcp", policies["broken"]]) == 2
    assert "is not a resource control policy" in capsys.readouterr().err


def test_a_difference_names_the_networks(
    policies: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1; what one direction opens the other closes."""
    assert main(["compare", policies["old"], policies["wider"], "--bucket", "b", "--format", "json"]) == 1
    there = json.loads(capsys.readouterr().out)
    assert (there["opened_networks"], there["closed_networks"]) == (["198.51.100.0/24"], [])
    assert {each["channel"] for each in there["opened"]} == {
        "public-signed",
        "public-anonymous",
        "forward-access",
    }
    assert main(["compare", policies["wider"], policies["old"], "--bucket", "b", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["closed_networks"] == ["198.51.100.0/24"]


def test_text_says_what_is_opened(policies: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """The networks, a sentence a channel, and what was before and is now."""
    assert main(["compare", policies["old"], policies["wider"], "--bucket", "b"]) == 1
    out = capsys.readouterr().out
    assert "opened: 198.51.100.0/24" in out
    assert "denied by statement 1 (`Fence`, line 1) before, neither denied nor allowed now" in out


def test_what_is_no_policy_cannot_be_compared(
    policies: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 with the file's name."""
    assert main(["compare", policies["old"], policies["broken"], "--bucket", "b"]) == 2
    assert "broken.json" in capsys.readouterr().err


@pytest.mark.parametrize("bucket", ["bb", "B", "b.c"])
def test_a_policy_of_another_bucket_is_not_compared(
    policies: dict[str, str], capsys: pytest.CaptureFixture[str], bucket: str
) -> None:
    """A mistyped bucket is no reason to say "equal"."""
    for new in ("old", "same", "wider"):
        assert main(["compare", policies["old"], policies[new], "--bucket", bucket, "--format", "json"]) == 2
        found = json.loads(capsys.readouterr().out)
        assert (found["equal"], found["opened"], found["closed"]) == (False, [], [])
        assert "the old policy is not compared" in found["unmodelled"][0]


def test_a_policy_of_another_partition_is_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the option is forgotten, which is the natural slip; with it, the difference shows."""
    files = []
    for name, networks in (("old", LIST), ("new", [*LIST, "198.51.100.0/24"])):
        statement = deny(
            {"NotIpAddress": {"aws:SourceIp": networks}},
            Resource=["arn:aws-cn:s3:::b", "arn:aws-cn:s3:::b/*"],
        )
        files.append(str(tmp_path / name))
        Path(files[-1]).write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert main(["compare", *files, "--bucket", "b"]) == 2
    assert "`--partition aws-cn`" in capsys.readouterr().out
    assert main(["compare", *files, "--bucket", "b", "--partition", "aws-cn"]) == 1
    assert "opened: 198.51.100.0/24" in capsys.readouterr().out


def test_an_option_that_means_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The bucket, its account and partition, all at once."""
    assert main(["compare", "-", "x", "--bucket", "b/*", "--account", "1", "--partition", "x"]) == 2
    said = capsys.readouterr().err
    assert all(option in said for option in ("--bucket: `b/*`", "--account: `1`", "--partition: `x`"))


def test_what_a_policy_says_is_printed_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No Sid forges a line of the report."""
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    for path, networks in ((old, LIST), (new, [*LIST, "198.51.100.0/24"])):
        statement = deny({"NotIpAddress": {"aws:SourceIp": networks}}, Sid="a\n::notice::equal\x1b[2J")
        path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert main(["compare", str(old), str(new), "--bucket", "b"]) == 1
    said = capsys.readouterr().out
    assert not any(line.lstrip().startswith("::") for line in said.splitlines())
    assert all(char.isprintable() or char == "\n" for char in said)
