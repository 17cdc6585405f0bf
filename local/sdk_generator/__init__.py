"""Pulumi's generator of Python SDKs: `pulumi package add` needs it, a CLI built from its module lacks it."""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from local import programs
from local.engine.build import EngineError, Recipe

__all__ = ["find_or_build", "generate"]

HERE = Path(__file__).resolve().parent
VERSION = programs.pinned(HERE, "github.com/pulumi/pulumi/pkg/v3")
RECIPE = Recipe(
    what=f"Pulumi's generator of Python SDKs {VERSION}",
    program="pulumi-sdk-python",
    sources=HERE,
    flags=("-ldflags", "-w -s"),
    packages=450,
    takes="about a minute and a half",
    instead="pulumi-sdk-python",
    package=".",
)


def find_or_build(path: str) -> Path:
    """The kept build, else the one on ``path``, else a build. Raises EngineError."""
    return programs.find_or_build(RECIPE, VERSION, path)


def generate(schema: str, extra_files: Mapping[str, bytes], loader: str, directory: str) -> None:
    """Write the SDK of the package with that schema into a folder.

    Raises EngineError where there is no generator yet, or where it refuses the schema.
    """
    program = programs.kept_directory(RECIPE, VERSION) / RECIPE.program
    if not program.exists():
        raise EngineError(
            "the Python SDK of a package is written by a part of Pulumi's own language host, which this "
            "checkout has not built; run `python -m local.sdk_generator` there once, or use the official "
            'Pulumi CLI. A Python program can do without: `pip install "s3-perimeter[pulumi]"`, then '
            "`from s3_perimeter.components import PrivateBucket`"
        )
    files = {name: b64encode(content).decode() for name, content in extra_files.items()}
    done = subprocess.run(
        [program, loader, directory],
        input=json.dumps({"Schema": json.loads(schema), "ExtraFiles": files}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise EngineError(done.stderr.strip())
