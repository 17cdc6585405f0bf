"""The command as people and pipelines run it, on the real engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.bootstrap import ROOT, find_uv
from local.stand import Stand
from s3_perimeter.drift.check import Options, asked_controls
from s3_perimeter.drift.controls import CONTROLS
from s3_perimeter.drift.permissions import policy_text
from s3_perimeter.drift.render import FORMATS, renderer
from tests.conftest import Ran
from tests.e2e.drift.changes.mutation import Target, edited_policy, fence_of
from tests.e2e.drift.deployed import Deployed
from tests.e2e.drift.world import World, clients_of, world_of
from tests.warm.warm import WARM

pytestmark = pytest.mark.e2e


def plugin(deployed: Deployed, *arguments: str) -> Ran:
    """`pulumi plugin run drift-check -- …` in the stack's project."""
    return deployed.pulumi(
        "plugin", "run", "drift-check", "--", "--stack", deployed.stack, *arguments, expect=None
    )


def command(deployed: Deployed, *arguments: str) -> Ran:
    """The same command as the engine would run it, without the engine."""
    done = subprocess.run(
        [WARM.command("pulumi-tool-drift-check"), *arguments],
        cwd=deployed.pulumi.directory,
        env=dict(deployed.pulumi.environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def test_the_engine_runs_it_and_passes_its_exit_code_on(deployed: Deployed, target: Target) -> None:
    """0 in sync, 1 with drift in it, and the JSON has the documented keys."""
    clean = plugin(deployed, "--format", "json", "--strict")
    assert clean.code == 0, clean.text
    report = json.loads(clean.out)
    assert list(report) == ["stack", "status", "checked_at", "api_calls", "findings"]
    assert (report["stack"], report["status"], report["findings"]) == (deployed.stack, "in-sync", [])
    made = target.iam.create_access_key(UserName=target.user)["AccessKey"]
    try:
        drifted = plugin(deployed, "--format", "json")
        text = plugin(deployed)
    finally:
        target.iam.delete_access_key(UserName=target.user, AccessKeyId=made["AccessKeyId"])
    assert drifted.code == 1
    (finding,) = json.loads(drifted.out)["findings"]
    assert list(finding) == [
        "control",
        "resource",
        "kind",
        "severity",
        "declared",
        "observed",
        "detail",
        "witness",
        "fix",
    ]
    assert finding["observed"] == made["AccessKeyId"]
    assert f"aws iam delete-access-key --user-name {target.user}" in " ".join(text.out.split())
    assert text.out.splitlines()[-1] == "result: drift"


def test_no_secret_is_in_any_output(deployed: Deployed, world: World, target: Target, stand: Stand) -> None:
    """In no format, with --debug, on a drifted stack, is there a secret access key."""
    secrets = [stand.record.admin["secret"], *deployed.outputs["secretAccessKeys"]["ada"].values()]
    undo = edited_policy(target, lambda document: fence_of(document).update(Action="s3:PutObject"))
    try:
        report = world.check(strict=True)
        said = [renderer(form)([report]) for form in FORMATS]
        said.append(plugin(deployed, "--debug", "--strict").text)
    finally:
        undo()
    for text in said:
        assert "bucket-policy" in text
        assert not [secret for secret in secrets if secret in text]


def test_an_exported_state_needs_no_engine(deployed: Deployed, tmp_path: Path) -> None:
    """Only Python and AWS: `pulumi` is not even on PATH."""
    file = tmp_path / "export.json"
    file.write_text(json.dumps(deployed.document))
    done = subprocess.run(
        [
            WARM.command("pulumi-tool-drift-check"),
            "--state",
            file,
            "--format",
            "json",
            "--output",
            tmp_path / "out.json",
        ],
        env={**deployed.pulumi.environment, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out.json").read_text())["status"] == "in-sync"


def test_a_stack_that_is_not_there_does_not_end_the_check_of_the_others(deployed: Deployed) -> None:
    """Its report says why, the others have theirs, and the run could not determine everything."""
    ran = command(deployed, "--stack", deployed.stack, "--stack", "nobody", "--format", "json")
    assert ran.code == 2
    one, other = json.loads(ran.out)
    assert (one["status"], other["status"]) == ("in-sync", "unknown")


def test_every_stack_and_a_shard_of_them(deployed: Deployed) -> None:
    """Shards share the stacks out; a shard with none in it is fine."""
    every = command(deployed, "--all-stacks", "--format", "json")
    assert (every.code, json.loads(every.out)["stack"]) == (0, deployed.stack)
    empty = command(deployed, "--all-stacks", "--shard", "2/2", "--format", "json")
    assert (empty.code, json.loads(empty.out)) == (0, [])


def test_an_edited_config_is_distinguished_from_drift(deployed: Deployed) -> None:
    """It waits for the next `pulumi up`; nothing has drifted."""
    config = deployed.pulumi.directory / f"Pulumi.{deployed.stack}.yaml"
    before = config.read_text()
    config.write_text(before.replace("203.0.113.0/24", "203.0.113.0/25"))
    try:
        ran = command(deployed, "--stack", deployed.stack)
    finally:
        config.write_text(before)
    assert ran.code == 0, ran.text
    assert "allowedNetworks removes 203.0.113.128/25" in " ".join(ran.out.split())
    assert ran.out.splitlines()[-1] == "result: in-sync"


def test_an_interrupt_prints_what_is_known_and_is_never_a_success(deployed: Deployed, tmp_path: Path) -> None:
    """Ctrl-C in a watch: the report is there, the exit code is 2."""
    file = tmp_path / "export.json"
    file.write_text(json.dumps(deployed.document))
    process = subprocess.Popen(
        [WARM.command("pulumi-tool-drift-check"), "--state", file, "--watch", "60"],
        env=dict(deployed.pulumi.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    first = ""
    while "result:" not in first and (line := process.stdout.readline()):
        first += line
    os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 2
    assert "in-sync" in first


def test_the_shipped_policy_is_enough_and_nothing_in_it_is_idle(
    deployed: Deployed, world: World, stand: Stand, aws: Any
) -> None:
    """The whole check under exactly it says what the admin sees; with one action less it cannot. A check
    without `--strict` needs only the smaller policy that is printed without it.
    """
    iam = aws("iam")
    iam.create_user(UserName="auditor")
    iam.put_user_policy(UserName="auditor", PolicyName="audit", PolicyDocument=policy_text())
    made = iam.create_access_key(UserName="auditor")["AccessKey"]
    clients = clients_of(stand, {"key": made["AccessKeyId"], "secret": made["SecretAccessKey"]})
    try:
        audited = world_of(deployed, clients, world.pool).check(strict=True)
        plain = policy_text(asked_controls(Options()))
        iam.put_user_policy(UserName="auditor", PolicyName="audit", PolicyDocument=plain)
        unstrict = world_of(deployed, clients, world.pool).check(strict=False)
        narrow = json.loads(policy_text())
        narrow["Statement"][-1]["Action"].remove("s3:GetReplicationConfiguration")
        iam.put_user_policy(UserName="auditor", PolicyName="audit", PolicyDocument=json.dumps(narrow))
        less = world_of(deployed, clients, world.pool).check(strict=True)
    finally:
        iam.delete_access_key(UserName="auditor", AccessKeyId=made["AccessKeyId"])
        iam.delete_user_policy(UserName="auditor", PolicyName="audit")
        iam.delete_user(UserName="auditor")
    assert audited.findings == (), audited.findings
    assert unstrict.findings == (), unstrict.findings
    assert {finding.control for finding in less.findings} == {"bucket-replication"}


def test_it_is_installed_as_a_plugin_of_the_engine(deployed: Deployed, tmp_path: Path) -> None:
    """From a folder; then the engine runs the installed copy, with nothing of this name on PATH."""
    folder = tmp_path / "drift-check"
    subprocess.run(
        [sys.executable, "-m", "s3_perimeter.drift.bundle", folder], check=True, capture_output=True
    )
    home = tmp_path / "home"
    environment = dict(deployed.pulumi.environment)
    environment["PULUMI_HOME"] = str(home)
    environment["PATH"] = os.pathsep.join(
        place
        for place in environment["PATH"].split(os.pathsep)
        if not (Path(place) / "pulumi-tool-drift-check").exists()
    )
    alone = type(deployed.pulumi)(deployed.pulumi.directory, environment)
    alone("plugin", "install", "tool", "drift-check", "0.1.0", "--file", str(folder))
    ran = alone("plugin", "run", "drift-check", "--", "--stack", deployed.stack, "--only", "bucket-policy")
    assert ran.out.splitlines()[-1] == "result: in-sync"
    assert "from $PATH" not in ran.err


def test_it_is_installed_as_a_tool_of_its_own(deployed: Deployed, tmp_path: Path) -> None:
    """With `uv tool install`, from what a wheel of this checkout holds and nothing else."""
    places = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
    command = [find_uv(), "tool", "install", "--quiet", "--python", sys.executable, f"{ROOT}[aws]"]
    subprocess.run(command, env={**os.environ, **places}, check=True, capture_output=True)
    state = tmp_path / "export.json"
    state.write_text(json.dumps(deployed.document))
    done = subprocess.run(
        [tmp_path / "bin" / "pulumi-tool-drift-check", "--state", state, "--only", "bucket-policy"],
        cwd=tmp_path,
        env=dict(deployed.pulumi.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.endswith("result: in-sync\n"), done.stdout + done.stderr


def test_pytest_collects_one_test_a_control(deployed: Deployed, target: Target, tmp_path: Path) -> None:
    """In a team's own suite: drift is a failure that names its fix."""
    target.iam.tag_user(UserName=target.user, Tags=[{"Key": "role", "Value": "admin"}])
    try:
        done = subprocess.run(
            [
                WARM.command("pytest"),
                "-p",
                "no:cacheprovider",
                f"--drift-stack={deployed.stack}",
                f"--drift-cwd={deployed.pulumi.directory}",
                "-q",
            ],
            cwd=tmp_path,
            env=dict(deployed.pulumi.environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        target.iam.untag_user(UserName=target.user, TagKeys=["role"])
    assert done.returncode == 1, done.stdout
    others = sum(not control.strict for control in CONTROLS) - 1
    assert f"1 failed, {others} passed" in done.stdout, done.stdout
    assert "pulumi up --refresh" in done.stdout
