"""No secret is in anything that is said or written about a stack: outputs, logs, state, tracebacks."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pyrage
import pytest
from ruamel.yaml import YAML

from local.aws.faults import Fault
from local.stand import Stand
from tests.conftest import Ran
from tests.e2e.stacks import (
    PACK,
    SECRETS_PROVIDER,
    Stack,
    checkout_stack,
    credentials,
    program_stack,
)

pytestmark = pytest.mark.e2e

BIN = Path(sys.executable).parent
PASSPHRASE = "correct+horse/battery staple"
NOWHERE = "https://127.0.0.1:9"


@dataclass
class Said:
    """Everything that was said and written, by where it was; and the secrets to look for in it."""

    stack: Stack
    stand: Stand
    place: Path
    texts: dict[str, str] = field(default_factory=dict)

    def pulumi(self, command: str, *arguments: str, expect: int | None = 0) -> None:
        """Keep what a Pulumi command says."""
        self.keep(f"pulumi {command} {' '.join(arguments)}", self.stack(command, *arguments, expect=expect))

    def run(self, program: str, *arguments: str, **added: str) -> Ran:
        """Keep what one of our own commands says, run as a person runs it."""
        ran = self.stack.run(program, *arguments, **added)
        self.keep(f"{program} {' '.join([*arguments, *added])}", ran)
        return ran

    def keep(self, name: str, ran: Ran) -> None:
        """Keep what was said under a name of its own."""
        self.texts[f"{len(self.texts)}: {name}"] = ran.text

    def files(self) -> Iterator[tuple[str, str]]:
        """Every file of the project, of Pulumi's backend and home, and every log of the embedded AWS."""
        found = [*self.place.rglob("*"), *(self.stand.directory / "pulumi").rglob("*")]
        found += self.stand.directory.glob("*.log")
        for path in found:
            if path.is_file():
                yield str(path), path.read_text(errors="replace")

    def with_any(self, secrets: Mapping[str, str]) -> list[str]:
        """Where one of the secrets stands, in the clear or in an encoding that anybody undoes."""
        texts = [*self.texts.items(), *self.files()]
        return [
            f"{name} in {where}"
            for name, secret in secrets.items()
            for form in encodings(secret)
            for where, text in texts
            if form in text
        ]


def encodings(secret: str) -> set[str]:
    """The secret as it is, in JSON, in a URL, and in base64 at each of the three offsets."""
    in_base64 = {
        base64.b64encode(b"\0" * offset + secret.encode()).decode()[4 if offset else 0 : -4]
        for offset in range(3)
    }
    in_base64 = {form for form in in_base64 if len(form) > 12}
    return {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), *in_base64}


