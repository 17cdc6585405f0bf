"""The command as a process, without AWS: a mistake is a sentence, and exit code 1 means a finding."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from s3_perimeter.commands.main import main as perimeter
from s3_perimeter.commands.reference import command as sibling
from s3_perimeter.drift import main as command
from s3_perimeter.drift.controls import Limits
from s3_perimeter.drift.options import UsageError, command_line, parse
from s3_perimeter.drift.run import _options
from tests.s3_perimeter.drift.facts import ACCOUNT, document_of
from tests.warm.warm import WARM, kept

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warm")]

NOWHERE = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_REGION": "ap-northeast-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
}

# Nobody is asked without credentials, so that nothing is tried again.
NOBODY = {**NOWHERE, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "HOME": "/nonexistent"}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """An exported state."""
    file = tmp_path / "export.json"
    file.write_text(json.dumps(document_of()))
    return file


def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command where no AWS answers."""
    return subprocess.run(
        [WARM.command("pulumi-tool-drift-check"), *words],
        env={**kept(), **NOWHERE, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"\xff\xfe\x00binary", "is not UTF-8 text", id="binary"),
        pytest.param(b"[" * 100_000, "nested too deep", id="deep"),
        pytest.param(b"{", "Expecting property name", id="torn"),
        pytest.param(b'[{"control": ["a"], "expires": {"x": 1}}]', "no `resource`", id="wrong kinds"),
    ],
)
@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_a_baseline_that_cannot_be_read_is_a_sentence(
    state: Path, tmp_path: Path, content: bytes, said: str, suffix: str
) -> None:
    file = tmp_path / f"baseline{suffix}"
    file.write_bytes(content)
    done = run("--state", state, "--baseline", file)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert suffix == ".yaml" or said in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["--key-age", "99999999999"],
        ["--watch", "99999999999"],
        ["--max-concurrency", "1000000"],
        ["--key-age", "-1"],
        ["--unused-for", "0"],
        ["--watch", "0"],
        ["--profile", ""],
        ["--endpoint-url", ""],
    ],
    ids=" ".join,
)
def test_a_value_out_of_bounds_or_empty_is_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match=words[0]):
        parse(words)


@pytest.mark.parametrize("value", ["", " ", ","])
@pytest.mark.parametrize(
    "option",
    [
        action.option_strings[0]
        for action in command_line()._actions
        if action.option_strings and action.nargs != 0
    ],
)
def test_an_option_that_is_given_and_empty_is_refused(option: str, value: str) -> None:
    """As by every other command: a variable of the script was never set."""
    for words in ([option, value], [f"{option}={value}"]):
        with pytest.raises(UsageError, match=f"{option} has an empty value"):
            parse(words)


def test_the_days_of_age_and_of_use_reach_the_check() -> None:
    """Both are numbers that a company has its own rules for."""
    given = parse(["--strict", "--key-age", "60", "--unused-for", "14"])
    assert not isinstance(given, str)
    assert _options(given).limits == Limits(timedelta(days=60), timedelta(days=14))
    assert _options(replace(given, key_age=90, unused_for=30)).limits == Limits()


def test_what_a_command_is_called_by_is_in_its_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """`perimeter drift` is one command of many, and `drift-check` a plugin of the engine."""
    assert perimeter(["drift", "--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: perimeter drift ")
    assert perimeter(["drift", "--stcak", "prod"]) == 2
    assert "did you mean `--stack`?" in capsys.readouterr().err
    assert command.main(["--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: drift-check ")


def test_the_drift_check_takes_the_options_of_its_siblings() -> None:
    """Under the same short names, whatever else it takes."""
    names = set(command_line()._option_string_actions)
    siblings = set(sibling("denied")._option_string_actions)
    own = {"--logs", "--allow", "--user", "--since", "--unused", "--athena", "--top", "--jobs"}
    assert siblings - own <= names


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--state", "a.json", "b.json", "--strict"], id="after one option"),
        pytest.param(["--state", "a.json", "--strict", "--state", "b.json"], id="each after its own"),
    ],
)
def test_many_states_are_named_in_either_way(words: list[str]) -> None:
    """A shell writes the first for `--state exports/*.json`."""
    given = parse(words)
    assert not isinstance(given, str)
    assert given.states == (Path("a.json"), Path("b.json"))


