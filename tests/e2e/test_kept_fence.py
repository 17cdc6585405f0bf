"""What the engine would take off a bucket that stays, and what only looks like a part of its fence."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Aws, Pulumi, PulumiIn
from tests.e2e.stacks import new_stack

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
PACK = str(ROOT / "policies")
ALLOWED = '["203.0.113.0/24","2001:db8:1234::/48"]'
PLAIN = "aws.s3.BucketPolicy(label, bucket=bucket.id, policy=policy)"
RENAMED = 'aws.s3.BucketPolicy(label + "-policy", bucket=bucket.id, policy=policy)'
ALIASED = RENAMED.replace(
    "policy=policy)", "policy=policy, opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name=label)]))"
)
COMPONENT = """
import pulumi
from components import PrivateBucket

opts = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")]) if "NAME" == "new" else None
PrivateBucket("NAME", {"allowed_networks": ALLOWED, "bucket_name": "acme-kept", "protect": False}, opts)
"""


class Stack:
    """One stack whose program a test changes."""

    def __init__(self, pulumi: PulumiIn, directory: Path, program: str) -> None:
        shutil.copytree(ROOT / "tests" / "e2e" / "programs" / "well-fenced", directory)
        # A name of its own: the stand takes a second stack with the same URNs for the first, cut off.
        self.name = directory.name
        (directory / f"Pulumi.{self.name}.yaml").write_text(
            f"config:\n  s3-perimeter:allowedNetworks: {ALLOWED}\n"
        )
        self.run: Pulumi = pulumi(directory, PULUMI_STACK=self.name)
        self.change(program)
        new_stack(pulumi.stand, self.run, self.name)

    def change(self, program: str) -> None:
        """Make this the program."""
        (self.run.directory / "__main__.py").write_text(program)

    def previewed(self, command: str = "preview") -> tuple[int, str]:
        """The exit code and the report of `perimeter preview` (or `plan`)."""
        arguments = ["--cwd", str(self.run.directory), "--stack", self.name, "--policy-pack", PACK]
        done = subprocess.run(
            [
                self.run.found("perimeter"),
                command,
                *arguments,
                *(["--no-logs"] if command == "plan" else []),
            ],
            cwd=ROOT,
            env=dict(self.run.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


def fenced(name: str) -> str:
    """The program of a well-fenced bucket, under a name of the test's own."""
    program = (ROOT / "tests" / "e2e" / "programs" / "well-fenced" / "__main__.py").read_text()
    assert PLAIN in program
    program = program.replace("import json\n", "import json\n\nimport pulumi\n", 1)
    return program.replace("acme-well-fenced", name) + 'pulumi.export("bucket", NAME)\n'


def test_a_policy_with_a_new_name_takes_the_fence_away_and_is_refused(
    pulumi: PulumiIn, tmp_path: Path
) -> None:
    """The pack alone passes it; `perimeter preview` and `plan` refuse it, unless the old name is an alias."""
    program = fenced("acme-renamed")
    stack = Stack(pulumi, tmp_path / "renamed", program)
    stack.run("up", "--yes", "--skip-preview", "--policy-pack", PACK)
    assert stack.previewed()[0] == 0

    stack.change(program.replace(PLAIN, RENAMED))
    stack.run("preview", "--policy-pack", PACK)
    for command in ("preview", "plan"):
        code, said = stack.previewed(command)
        assert code == 1, said
        assert "its bucket policy `data` is deleted while the bucket stays" in said
    stack.change(program.replace(PLAIN, ALIASED))
    code, said = stack.previewed()
    assert code == 0, said

    stack.change("import pulumi\n")
    assert stack.previewed()[0] == 0, "policies that go with their buckets"


