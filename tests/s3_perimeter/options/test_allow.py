"""Networks on the command line: one reader for every option, with the config's messages."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import pytest

from s3_perimeter import AddressSet
from s3_perimeter.commands import check, plan
from s3_perimeter.commands.main import main
from s3_perimeter.options.allow import add_allow, read_allow
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.settings import Settings, SettingsError
from tests.s3_perimeter.access_logs.log_lines import line

A, B = "203.0.113.0/24", "2001:db8:1234::/48"
WRONG = {
    "host bits": "203.0.113.5/24",
    "everything": "0.0.0.0/0",
    "a range": "203.0.113.1-203.0.113.9",
    "a dotted mask": "203.0.113.0/255.255.255.0",
    "a wildcard": "203.0.113.*",
    "a private network": "10.0.0.0/8",
    "a shared network": "100.64.0.0/10",
    "loopback": "127.0.0.1",
    "IPv4-mapped": "::ffff:203.0.113.0/120",
    "full-width digits": "\uff12\uff10\uff13.0.113.0/24",
    "a placeholder": "<your-network>",
    "leading zeros": "203.0.113.010",
    "no network": "office",
}


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("--allow", A, B), id="apart"),
        pytest.param(("--allow", f"{A},{B}"), id="with a comma"),
        pytest.param(("--allow", f"{A}, {B}"), id="with a comma and a space"),
        pytest.param(("--allow", f"{A} {B}"), id="in one text"),
        pytest.param(("--allow", f"{A}\n{B}\n"), id="in lines"),
        pytest.param(("--allow", A, "--allow", B), id="repeated"),
        pytest.param((f"--allow={A}", f"--allow={B}"), id="with an equals sign"),
    ],
)
def test_a_list_may_be_written_in_any_way(options: tuple[str, ...]) -> None:
    """All of them mean the same."""
    parser = argparse.ArgumentParser()
    add_allow(parser, "networks")
    assert read_allow(parser.parse_args(options).allow) == AddressSet.parse([A, B])


def config_says(text: str) -> tuple[str, str]:
    """The message of the stack config on a network."""
    with pytest.raises(SettingsError) as caught:
        Settings.parse({"allowedNetworks": [text]}, project="p", stack="dev", today=date(2026, 11, 20))
    (mistake,) = caught.value.mistakes
    return mistake.problem, mistake.remedy


@pytest.mark.parametrize("text", [pytest.param(text, id=kind) for kind, text in WRONG.items()])
def test_every_command_refuses_what_the_config_refuses(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With exit code 2, in its words."""
    (tmp_path / "log").write_bytes(line())
    (tmp_path / "policy.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    bare = {
        "127.0.0.1": "127.0.0.1/32",
        "203.0.113.010": "203.0.113.010/32",
    }  # a config wants no bare address
    problem, remedy = config_says(bare.get(text, text))
    problem = problem.replace(bare.get(text, text), text)
    for asked in (
        ["denied", "--logs", str(tmp_path / "log"), "--since", "2026-11-01", "--allow", text],
        ["denied", "--logs", str(tmp_path / "log"), "--unused", "--allow", A, text],
        ["check", str(tmp_path / "policy.json"), "--bucket", "b-example", "--allow", text],
    ):
        assert main(asked) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert f"--allow: {problem}" in said.err
        assert f"hint: {remedy}" in said.err


def test_all_mistakes_are_reported_at_once() -> None:
    """Each with what to write."""
    with pytest.raises(CommandError) as caught:
        read_allow(["203.0.113.5/24,10.0.0.0/8", "office"])
    said = str(caught.value)
    assert said.count("--allow: ") == 3
    assert "`203.0.113.0/24`" in said


def test_a_list_that_leaves_nothing_out_is_refused() -> None:
    """Two halves are everything."""
    with pytest.raises(CommandError, match=r"every public IPv4 address|contains"):
        read_allow(["0.0.0.0/1", "128.0.0.0/1"])


def test_a_policy_may_follow_the_list(tmp_path: Path) -> None:
    """Where it is a file, it is no network."""
    policy = tmp_path / "policy"
    policy.write_text("{}")
    assert check._sorted_out([A, str(policy), "-", "x.json"], ["y"]) == (
        [A],
        ["y", str(policy), "-", "x.json"],
    )


def planned(*options: str) -> list[str]:
    """What `perimeter plan` keeps inside."""
    parser = argparse.ArgumentParser()
    plan.configure(parser)
    return plan.come_from(parser.parse_args(["--stack", "dev", *options]))


def test_addresses_that_have_to_stay_inside_are_read_alike() -> None:
    """One address, a network, and lists of them in any form."""
    wanted = ["203.0.113.7", B]
    for options in (
        ("--from", *wanted),
        ("--from", ",".join(wanted)),
        ("--from", wanted[0], "--from", wanted[1]),
    ):
        assert planned(*options) == wanted


@pytest.mark.parametrize("text", [pytest.param(text, id=kind) for kind, text in WRONG.items()])
def test_what_cannot_be_allowed_cannot_have_to_stay_inside(text: str) -> None:
    """For the same reason."""
    with pytest.raises(CommandError, match="--from: "):
        planned("--from", text)
