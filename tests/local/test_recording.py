"""Recordings: what a command showed in a terminal, as a picture that plays."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from local.recording import COLUMNS, LONGEST_PAUSE, ROOT, ROWS, as_svg, main, shortened


def words(svg: str) -> list[str]:
    """The lines of a picture."""
    root = ET.fromstring(svg)  # noqa: S314  (our own document)
    return ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]


def test_what_a_command_shows_is_drawn(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """In its colors, with progress that was written over left out, and shown meanwhile."""
    said = "printf 'one\\n\\033[32mgreen\\033[0m & <rest>\\n1%%\\r100%%\\n'; test -t 1 && echo a terminal"
    file = tmp_path / "recording.svg"
    assert main(str(file), "sh", "-c", said) == 0
    assert words(file.read_text())[1:] == ["one", "green & <rest>", "100%", "a terminal"]
    assert '<tspan class="g">green</tspan> &amp; &lt;rest&gt;' in file.read_text()
    assert "a terminal" in capfd.readouterr().out


def test_a_command_that_fails_leaves_the_picture_as_it_was(tmp_path: Path) -> None:
    """Its exit code is passed on."""
    assert main(str(tmp_path / "recording.svg"), "sh", "-c", "exit 3") == 3
    assert not list(tmp_path.iterdir())


def test_a_recording_names_neither_this_machine_nor_a_key() -> None:
    """The checkout is `.`, and a key's id is AWS's example."""
    key = "AKIA" + "0" * 16
    (_, line) = next(shortened([(0.0, f"{ROOT}/.state {key}")]))
    assert line == "./.state AKIAIOSFODNN7EXAMPLE"


def test_pauses_are_shortened_and_long_lines_folded() -> None:
    """Between words; nothing is lost."""
    text = "word " * 60 + "end"
    lines = list(shortened([(5.0, "first"), (5.1, text)]))
    assert lines[0] == (LONGEST_PAUSE, "first")
    assert lines[1][0] == pytest.approx(LONGEST_PAUSE + 0.1)
    assert all(len(line) <= COLUMNS for _, line in lines)
    assert " ".join(line.strip() for _, line in lines[1:]) == text


def test_a_long_recording_ends_with_its_last_line_in_sight() -> None:
    """The text is moved up once for each line below the window, also where nothing is to move."""
    svg = as_svg("make", [(number / 10, f"line {number}") for number in range(ROWS + 4)], "A recording")
    moved = [int(each) for each in re.findall(r"%\{transform:translateY\(-(\d+)px\)", svg)]
    assert moved == [18, 36, 54, 72, 90]
    assert "#all{transform:translateY(-90px)" in svg
    assert "prefers-reduced-motion" in svg
