"""What the policy pack costs: a preview with it compared with the same preview without it, and the verdicts
alone.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from bench.rows import Row, compared, per_call, turns
from local.environment import file_backend
from local.stand import Stand
from policies.declared.deployment import Resource, gather
from policies.declared.provider import Provider
from policies.engine.session import Session
from policies.judging.context import Context
from policies.judging.stack_identity import StackIdentity
from policies.rules import RULES

ROOT: Final = Path(__file__).resolve().parent.parent
PROGRAM: Final = ROOT / "tests" / "e2e" / "programs" / "well-fenced"
CONFIG: Final = {"s3-perimeter:allowedNetworks": '["203.0.113.0/24","2001:db8:1234::/48"]'}
ROUNDS: Final = 7
SIZES: Final = (1, 10, 100)


def rows() -> Iterator[Row]:
    """Yield each figure with its peer of the same run."""
    yield _previews()
    calls = [per_call(partial(_judge, list(_fenced(count)))) for count in SIZES]
    found = dict(zip(SIZES, turns(*calls, rounds=ROUNDS), strict=True))
    for count, taken in found.items():
        question = f"all {len(RULES)} rules over a stack of {count} fenced bucket{'s' * (count > 1)}"
        yield Row(question, 1e3 * median(taken), "ms", line="rules by buckets", at=count)
    yield compared(
        "all rules, by the number of buckets: 100",
        found[100],
        "ten times a stack of 10",
        [10 * each for each in found[10]],
        unit="ms",
        scale=1e3,
        most=1.25,
    )


def _previews() -> Row:
    """Measure previews with and without the pack in turns, so that other work slows both."""
    with tempfile.TemporaryDirectory() as own, Stand(Path(own, "stand")) as stand:
        project = Path(own, "project")
        shutil.copytree(PROGRAM, project)
        lines = "".join(f"  {key}: {value}\n" for key, value in CONFIG.items())
        (project / "Pulumi.dev.yaml").write_text(f"config:\n{lines}")
        backend = Path(own, "stacks")
        backend.mkdir()
        environment = {**stand.process_environment(), "PULUMI_BACKEND_URL": file_backend(backend)}
        pulumi = partial(_pulumi, project, environment)
        pulumi("stack", "init", "dev")
        pulumi("preview")
        plain, judged = turns(
            lambda: pulumi("preview"),
            lambda: pulumi("preview", "--policy-pack", str(ROOT / "policies")),
            rounds=ROUNDS,
        )
    question = "preview of two fenced buckets with the pack"
    return compared(question, judged, "the same preview without it", plain, most=1.35)


def _pulumi(project: Path, environment: Mapping[str, str], *arguments: str) -> float:
    """Return the seconds that the command took; raise if it fails."""
    started = time.perf_counter()
    subprocess.run(
        ["pulumi", "--non-interactive", "--color", "never", *arguments],
        cwd=project,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - started


def _judge(resources: list[Resource]) -> None:
    """Do what the pack does at the end of a preview, except the SDK's unwrapping."""
    now = datetime.now(UTC)
    session = Session(now=now, stack=StackIdentity("bench", "dev", CONFIG))
    deployment = gather(resources)
    declared = session.allow_list(deployment)
    for rule in RULES:
        if list(rule.judge(Context(deployment, {}, declared, now))):
            raise AssertionError(f"{rule.id} is broken by what is to be compliant")


def _fenced(count: int) -> Iterator[Resource]:
    """Yield that many buckets with everything that the rules require."""
    from s3_perimeter import AddressSet, Perimeter, bucket_policy

    blocks = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    allowed = AddressSet.parse(["203.0.113.0/24", "2001:db8:1234::/48"])
    made = Provider("urn:pulumi:dev::bench::pulumi:providers:aws::default", "aws", "{}", None, "aws")
    for number in range(count):
        name = f"bench-{number}"
        kinds: dict[str, dict[str, object]] = {
            "Bucket": {},
            "BucketPolicy": {"policy": bucket_policy(Perimeter(bucket=name, allowed=allowed))},
            "BucketPublicAccessBlock": dict.fromkeys(blocks, True),
            "BucketOwnershipControls": {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
            "BucketServerSideEncryptionConfiguration": {
                "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
            },
            "BucketLogging": {"targetBucket": "existing-logs", "targetPrefix": "access/"},
        }
        for kind, properties in kinds.items():
            token = f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}"
            inputs = {"bucket": name, **properties}
            yield Resource(
                f"urn:pulumi:dev::bench::{token}::{name}",
                token,
                name,
                outputs=inputs,
                inputs=inputs,
                provider=made,
            )
