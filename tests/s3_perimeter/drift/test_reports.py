"""Reports in every format, exit codes, baselines and arguments."""

from __future__ import annotations

import json
import signal
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from s3_perimeter.drift.baseline import Accepted, Baseline, BaselineError, load_baseline
from s3_perimeter.drift.findings import Finding, Kind, Report, Severity, Status, Verdict, exit_code
from s3_perimeter.drift.fleet import shard
from s3_perimeter.drift.options import Arguments, parse
from s3_perimeter.drift.render import FORMATS, renderer
from s3_perimeter.errors import PerimeterError
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.output import choose_color
from s3_perimeter.stack.export import start_export
from s3_perimeter.stack.pulumi import Running
from s3_perimeter.stack.state import SECRET, StateError, parse_state
from tests.s3_perimeter.commands.engine_answers import answers
from tests.s3_perimeter.drift.facts import document_of, resource

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TAGS = Finding(
    "bucket-tags",
    "arn:aws:s3:::data",
    Kind.CHANGED,
    Severity.LOW,
    {},
    {"a": "<b> & | \x01"},
    "tags differ (a)",
    "pulumi up --refresh --stack prod",
)
POLICY = Finding(
    "bucket-policy",
    "arn:aws:s3:::data",
    Kind.CHANGED,
    Severity.CRITICAL,
    "{}",
    "{}",
    "opened",
    "pulumi up --refresh --stack prod",
    {"principal": "anonymous", "action": "s3:GetObject", "resource": "arn", "source_ip": "198.51.100.7"},
)
UNTOLD = Finding(
    "bucket-cors", "arn:aws:s3:::data", Kind.UNKNOWN, Severity.MEDIUM, None, None, "AccessDenied", "allow it"
)


def report(*findings: Finding, **more: Any) -> Report:
    verdicts = (Verdict("bucket-acl", "arn:aws:s3:::data", Status.IN_SYNC),)
    return Report("prod", NOW, 41, findings, verdicts, **more)


@pytest.mark.parametrize(
    ("reports", "status", "code"),
    [
        pytest.param([report()], Status.IN_SYNC, 0, id="in-sync"),
        pytest.param([report(TAGS)], Status.DRIFT, 1, id="drift"),
        pytest.param([report(UNTOLD)], Status.UNKNOWN, 2, id="unknown"),
        pytest.param([report(TAGS, UNTOLD)], Status.DRIFT, 1, id="drift-next-to-unknown"),
        pytest.param([report(error="no such stack")], Status.UNKNOWN, 2, id="not-checked"),
        pytest.param([report(), report(UNTOLD)], Status.IN_SYNC, 2, id="one-of-two-unknown"),
    ],
)
def test_status_and_exit_code(reports: list[Report], status: Status, code: int) -> None:
    assert reports[0].status is status
    assert exit_code(reports) == code


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_names_what_differs_and_the_fix(form: str) -> None:
    """For drift, for what is unknown, and for a stack that could not be checked."""
    said = renderer(form)([report(POLICY, TAGS, UNTOLD), report(error="backend is gone")])
    assert {"bucket-policy", "bucket-tags", "bucket-cors"} <= {
        word for word in ("bucket-policy", "bucket-tags", "bucket-cors") if word in said
    }
    assert "pulumi up --refresh --stack prod" in said
    assert form == "json" or "backend is gone" in said


def test_json_has_the_documented_keys_and_a_list_for_several() -> None:
    one = json.loads(renderer("json")([report(POLICY)]))
    assert list(one) == ["stack", "status", "checked_at", "api_calls", "findings"]
    assert one["checked_at"] == "2026-11-23T12:00:00Z"
    assert one["findings"][0]["witness"]["source_ip"] == "198.51.100.7"
    assert len(json.loads(renderer("json")([report(), report()]))) == 2


def test_junit_is_xml_whatever_is_in_a_finding() -> None:
    """A control character or a bracket in a tag breaks nothing; drift fails, unknown errs."""
    said = renderer("junit")([report(POLICY, UNTOLD, TAGS)])
    suite = ElementTree.fromstring(said)[0]  # noqa: S314  (our own output)
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "2", "1")


