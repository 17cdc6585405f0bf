"""Changes behind the engine's back are found, named right, and gone again after they are undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.drift.answers import Answers
from tests.e2e.drift.changes.bucket import log_delivery_granted_by_acl
from tests.e2e.drift.changes.mutation import MUTATIONS, Mutation, Target
from tests.e2e.drift.world import World

pytestmark = pytest.mark.e2e


def test_an_untouched_stack_is_in_sync(world: World) -> None:
    """Strict or not, with nothing unknown."""
    assert world.check(strict=True).findings == ()
    assert world.check().status == "in-sync"


def test_there_are_enough_changes_and_they_reach_every_control_that_can_differ_alone() -> None:
    """What no change here reaches is judged on documented answers in tests/s3_perimeter/drift."""
    assert len(MUTATIONS) >= 45
    assert len({mutation.control for mutation in MUTATIONS}) >= 34


@pytest.fixture(scope="module")
def answers() -> Answers:
    """What the services answer that no change was made to."""
    return Answers()


@pytest.fixture
def others_as_before(answers: Answers, world: World, target: Target) -> Iterator[None]:
    """Ask only the services in which the test has changed something; S3 and S3 Control count as one."""

    def called(model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        if not model.name.startswith(("Describe", "Get", "Head", "List")):
            answers.changing |= {"s3", "s3control"} if service in ("s3", "s3control") else {service}

    changing = [target.s3, target.iam, target.kms_client, target.control, target.multi_region]
    answers.changing.clear()
    for client in changing:
        client.meta.events.register("before-call", called)
    for client in world.clients.made():
        answers.keep(client)
    yield
    answers.forget()
    for client in changing:
        client.meta.events.unregister("before-call", called)


@pytest.mark.usefixtures("others_as_before")
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_change_is_found_and_gone_after_it_is_undone(
    mutation: Mutation, world: World, target: Target
) -> None:
    """One change is one finding of the right control, kind and severity, with its effect and a fix."""
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
    assert world.check(strict=True, only=frozenset({mutation.control})).findings == ()


def test_an_opened_fence_comes_with_a_request_that_gets_in(world: World, target: Target) -> None:
    """The witness is a request from an address that was added."""
    undo = next(m for m in MUTATIONS if m.name == "network-added-to-the-fence").make(target)
    try:
        found = world.check(only=frozenset({"bucket-policy"})).findings
    finally:
        undo()
    witness = found[0].witness
    assert isinstance(witness, dict)
    assert str(witness["source_ip"]).startswith("198.51.100.")


def test_two_changes_at_once_are_two_findings(world: World, target: Target) -> None:
    """None hides the other, and both are gone together."""
    by_name = {mutation.name: mutation for mutation in MUTATIONS}
    undo = [
        by_name[name].make(target)
        for name in ("second-access-key-made", "network-added-to-the-fence", "website-switched-on")
    ]
    undo.append(log_delivery_granted_by_acl(target))
    try:
        found = world.check().findings
    finally:
        for each in undo:
            each()
    assert sorted(f.control for f in found) == [
        "bucket-acl",
        "bucket-ownership",
        "bucket-policy",
        "bucket-website",
        "user-access-keys",
    ]
    assert world.check(strict=True).status == "in-sync"
