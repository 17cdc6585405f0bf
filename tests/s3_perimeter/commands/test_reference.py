"""The reference page of the commands: written from their parsers, and up to date."""

from __future__ import annotations

import re
import shlex
from argparse import ArgumentParser

import pytest

from s3_perimeter.commands.main import COMMANDS
from s3_perimeter.commands.reference import PAGE, command, commands_page, examples, section
from s3_perimeter.drift import options

PARSERS = {name: command(name) for name in (*COMMANDS, "completion")} | {
    "drift-check": options.command_line()
}


def test_the_page_is_up_to_date() -> None:
    """The page is what `python -m s3_perimeter.commands.reference` writes now."""
    assert PAGE.read_text() == commands_page()


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
def test_a_section_has_every_option_and_explains_the_exit_codes(parser: ArgumentParser) -> None:
    """Nothing that can be given is left out, nothing stands there without a word, and no code is a riddle."""
    text = "\n".join(section(parser))
    assert "xit code" in " ".join(text.split())
    assert "| |" not in text.replace("  ", " ")
    for action in parser._actions:
        for name in action.option_strings:
            assert action.dest == "help" or name in text


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
def test_every_example_is_understood_by_its_own_command(parser: ArgumentParser) -> None:
    """An example that a parser refuses would end with exit code 2."""
    starts = (f"{parser.prog} ", "pulumi-tool-drift-check ", "pulumi plugin run drift-check -- ")
    commands = re.split(r"[|>\n]", examples(parser).replace("\\\n", " "))
    typed = [
        each.strip().removeprefix(start)
        for each in commands
        for start in starts
        if each.strip().startswith(start)
    ]
    assert typed
    for arguments in typed:
        parser.parse_args(shlex.split(arguments))
