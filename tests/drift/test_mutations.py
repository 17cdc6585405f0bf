"""Each change behind the engine's back is found, named right, and gone again after it is undone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.drift.conftest import World
from tests.drift.mutations import MUTATIONS, Mutation, Target


@pytest.fixture(scope="session")
def target(world: World, aws: Any) -> Target:
    return Target(
        bucket=world.bucket,
        logs=world.logs,
        user=world.user,
        key=world.key,
        policy=world.policy,
        kms=world.kms,
        s3=aws("s3"),
        iam=aws("iam"),
        kms_client=aws("kms"),
        control=world.clients.client("s3control", "ap-northeast-1"),
        multi_region=world.clients.client("s3control", "us-west-2"),
    )


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_change_is_found_and_gone_after_it_is_undone(
    mutation: Mutation, world: World, target: Target
) -> None:
    """One change is one finding, of the right control, kind and severity."""
    undo = mutation.make(target)
    try:
        found = world.check(strict=mutation.strict).findings
    finally:
        undo()
    said = [(f.control, f.severity.value, f.kind.value) for f in found]
    kind = found[0].kind.value if mutation.kind == "any" and found else mutation.kind
    assert said == [(mutation.control, mutation.severity, kind)], found
    assert found[0].detail
    assert found[0].fix
    after = world.check(strict=True)
    assert after.status == "in-sync", after.findings
