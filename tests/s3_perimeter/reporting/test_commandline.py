"""What argparse leaves out: empty values, numbers without bounds, names that are nearly right."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from s3_perimeter.commands.main import COMMANDS, main
from s3_perimeter.commands.reference import command
from s3_perimeter.reporting.commandline import Parser, seconds, url, whole_number

OPTIONS = [
    pytest.param(name, action.option_strings[0], id=f"{name} {action.option_strings[0]}")
    for name in COMMANDS
    for action in command(name)._actions
    if action.option_strings and action.nargs != 0
]


@pytest.mark.parametrize("value", ["", " ", ","])
@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_an_option_that_is_given_and_empty_is_refused(
    name: str, option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By every command, whatever the option is for: a variable of the script was never set."""
    files = ["old.json", "new.json", "--bucket", "b"] if name == "compare" else []
    for form in ([option, value], [f"{option}={value}"]):
        with pytest.raises(SystemExit) as ended:
            main([name, *files, *form])
        said = capsys.readouterr()
        assert (ended.value.code, said.out) == (2, "")
        assert f"{option} has an empty value" in said.err
        assert said.err.count("hint:") == 1


def test_several_empty_options_are_reported_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """And a file's name that is empty with them."""
    with pytest.raises(SystemExit):
        main(["check", "", "--bucket", "", "--allow", "", "--acount", "1"])
    said = capsys.readouterr().err
    for problem in (
        "FILE has an empty value",
        "--bucket has an empty value",
        "--allow has an empty value",
        "no option `--acount`",
    ):
        assert problem in said
    assert "did you mean `--account`?" in said


class Counting(Parser):
    """A parser that counts how often argparse looks for an option's value."""

    values = 0

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> object:
        Counting.values += 1
        return super()._get_values(action, arg_strings)


@pytest.mark.parametrize(
    ("words", "states", "files", "reads"),
    [
        pytest.param("--state a --state b --state c", "abc", "", 2, id="repeated"),
        pytest.param("--state a b --state c d", "abcd", "", 2, id="with several values each"),
        pytest.param("--state=a --state=b", "ab", "", 2, id="with an equals sign"),
        pytest.param("--state=a --state b --state=c", "abc", "", 2, id="both forms"),
        pytest.param("--state=a --state=b x", "ab", "x", 3, id="before a file"),
        pytest.param("x --state a --state b", "ab", "x", 2, id="after a file"),
        pytest.param("--state a --strict --state b", "ab", "", 4, id="with another option between"),
        pytest.param("--state a -- --state b", "a", ["--state", "b"], 2, id="after the end of the options"),
        pytest.param("--state - --state b", "-b", "", 2, id="standard input"),
    ],
)
def test_a_list_option_that_is_repeated_is_read_at_once(
    words: str, states: str, files: str | list[str], reads: int
) -> None:
    """Argparse takes longer for each repeat than for the one before. The positional is one read."""
    parser = Counting()
    parser.add_argument("--state", nargs="+", action="extend", default=[])
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("files", nargs="*")
    Counting.values = 0
    found = parser.parse_args(words.split())
    assert (found.state, found.files) == ([*states], [*files])
    assert Counting.values == reads


@pytest.mark.parametrize("words", ["--state", "--state --state a", "--state a --state", "--state= --state a"])
def test_a_repeat_without_a_value_is_still_refused(words: str) -> None:
    """It is no repeat to leave out."""
    parser = Parser()
    parser.add_argument("--state", nargs="+", action="extend", default=[])
    with pytest.raises(SystemExit):
        parser.parse_args(words.split())


@pytest.mark.parametrize(
    ("arguments", "problem", "hint"),
    [
        pytest.param(["chek"], "no command `chek`", "did you mean `check`?", id="a command"),
        pytest.param(["nonsense"], "no command `nonsense`", "perimeter --help", id="no command at all"),
        pytest.param(
            ["plan", "-s", "dev", "--form", "json"], "no option `--form`", "`--from`", id="an option"
        ),
        pytest.param(
            ["plan", "-s", "dev", "--zzzz"], "no option `--zzzz`", "perimeter plan --help", id="none"
        ),
        pytest.param(["plan", "-s", "dev", "x"], "`x` is an unexpected argument", "--help", id="too many"),
        pytest.param(["plan", "-s"], "--stack/-s: expected one argument", "plan --help", id="no value"),
    ],
)
def test_a_misspelled_name_is_reported_with_the_nearest_one(
    arguments: list[str], problem: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, nothing on standard output, and no page of usage before it."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert problem in said.err
    assert hint in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["my-ip", "--timeout", text], id=f"my-ip --timeout {text}")
        for text in (
            "-1",
            "0",
            "nan",
            "inf",
            "-inf",
            "1e999",
            "99999999999",
            "\N{FULLWIDTH DIGIT FIVE}",
            "5s",
        )
    ]
    + [
        pytest.param(["plan", "--stack", "dev", "--days", text], id=f"plan --days {text}")
        for text in ("-1", "0", "99999999999", "1.5", "nan", "1_0")
    ]
    + [
        pytest.param(["verify", "--stack", "dev", "--wait-logs", text], id=f"verify --wait-logs {text}")
        for text in ("-1", "nan", "inf", "99999999999")
    ]
    + [
        pytest.param(["my-ip", "--url", text], id=f"my-ip --url {text}")
        for text in (
            "https://[::1",
            "file:///etc/hostname",
            "https://",
            "example.com",
            "https://x:99999/",
            "https://x:y/",
            "https://x/ y",
            f"https://{'a' * 64}.example/",
        )
    ]
    + [
        pytest.param(["verify", "--stack", "dev", option, "http://[::1"], id=f"verify {option}")
        for option in ("--proxy", "--outside-endpoint")
    ],
)
def test_a_number_or_an_address_out_of_bounds_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is asked, in a sentence that says what to write."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert "\n\nhint: write " in said.err or "expected one argument" in said.err
    assert "Traceback" not in said.err


def test_what_is_within_bounds_is_taken() -> None:
    """The least, the most, and what people write between them."""
    assert [whole_number(1, 30, "days")(text) for text in ("1", "30")] == [1, 30]
    assert [seconds(0.1, 300)(text) for text in ("0.1", "5", "300")] == [0.1, 5.0, 300.0]
    for text in ("http://127.0.0.1:8080", "https://[::1]:443/path?x=y", "https://example.com"):
        assert url(text) == text


def test_help_is_wrapped_to_the_width_and_leaves_examples_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No word is broken, and what is to be typed stays in one line."""
    example = "  perimeter something --with 'a very long example that is wider than any narrow terminal is'"
    parser = Parser(prog="x", epilog=f"{'Several words of prose. ' * 9}\n\nexample:\n{example}\n")
    parser.add_argument("--folder", type=Path, help="a folder")
    for columns in ("60", "100", "400"):
        monkeypatch.setenv("COLUMNS", columns)
        lines = parser.format_help().splitlines()
        assert example in lines
        assert max(len(line) for line in lines if line != example) <= min(int(columns), 110)


def test_no_command_has_a_converter_that_lets_bad_numbers_through() -> None:
    """`type=int` and `type=float` take minus signs, underscores, digits of any script, and `nan`."""
    unbounded = [
        f"{name} {action.option_strings[0]}"
        for name in COMMANDS
        for action in command(name)._actions
        if action.type in (int, float)
    ]
    assert unbounded == []
    assert issubclass(Parser, argparse.ArgumentParser)
