"""The `perimeter` command line: every command explains itself, and a user's mistake is one sentence."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path

import pytest

from s3_perimeter.commands.main import COMMANDS, MORE, main
from s3_perimeter.commands.reference import command
from s3_perimeter.reporting.errors import CommandError


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A person who knows the name only learns the rest from `--help`."""
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"  perimeter {name} " in shown.partition("example")[2]
    assert "--format" in shown


def test_the_list_of_commands_loads_none_of_them() -> None:
    """`perimeter --help` is quick because it imports no command, no boto3 and no pulumi."""
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from s3_perimeter.commands.main import main\n"
            "try: main(['--help'])\n"
            "except SystemExit: pass\n"
            "print([m for m in sys.modules if m.split('.')[0] in ('boto3', 'pulumi', 'perimeter')], "
            "file=sys.stderr)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stderr.strip() == "[]"
    assert all(name in loaded.stdout for name in COMMANDS)


def test_a_mistake_is_a_sentence_with_a_hint_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback, nothing on standard output."""
    assert main(["denied"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert (
        said.err
        == "error: there is nothing to read\n\nhint: name a stack with --stack, or logs with --logs\n"
    )


def test_every_command_declares_its_arguments_before_it_is_run() -> None:
    """The two names that the dispatcher relies on."""
    for module, _ in COMMANDS.values():
        loaded = import_module(module)
        parser = ArgumentParser()
        loaded.configure(parser)
        assert callable(loaded.run)


def test_an_error_crosses_a_process_boundary_whole() -> None:
    """Workers raise it, the parent prints it."""
    import pickle

    assert str(pickle.loads(pickle.dumps(CommandError("wrong", "do this")))) == "wrong\n\nhint: do this"  # noqa: S301


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_and_options(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command, the drift check's options too."""
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in (*COMMANDS, *MORE))
    assert all(option in script for option in ("policy-pack", "break-glass", "max-concurrency"))


def test_a_script_for_bash_completes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As bash asks it."""
    main(["completion", "bash"])
    script = tmp_path / "perimeter.bash"
    script.write_text(capsys.readouterr().out)
    asked = f"source {script}; COMP_WORDS=(perimeter plan --no-); COMP_CWORD=2; _shtab_perimeter"
    done = subprocess.run(
        ["bash", "-c", f'{asked}; echo "${{COMPREPLY[@]}}"'], capture_output=True, text=True, check=True
    )
    assert done.stdout == "--no-logs\n"


def test_without_a_command_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    """And exit code 2: in a script the command's name was lost."""
    assert main([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert all(name in said.err for name in (*COMMANDS, *MORE))


@pytest.mark.parametrize("arguments", [["--version"], ["-V"], ["check", "--version"], ["drift", "--help"]])
def test_the_version_and_the_drift_check_are_at_hand(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """From the one command that people know."""
    if arguments[0] == "drift":
        assert main(arguments) == 0
        assert "--all-stacks" in capsys.readouterr().out
        return
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert re.fullmatch(r"s3-perimeter \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_the_result_goes_into_a_file_where_there_is_a_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`-o` means the same for every command."""
    for name in COMMANDS:
        assert {"-o", "--output"} <= set(command(name)._option_string_actions), name
    out = tmp_path / "out.json"
    asked = ["check", str(tmp_path / "none.json"), "--bucket", "b", "--allow", "203.0.113.0/24"]
    assert main([*asked, "--format", "json", "-o", str(out)]) == 2
    assert json.loads(out.read_text())[0]["verdict"] == "unknown"
    assert capsys.readouterr().out == ""


def test_the_selected_stack_is_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As with pulumi itself; it is said which one that is, and where none is selected, what to do."""
    from tests.s3_perimeter.commands.engine_answers import answers, state

    answers(monkeypatch, tmp_path, export=state())
    monkeypatch.setenv("PULUMI_STACK", "dev")
    assert main(["unlock"]) == 0
    assert capsys.readouterr().err == "stack dev, which is selected\n"
    assert main(["unlock", "-q"]) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.delenv("PULUMI_STACK")
    answers(monkeypatch, tmp_path, error="error: no stack selected; please use `pulumi stack select`")
    assert main(["unlock"]) == 2
    assert capsys.readouterr().err.startswith("error: no stack is selected\n\nhint: name one with --stack")


def test_an_interrupt_while_a_command_is_loaded_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Loading boto3 takes long enough for Ctrl-C to come meanwhile."""

    def interrupted(_name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("s3_perimeter.commands.main.import_module", interrupted)
    assert main(["verify", "--stack", "dev"]) == 2
    assert capsys.readouterr().err == "error: interrupted\n"


@pytest.mark.parametrize("name", ["nowhere/report.html", "."])
def test_a_file_that_cannot_be_written_is_no_finding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Exit code 2 and a sentence, where a traceback would have ended with 1."""
    from tests.s3_perimeter.commands.engine_answers import answers, resource, state

    exported = state()
    document = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::example-bucket",
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [document]})
    exported["deployment"]["resources"].append(
        resource("aws:s3/bucketPolicy:BucketPolicy", "p", bucket="example-bucket", policy=text)
    )
    answers(monkeypatch, tmp_path, export=exported)
    assert main(["report", "--stack", "dev", "--no-drift", "-o", str(tmp_path / name)]) == 2
    said = capsys.readouterr().err.splitlines()[-1]  # after a line of progress where the machine is busy
    assert said.startswith(f"error: cannot write `{tmp_path / name}`: ")
