"""The reference page of the commands, written from the parsers of their arguments.

``python -m s3_perimeter.commands.reference`` writes docs/reference/commands.md.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from s3_perimeter.commands.main import COMMANDS, DRIFT, command_line
from s3_perimeter.drift import options

__all__ = ["PAGE", "command", "commands_page", "examples", "section"]

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "reference" / "commands.md"
HEAD: Final = """\
<!-- Written by `python -m s3_perimeter.commands.reference` from the commands' parsers: change those. -->
# The commands

Every command exits with one of three codes. The section of a command says what counts as a finding:

| exit code | meaning |
| --- | --- |
| 0 | fine |
| 1 | a finding, even if something else could not be determined |
| 2 | no finding, and something could not be determined; interrupted, or invalid arguments |

Results go to standard output, and errors to standard error. Option names cannot be shortened, and an option
with an empty value is an error. `perimeter` is also installed as `s3-perimeter`. `--profile NAME` is the AWS
profile whose credentials a command uses, except in `perimeter credentials`, which writes that profile.

| command | what it does |
| --- | --- |
"""
_EXAMPLES: Final = re.compile(r"^examples?:\n((?:  .*\n?)+)", re.MULTILINE)


def commands_page() -> str:
    """Return the page as it should stand in docs/."""
    return "\n".join(_page()) + "\n"


def command(name: str) -> argparse.ArgumentParser:
    """Return the parser of one `perimeter` command, with its arguments declared."""
    (commands,) = (
        action for action in command_line([name])._actions if isinstance(action, argparse._SubParsersAction)
    )
    parser: argparse.ArgumentParser = commands.choices[name]
    return parser


def examples(parser: argparse.ArgumentParser) -> str:
    """Return the examples that a command's help shows, each as it is typed."""
    found = _EXAMPLES.search(parser.epilog or "")
    if not found:
        raise ValueError(f"the help of `{parser.prog}` shows no example")
    return re.sub(r"^  ", "", found[1], flags=re.MULTILINE)


def section(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the lines about one command."""
    # The help wraps its paragraphs for terminals; a Markdown page wraps them itself.
    prose = _EXAMPLES.sub("", parser.epilog or "").split("\n\n")
    yield f"\n## {parser.prog}\n"
    yield f"{parser.description}\n"
    yield f"```text\n{_usage(parser)}\n```\n"
    yield "| argument | meaning |\n| --- | --- |"
    for action in parser._actions:
        if action.dest != "help":
            yield f"| {_name(action)} | {_meaning(action)} |"
    for paragraph in prose:
        if paragraph.strip():
            text = paragraph.strip()
            yield f"\n{text[0].upper()}{text[1:]}"
    # Examples name the reader's own files, people and stacks.
    yield f"\n```sh on AWS\n{examples(parser)}```"


def _page() -> Iterator[str]:
    """Everything, a piece at a time."""
    parsers = [*map(command, COMMANDS), options.command_line(f"perimeter {DRIFT}"), command("completion")]
    rows = [f"| [`{each.prog}`](#{each.prog.replace(' ', '-')}) | {each.description} |" for each in parsers]
    yield HEAD + "\n".join(rows)
    for each in parsers:
        yield from section(each)


def _usage(parser: argparse.ArgumentParser) -> str:
    """Return the required arguments, and that there are options."""
    either = [group for group in parser._mutually_exclusive_groups if group.required]
    in_groups = {action.dest for group in either for action in group._group_actions}
    words = [parser.prog]
    words += [
        f"{action.option_strings[0]} {action.metavar}"
        for action in parser._actions
        if action.required and action.option_strings and action.dest not in in_groups
    ]
    words += [
        f"({' | '.join(_typed(action, action.option_strings[:1]) for action in group._group_actions)})"
        for group in either
    ]
    words.append("[OPTION ...]")
    words += [
        f"[{action.metavar} ...]" if action.nargs == "*" else str(action.metavar)
        for action in parser._actions
        if not action.option_strings
    ]
    return " ".join(words)


def _typed(action: argparse.Action, names: Sequence[str]) -> str:
    """Return an option as it is typed, with what it takes."""
    takes = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    if action.choices:
        takes = f" {'|'.join(map(str, action.choices))}"
    return ", ".join(names) + takes + (" ..." if action.nargs == "+" else "")


def _name(action: argparse.Action) -> str:
    """Return an argument's name in a table's cell."""
    typed = _typed(action, action.option_strings) if action.option_strings else str(action.metavar)
    return "`" + typed.replace("|", "\\|") + "`"


def _meaning(action: argparse.Action) -> str:
    """Return what an argument is for, whether it is required, and its default."""
    said = (action.help or ("how the result is written" if action.dest == "format" else "")).strip()
    notes = []
    if action.required and action.option_strings:
        notes.append("required")
    if isinstance(action, argparse._AppendAction) and "repeat" not in said:
        notes.append("may be repeated")
    plain = isinstance(action.default, str | int | float) and not isinstance(action.default, bool)
    if plain and action.option_strings and not re.search(r"\(.*\)", said):
        notes.append(f"default `{action.default}`")
    return "; ".join(filter(None, [said.replace("|", "\\|"), *notes]))


if __name__ == "__main__":
    PAGE.write_text(commands_page())
