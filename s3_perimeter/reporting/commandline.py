"""The command line that all commands share: what argparse leaves out, once for every option.

An option that is given and empty is a mistake: in a script it is a variable that was never set, and taken for
"not given" it would silently ask another question, or write a secret unencrypted.
"""

from __future__ import annotations

import argparse
import re
import sys

from s3_perimeter.reporting.ending import UNDETERMINED, say_error
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.wrapping import terminal_width

TYPE_CHECKING = False  # typing's own takes milliseconds to load; type checkers know the name as well
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any, NoReturn

__all__ = ["Parser", "path", "seconds", "url", "whole_number"]

_WIDEST = 110
_EMPTY = " \t\r\n,"
"""What a value may not consist of alone: a list of nothing is empty too."""
_UNSET = "give it a value, or leave it out (in a script: is a variable unset?)"
_NUMBER = r"[0-9]{1,15}(\.[0-9]{1,9})?"


class Help(argparse.HelpFormatter):
    """Help wrapped to the terminal's width; indented lines, which are examples, stay as they are."""

    def __init__(self, prog: str, *args: Any, **kwargs: Any) -> None:
        # Where no width is given, argparse loads `shutil` to ask for one, for every command of the list.
        kwargs.setdefault("width", min(terminal_width() - 2, _WIDEST))
        super().__init__(prog, *args, **kwargs)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return _wrapped(" ".join(text.split()), width, "")

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines: list[str] = []
        for block in re.split(r"\n\s*\n", text.strip("\n")):
            lines += [*_wrapped(block, width, indent), ""]
        return "\n".join(lines)


