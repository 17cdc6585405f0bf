"""Color, tables, notes and files: how results are written."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from s3_perimeter.reporting.ending import say_error
from s3_perimeter.reporting.output import choose_color, colored, paint, print_result, table
from s3_perimeter.reporting.progress import Progress
from s3_perimeter.reporting.saying import choose_verbosity, detail, note
from s3_perimeter.reporting.wrapping import width_of, wrapped

PACKAGE = Path(__file__).resolve().parents[3] / "s3_perimeter"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """Nothing chosen, before and after."""
    yield
    choose_color(None)
    choose_verbosity(quiet=False, verbose=False)


@pytest.mark.parametrize(
    ("chosen", "environment", "terminal", "expected"),
    [
        pytest.param(None, {}, True, True, id="a terminal"),
        pytest.param(None, {}, False, False, id="a pipe"),
        pytest.param(None, {"TERM": "dumb"}, True, False, id="a terminal without colors"),
        pytest.param(None, {"NO_COLOR": "1"}, True, False, id="NO_COLOR"),
        pytest.param(None, {"NO_COLOR": ""}, True, True, id="NO_COLOR that is empty"),
        pytest.param(None, {"FORCE_COLOR": "1"}, False, True, id="FORCE_COLOR"),
        pytest.param(None, {"FORCE_COLOR": "0"}, True, False, id="FORCE_COLOR that is off"),
        pytest.param(None, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False, id="both"),
        pytest.param("always", {"NO_COLOR": "1"}, False, True, id="--color always"),
        pytest.param("never", {"FORCE_COLOR": "1"}, True, False, id="--color never"),
        pytest.param("auto", {"NO_COLOR": "1"}, True, False, id="--color auto"),
    ],
)
def test_color_follows_the_option_then_the_environment_then_the_stream(
    monkeypatch: pytest.MonkeyPatch,
    chosen: str | None,
    environment: dict[str, str],
    terminal: bool,
    expected: bool,
) -> None:
    """As no-color.org and force-color.org have it."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    choose_color(chosen)
    stream = Terminal() if terminal else io.StringIO()
    assert colored(stream) is expected


def test_a_result_that_goes_to_a_file_is_colored_on_demand_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal or FORCE_COLOR says nothing of the file."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    for chosen, expected in ((None, False), ("auto", False), ("never", False), ("always", True)):
        choose_color(chosen, to_file=True)
        assert colored(Terminal()) is expected


def test_a_result_is_wrapped_where_it_is_text_for_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document for a program stays as it is."""
    monkeypatch.setenv("COLUMNS", "40")
    text = "word " * 20 + "end"
    for form, lines in (("text", 3), ("json", 1)):
        monkeypatch.setattr("sys.stdout", stream := Terminal())
        print_result(text, form)
        assert len(stream.getvalue().splitlines()) == lines


@pytest.mark.parametrize("command", ["", "fix: ", "then: hand it over: "])
def test_a_command_to_copy_stays_in_one_line(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Whatever says what it is for; a sentence that only mentions one is wrapped."""
    monkeypatch.setenv("COLUMNS", "40")
    line = f"  {command}perimeter credentials --stack dev --user kenji --csv FILE"
    assert wrapped(line, Terminal()) == line
    assert "\n" in wrapped(
        f"  Ask them, then run perimeter rotate, which makes a new key {command}", Terminal()
    )


def printing() -> Iterator[tuple[str, int]]:
    """Every call of `print` in the package, by file and line."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                yield str(file.relative_to(PACKAGE)), node.lineno


def test_every_text_result_is_printed_as_wide_as_the_terminal_is() -> None:
    """By `print_result`. What is printed otherwise is a document of its own form, or printed before there is
    a command.
    """
    own_form = {
        "commands/check/__init__.py",  # wraps its own text, apart from the JSON to paste
        "commands/completion.py",
        "commands/denied/__init__.py",  # SQL
        "commands/main.py",  # the version
        "commands/start.py",
        "drift/bundle.py",
        "drift/main.py",  # JSON, or the version
        "reporting/output.py",  # `print_result` itself
    }
    assert {file for file, _ in printing()} == own_form


def test_columns_line_up_as_a_terminal_shows_them() -> None:
    """A Japanese label takes two columns a character."""
    lines = table(("entry", "n"), [("東京オフィス", "1"), ("office", "22")]).splitlines()
    assert lines == ["entry          n", "東京オフィス   1", "office        22"]


def test_quiet_prints_nothing_but_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    """No note, no progress; verbose says more."""
    note("a note")
    detail("a detail")
    assert capsys.readouterr().err == "a note\n"
    choose_verbosity(quiet=True, verbose=False)
    note("a note")
    with Progress("working") as progress:
        progress.last -= 20
        progress.update("hard")
    assert capsys.readouterr().err == ""
    choose_verbosity(quiet=False, verbose=True)
    detail("a detail")
    assert capsys.readouterr().err == "a detail\n"


def test_a_progress_line_is_erased_whatever_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a note, by an error, by the end of the work: no message stands behind a rest of it."""
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("COLUMNS", "40")
    with pytest.raises(ZeroDivisionError), Progress("reading") as progress:
        for message in (lambda: note("a note"), lambda: say_error("wrong"), lambda: 1 / 0):
            progress.last -= 20
            progress.update(f"東京 {'x' * 60}")
            message()
    shown = stream.getvalue().split("\r\x1b[K")
    assert [piece for piece in shown if not piece.startswith("reading: ")] == [
        "",
        "a note\n",
        "error: wrong\n",
        "",
    ]
    assert all(width_of(piece) < 40 for piece in shown)


def test_prose_is_wrapped_to_the_width_of_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words stay whole, what goes on is indented, styles and wide characters are counted as they are seen."""
    text = f"error: one two three four five six seven eight nine ten\n  -{' 東京' * 9}\nshort"
    monkeypatch.setenv("COLUMNS", "40")
    assert wrapped(text, io.StringIO()) == text
    lines = wrapped(text, Terminal()).split("\n")
    assert lines == [
        "error: one two three four five six seven",
        "  eight nine ten",
        "  - 東京 東京 東京 東京 東京 東京 東京",
        "    東京 東京",
        "short",
    ]
    choose_color("always")
    painted = paint("error", "bad") + text.split("\n")[0].removeprefix("error")
    assert len(wrapped(painted, Terminal()).split("\n")) == 2
