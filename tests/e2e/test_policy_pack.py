"""The policy pack under the real engine: programs that know nothing of this project, and what is said
of each.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.stand import Stand
from tests.conftest import Pulumi, PulumiIn
from tests.e2e.previewing import previewing
from tests.e2e.stacks import new_stack

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
PACK = str(ROOT / "policies")
PROGRAMS = Path(__file__).parent / "programs"
ALLOWED = '["203.0.113.0/24","2001:db8:1234::/48"]'
SEALED = "bucket-policy-denies-outside"
REACHABLE = "networks-must-stay-reachable"
# What every bucket in these programs lacks that has nothing but a name and a policy.
BARE = {
    "bucket-blocks-public-access": 1,
    "bucket-encrypted": 1,
    "bucket-logs-access": 1,
    "bucket-owner-enforced": 1,
    "tls-required": 1,
}

Start = Callable[..., Pulumi]


@pytest.fixture(scope="module")
def native() -> Iterator[int]:
    """The port of what stands in for the aws-native provider."""
    with previewing() as port:
        yield port


@pytest.fixture
def start(stand: Stand, pulumi: PulumiIn, tmp_path: Path, native: int) -> Start:
    """Start a stack of one of the programs, in a copy of its own, with the allow-list in its config."""

    def begin(name: str, allow_list: bool = True) -> Pulumi:
        shutil.copytree(PROGRAMS / name, tmp_path / name)
        (tmp_path / name / "Pulumi.dev.yaml").write_text(
            f"config:\n  s3-perimeter:allowedNetworks: {ALLOWED}\n" if allow_list else ""
        )
        attached = pulumi(tmp_path / name).environment["PULUMI_DEBUG_PROVIDERS"]
        providers = f"{attached},aws-native:{native}"
        run = pulumi(tmp_path / name, PULUMI_DEBUG_PROVIDERS=providers, PULUMI_STACK="dev")
        new_stack(stand, run, "dev")
        return run

    return begin


def refusals(said: str) -> Counter[str]:
    """How often each rule is named in what the CLI prints about policies."""
    named = (
        line.split()
        for line in said.splitlines()
        if line.lstrip().startswith(("- [mandatory]", "- [advisory]"))
    )
    return Counter(next(word for word in words[4:] if not word.startswith("[")) for words in named)


@pytest.mark.parametrize(
    ("program", "expected", "reason"),
    [
        pytest.param(
            "quickstart", {**BARE, SEALED: 1}, "it has no bucket policy", id="a-bucket-and-nothing-else"
        ),
        pytest.param("allow-only", {**BARE, SEALED: 1}, "request that gets through", id="allow-without-deny"),
        pytest.param(
            "objects-only", {**BARE, SEALED: 1}, "on arn:aws:s3:::acme-objects-only by", id="objects-only"
        ),
        pytest.param("services-let-in", {**BARE, SEALED: 1}, "(forward-access", id="services-let-in"),
        pytest.param("admins-everywhere", {**BARE, SEALED: 1}, "role/Admin", id="administrators-let-in"),
        pytest.param(
            "unknown-at-first",
            {**BARE, SEALED: 1, "bucket-policy-allows-only-data": 1},
            "explicit name",
            id="unknown-at-first-preview",
        ),
        pytest.param(
            "everything-inline",
            {
                "bucket-blocks-public-access": 2,
                "bucket-encrypted": 1,
                "bucket-owner-enforced": 2,
                "log-bucket-accepts-log-delivery": 1,
                "no-website-or-public-acl": 1,
                "tls-required": 2,
                REACHABLE: 1,
                SEALED: 2,
            },
            "`log-delivery-write`",
            id="inline-arguments",
        ),
        pytest.param(
            "website",
            {
                "bucket-blocks-public-access": 4,
                "bucket-encrypted": 1,
                "bucket-logs-access": 1,
                "bucket-owner-enforced": 1,
                "no-website-or-public-acl": 2,
                "tls-required": 1,
                SEALED: 1,
            },
            "it serves a website",
            id="website",
        ),
        pytest.param(
            "generous-user",
            {"access-key-slots": 1, "user-policy-least-privilege": 4, "user-programmatic-only": 1},
            "AdministratorAccess",
            id="generous-user",
        ),
        pytest.param(
            "cloud-control",
            {**BARE, SEALED: 1, REACHABLE: 1},
            "`restrictPublicBuckets` is off",
            id="aws-native",
        ),
    ],
)
def test_a_program_written_elsewhere_is_refused(
    start: Start, program: str, expected: dict[str, int], reason: str
) -> None:
    """Each mistake is named by its rule, once a place, and the preview fails."""
    run = start(program)
    ran = run("preview", "--policy-pack", PACK, expect=None)
    assert ran.code == 1, ran.text
    assert refusals(ran.out) == expected, ran.text
    assert reason in ran.out


def test_a_bucket_fenced_by_hand_passes_and_stays_judged(start: Start, tmp_path: Path) -> None:
    """Without our component a program passes when every rule holds, at `up` and in the exported state.

    Once its Deny is an Allow, preview and `up` refuse, without a preview too, and what is deployed stays
    sealed.
    """
    run = start("well-fenced")
    run("up", "--yes", "--skip-preview", "--policy-pack", PACK)
    exported = tmp_path / "state.json"
    run("stack", "export", "--file", str(exported))
    config = tmp_path / "pack.json"
    config.write_text(
        json.dumps({SEALED: {"enforcementLevel": "mandatory", "allowedNetworks": json.loads(ALLOWED)}})
    )
    analyze = ("policy", "analyze", "--file", str(exported), "--policy-pack", PACK)
    run(*analyze, "--policy-pack-config", str(config))

    program = tmp_path / "well-fenced" / "__main__.py"
    program.write_text(program.read_text().replace('"Effect": "Deny"', '"Effect": "Allow"'))
    for command in (("preview",), ("up", "--yes"), ("up", "--yes", "--skip-preview")):
        ran = run(*command, "--policy-pack", PACK, expect=None)
        assert ran.code != 0, ran.text
        assert refusals(ran.out)[SEALED] >= 1, ran.text
    run("stack", "export", "--file", str(exported))
    run(*analyze, "--policy-pack-config", str(config))


def test_an_exported_state_gets_the_same_verdicts_as_its_preview(start: Start, tmp_path: Path) -> None:
    """What `pulumi policy analyze` says of a deployed mistake is what the preview says of it."""
    run = start("allow-only")
    run("up", "--yes", "--skip-preview")
    previewed = run("preview", "--policy-pack", PACK, expect=None)
    exported = tmp_path / "state.json"
    run("stack", "export", "--file", str(exported))
    config = tmp_path / "pack.json"
    config.write_text(
        json.dumps({SEALED: {"enforcementLevel": "mandatory", "allowedNetworks": json.loads(ALLOWED)}})
    )
    analyzed = run(
        *("policy", "analyze", "--file", str(exported), "--policy-pack", PACK),
        *("--policy-pack-config", str(config)),
        expect=None,
    )
    assert analyzed.code != 0
    assert refusals(analyzed.out) == refusals(previewed.out) == {**BARE, SEALED: 1}, analyzed.text


def test_the_runner_hands_violations_to_ci(start: Start, tmp_path: Path) -> None:
    """`perimeter preview` ends with 1 and a SARIF file for what is refused, with 2 where nothing was
    judged.
    """
    run = start("allow-only")
    report = tmp_path / "policy.sarif"

    def runner(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                run.found("perimeter"),
                "preview",
                "--cwd",
                str(run.directory),
                *arguments,
            ],
            cwd=ROOT,
            env=dict(run.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    done = runner("--stack", "dev", "--policy-pack", PACK, "--format", "sarif", "--output", str(report))
    assert done.returncode == 1, done.stderr
    (judged,) = json.loads(report.read_text())["runs"]
    assert Counter(result["ruleId"] for result in judged["results"]) == {**BARE, SEALED: 1}
    assert done.stdout == ""

    missing = runner("--stack", "nowhere", "--policy-pack", PACK)
    assert missing.returncode == 2
    assert "there is no stack `nowhere`" in missing.stderr


def test_the_allow_list_is_the_one_that_the_engine_sends(start: Start) -> None:
    """A stack that says nothing of the fence learns which key to set; `--config` counts without a file."""
    run = start("well-fenced", allow_list=False)
    ran = run("preview", "--policy-pack", PACK, expect=None)
    assert ran.code == 1
    assert "`s3-perimeter:allowedNetworks`" in ran.out
    run("preview", "--policy-pack", PACK, "--config", f"s3-perimeter:allowedNetworks={ALLOWED}")


def test_a_level_for_all_rules_is_taken_as_pulumi_documents_it(start: Start, tmp_path: Path) -> None:
    """`{"all": "mandatory"}` is no rule's name and refuses nothing by itself; each rule has that level."""
    run = start("well-fenced")
    (tmp_path / "pack.json").write_text('{"all": "mandatory"}')
    run("preview", "--policy-pack", PACK, "--policy-pack-config", str(tmp_path / "pack.json"))
    run = start("generous-user")
    (tmp_path / "pack.json").write_text('{"all": "advisory"}')
    ran = run("preview", "--policy-pack", PACK, "--policy-pack-config", str(tmp_path / "pack.json"))
    assert "user-policy-least-privilege" in ran.out
