"""The table of S3's actions."""

import pytest

from s3_perimeter.actions import AccessLevel, ActionResource, find_action, s3_actions, select_actions
from tests.s3_perimeter.action_table import TABLE, written


def test_the_table_is_what_the_maintained_package_says() -> None:
    """When the package moves on, the table is rewritten: `python -m tests.s3_perimeter.action_table`."""
    assert TABLE.read_text(encoding="utf-8") == written()


@pytest.mark.parametrize(
    ("name", "resource", "level"),
    [
        pytest.param("s3:ListBucket", ActionResource.BUCKET, AccessLevel.LIST, id="bucket, list"),
        pytest.param("s3:GetObject", ActionResource.OBJECT, AccessLevel.READ, id="object, read"),
        pytest.param("s3:DeleteObject", ActionResource.OBJECT, AccessLevel.WRITE, id="object, write"),
        pytest.param("s3:PutObjectTagging", ActionResource.OBJECT, AccessLevel.TAGGING, id="object, tag"),
        pytest.param(
            "s3:PutBucketPolicy", ActionResource.BUCKET, AccessLevel.PERMISSIONS, id="bucket, permissions"
        ),
        pytest.param(
            "s3:PutObjectAcl", ActionResource.OBJECT, AccessLevel.PERMISSIONS, id="object, permissions"
        ),
        pytest.param("s3:ListAllMyBuckets", ActionResource.OTHER, AccessLevel.LIST, id="no bucket at all"),
    ],
)
def test_well_known_actions_are_where_the_reference_has_them(
    name: str, resource: ActionResource, level: AccessLevel
) -> None:
    """Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3"."""
    action = find_action(name.upper())
    assert action is not None
    assert (action.name, action.resource, action.level) == (name, resource, level)


def test_an_action_that_does_not_exist_is_not_found() -> None:
    """HeadBucket is a request, not an action."""
    assert find_action("s3:HeadBucket") is None


def test_selections_are_sorted_and_together_the_whole_table() -> None:
    """Every action is on one resource and has one level."""
    parts = [select_actions(resource, [level]) for resource in ActionResource for level in AccessLevel]
    assert sorted(name for part in parts for name in part) == [action.name for action in s3_actions()]
    assert all(list(part) == sorted(part) for part in parts)
    assert "s3:GetObject" in select_actions(ActionResource.OBJECT)
