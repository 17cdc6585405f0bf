"""Write the findings of a SARIF file as Markdown, and make their paths relative to the repository.

Usage: ``findings.py SARIF EXIT-CODE TITLE DIRECTORY``. The paths in the file are relative to DIRECTORY where
the command was run there. Code scanning wants them relative to the repository, so it is rewritten.
Runs on a bare Python, with the standard library alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path, PurePosixPath
from typing import Any

VERDICTS = {0: "✅ nothing found", 1: "❌ findings", 2: "⚠️ could not be determined"}
SHOWN = 200
"""How many findings are shown: the summary of a job holds one megabyte."""


def cell(text: str, limit: int = 2000) -> str:
    """Return text as a cell of a Markdown table, in which HTML and Markdown of the text mean nothing."""
    cut = text if len(text) <= limit else f"{text[:limit]}…"
    for character in "\\`*_[]|~#":
        cut = cut.replace(character, f"\\{character}")
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")


def places(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the physical locations of a finding."""
    return [each["physicalLocation"] for each in result.get("locations", []) if "physicalLocation" in each]


def move(run: dict[str, Any], directory: str) -> None:
    """Make the paths of a run's findings relative to the repository."""
    for result in run.get("results", []):
        for place in places(result):
            path = PurePosixPath(place["artifactLocation"]["uri"])
            place["artifactLocation"]["uri"] = str(PurePosixPath(directory) / path)


def table(runs: list[dict[str, Any]]) -> list[str]:
    """Return the findings as lines of Markdown, errors of the tool itself first."""
    lines = [
        f"- {cell(note['message']['text'])}"
        for run in runs
        for invocation in run.get("invocations", [])
        for note in invocation.get("toolExecutionNotifications", [])
    ]
    results = [result for run in runs for result in run.get("results", [])]
    if results:
        lines += ["", "| level | rule | where | what |", "| --- | --- | --- | --- |"]
    for result in results[:SHOWN]:
        where = " ".join(
            f"{place['artifactLocation']['uri']}:{place.get('region', {}).get('startLine', 1)}"
            for place in places(result)
        )
        cells = (result.get("level", "warning"), result["ruleId"], where, result["message"]["text"])
        lines.append(f"| {' | '.join(map(cell, cells))} |")
    if len(results) > SHOWN:
        lines.append(f"\n{len(results) - SHOWN} more are in the SARIF file.")
    return lines


def main(file: str, code: str, title: str, directory: str) -> int:
    """Rewrite the file and print the Markdown."""
    print(f"## {cell(title)}: {VERDICTS.get(int(code), f'⚠️ ended with exit code {code}')}\n")
    text = Path(file).read_text()
    if not text.strip():
        print("No findings were written; the log of the step says why.")
        return 0
    document = json.loads(text)
    if directory not in ("", "."):
        for run in document["runs"]:
            move(run, directory)
        Path(file).write_text(json.dumps(document, indent=2))
    print("\n".join(table(document["runs"])))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
