"""A `pulumi` on PATH that answers as the real one does, from prepared texts: the outer edge of these
commands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import Any

import pytest

SIGNATURE = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
URN = "urn:pulumi:dev::s3-perimeter::"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
USER_ARN = "arn:aws:iam::111122223333:user/s3-perimeter-dev-kenji"
CONFIG: dict[str, Any] = {
    "aws:region": {"value": "ap-northeast-1", "secret": False},
    "s3-perimeter:allowedNetworks": {
        "value": "",
        "objectValue": [{"cidr": "203.0.113.0/24", "label": "office"}, "2001:db8:1234::/48"],
        "secret": False,
    },
    "s3-perimeter:users": {
        "objectValue": [{"name": "kenji", "keys": ["a", "b"]}],
        "value": "[]",
        "secret": False,
    },
    "s3-perimeter:bucketName": {"value": "", "secret": False},
}


def resource(kind: str, name: str, /, **outputs: Any) -> dict[str, Any]:
    """One resource of an exported state."""
    return {
        "urn": f"{URN}{kind}::{name}",
        "type": kind,
        "id": outputs.get("id", name),
        "inputs": {},
        "outputs": outputs,
    }


def state(*, secrets: bool = True, **outputs: Any) -> dict[str, Any]:
    """An exported state as `pulumi stack export --show-secrets` prints it."""
    secret = (
        {**SIGNATURE, "plaintext": json.dumps(SECRET)} if secrets else {**SIGNATURE, "ciphertext": "v1:x"}
    )
    return {
        "version": 3,
        "deployment": {
            "resources": [
                resource(
                    "pulumi:pulumi:Stack",
                    "s3-perimeter-dev",
                    bucket="example-bucket",
                    bucketArn="arn:aws:s3:::example-bucket",
                    region="ap-northeast-1",
                    logBucket="example-bucket-logs",
                    allowedNetworks=["203.0.113.0/24", "2001:db8:1234::/48"],
                    **outputs,
                ),
                resource(
                    "aws:iam/user:User", "private-bucket-kenji", name="s3-perimeter-dev-kenji", arn=USER_ARN
                ),
                *(
                    resource(
                        "aws:iam/accessKey:AccessKey",
                        f"private-bucket-kenji-{slot}",
                        id=f"AKIAIOSFODNN7EXAMPL{slot.upper()}",
                        user="s3-perimeter-dev-kenji",
                        secret=secret,
                    )
                    for slot in ("a", "b")
                ),
                resource(
                    "aws:s3/bucketLogging:BucketLogging",
                    "logging",
                    bucket="example-bucket",
                    targetBucket="example-bucket-logs",
                    targetPrefix="access/",
                ),
            ]
        },
    }


def answers(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    *,
    export: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
    error: str = "",
) -> None:
    """Put a `pulumi` on PATH that exports this state and config, or fails with this error."""
    (folder / "export.json").write_text(json.dumps(export or {}))
    (folder / "config.json").write_text(json.dumps(CONFIG if config is None else config))
    (folder / "error").write_text(error)
    program = folder / "pulumi"
    program.write_text(
        "#!/bin/sh\n"
        f"cd {quote(str(folder))} || exit\n"
        "[ ! -s error ] || { /bin/cat error >&2; exit 1; }\n"
        'case " $* " in *" export "*) exec /bin/cat export.json;; esac\n'
        "exec /bin/cat config.json\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