def _wrapped(block: str, width: int, indent: str) -> list[str]:
    """Return a paragraph as lines."""
    import textwrap

    found: list[str] = []
    prose: list[str] = []
    for line in [*block.split("\n"), None]:
        if line is not None and not line.startswith("  "):
            prose.append(line)
            continue
        if prose:
            found += textwrap.wrap(
                " ".join(prose),
                width,
                initial_indent=indent,
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
            prose = []
        if line is not None:
            found.append(line)
    return found


class Parser(argparse.ArgumentParser):
    """A parser that refuses empty values, and knows what a misspelled option may mean.

    Every mistake goes through `error`, its hint after a blank line.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("formatter_class", Help)
        kwargs.setdefault("allow_abbrev", False)
        super().__init__(*args, **kwargs)
        self._empty: list[str] = []

    def error(self, message: str) -> NoReturn:
        """Print what is wrong with the arguments, every empty value too, and end with exit code 2."""
        self.refuse(self.mistakes(message))

    def mistakes(self, message: str) -> list[tuple[str, str]]:
        """Return what argparse found wrong, and the empty values before it, each with what to do."""
        problem, _, hint = message.removeprefix("argument ").partition("\n\nhint: ")
        empty = [(f"{name} has an empty value", _UNSET) for name in dict.fromkeys(self._empty)]
        return [*empty, *([(problem, hint or self._help)] if problem else [])]

    def refuse(self, mistakes: Sequence[tuple[str, str]]) -> NoReturn:
        """End with every mistake and every hint, each once."""
        self.end(str(CommandError.of(mistakes)))

    def end(self, message: str) -> NoReturn:
        """Print the mistakes, and end with exit code 2; a parser that is not a command's own may raise."""
        say_error(message)
        raise SystemExit(UNDETERMINED)

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse, and refuse empty values and what is not known here, all of it at once."""
        self._empty.clear()
        words = self._repeats_together(list(sys.argv[1:] if args is None else args))
        found, extra = super().parse_known_args(words, namespace)
        mistakes = [*self.mistakes(""), *(self._unknown(text) for text in extra if text != "--")]
        if mistakes:
            self.refuse(mistakes)
        return found, extra

    def _repeats_together(self, words: list[str]) -> list[str]:
        """Return the words with a list option that is repeated, `--state A --state B`, as one, `--state A B`.

        Argparse looks through all options for each of them, and copies the list each time.
        """
        lists = {
            name
            for action in self._actions
            if isinstance(action, argparse._ExtendAction) and action.nargs == argparse.ONE_OR_MORE
            for name in action.option_strings
        }
        found: list[str] = []
        last = ""  # the list option that the words before this one are values of
        for at, word in enumerate(words):
            after = words[at + 1] if at + 1 < len(words) else "--"
            name, _, value = word.partition("=")
            if word == "--":
                return found + words[at:]
            if name in lists and _is_value(value) and not _is_value(after):
                found += [value] if name == last else [name, value]
                last = name
            elif word in lists and _is_value(after):
                found += [] if word == last else [word]
                last = word
            else:
                found.append(word)
                last = last if _is_value(word) else ""
        return found

    def _print_message(self, message: str, file: Any = None) -> None:
        """Argparse's one place that prints; its own passes over an output that cannot be written."""
        if message:
            (file or sys.stderr).write(message)

    @property
    def _help(self) -> str:
        return f"`{self.prog} --help` lists the options"

    def _unknown(self, text: str) -> tuple[str, str]:
        """Return what to say of an argument that is not known here."""
        if not text.startswith("-") or text == "-":
            return f"`{text}` is an unexpected argument", self._help
        option = text.partition("=")[0]
        near = self._near(option)
        return f"there is no option `{option}`", f"did you mean `{near}`?" if near else self._help

    def _near(self, option: str) -> str | None:
        """Return the option that a misspelled one may mean."""
        from s3_perimeter.documents.nearest import nearest

        names = [name for action in self._actions for name in action.option_strings if name.startswith("--")]
        near = nearest(option, names)
        if near is None and len(option) > 3:
            begun = [name for name in names if name.startswith(option)]
            near = begun[0] if len(begun) == 1 else None
        return near

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """Argparse's one place where the texts of an option become its value, whatever its type."""
        own = not isinstance(action, argparse._SubParsersAction)  # a command's own parser looks at the rest
        if own and any(not text.strip(_EMPTY) for text in arg_strings):
            self._empty.append("/".join(action.option_strings[:1]) or str(action.metavar or action.dest))
            many = action.nargs is not None and action.nargs != argparse.OPTIONAL
            return list(arg_strings) if many else ""
        return super()._get_values(action, arg_strings)


def _is_value(word: str) -> bool:
    """Return whether argparse takes the word for a value of the option before it, whatever that is."""
    return word == "-" or (word != "" and not word.startswith("-"))


def path(text: str) -> Path:
    """Return the name of a file or folder, for `type=`; `pathlib` is loaded only where one is given."""
    from pathlib import Path

    return Path(text)


def whole_number(least: int, most: int, unit: str) -> Callable[[str], int]:
    """Return a whole number of something, within bounds, for `type=`."""

    def read(text: str) -> int:
        number = int(text) if re.fullmatch("[0-9]{1,15}", text, re.ASCII) else None
        if number is None or not least <= number <= most:
            raise argparse.ArgumentTypeError(
                f"`{text}` is not a number of {unit}\n\nhint: write a whole number from {least} to {most:,}"
            )
        return number

    return read


def seconds(least: float, most: float) -> Callable[[str], float]:
    """Return a number of seconds within bounds, for `type=`; no sign, no `nan`, no `inf`."""

    def read(text: str) -> float:
        number = float(text) if re.fullmatch(_NUMBER, text, re.ASCII) else None
        if number is None or not least <= number <= most:
            raise argparse.ArgumentTypeError(
                f"`{text}` is not a number of seconds\n\nhint: write a number from {least:g} to {most:,g}"
            )
        return number

    return read


def url(text: str) -> str:
    """Return the address of a web server, for `type=`."""
    from urllib.parse import urlsplit

    problem = f"`{text}` is not the address of a web server\n\nhint: write https://HOST or https://HOST:PORT"
    try:
        place = urlsplit(text)
        good = (
            place.scheme in ("http", "https")
            and bool(place.hostname)
            and place.port != 0
            and text.isprintable()
            and not re.search(r"\s", text)
        )
        if good:
            (place.hostname or "").encode("idna")  # a label of more than 63 characters, or none, is no host
    except ValueError as error:
        raise argparse.ArgumentTypeError(problem) from error
    if not good:
        raise argparse.ArgumentTypeError(problem)
    return text
