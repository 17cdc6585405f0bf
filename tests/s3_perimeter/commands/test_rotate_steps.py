"""A rotation's next step, decided from what is there; each row is also a place where a run was
interrupted.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from s3_perimeter.commands.rotate.config_slots import read_slots, write_slots
from s3_perimeter.commands.rotate.deploying import other_changes
from s3_perimeter.commands.rotate.steps import KeyState, next_step
from s3_perimeter.previews.deletions import Step
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.config_file import ConfigFile

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def key(slot: str, *, active: bool = True, age: int = 10, used: float | None = None) -> KeyState:
    """A key of so many days, last used so many days ago."""
    last = None if used is None else NOW - used * DAY
    return KeyState(slot, f"AKIA{slot}", active, NOW - age * DAY, last)


OLD, NEW = key("a", age=90, used=0.1), key("b", age=2)


@pytest.mark.parametrize(
    ("configured", "deployed", "action", "slots"),
    [
        pytest.param("a", [], "deploy", "a", id="nothing is deployed"),
        pytest.param("a", [OLD], "create", "ab", id="the beginning"),
        pytest.param("b", [key("b")], "create", "ba", id="the beginning, the other way round"),
        pytest.param("ab", [OLD], "deploy", "ab", id="interrupted before the new key was deployed"),
        pytest.param("ab", [OLD, NEW], "hand-over", "", id="the new key was never used"),
        pytest.param("ab", [OLD, key("b", age=2, used=0)], "wait", "", id="the old key is still in use"),
        pytest.param(
            "ab", [key("a", age=90, used=3), key("b", age=2, used=0)], "deactivate", "", id="handed over"
        ),
        pytest.param(
            "ab", [key("a", age=90), key("b", age=2, used=0)], "deactivate", "", id="the old was never used"
        ),
        pytest.param(
            "ab", [key("a", age=90, active=False), NEW], "delete", "b", id="the old key is inactive"
        ),
        pytest.param(
            "b", [key("a", age=90, active=False), NEW], "delete", "b", id="interrupted before the deletion"
        ),
        pytest.param(
            "ab", [OLD, key("b", age=2, active=False)], "delete", "a", id="the new key was given up"
        ),
    ],
)
def test_the_next_step_follows_from_what_is_there(
    configured: str, deployed: list[KeyState], action: str, slots: str
) -> None:
    """Nothing is remembered between runs."""
    step = next_step(tuple(configured), deployed, now=NOW, quiet=DAY)
    assert (step.action, "".join(step.slots)) == (action, slots)


@pytest.mark.parametrize("new", [NEW, key("b", age=2, used=0)], ids=["not used yet", "used"])
def test_force_does_not_wait(new: KeyState) -> None:
    """For a key that leaked, nobody waits."""
    step = next_step(("a", "b"), [OLD, new], now=NOW, quiet=DAY, force=True)
    assert (step.action, step.key) == ("deactivate", OLD)


def test_a_config_that_names_other_slots_is_reported() -> None:
    """No key is deleted on a guess."""
    with pytest.raises(CommandError, match="names the slots c, deployed are a"):
        next_step(("c",), [OLD], now=NOW, quiet=DAY)


def test_slots_are_written_where_the_user_stands(tmp_path: Path) -> None:
    """The rest of the config stays."""
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(
        "config:\n  s3-perimeter:users:\n    - name: aiko   # she\n    - name: kenji\n      access: [read]\n"
    )
    file = ConfigFile.read(path)
    assert read_slots(file, "kenji") == ("a",)
    write_slots(file, "kenji", ("a", "b"))
    assert path.read_text() == (
        "config:\n  s3-perimeter:users:\n    - name: aiko   # she\n"
        "    - name: kenji\n      access: [read]\n      keys: [a, b]\n"
    )
    assert read_slots(ConfigFile.read(path), "kenji") == ("a", "b")


def test_the_default_user_gets_an_entry(tmp_path: Path) -> None:
    """Anybody else has to be there."""
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text("config:\n  aws:region: eu-west-1\n")
    write_slots(ConfigFile.read(path), "remote-user", ("a", "b"))
    assert read_slots(ConfigFile.read(path), "remote-user") == ("a", "b")
    with pytest.raises(CommandError, match="names no user `kenji`"):
        read_slots(ConfigFile.read(path), "kenji")


KEY_TYPE = "aws:iam/accessKey:AccessKey"


def change(op: str, kind: str, name: str) -> Step:
    """One step of a preview."""
    return Step.of(op, f"urn:pulumi:dev::p::c${kind}::{name}", kind, {}, False)


@pytest.mark.parametrize(
    ("op", "kind", "name", "own"),
    [
        pytest.param("create", KEY_TYPE, "private-bucket-users-kenji-b", True, id="the new key"),
        pytest.param("same", "aws:s3/bucketPolicy:BucketPolicy", "private-bucket", True, id="what stays"),
        pytest.param("create", KEY_TYPE, "private-bucket-users-mei-b", False, id="somebody else's key"),
        pytest.param("create", KEY_TYPE, "private-bucket-users-kenji-c", False, id="another slot"),
        pytest.param("delete", KEY_TYPE, "private-bucket-users-kenji-a", False, id="the key in use"),
        pytest.param("replace", KEY_TYPE, "private-bucket-users-kenji-a", False, id="a key replaced"),
        pytest.param("update", "aws:s3/bucketPolicy:BucketPolicy", "private-bucket", False, id="a network"),
        pytest.param("create", "aws:iam/user:User", "private-bucket-users-mei", False, id="a person"),
        pytest.param("update", "pulumi:providers:aws", "default", False, id="another region"),
    ],
)
def test_a_rotation_deploys_its_own_key_alone(op: str, kind: str, name: str, own: bool) -> None:
    """Whatever else is pending was not looked at by anybody."""
    others = other_changes([change(op, kind, name)], "kenji", ("a", "b"), ["a"])
    assert others == ([] if own else [f"{op} {kind.rpartition(':')[2]} {name}"])


def test_a_rotation_ends_with_the_old_key_deleted() -> None:
    """And with nothing made in its place."""
    steps = [change("delete", KEY_TYPE, "x-kenji-a")]
    assert other_changes(steps, "kenji", ("b",), ["a", "b"]) == []
    assert other_changes([change("create", KEY_TYPE, "x-kenji-a")], "kenji", ("b",), ["a", "b"]) != []
