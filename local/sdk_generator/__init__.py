"""Pulumi's generator of Python SDKs: `pulumi package add` needs it, a CLI built from its module lacks it."""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from collections.abc import Mapping

from local import programs
from local.engine.build import EngineError

GENERATOR = programs.pinned(
    __file__,
    "github.com/pulumi/pulumi/pkg/v3",
    what="Pulumi's generator of Python SDKs",
    name="pulumi-sdk-python",
    packages=450,
    takes="about a minute and a half",
    package=".",
)


def generate(schema: str, extra_files: Mapping[str, bytes], loader: str, directory: str) -> None:
    """Write the SDK of the package with that schema into a folder.

    Raises EngineError where there is no generator yet, or where it refuses the schema.
    """
    program = GENERATOR.built
    if program is None:
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
