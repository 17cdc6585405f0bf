"""The environment in which ordinary `pulumi`, `aws` and boto3 work against a stand."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from local.aws.emulator import REGION
from local.record import Record
from local.yaml_host import HOST

PASSPHRASE = "s3-perimeter-local"  # noqa: S105  (it guards secrets of the embedded AWS alone)
ROOT = Path(__file__).resolve().parent.parent

REAL_PROVIDER = "S3_PERIMETER_REAL_PROVIDER"
"""A variable that, where it is not empty, has the engine use the real provider against the embedded AWS."""

ENDPOINTS = {
    "AWS_ENDPOINT_URL": "inside",
    "AWS_ENDPOINT_URL_IPV6": "inside-ipv6",
    "OUTSIDE_ENDPOINT_URL": "outside",
    "OUTSIDE_ENDPOINT_URL_IPV6": "outside-ipv6",
    "PLAIN_HTTP_ENDPOINT_URL": "plain",
    "ANYWHERE_ENDPOINT_URL": "anywhere",
}
"""Variable -> vantage point."""

FORGOTTEN = (
    "AWS_CONFIG_FILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_SHARED_CREDENTIALS_FILE",
    "PULUMI_ACCESS_TOKEN",
    "VIRTUAL_ENV",
)
"""Variables that would lead a client to a real account; these are unset."""


def client_environment(record: Record, authority: Path) -> dict[str, str]:
    """Return what an AWS client needs: endpoints, the authority to trust, the admin's key, the region."""
    endpoints = {
        variable: f"{'https' if record.vantages[name]['tls'] else 'http'}://127.0.0.1:{record.ports[name]}"
        for variable, name in ENDPOINTS.items()
    }
    return {
        **endpoints,
        "AWS_ACCESS_KEY_ID": record.admin["key"],
        "MANAGEMENT_ACCESS_KEY_ID": record.management["key"],
        "MANAGEMENT_SECRET_ACCESS_KEY": record.management["secret"],
        "AWS_CA_BUNDLE": str(authority),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "AWS_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": record.admin["secret"],
    }


def file_backend(directory: Path) -> str:
    """Return the URL of a backend of files in ``directory``, each written in one step.

    ``metadata=skip``: otherwise a file of attributes goes with each, which a killed CLI leaves empty, and
    then no command can load the stack ("failed to load checkpoint: EOF").
    """
    return f"file://{directory}?metadata=skip"


def engine_environment(directory: Path, provider: int | None, path: str) -> dict[str, str]:
    """Return what the Pulumi CLI needs: home and backend below ``directory``, the provider, ``path``.

    :param provider: the port of the stand-in for the AWS provider. With None the engine looks for the real
        one on ``path``, which reaches the embedded AWS by the same variables as every other client.
    """
    attached = {} if provider is None else {"PULUMI_DEBUG_PROVIDERS": f"aws:{provider}"}
    return {
        **attached,
        "PATH": path,
        "PULUMI_BACKEND_URL": file_backend(directory / "stacks"),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(directory / "pulumi"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def guarded(base: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """``base`` with ``added``, without what would lead to a real account."""
    return {**{key: value for key, value in base.items() if key not in FORGOTTEN}, **added}


def search_path(engine_path: str) -> str:
    """``engine_path`` with this checkout's own commands (perimeter, drift-check, aws) in front, once.

    Where the YAML language host was built, its folder comes last, so that an installed one is preferred.
    """
    own, host = str(ROOT / ".venv" / "bin"), HOST.built
    last = [str(host.parent)] if host else []
    others = [part for part in engine_path.split(os.pathsep) if part not in (own, *last)]
    return os.pathsep.join([own, *others, *last])