@pytest.fixture(scope="module")
def said(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    """A stack brought up with all that the engine can say about it."""
    place = tmp_path_factory.mktemp("secrets")
    stack = checkout_stack(
        stand, place, "said", environment={"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}, passphrase=True
    )
    said = Said(stack, stand, place)
    said.pulumi("up", "--yes", "--debug", "--diff", *PACK)
    yield said
    stack("destroy", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def secrets(said: Said) -> dict[str, str]:
    """What nobody may read: the person's secret access key, the operator's, and the passphrase."""
    return {
        "the user's secret": credentials(said.stack.outputs())["aws_secret_access_key"],
        "the admin's secret": said.stand.record.admin["secret"],
        "the passphrase": PASSPHRASE,
    }


def test_pulumi_says_and_writes_no_secret(said: Said, secrets: dict[str, str]) -> None:
    """Not with --debug, in a diff, as JSON, in the exported state, in the backend's files, or in a log."""
    said.pulumi("preview", "--debug", "--diff", "--show-sames", *PACK)
    said.pulumi("preview", "--json", "--show-sames")
    said.pulumi("refresh", "--yes", "--diff", "--debug")
    said.pulumi("stack output", "--json")
    said.pulumi("stack export")
    said.pulumi("stack", "--show-ids", "--show-urns")
    assert said.with_any(secrets) == []


def test_what_goes_wrong_says_no_secret(said: Said, secrets: dict[str, str]) -> None:
    """A lost answer while a second key is made, the program's traceback, a wrong passphrase, no AWS."""
    stack, program = said.stack, said.stack.directory / "__main__.py"
    right = program.read_text()
    stack.configure(users=[{"name": "remote-user", "keys": ["a", "b"]}])
    said.stand.control("/fault", {"at": 12, "fault": Fault.LOST.value})
    said.pulumi("up", "--yes", "--skip-preview", "--debug", expect=None)
    said.stand.control("/fault", {"at": 0, "fault": Fault.LOST.value})
    program.write_text(f"{right}\nraise RuntimeError(locals(), dict(vars()))\n")
    try:
        said.pulumi("up", "--yes", "--skip-preview", "--debug", expect=None)
    finally:
        program.write_text(right)
    assert any("Traceback" in text for text in said.texts.values())
    said.pulumi("up", "--yes", "--skip-preview", "--debug", "--refresh")
    slots = said.stack.outputs()["secretAccessKeys"]["remote-user"]
    for program_name, code, *arguments in (
        ("perimeter", 2, "plan", "--stack", "said"),
        ("perimeter", 2, "credentials", "--stack", "said", "--profile", "x"),
        ("pulumi-tool-drift-check", 0, "--stack", "said", "--debug"),  # it opens no secret
    ):
        ran = said.run(str(program_name), *map(str, arguments), PULUMI_CONFIG_PASSPHRASE="wrong")
        assert ran.code == code, ran.text
        assert "Traceback" not in ran.text, ran.text
    ran = said.run("pulumi-tool-drift-check", "--stack", "said", "--debug", AWS_ENDPOINT_URL=NOWHERE)
    assert ran.code == 2, ran.text
    assert said.with_any({**secrets, **{f"slot {slot}": secret for slot, secret in slots.items()}}) == []


def test_our_own_commands_say_no_secret(said: Said, secrets: dict[str, str]) -> None:
    """Every job on the stack, the drift check with --debug, a key handed over encrypted."""
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    file = said.place / "key.csv.age"
    commands: list[list[str]] = [
        ["check", "--format", "json"],
        ["plan", "--format", "markdown"],
        ["verify", "--format", "json"],
        ["report", "-o", str(said.place / "report.html")],
        ["denied", "--format", "json"],
        ["rotate", "--format", "json"],
        ["unlock"],
        ["credentials", "--csv", str(file), "--encrypt-to", recipient],
    ]
    for command, *arguments in commands:
        ran = said.run("perimeter", command, "--stack", "said", *arguments)
        assert "Traceback" not in ran.text, ran.text
    assert file.exists()
    assert (said.place / "report.html").exists()
    said.run("pulumi-tool-drift-check", "--stack", "said", "--debug", "--strict", "--format", "json")
    assert said.with_any(secrets) == []


def test_the_search_finds_a_secret_that_is_there(said: Said, secrets: dict[str, str]) -> None:
    """Shown on purpose, written in base64, or in a URL: each is found."""
    shown = Said(said.stack, said.stand, said.place / "nowhere")
    shown.pulumi("stack output", "--show-secrets")
    secret = secrets["the user's secret"]
    shown.texts["base64"] = base64.b64encode(f"key={secret};".encode()).decode()
    shown.texts["url"] = f"https://example.com/?secret={quote(secret, safe='')}&x"
    found = shown.with_any({"secret": secret})
    assert {entry.split(" in ", 1)[1][:4] for entry in found} >= {"0: p", "base", "url"}


def test_a_key_of_kms_protects_the_same_deployment(said: Said, secrets: dict[str, str]) -> None:
    """Under either provider nothing is left to change, and the outputs are the same."""
    stack = said.stack
    passphrase = stack.outputs()
    stack("stack change-secrets-provider", SECRETS_PROVIDER)
    assert stack.deployment()["secrets_providers"]["type"] == "cloud"
    stack.up("--expect-no-changes")
    assert json.loads(stack("stack output", "--json", "--show-secrets").out) == passphrase
    assert said.with_any(secrets) == []


def test_the_stacks_of_these_tests_are_such_as_the_engine_makes(stand: Stand, tmp_path: Path) -> None:
    """Their files have the keys of `stack init`, and their secrets are opened as the engine opens them."""
    program = "import pulumi\npulumi.export('shown', [1, pulumi.Output.secret({'a': ['b']})])\n"
    stack = program_stack(stand, tmp_path, "made", program)
    run = stack.pulumi
    run("stack", "init", "engine", "--secrets-provider", SECRETS_PROVIDER)
    ours, engines = (
        YAML(typ="safe").load(stack.directory / f"Pulumi.{name}.yaml") for name in ("test", "engine")
    )
    assert set(ours) - {"config"} == set(engines)
    assert ours["secretsprovider"] == engines["secretsprovider"]
    assert {each["name"] for each in json.loads(run("stack", "ls", "--json").out)} == {"test", "engine"}
    stack.up()
    assert stack.outputs() == json.loads(stack("stack output", "--json", "--show-secrets").out)
    assert json.loads(stack.exported().read_text()) == json.loads(stack("stack export").out)
