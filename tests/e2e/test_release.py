"""What a release holds, and that the engine installs the drift check from it."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import metadata
from pathlib import Path

import pytest

from local import home
from local.stand import Stand
from tests.e2e.checkout import ROOT

pytestmark = pytest.mark.e2e
VERSION = metadata.version("s3-perimeter")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `make dist` writes."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-P", "-m", "local.dist", folder],
        cwd=ROOT,
        env={**os.environ, "GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "some/where"},
        check=True,
        capture_output=True,
    )
    return folder


def test_every_file_has_its_sum(release: Path) -> None:
    """As `sha256sum --check` reads them; nothing is left out."""
    lines = [line.split("  ") for line in (release / "SHA256SUMS").read_text().splitlines()]
    assert {name: total for total, name in lines} == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in release.iterdir()
        if file.name != "SHA256SUMS"
    }


def test_the_wheel_holds_the_library_and_its_license(release: Path) -> None:
    """And neither the embedded AWS nor the tests."""
    with zipfile.ZipFile(release / f"s3_perimeter-{VERSION}-py3-none-any.whl") as wheel:
        names = wheel.namelist()
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in names)
    assert "s3_perimeter/py.typed" in names
    assert not {name.split("/")[0] for name in names} & {"local", "tests", "bench"}


def test_the_package_says_where_it_comes_from(release: Path) -> None:
    """The repository whose workflow built it; which one that is stands in no file."""
    with zipfile.ZipFile(release / f"s3_perimeter-{VERSION}-py3-none-any.whl") as wheel:
        said = wheel.read(f"s3_perimeter-{VERSION}.dist-info/METADATA").decode()
    assert "Project-URL: Homepage, https://github.example/some/where\n" in said
    assert "Classifier: Typing :: Typed\n" in said
    assert "github.example" not in (ROOT / "pyproject.toml").read_text()


def test_a_build_elsewhere_states_no_url() -> None:
    """Half of what is needed to name one is not enough either."""
    assert home.urls(None, None) == home.urls("https://github.example", "") == {}


def test_the_bill_of_materials_names_what_the_wheel_needs(release: Path) -> None:
    """In the locked versions, what the needs need included, and no tool for development."""
    document = json.loads((release / f"s3-perimeter-{VERSION}.cdx.json").read_text())
    parts = {part["name"]: part["version"] for part in document["components"]}
    locked = (ROOT / "requirements.lock").read_text()
    assert {"boto3", "botocore", "pulumi", "grpcio"} <= parts.keys()
    assert not parts.keys() & {"pytest", "ministack", "ruff"}
    assert all(f"{name}=={version} " in locked for name, version in parts.items())
    assert document["metadata"]["component"]["version"] == VERSION


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; yield its URL."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *arguments: object) -> None:
            """Print nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_engine_installs_the_drift_check_from_a_server(
    release: Path, stand: Stand, tmp_path: Path
) -> None:
    """`pulumi plugin install tool drift-check --server`, then the installed copy runs, with none on PATH."""
    environment = stand.process_environment()
    environment |= {"PULUMI_HOME": str(tmp_path), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    environment["PATH"] = os.pathsep.join(
        place
        for place in environment["PATH"].split(os.pathsep)
        if not (Path(place) / "pulumi-tool-drift-check").exists()
    )

    def pulumi(*arguments: str) -> str:
        done = subprocess.run(
            ["pulumi", "--non-interactive", "plugin", *arguments],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    with served(release) as url:
        pulumi("install", "tool", "drift-check", VERSION, "--server", url)
    assert "bucket-policy" in pulumi("run", "drift-check", "--", "--list")