def test_no_option_takes_a_number_without_bounds() -> None:
    assert [action.dest for action in command_line()._actions if action.type in (int, float)] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param([], "AWS cannot be reached", id="nothing listens"),
        pytest.param(["--endpoint-url", "https://[::1"], "is not the address of a web server", id="no URL"),
        pytest.param(["--profile", "nobody"], "nobody", id="no such profile"),
        pytest.param(["--region", "x y"], "AWS cannot be reached", id="no region"),
    ],
)
def test_one_cause_is_one_message(state: Path, words: list[str], said: str) -> None:
    """Without credentials or without AWS nothing is asked, and nothing is repeated a control."""
    done = run("--state", state, *words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert len((done.stdout + done.stderr).splitlines()) < 12


def test_missing_credentials_are_one_message(state: Path) -> None:
    done = run("--state", state, **NOBODY)
    assert done.returncode == 2
    assert "no usable AWS credentials were found" in done.stdout
    assert len(done.stdout.splitlines()) < 10


class _OnlyCaller(BaseHTTPRequestHandler):
    """AWS that says who we are, and then is gone, or does not accept the credentials any more."""

    expired = False

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if b"GetCallerIdentity" in asked:
            who = (
                f"<Arn>arn:aws:iam::{ACCOUNT}:user/ci</Arn><UserId>AIDA</UserId><Account>{ACCOUNT}</Account>"
            )
            name = "GetCallerIdentity"
            self._answer(200, f"<{name}Response><{name}Result>{who}</{name}Result></{name}Response>")
        elif self.expired:
            error = "<Error><Code>ExpiredToken</Code><Message>The token is expired</Message></Error>"
            self._answer(403, error if self.command == "GET" else f"<ErrorResponse>{error}</ErrorResponse>")
        else:
            self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_POST  # noqa: N815 (as the base class calls them)

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Write no log."""


@contextlib.contextmanager
def only_caller(*, expired: bool = False) -> Iterator[str]:
    """The URL of such an AWS."""
    answers = type("Answers", (_OnlyCaller,), {"expired": expired})
    with ThreadingHTTPServer(("127.0.0.1", 0), answers) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("expired", "said"),
    [
        pytest.param(False, "AWS cannot be reached: ConnectionClosedError", id="a connection that is lost"),
        pytest.param(True, "the AWS credentials have expired", id="credentials that expire"),
    ],
)
def test_one_cause_in_the_middle_of_a_check_is_one_message(state: Path, expired: bool, said: str) -> None:
    """Whatever each control would have said of its own calls."""
    with only_caller(expired=expired) as url:
        done = run("--state", state, AWS_ENDPOINT_URL=url)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stdout
    assert "calls to iam, s3, s3control had no answer" in done.stdout
    assert "allow the call" not in done.stdout
    assert len(done.stdout.splitlines()) < 12


def test_a_file_that_cannot_be_written_is_a_sentence(state: Path) -> None:
    done = run("--state", state, "--output", "/dev/full", **NOBODY)
    assert done.returncode == 2
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "words", "colored"),
    [
        pytest.param({"TERM": "xterm"}, [], True, id="a terminal"),
        pytest.param({"TERM": "xterm", "NO_COLOR": "1"}, [], False, id="NO_COLOR"),
        pytest.param({"TERM": "xterm", "NO_COLOR": ""}, [], True, id="NO_COLOR set and empty"),
        pytest.param({"TERM": "dumb"}, [], False, id="a terminal without colors"),
        pytest.param({"TERM": "xterm"}, ["--color", "never"], False, id="--color never"),
        pytest.param({"NO_COLOR": "1"}, ["--color", "always"], True, id="--color always"),
    ],
)
def test_color_follows_the_terminal_the_environment_and_the_option(
    state: Path, environment: dict[str, str], words: list[str], colored: bool
) -> None:
    reader, writer = pty.openpty()
    process = subprocess.Popen(
        [WARM.command("pulumi-tool-drift-check"), "--state", state, *words],
        env={**kept(), **NOBODY, **environment},
        stdout=writer,
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    said = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while piece := os.read(reader, 4096):
            said += piece
    os.close(reader)
    assert process.wait(timeout=120) == 2
    assert b"unknown" in said
    assert (b"\x1b[" in said) == colored


def test_an_interrupt_is_one_message_and_no_success(state: Path) -> None:
    """Also while AWS is asked who we are, and does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = subprocess.Popen(
            [WARM.command("pulumi-tool-drift-check"), "--state", state],
            env={
                **kept(),
                **NOWHERE,
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        silent.settimeout(120)
        connection, _ = silent.accept()  # the question has been asked
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        connection.close()
    assert process.returncode == 2
    assert "stopping (SIGINT)" in err
    assert "Traceback" not in err
    assert "stopped before every call was answered; only the results so far are reported" in " ".join(
        out.split()
    )
    assert len(out.splitlines()) < 8


def test_who_calls_the_check_keeps_its_own_signal_handlers(state: Path) -> None:
    """Otherwise a program that has called it hears no request to end any more, and nor does what it forks."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    assert command.main(["--state", str(state), "--endpoint-url", "http://127.0.0.1:9"]) == 2
    assert [signal.getsignal(number) for number in numbers] == before


@pytest.mark.timeout(60)
def test_an_interrupt_ends_a_wait_that_it_comes_in_the_middle_of() -> None:
    """A handler runs in the thread that waits, between any two of its steps, and so within its lock too."""
    stop, said = threading.Event(), list[str]()
    asks = command.stopping(stop, said.append)
    with vars(stop)["_cond"]:  # as `Event.wait` holds it
        asks(signal.SIGINT, None)
    assert stop.wait(60)
    assert said == ["stopping (SIGINT): what is known follows"]


def test_a_program_that_calls_the_check_gets_its_signal_handlers_back(state: Path) -> None:
    """What it forks afterwards would not end on SIGTERM."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.MonkeyPatch.context() as environment:
        for name, value in NOBODY.items():
            environment.setenv(name, value)
        command.main(["--state", str(state)])
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_result_that_cannot_be_printed_is_no_clean_answer(state: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [WARM.command("pulumi-tool-drift-check"), "--state", state],
            env={**kept(), **NOBODY},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 2
    assert "cannot write to standard output" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mistake_of_ours_is_said_with_its_trace_on_demand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is never 1, which means that something was found."""

    def broken(_: list[str]) -> int:
        raise KeyError("oops")

    monkeypatch.setattr(command, "_run", broken)
    assert command.main([]) == 2
    assert "Traceback" not in (said := capsys.readouterr().err)
    assert "an internal error of s3-perimeter, so there is no result:" in said
    assert command.main(["--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "markdown"])
def test_an_unfinished_operation_is_mentioned_in_every_format(tmp_path: Path, form: str) -> None:
    urn = "urn:pulumi:prod::shop::aws:s3/bucketPolicy:BucketPolicy::bp"
    document = document_of()
    document["deployment"]["pending_operations"] = [{"type": "creating", "resource": {"urn": urn}}]
    file = tmp_path / "export.json"
    file.write_text(json.dumps(document))
    done = run("--state", file, "--format", form, **NOBODY)
    said = " ".join((done.stdout + done.stderr).split())
    assert f"an update was interrupted while creating {urn}" in said


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param({"version": 9, "deployment": {"resources": []}}, "schema version 9", id="newer"),
        pytest.param({"version": 5, "deployment": {}}, "schema version 5", id="the next one"),
        pytest.param({"version": 0, "deployment": {}}, "no schema `version`", id="none that was defined"),
        pytest.param({"deployment": {}}, "no schema `version`", id="no version"),
        pytest.param({"version": "3", "deployment": {}}, "no schema `version`", id="text"),
        pytest.param({"version": True, "deployment": {}}, "no schema `version`", id="true"),
        pytest.param(
            {"version": 4, "features": ["telepathy"], "deployment": {}}, "needs telepathy", id="a feature"
        ),
        pytest.param(
            {"version": 4, "features": ["views"], "deployment": {}}, "nothing to check", id="a known feature"
        ),
        pytest.param({"version": 3, "deployment": {}}, "nothing to check", id="no resources"),
        pytest.param({"version": 3, "deployment": {"resources": []}}, "nothing to check", id="an empty list"),
        pytest.param(
            {
                "version": 3,
                "deployment": {
                    "resources": [
                        {
                            "urn": "urn:pulumi:a::b::random:index:Pet::p",
                            "type": "random:index/pet:Pet",
                            "id": "x",
                        }
                    ]
                },
            },
            "nothing to check",
            id="nothing about access",
        ),
    ],
)
def test_a_state_that_cannot_be_checked_is_never_in_sync(
    tmp_path: Path, document: dict[str, object], said: str
) -> None:
    file = tmp_path / "export.json"
    file.write_text(json.dumps(document))
    with only_caller() as url:
        done = run("--state", file, AWS_ENDPOINT_URL=url)
    assert done.returncode == 2, done.stdout
    assert said in " ".join(done.stdout.split())
    assert "in-sync" not in done.stdout


def test_a_fault_of_our_own_is_no_fault_of_the_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report has the trace, and does not say that the state cannot be read."""
    from s3_perimeter.drift import fleet
    from s3_perimeter.drift.clients import Access
    from s3_perimeter.drift.fleet import check_stack

    def broken(*_: object, **__: object) -> None:
        raise AttributeError("'NoneType' object has no attribute 'get'")

    file = tmp_path / "export.json"
    file.write_text(json.dumps(document_of()))
    monkeypatch.setattr(fleet, "check", broken)
    for name, value in NOWHERE.items():
        monkeypatch.setenv(name, value)
    with only_caller() as url:
        report = check_stack(state=file, access=Access(endpoint_url=url))
    assert report.error is not None
    assert "bug in s3-perimeter" in report.error
    assert "AttributeError" in report.error
    assert "in broken" in report.error


def test_the_pytest_plugin_says_once_that_a_stack_cannot_be_checked(tmp_path: Path) -> None:
    done = subprocess.run(
        [WARM.command("pytest"), "-q", "-p", "no:cacheprovider", f"--drift-state={tmp_path / 'no.json'}"],
        cwd=tmp_path,
        env={**kept(), **NOWHERE},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    last = done.stdout.splitlines()[-1]
    assert "1 failed" in last
    assert "skipped" in last
    assert "passed" not in last
    assert done.stdout.count("No such file") <= 2  # where it fails, and in the summary
