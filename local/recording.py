"""``python -m local.recording FILE COMMAND...``: run a command in a terminal and write what it showed as SVG.

The picture plays once, pauses shortened, and stays at the end. It is text: sharp at every size, and read by
screen readers; whoever asked for less motion sees the end at once.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import textwrap
import time
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLUMNS, ROWS = 100, 28
CHARACTER, LINE, MARGIN = 7.8, 18, 16
LONGEST_PAUSE = 0.7
STYLE = re.compile(r"\x1b\[([\d;]*)m")
KEY = re.compile(r"\bAKIA[0-9A-Z]{16}\b")
"""An access key's id. It is no secret, but it is shown as AWS's example, as everywhere in this repository."""

OTHER = re.compile(r"\x1b\[[\d;?]*[A-Za-ln-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]")
COLORS = {"31": "r", "32": "g", "33": "y", "34": "b", "35": "m", "36": "c", "2": "d", "90": "d", "1": "s"}

Line = tuple[float, str]
"""When a line was finished, in seconds, and its text with the codes for colors."""


def record(command: Sequence[str]) -> tuple[list[Line], int]:
    """Run the command in a terminal; gives its lines, and its exit code."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    ours_alone = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL")}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**ours_alone, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)},
    )
    os.close(theirs)
    began = time.monotonic()
    lines: list[Line] = []
    rest = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # Linux's word for a terminal that nobody writes to any more
            break
        if not chunk:
            break
        os.write(sys.stdout.fileno(), chunk)
        *whole, rest = (rest + chunk).split(b"\n")
        now = time.monotonic() - began
        lines += [(now, part.decode(errors="replace").rstrip("\r").rpartition("\r")[2]) for part in whole]
    os.close(ours)
    return lines, process.wait()


def shortened(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines, folded at the terminal's width, with no pause longer than LONGEST_PAUSE."""
    at = 0.0
    for (before, _), (when, text) in pairwise([(0.0, ""), *lines]):
        at += min(when - before, LONGEST_PAUSE)
        plain = KEY.sub("AKIAIOSFODNN7EXAMPLE", OTHER.sub("", text)).replace(str(ROOT), ".")
        yield from ((at, part) for part in folded(plain.expandtabs()))


def folded(text: str) -> list[str]:
    """Return a line cut between words at the terminal's width; one with codes for colors is left whole."""
    if STYLE.search(text):
        return [text]
    return textwrap.wrap(text, COLUMNS, break_on_hyphens=False, replace_whitespace=False) or [""]


def as_svg(command: str, lines: Sequence[Line], title: str) -> str:
    """Return the recording; `lines` are as ``shortened`` gives them."""
    shown = [(0.0, f"\x1b[32m$\x1b[0m {command}"), *((at + 0.8, text) for at, text in lines)]
    end = shown[-1][0] + 0.5
    width, height = COLUMNS * CHARACTER + 2 * MARGIN, ROWS * LINE + 2 * MARGIN
    rows = "".join(
        f'<text y="{number * LINE}" style="--t:{at:.2f}s" textLength="{cells * CHARACTER:.1f}">'
        f"{spans(text)}</text>"
        for number, (at, text) in enumerate(shown)
        if (cells := len(STYLE.sub("", text).rstrip()))
    )
    last = max(0, len(shown) - ROWS) * LINE
    steps = "".join(
        f"{at / end:.2%}{{transform:translateY(-{(number - ROWS + 1) * LINE}px)}}"
        for number, (at, _) in enumerate(shown)
        if number >= ROWS and (number + 1 == len(shown) or shown[number + 1][0] > at)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img"'
        f' font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="13">'
        f"<title>{escape(title)}</title><style>"
        "text{white-space:pre;fill:#d7dde5;dominant-baseline:hanging;animation:on 1ms var(--t) both}"
        ".r{fill:#ff8a80}.g{fill:#6fd6a0}.y{fill:#ffd479}.b{fill:#8ab8ea}.m{fill:#d9a6f0}.c{fill:#7fd6e0}"
        ".d{fill:#93a0ae}.s{font-weight:700}"
        f"#all{{transform:translateY(-{last}px);animation:up {end:.2f}s step-end both}}"
        f"@keyframes on{{from{{opacity:0}}to{{opacity:1}}}}@keyframes up{{from{{transform:none}}{steps}}}"
        "@media(prefers-reduced-motion:reduce){text,#all{animation:none}}"
        f'</style><rect width="100%" height="100%" rx="8" fill="#151b23"/><svg x="{MARGIN}" y="{MARGIN}"'
        f' width="{COLUMNS * CHARACTER:.0f}" height="{ROWS * LINE}"><g id="all">{rows}</g></svg></svg>\n'
    )


def spans(text: str) -> str:
    """Return a line's text with its colors."""
    found, classes = "", ""
    for number, piece in enumerate(STYLE.split(text.rstrip())):
        if number % 2:
            names = [COLORS[code] for code in piece.split(";") if code in COLORS]
            plain = piece in ("", "0") or "39" in piece.split(";")
            classes = "" if plain else " ".join(dict.fromkeys([*classes.split(), *names]))
        elif piece:
            found += f'<tspan class="{classes}">{escape(piece)}</tspan>' if classes else escape(piece)
    return found


def main(file: str, *command: str) -> int:
    """Record the command; nothing is written where it fails."""
    lines, code = record(command)
    if code == 0:
        words = " ".join(command)
        Path(file).write_text(
            as_svg(words, list(shortened(lines)), f"A recording of {words}"), encoding="utf-8"
        )
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
