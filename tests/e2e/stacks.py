"""Stacks of the real engine on the embedded AWS: the checkout's own program, and programs of a few lines."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from ruamel.yaml import YAML

from local.stand import Stand
from tests.conftest import DATA_KEYS, STATE_KEY, Pulumi, PulumiIn, Ran, state_key

ROOT = Path(__file__).resolve().parent.parent.parent
NAMESPACE = "s3-perimeter"
PACK = ("--policy-pack", str(ROOT / "policies"))

INSIDE = ("203.0.113.10", "2001:db8:1234::10")
OUTSIDE = ("198.51.100.7", "2001:db8:ffff::7")
REGION = {"aws:region": "ap-northeast-1"}
NETWORKS = ["203.0.113.0/24", "2001:db8:1234::/48"]
SECRETS_PROVIDER = f"awskms://{STATE_KEY}?region=ap-northeast-1"


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack of one project directory; every command ends by itself and asks nothing."""

    name: str
    directory: Path
    pulumi: Pulumi

    def __call__(self, command: str, *arguments: str, expect: int | None = 0, seconds: float = 300) -> Ran:
        """Run ``pulumi COMMAND --stack NAME ARGUMENTS``."""
        return self.pulumi(*command.split(), "--stack", self.name, *arguments, expect=expect, seconds=seconds)

    def up(self, *arguments: str, expect: int | None = 0) -> Ran:
        """Deploy what is declared."""
        return self("up", "--yes", "--skip-preview", *arguments, expect=expect)

    def run(self, program: str, *arguments: str, **added: str) -> Ran:
        """Run one of our own commands as a person does; ``added`` goes on top of the environment."""
        done = subprocess.run(
            [self.pulumi.found(program), *arguments],
            cwd=self.directory,
            env={**self.pulumi.environment, **added},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def configure(self, **values: object) -> None:
        """Write keys of the stack's config file as a person edits it; None takes a key out.

        A key without a namespace is one of ours.
        """
        file = self.directory / f"Pulumi.{self.name}.yaml"
        yaml = YAML()
        content: dict[str, Any] = (yaml.load(file.read_text()) if file.exists() else None) or {}
        config = content.setdefault("config", {})
        for name, value in values.items():
            key = name if ":" in name else f"{NAMESPACE}:{name}"
            config.pop(key, None)
            if value is not None:
                config[key] = value
        with file.open("w") as out:
            yaml.dump(content, out)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets in the clear; the engine itself opens those under a passphrase."""
        deployment = self.deployment()
        encrypted = deployment["secrets_providers"]["state"].get("encryptedkey")
        if encrypted not in DATA_KEYS:
            return dict(json.loads(self("stack output", "--json", "--show-secrets").out))
        (found,) = (each for each in deployment["resources"] if each["type"] == "pulumi:pulumi:Stack")
        return dict(in_the_clear(found.get("outputs", {}), DATA_KEYS[encrypted]))

    def deployment(self) -> dict[str, Any]:
        """What is deployed, as the backend's file has it."""
        (file,) = (backend_of(self.pulumi) / ".pulumi" / "stacks").rglob(f"{self.name}.json")
        return json.loads(file.read_text())["checkpoint"]["latest"] or {}

    def resources(self) -> list[dict[str, Any]]:
        """The resources in the stack's state."""
        return self.deployment().get("resources") or []

    def exported(self) -> Path:
        """A file with the state of now, as ``pulumi stack export --file`` writes it."""
        file = self.directory.parent / f"{self.name}-exported.json"
        file.write_text(json.dumps({"version": 3, "deployment": self.deployment()}))
        return file

    def planned(self) -> dict[str, set[str]]:
        """What a preview would do: resource types by operation, ``same`` left out."""
        steps = json.loads(self("preview", "--json").out)["steps"]
        plan: dict[str, set[str]] = {}
        for step in steps:
            if step["op"] != "same":
                plan.setdefault(step["op"], set()).add(step["urn"].split("::")[2].rsplit("$", 1)[-1])
        return plan


def in_the_clear(value: Any, key: bytes) -> Any:
    """A value of the state with its secrets opened by their data key (AES-GCM)."""
    if isinstance(value, list):
        return [in_the_clear(each, key) for each in value]
    if not isinstance(value, dict):
        return value
    if "ciphertext" in value:
        nonce, sealed = (b64decode(part) for part in value["ciphertext"].split(":")[1:])
        return json.loads(AESGCM(key).decrypt(nonce, sealed, None))
    return {name: in_the_clear(each, key) for name, each in value.items()}


def backend_of(run: Pulumi) -> Path:
    """The folder of a CLI's backend."""
    return Path(urlsplit(run.environment["PULUMI_BACKEND_URL"]).path)


def new_stack(stand: Stand, run: Pulumi, name: str, *, passphrase: bool = False) -> None:
    """Make a stack whose secrets a key of AWS KMS protects, or the passphrase.

    The engine needs a fifth of a second of processor time to derive a key from a passphrase, in each command.
    For KMS this writes what ``pulumi stack init --secrets-provider awskms://…`` writes, but selects nothing.
    """
    if passphrase:
        run("stack", "init", name)
        return
    project = YAML(typ="safe").load(run.directory / "Pulumi.yaml")["name"]
    state = backend_of(run) / ".pulumi" / "stacks" / project / f"{name}.json"
    state.parent.mkdir(parents=True, exist_ok=True)
    checkpoint = {"stack": f"organization/{project}/{name}", "latest": None}
    state.write_text(json.dumps({"version": 3, "checkpoint": checkpoint}))
    (backend_of(run) / ".pulumi" / "meta.yaml").write_text("version: 1\n")
    with (run.directory / f"Pulumi.{name}.yaml").open("a") as config:
        config.write(f"secretsprovider: {SECRETS_PROVIDER}\nencryptedkey: {state_key(stand)}\n")


def checkout_stack(
    stand: Stand,
    directory: Path,
    name: str,
    *,
    environment: Mapping[str, str] | None = None,
    passphrase: bool = False,
    **config: object,
) -> Stack:
    """A new stack of the checkout's own program, in a copy of the project that may be written to.

    ``environment`` goes on top of the stand's; ``passphrase`` as in ``new_stack``.
    """
    project = directory / "project"
    if not project.exists():
        project.mkdir()
        for file in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / file, project / file)
    stack = Stack(name, project, PulumiIn(stand, directory)(project, **(environment or {})))
    new_stack(stand, stack.pulumi, name, passphrase=passphrase)
    stack.configure(**{**REGION, "allowedNetworks": NETWORKS, "protect": False, **config})
    return stack


def program_stack(stand: Stand, directory: Path, name: str, program: str) -> Stack:
    """A new stack of a program given as text, in a project of its own."""
    project = directory / name
    project.mkdir()
    (project / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
    (project / "__main__.py").write_text(program)
    stack = Stack("test", project, PulumiIn(stand, directory)(project))
    new_stack(stand, stack.pulumi, "test")
    stack.configure(**REGION)
    return stack


def credentials(outputs: Mapping[str, Any], person: str = "remote-user", slot: str = "a") -> dict[str, str]:
    """A person's access key, as boto3 takes it."""
    return {
        "aws_access_key_id": outputs["accessKeyIds"][person][slot],
        "aws_secret_access_key": outputs["secretAccessKeys"][person][slot],
    }
