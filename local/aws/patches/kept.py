"""What the patches add to the emulator's state: plain data in one JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from local.aws.emulator import replace

FILE = "patches.json"


@dataclass(slots=True)
class Data:
    """Everything kept. S3's parts are XML as the client sent it; IAM's are the fields it answers with."""

    configurations: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    """Bucket, or ``account ID`` -> kind (``local.aws.patches.stored``) -> id -> XML."""
    credentials: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Kind of credential (``local.aws.patches.iam_credentials``) -> its items."""
    last_used: dict[str, dict[str, str]] = field(default_factory=dict)
    """Access key id -> when, from which service and region."""
    roles_used: dict[str, dict[str, str]] = field(default_factory=dict)
    """Role -> when and in which region a session of it was last used."""


class Kept:
    """The data, and its file. There is one, since the patches are the process's."""

    def __init__(self) -> None:
        self.data = Data()
        self.file = Path(FILE)
        self.written = ""

    def open(self, directory: Path) -> None:
        """Read what the file below ``directory`` holds, where there is one, and keep everything there."""
        self.file = directory / FILE
        if self.file.exists():
            found = json.loads(self.file.read_text())
            self.data = Data(**{each.name: found.get(each.name, {}) for each in fields(Data)})

    def save(self) -> None:
        """Write the data where it changed, in one step."""
        text = json.dumps(asdict(self.data))
        if text != self.written:
            replace(self.file, text)
            self.written = text


KEPT = Kept()
