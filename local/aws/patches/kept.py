"""What the patches add to the emulator's state: plain data in one JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from local.aws.emulator import replace

FILE = "patches.json"


@dataclass(slots=True)
class Data:
    """Everything kept. S3's parts are XML as the client sent it; IAM's are the fields it answers with."""

    configurations: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    """Bucket -> kind (inventory, analytics, metrics, intelligent-tiering) -> id -> XML."""
    account_block: str | None = None
    credentials: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Kind of credential (of ``local.aws.patches.iam``) -> its items."""
    last_used: dict[str, dict[str, str]] = field(default_factory=dict)
    """Access key id -> when, from which service and region."""
    roles_used: dict[str, dict[str, str]] = field(default_factory=dict)
    """Role -> when and in which region a session of it was last used."""


class Kept:
    """The data, and its file."""

    def __init__(self, directory: Path) -> None:
        self.file = directory / FILE
        self.data = Data(**self.read())
        self.written = ""

    def read(self) -> dict[str, Any]:
        """Return what the file holds; nothing where there is none."""
        try:
            found: dict[str, Any] = json.loads(self.file.read_text())
        except FileNotFoundError:
            return {}
        return found

    def save(self) -> None:
        """Write the data where it changed, in one step."""
        text = json.dumps(asdict(self.data))
        if text != self.written:
            replace(self.file, text)
            self.written = text
