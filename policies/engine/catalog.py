"""The rules as the engine lists them, without the code that judges.

The engine runs no program before the pack has named its rules. Importing the rules, and the proof that they
stand on, takes as long as all else that the pack does until then. So what the rules say of themselves is kept
in a file, and they are imported while the program runs.

``python -m policies.reference`` writes the file. A file that differs from the rules is noticed before the
first of them judges, and fails every rule.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from ..judging.rule import Rule, Violation

if TYPE_CHECKING:
    from ..judging.context import Context

FILE: Final = Path(__file__).with_name("catalog.json")


class StaleError(RuntimeError):
    """The file does not list the rules as they are."""


def listed() -> tuple[Rule, ...]:
    """Return the rules by the file; each imports the real one when it first judges."""
    return tuple(_deferred(entry) for entry in json.loads(FILE.read_text(encoding="utf-8")))


def written() -> str:
    """Return the text that the file should have."""
    rules = import_module("..rules", __package__).RULES
    return json.dumps([_entry(rule) for rule in rules], indent=1, ensure_ascii=False) + "\n"


def import_meanwhile() -> None:
    """Import the rules in a thread; a rule that is needed earlier waits for it, and raises its failure."""

    def imported() -> None:
        with suppress(Exception):  # the first rule that judges meets it again, and fails
            loaded()

    Thread(target=imported, name="rules", daemon=True).start()


@lru_cache(maxsize=1)
def loaded() -> Mapping[str, Rule]:
    """Return the rules themselves, by id. Raises StaleError."""
    if FILE.read_text(encoding="utf-8") != written():
        raise StaleError("policies/engine/catalog.json is not that of these rules")
    return {rule.id: rule for rule in import_module("..rules", __package__).RULES}


def _deferred(entry: Mapping[str, Any]) -> Rule:
    def judge(context: Context) -> Iterable[Violation]:
        return loaded()[entry["id"]].judge(context)

    return Rule(judge=judge, **entry)


def _entry(rule: Rule) -> dict[str, Any]:
    """Return a rule's metadata."""
    return {each.name: getattr(rule, each.name) for each in fields(rule) if each.name != "judge"}