def test_sarif_gives_each_finding_a_lasting_fingerprint_and_a_rule() -> None:
    run = json.loads(renderer("sarif")([report(POLICY, TAGS)]))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["bucket-policy", "bucket-tags"]
    assert [result["level"] for result in run["results"]] == ["error", "note"]
    again = json.loads(renderer("sarif")([report(POLICY)]))["runs"][0]["results"][0]
    assert again["partialFingerprints"] == run["results"][0]["partialFingerprints"]


def test_text_is_colored_on_a_terminal_only_and_ends_with_the_result() -> None:
    plain = renderer("text")([report(POLICY)])
    assert "\x1b" not in plain
    choose_color("always")
    colored = renderer("text")([report(POLICY)])
    choose_color(None)
    assert "\x1b" in colored
    assert plain.splitlines()[-1] == "result: drift"
    assert "anonymous s3:GetObject arn from 198.51.100.7" in " ".join(plain.split())


def test_text_says_as_declared_only_of_what_is_declared() -> None:
    """Where nothing is, it names AWS's default; where only some is, for which resources."""
    data, logs = "arn:aws:s3:::data", "arn:aws:s3:::logs"

    def said(*declared: bool) -> str:
        verdicts = tuple(
            Verdict("bucket-encryption", arn, Status.IN_SYNC, given)
            for arn, given in zip((data, logs), declared, strict=False)
        )
        return renderer("text")([Report("prod", NOW, 1, (), verdicts)])

    default = "nothing is declared, and AWS's default is in force (AES256, with keys that S3 manages)"
    assert "as declared" in said(True)
    assert default not in said(True)
    assert f"bucket-encryption: {default}" in said(False)
    assert "as declared" not in said(False, False)
    assert f"for {logs} {default}" in said(True, False)


def test_one_cause_for_several_stacks_is_said_once() -> None:
    text = renderer("text")([report(error="AWS cannot be reached"), report(error="AWS cannot be reached")])
    assert text.count("AWS cannot be reached") == 1
    assert "for the reason given above" in text


def test_an_accepted_difference_is_no_drift_until_it_expires() -> None:
    entry = Accepted("bucket-tags", "arn:aws:s3:::*", "the auditors' tag", date(2026, 11, 23))
    left, accepted, notes = Baseline((entry,)).sift([TAGS, POLICY], date(2026, 11, 23), "prod")
    assert (left, accepted, notes) == ((POLICY,), ((TAGS, "the auditors' tag"),), ())
    left, accepted, notes = Baseline((entry,)).sift([TAGS], date(2026, 11, 24), "prod")
    assert (left, accepted) == ((TAGS,), ())
    assert "expired on 2026-11-23" in notes[0]


def test_what_could_not_be_read_is_never_accepted() -> None:
    entry = Accepted("bucket-cors", "*", "we do not care", date(2027, 1, 1))
    assert Baseline((entry,)).sift([UNTOLD], NOW.date())[0] == (UNTOLD,)


def test_a_baseline_reports_all_its_mistakes(tmp_path: Path) -> None:
    """No reason, no expiry, a day that is none, a control that is none, a misspelled key."""
    file = tmp_path / "baseline.json"
    file.write_text(
        json.dumps(
            [
                {"control": "bucket-tags", "resource": "*", "reason": " ", "expires": "soon"},
                {"control": "bucket-tag", "resource": "*", "reason": "x", "until": "2027-01-01"},
            ]
        )
    )
    with pytest.raises(BaselineError) as raised:
        load_baseline(file, frozenset({"bucket-tags"}))
    said = str(raised.value)
    for part in ("blank", "`soon`", "`bucket-tag`", "no `expires`", "unknown key `until`"):
        assert part in said


