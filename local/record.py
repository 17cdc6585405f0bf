"""What a running stand writes down about itself: who it is, where it listens, who its admin is."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from local.processes import started_at

FILE = "stand.json"


@dataclass(slots=True)
class Record:
    """The content of ``stand.json`` (readable by its owner alone: it holds the admin's secret key)."""

    pid: int = 0
    started: str | None = None
    token: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    vantages: dict[str, dict[str, object]] = field(default_factory=dict)
    admin: dict[str, str] = field(default_factory=dict)
    management: dict[str, str] = field(default_factory=dict)
    """The admin of the organization's management account."""

    provider: int = 0
    code: str = ""

    @property
    def running(self) -> bool:
        """Whether the process that wrote this still lives (a recycled id is not it)."""
        return self.started is not None and started_at(self.pid) == self.started

    def write(self, directory: Path) -> None:
        """Replace the file in one step: a reader finds the old record or this one."""
        fresh = directory / f".{FILE}.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=1)
        fresh.replace(directory / FILE)


def code() -> str:
    """Return a digest of the code in `local/`: a stand that runs another one is older than the checkout."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def read(directory: Path) -> Record:
    """Return the record in ``directory``; an empty one where there is none or it is no record."""
    try:
        return Record(**json.loads((directory / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return Record()