def test_the_component_keeps_its_fence_under_another_name_and_through_a_replacement(
    pulumi: PulumiIn, tmp_path: Path, aws: Aws
) -> None:
    """A policy that is replaced stays on the bucket; `destroy` still leaves nothing behind."""
    program = COMPONENT.replace("ALLOWED", ALLOWED)
    stack = Stack(pulumi, tmp_path / "component", program.replace("NAME", "old"))
    stack.run("up", "--yes", "--skip-preview", "--policy-pack", PACK)
    state: dict[str, Any] = json.loads(stack.run("stack", "export").out)
    (policy,) = [
        each["urn"]
        for each in state["deployment"]["resources"]
        if each["type"] == "aws:s3/bucketPolicy:BucketPolicy" and each["urn"].endswith("::old")
    ]
    stack.run("up", "--yes", "--skip-preview", "--replace", policy)
    assert "Deny" in aws("s3").get_bucket_policy(Bucket="acme-kept")["Policy"]

    stack.change(program.replace("NAME", "new"))
    code, said = stack.previewed()
    assert code == 0, said
    assert "aws:s3" not in said, "nothing of the buckets changes under another name"

    stack.run("destroy", "--yes", "--skip-preview")
    names = {each["Name"] for each in aws("s3").list_buckets()["Buckets"]}
    assert not {"acme-kept", "acme-kept-logs"} & names


@pytest.mark.parametrize(
    ("instead", "reason"),
    [
        pytest.param(
            'pulumi.ComponentResource("aws:s3/bucketPolicy:BucketPolicy", label, '
            '{"bucket": name, "policy": policy})',
            "it has the type `aws:s3/bucketPolicy:BucketPolicy`",
            id="component",
        ),
        pytest.param(
            "aws.s3.BucketPolicy(label, bucket=name, policy=policy, opts=pulumi.ResourceOptions("
            'provider=aws.Provider(label, region="ap-northeast-1", access_key="k", secret_key="s", '
            'endpoints=[{"s3": "http://127.0.0.1:9"}])))',
            "does not certainly use the same S3",
            id="another-s3",
        ),
        pytest.param(
            f"{PLAIN}\n    aws.s3.BucketPolicy(label + '-2', bucket=bucket.id, policy=policy)",
            "is a second bucket policy for it",
            id="second",
        ),
        pytest.param(
            f"{PLAIN}\n    aws.s3.BucketPublicAccessBlock(label + '-2', bucket=pulumi.Output.all("
            "bucket.id, aws.s3.Bucket(label + '-3').id).apply(lambda ids: ids[0]), block_public_acls=False)",
            "is off",
            id="adrift",
        ),
    ],
)
def test_what_only_looks_like_the_fence_is_refused(
    pulumi: PulumiIn, tmp_path: Path, instead: str, reason: str
) -> None:
    """As the engine shows it to the pack."""
    stack = Stack(pulumi, tmp_path / "disguised", fenced("acme-disguised").replace(PLAIN, instead))
    ran = stack.run("preview", "--policy-pack", PACK, expect=None)
    assert ran.code != 0
    assert reason in ran.out


def test_what_target_leaves_out_is_reported_as_such(pulumi: PulumiIn, tmp_path: Path) -> None:
    """No message asks for a document for a policy that has one."""
    stack = Stack(pulumi, tmp_path / "targeted", fenced("acme-targeted"))
    bucket = "urn:pulumi:targeted::well-fenced::aws:s3/bucket:Bucket::data"
    ran = stack.run("preview", "--policy-pack", PACK, "--target", bucket, expect=None)
    assert ran.code != 0
    assert "this run leaves its policy out (`--target`, `--exclude`)" in ran.out
    assert "its policy is empty" not in ran.out


def test_a_bucket_that_is_only_looked_up_is_judged_in_an_exported_state_alone(
    pulumi: PulumiIn, tmp_path: Path, aws: Aws
) -> None:
    """The engine shows it to no pack at preview, and an exported one looks like any other bucket."""
    place = {"LocationConstraint": "ap-northeast-1"}
    aws("s3").create_bucket(Bucket="acme-central", CreateBucketConfiguration=place)
    program = fenced("acme-looking") + 'aws.s3.Bucket.get("central", "acme-central")\n'
    stack = Stack(pulumi, tmp_path / "looking", program)
    stack.run("up", "--yes", "--skip-preview", "--policy-pack", PACK)
    exported, config = tmp_path / "state.json", tmp_path / "pack.json"
    stack.run("stack", "export", "--file", str(exported))
    allowed = {"enforcementLevel": "mandatory", "allowedNetworks": json.loads(ALLOWED)}
    config.write_text(json.dumps({"bucket-policy-denies-outside": allowed}))
    analyze = ("policy", "analyze", "--file", str(exported), "--policy-pack", PACK)
    ran = stack.run(*analyze, "--policy-pack-config", str(config), expect=None)
    assert ran.code != 0
    assert "bucket `acme-central`: it has no bucket policy" in ran.out
    assert "acme-looking" not in ran.out