def test_a_baseline_in_yaml(tmp_path: Path) -> None:
    file = tmp_path / "baseline.yaml"
    file.write_text("- control: bucket-tags\n  resource: '*'\n  reason: why\n  expires: 2027-01-01\n")
    assert load_baseline(file, frozenset({"bucket-tags"})).entries[0].expires == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--shard", "5/4"], "not a valid shard"),
        (["--shard", "0/4"], "not a valid shard"),
        (["--state", "x.json", "--stack", "dev"], "use only one of them"),
        (["--stack", "dev", "--all-stacks"], "use only one of them"),
        (["--max-concurrency", "0"], "from 1 to 256"),
        (["--explain", "bucket-polcy"], "did you mean `bucket-policy`"),
        (["--formt", "json"], "--help"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_argument_is_reported_with_its_remedy(words: list[str], said: str) -> None:
    with pytest.raises(PerimeterError, match=said):
        parse(words)


def test_arguments_may_follow_two_dashes_and_name_several() -> None:
    chosen = parse(["--", "--stack", "a", "--stack", "b", "--stack", "a", "--only", "x,y", "--only", "z"])
    assert isinstance(chosen, Arguments)
    assert chosen.stacks == ("a", "b")
    assert chosen.only == {"x", "y", "z"}


def test_shards_share_every_stack_out_once() -> None:
    names = [f"s{number}" for number in range(10)]
    parts = [shard(names, part, 3) for part in (1, 2, 3)]
    assert sorted(name for part in parts for name in part) == sorted(names)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_secret_of_the_state_is_never_opened() -> None:
    """Neither in plain text nor as ciphertext does it reach a resource."""
    sealed = {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "plaintext": '"hunter2"',
    }
    key = resource("aws:iam/accessKey:AccessKey", "AKIA", {"user": "ada"}, secret=sealed)
    state = parse_state(document_of(key))
    (found,) = state.of("iam/accessKey")
    assert found.outputs["secret"] is SECRET
    assert "hunter2" not in repr(state)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"deployment": 1}'])
def test_what_is_no_exported_state_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(StateError):
        parse_state(text, name="export.json")


def test_a_command_that_fixes_drift_can_be_copied_out_of_the_text() -> None:
    """However long it is, it stands in one line."""
    fix = f"aws iam delete-access-key --user-name {'u' * 60} --access-key-id AKIAIOSFODNN7EXAMPLE"
    assert f"fix: {fix}\n" in renderer("text")([report(replace(TAGS, fix=fix))])


def test_a_folder_that_is_not_there_is_not_taken_for_a_missing_cli(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The operating system says the same of both."""
    answers(monkeypatch, tmp_path)
    with pytest.raises(CommandError, match=r"there is no folder .*/nowhere"):
        start_export("prod", tmp_path / "nowhere")


@pytest.mark.parametrize("printed", ["", "no JSON", "[1]"])
def test_a_cli_that_prints_something_else_is_reported_as_such(printed: str) -> None:
    echo = subprocess.Popen(["echo", printed], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with pytest.raises(CommandError, match="`echo` printed"):
        Running(echo, "echo").json(dict)


def test_a_cli_that_was_stopped_is_reported_as_such() -> None:
    """Ctrl-C in a terminal goes to the CLI too."""
    sleeping = subprocess.Popen(["sleep", "60"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    sleeping.send_signal(signal.SIGINT)
    with pytest.raises(CommandError, match="`sleep` was stopped by signal 2"):
        Running(sleeping, "sleep").output()


@pytest.mark.timeout(60)
def test_what_a_cli_leaves_behind_is_not_waited_for() -> None:
    """A plugin that goes on when the CLI is ended holds its outputs open."""
    leaving = subprocess.Popen(
        ["sh", "-c", "sleep 120 & wait"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with pytest.raises(CommandError, match="`pulumi` did not end within"):
        Running(leaving, "pulumi").output(seconds=0.2)


def test_what_was_found_forges_no_line_of_the_text() -> None:
    """Neither a command to the CI, at the start of a line, nor one to the terminal."""
    long = "word " * 19
    forged = replace(
        POLICY, detail=f"{long}::notice::sealed {long} ::x\nresult: in-sync \x1b[2J", resource="a\nb"
    )
    said = renderer("text")([report(forged)])
    assert not any(line.lstrip().startswith("::") for line in said.splitlines())
    assert [line for line in said.splitlines() if line.startswith("result:")] == ["result: drift"]
    assert "\x1b" not in said
