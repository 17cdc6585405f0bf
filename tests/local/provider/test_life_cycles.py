"""Every type through its life: create, no change, update, replacement, drift, import, delete."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from local.provider.structures import unchanged
from local.provider.types import RESOURCES
from local.provider.values import DEFAULTS, UNKNOWN, reveal
from tests.conftest import Aws
from tests.local.provider.conftest import Things
from tests.local.provider.engine import Engine
from tests.local.provider.lives import iam, organizations, other, s3
from tests.local.provider.lives.life import Life

LIVES = [*s3.LIVES, *iam.LIVES, *other.LIVES, *organizations.LIVES]


def test_every_type_has_a_life() -> None:
    """A new type comes with its life."""
    assert {each.token for each in RESOURCES.values()} == {life.token for life in LIVES}


@pytest.mark.parametrize("life", [pytest.param(life, id=life.token.rpartition(":")[2]) for life in LIVES])
def test_life(life: Life, engine_for: Callable[[str], Engine], things: Things, aws: Aws) -> None:
    """One resource from its first preview to its end."""
    engine = engine_for(life.token)
    token, name, inputs = life.token, "it", life.inputs(things)

    preview = engine.preview(token, name, inputs)
    for output in life.unknown:
        assert reveal(preview[output]) is UNKNOWN, output
    for key in inputs:
        assert reveal(preview[key]) is not UNKNOWN

    operation, outputs = engine.up(token, name, inputs)
    assert operation == "create"
    assert not [key for key in life.unknown if outputs.get(key) is UNKNOWN]
    for key, value in inputs.items():
        assert unchanged(RESOURCES[token].properties[key], outputs.get(key), value), key
    assert engine.up(token, name, inputs)[0] == "same"
    assert engine.refresh(token, name) == outputs
    assert engine.up(token, name, inputs)[0] == "same"

    imported = engine.read(token, name, life.import_id(outputs, engine.states[token, name].identity))
    assert imported is not None
    for key, value in inputs.items():
        if key not in life.not_imported:
            found = reveal(imported.inputs.get(key))
            assert unchanged(RESOURCES[token].properties[key], found, value), (key, found)

    if life.meddle:
        life.meddle(aws, outputs)
        drifted = engine.refresh(token, name)
        assert drifted is not None
        assert drifted.get(life.drifted) != outputs.get(life.drifted)
        assert any(path.startswith(life.drifted) for path in engine.diff(token, name, inputs).paths)
        operation, fixed = engine.up(token, name, inputs)
        assert operation == "update"
        assert fixed.get(life.drifted) == outputs.get(life.drifted)
        assert engine.up(token, name, inputs)[0] == "same"

    identity = engine.states[token, name].identity
    if life.changed:
        inputs = {**inputs, **life.changed(things)}
        assert engine.up(token, name, inputs)[0] == "update"
        assert engine.states[token, name].identity == identity
        assert engine.up(token, name, inputs)[0] == "same"
    if life.replacing:
        inputs = {**inputs, **life.replacing(things)}
        assert engine.up(token, name, inputs)[0] == "replace"
        assert engine.up(token, name, inputs)[0] == "same"

    state = engine.states[token, name]
    engine.delete(token, name)
    engine.states[token, name] = state
    if not life.stays:
        assert engine.refresh(token, name) is None
    engine.delete(token, name)


def test_names_are_made_from_the_seed_and_kept(engine: Engine) -> None:
    """A name that the program does not give: the same for the same seed, and not drawn again."""
    token = iam.token("User")
    first = engine.check(token, "worker", {})
    assert first["name"].startswith("worker-")
    assert len(first["name"]) == len("worker-") + 7
    assert first[DEFAULTS] == ["forceDestroy", "name", "path"]
    engine.up(token, "worker", {})
    kept = reveal(engine.states[token, "worker"].inputs)["name"]
    assert engine.check(token, "worker", {})["name"] == kept
    assert engine.up(token, "worker", {})[0] == "same"
    engine.delete(token, "worker")


def test_a_resource_that_is_gone_already_is_deleted_without_an_error(engine: Engine, aws: Aws) -> None:
    """Somebody else was faster."""
    name = f"gone-{uuid.uuid4().hex[:8]}"
    engine.up(iam.token("User"), "it", {"name": name})
    aws("iam").delete_user(UserName=name)
    assert engine.refresh(iam.token("User"), "it") is None
    engine.delete(iam.token("User"), "it")
