"""What `pip install s3-perimeter` installs: one top-level name, no dependency, and extras that are named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from local.bootstrap import find_uv

ROOT = Path(__file__).resolve().parent.parent
BUCKET = "acme-data"
SEALED = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}},
    },
}
ALLOWED = ("--allow", "203.0.113.0/24")
CHECK = ("check", "policy.json", "--bucket", BUCKET, *ALLOWED)
STATE = {
    "version": 3,
    "deployment": {
        "manifest": {"time": "2026-11-01T00:00:00Z", "magic": "", "version": "v3.259.0"},
        "resources": [
            {
                "urn": "urn:pulumi:dev::acme::aws:s3/bucket:Bucket::data",
                "custom": True,
                "id": BUCKET,
                "type": "aws:s3/bucket:Bucket",
                "inputs": {"bucket": BUCKET},
                "outputs": {"bucket": BUCKET, "id": BUCKET, "region": "ap-northeast-1"},
            }
        ],
    },
}


@dataclass(frozen=True)
class Environment:
    """A virtual environment, and a folder of its user's."""

    directory: Path
    home: Path

    def run(self, program: str, *arguments: str, **added: str) -> subprocess.CompletedProcess[str]:
        """Run one of its programs as a person does who has nothing else on the path."""
        return subprocess.run(
            [self.directory / "bin" / program, *arguments],
            cwd=self.home,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.home), **added},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def python(self, code: str) -> str:
        """What Python code prints there."""
        done = self.run("python", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    made = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (found,) = made.glob("*.whl")
    return found


def environment(directory: Path, *requirements: str, offline: bool) -> Environment:
    """An environment with these and what they require, of the versions in requirements.lock."""
    uv = find_uv()
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, directory / "env"], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", str(directory / "env" / "bin" / "python")]
    locked = ["--constraints", str(ROOT / "requirements.lock"), *requirements]
    # What the checkout's own environment was made of is in uv's cache; only a cold one needs the index.
    done = subprocess.run([*install, "--offline", *locked], capture_output=True, text=True, check=False)
    if done.returncode and not offline:
        done = subprocess.run([*install, *locked], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    home = directory / "home"
    home.mkdir()
    (home / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    (home / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (home / "policy.json").write_text(json.dumps(SEALED))
    (home / "state.json").write_text(json.dumps(STATE))
    return Environment(directory / "env", home)


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the wheel and nothing else."""
    return environment(tmp_path_factory.mktemp("bare"), str(wheel), offline=True)


def test_one_top_level_name_and_no_dependency_are_installed(bare: Environment) -> None:
    """Nothing of ours can hide a package of the person's own, and nothing else comes along."""
    (installed,) = bare.directory.glob("lib/python*/site-packages")
    ours = {path.name.partition("-")[0] for path in installed.iterdir() if "virtualenv" not in path.name}
    assert ours == {"s3_perimeter"}


@pytest.mark.parametrize("program", ["perimeter", "s3-perimeter"])
def test_a_policy_is_checked_without_any_extra(bare: Environment, program: str) -> None:
    """Under both names of the command."""
    done = bare.run(program, *CHECK, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["verdict"] == "proved"


def test_the_pre_commit_hook_needs_no_more_than_that() -> None:
    """pre-commit installs the package by itself: so the hook brings no SDK of any cloud."""
    (hook,) = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert (hook["language"], hook["entry"]) == ("python", "perimeter check")
    assert "additional_dependencies" not in hook


def test_policies_are_compared_without_any_extra(bare: Environment) -> None:
    """Two equal ones are."""
    done = bare.run("perimeter", "compare", "policy.json", "policy.json", "--bucket", BUCKET)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        pytest.param(("pulumi-tool-drift-check", "--state", "state.json"), "aws", id="drift"),
        pytest.param(("python", "-m", "s3_perimeter.policies"), "pulumi", id="pack"),
    ],
)
def test_a_missing_extra_is_one_sentence(bare: Environment, command: Sequence[str], extra: str) -> None:
    """It ends with what to type."""
    done = bare.run(*command)
    assert done.returncode in (1, 2)
    (said,) = done.stderr.strip().splitlines()
    assert said.startswith("error: ")
    assert said.endswith(f'is needed here and not installed: pip install "s3-perimeter[{extra}]"')


def test_the_component_names_its_extra_too(bare: Environment) -> None:
    """A program that imports it without Pulumi is shown what to install."""
    done = bare.run("python", "-c", "from s3_perimeter.components import PrivateBucket")
    assert done.stderr.strip().splitlines()[-1].endswith('pip install "s3-perimeter[pulumi]"')


def test_with_the_extra_for_aws_an_exported_state_is_checked(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Here AWS cannot be reached: the check runs to its end and says that there is no answer."""
    with_aws = environment(
        tmp_path_factory.mktemp("aws"), f"s3-perimeter[aws] @ file://{wheel}", offline=False
    )
    done = with_aws.run(
        *("pulumi-tool-drift-check", "--state", "state.json", "--format", "json"),
        *("--endpoint-url", "http://127.0.0.1:9"),
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_REGION="ap-northeast-1",
    )
    assert done.returncode == 2, done.stderr
    assert json.loads(done.stdout)["status"] == "unknown"
    assert "Traceback" not in done.stderr
    assert with_aws.python("import importlib.util as u; print(u.find_spec('pulumi'))") == "None"


def test_the_wheel_brings_component_and_pack(wheel: Path, tmp_path: Path) -> None:
    """With Pulumi installed they load from there, whatever else is called `components`."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    own = tmp_path / "program" / "components"
    own.mkdir(parents=True)
    (own / "__init__.py").write_text("OWN = True\n")
    code = (
        "import components, s3_perimeter.components as ours, s3_perimeter.policies.rules as rules\n"
        "print(components.OWN, ours.PrivateBucket.__module__, len(rules.RULES) > 10, ours.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path / "program",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [
        "True",
        "s3_perimeter.components.private_bucket",
        "True",
        str(tmp_path / "site" / "s3_perimeter" / "components" / "__init__.py"),
    ]
    for folder, file in (("components", "PulumiPlugin.yaml"), ("policies", "PulumiPolicy.yaml")):
        assert "virtualenv" not in (tmp_path / "site" / "s3_perimeter" / folder / file).read_text()


@pytest.mark.parametrize("first", ["components", "s3_perimeter.components"])
def test_in_a_checkout_both_names_are_the_same_modules(first: str) -> None:
    """No class is there twice, whichever name comes first, and `isinstance` holds across both."""
    code = (
        f"import {first}\n"
        "import components.args, policies.rules, policies.rules.tls_required\n"
        "import s3_perimeter.components.args as args, s3_perimeter.components.private_bucket as one\n"
        "import s3_perimeter.policies.rules.tls_required as tls\n"
        "from s3_perimeter.components import PrivateBucket\n"
        "assert PrivateBucket is components.PrivateBucket is one.PrivateBucket\n"
        "assert args is components.args and args.__spec__.name == 'components.args'\n"
        "assert tls is policies.rules.tls_required\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_in_a_checkout_a_program_may_have_components_of_its_own(tmp_path: Path) -> None:
    """The package's name is enough to distinguish them."""
    own = tmp_path / "components"
    own.mkdir()
    (own / "__init__.py").write_text("OWN = True\n")
    code = "import components; from s3_perimeter.components import PrivateBucket; print(components.OWN)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "True"
