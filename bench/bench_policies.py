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
from typing import Final

from bench.rows import Row, best_of
from local.environment import file_backend
from local.stand import Stand
from policies.declared.deployment import Resource, gather
from policies.declared.provider import Provider
from policies.engine.session import Session
from policies.judging.allow_list import StackIdentity
from policies.judging.context import Context
from policies.rules import RULES

ROOT: Final = Path(__file__).resolve().parent.parent
PROGRAM: Final = ROOT / "tests" / "e2e" / "programs" / "well-fenced"
CONFIG: Final = {"s3-perimeter:allowedNetworks": '["203.0.113.0/24","2001:db8:1234::/48"]'}
ROUNDS: Final = 5
TARGET: Final = 1.6


def rows() -> Iterator[Row]:
    """Each figure and its peer of the same run."""
    yield from _previews()
    for count in (1, 10, 100):
        resources = list(_fenced(count))
        took = best_of(partial(_judge, resources))
        yield Row(
            f"all {len(RULES)} rules over a stack of {count} fenced bucket{'s' * (count > 1)}",
            took * 1000,
            "ms",
            line="rules by buckets",
            at=count,
        )


def _previews() -> Iterator[Row]:
    """With and without the pack in turns, so that what else the machine does falls on both."""
    with tempfile.TemporaryDirectory() as own, Stand(Path(own, "stand")) as stand:
        project = Path(own, "project")
        shutil.copytree(PROGRAM, project)
        lines = "".join(f"  {key}: {value}\n" for key, value in CONFIG.items())
        (project / "Pulumi.dev.yaml").write_text(f"config:\n{lines}")
        backend = Path(own, "stacks")
        backend.mkdir()
        environment = {**stand.process_environment(), "PULUMI_BACKEND_URL": file_backend(backend)}
        _pulumi(project, environment, "stack", "init", "dev")
        _pulumi(project, environment, "preview")
        plain, judged = [], []
        for _ in range(ROUNDS):
            plain.append(_pulumi(project, environment, "preview"))
            judged.append(_pulumi(project, environment, "preview", "--policy-pack", str(ROOT / "policies")))
    yield Row(
        "preview with the pack, times the same preview without it",
        min(judged) / min(plain),
        "x",
        target=TARGET,
    )
    yield Row(
        "preview of two fenced buckets with the pack",
        min(judged),
        "s",
        peer="the same preview without it",
        peer_value=min(plain),
    )


def _pulumi(project: Path, environment: Mapping[str, str], *arguments: str) -> float:
    """Seconds that the command took; raises where it fails."""
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
    """What the pack does at the end of a preview, the SDK's unwrapping apart."""
    now = datetime.now(UTC)
    session = Session(now=now, stack=StackIdentity("bench", "dev", CONFIG))
    deployment = gather(resources)
    declared = session.allow_list(deployment)
    for rule in RULES:
        if list(rule.judge(Context(deployment, {}, declared, now))):
            raise AssertionError(f"{rule.id} is broken by what is to be compliant")


def _fenced(count: int) -> Iterator[Resource]:
    """That many buckets with all that the rules ask for."""
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
