"""Processes by id and start: what can be found out about them on a bare machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.processes import started_at


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="ps is asked where there is no /proc")
def test_a_process_that_is_gone_is_recognized_without_ps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slim container images have no ps."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert started_at(ended.pid) is None
    assert started_at(os.getpid()) is not None
