"""The access key slots of one user in a stack's config file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.config_file import ConfigFile

__all__ = ["read_slots", "write_slots"]

KEY: Final = "s3-perimeter:users"
# What the component takes where the config names no slot.
DEFAULT: Final = ("a",)


def read_slots(file: ConfigFile, user: str) -> tuple[str, ...]:
    """Return the slots that the file gives to the user. Raises CommandError where it names no such user."""
    keys = _entry_of(file, user).get("keys")
    return tuple(str(slot) for slot in keys) if keys else DEFAULT


def write_slots(file: ConfigFile, user: str, slots: Sequence[str]) -> None:
    """Give the user these slots, and save the file; everything else in it stays."""
    from ruamel.yaml.comments import CommentedSeq

    entry = _entry_of(file, user)
    written = CommentedSeq(slots)
    written.fa.set_flow_style()
    entry["keys"] = written
    file.save()


def _entry_of(file: ConfigFile, user: str) -> Any:
    """Return the user's entry; the default user gets one where the file names none."""
    config = file.tree.setdefault("config", {})
    users = config.get(KEY)
    if users is None and user == "remote-user":
        config[KEY] = [{"name": user}]
        return config[KEY][0]
    for entry in users if isinstance(users, list) else ():
        if isinstance(entry, dict) and entry.get("name") == user:
            return entry
    raise CommandError(
        f"{file.path.name} names no user `{user}` in `{KEY}`",
        "write the users there as a YAML list; if the program declares them itself, change `keys` in the "
        "program and deploy it",
    )
