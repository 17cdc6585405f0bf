"""A test that hangs fails with its name, whatever it hangs in, and the other tests run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONFTEST = """
from tests import hang

hang.GRACE_SECONDS = 1.0

def pytest_configure(config):
    config.pluginmanager.register(hang.Hangs(config))
"""
HANGING = """
import subprocess, threading, time, pytest

def test_in_a_wait():
    threading.Event().wait()

def test_in_a_child_that_is_waited_for_again():
    with subprocess.Popen(["sleep", "90"]) as child:
        child.wait()

@pytest.fixture
def ends_late():
    yield
    time.sleep(90)

def test_in_a_fixture_after_a_failure(ends_late):
    assert 0

def test_that_follows():
    pass
"""
PLUGINS = ("-p", "xdist", "-p", "pytest_timeout", "-p", "no:cacheprovider")


@pytest.mark.slow
def test_what_hangs_fails(tmp_path: Path) -> None:
    """Where pytest-timeout's error does not end it, the process of its tests ends and is replaced."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(HANGING)
    (tmp_path / "pytest.ini").write_text("[pytest]\ntimeout = 1\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGINS, "-n", "1", "-rA", tmp_path],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "COLUMNS": "200",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    crashed = "crashed while running 'test_it.py::"
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAILED test_it.py::test_in_a_wait - Failed: Timeout" in done.stdout
    assert f"worker 'gw0' {crashed}test_in_a_child_that_is_waited_for_again'" in done.stdout
    assert f"worker 'gw1' {crashed}test_in_a_fixture_after_a_failure'" in done.stdout
    assert "PASSED test_it.py::test_that_follows" in done.stdout
