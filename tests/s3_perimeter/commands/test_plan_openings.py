"""Whatever gives somebody access is an opening, by name, in text, JSON and the pull request's comment."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from s3_perimeter import AddressSet, ExpiringNetworks, Perimeter, bucket_policy
from s3_perimeter.commands.plan.effect import Effect, effect_of
from s3_perimeter.commands.plan.people import with_people
from s3_perimeter.commands.plan.render import as_markdown, as_text
from s3_perimeter.commands.plan.scripts import effect_json
from s3_perimeter.previews.deletions import Step
from s3_perimeter.previews.preview import Preview
from s3_perimeter.stack.config import entries_of

TODAY = date(2026, 11, 23)
OFFICE = "203.0.113.0/24"
FENCE = Perimeter(
    bucket="b", allowed=AddressSet.parse([OFFICE, "2001:db8:1234::/48"]), account="111122223333"
)
ENDPOINT = "vpce-0a1b2c3d4e5f67890"
VPC = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d"
ROLE = "arn:aws:iam::111122223333:role/break-glass"


def until(day: str, *cidrs: str) -> ExpiringNetworks:
    """Networks that are good through a day."""
    end = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1)
    return ExpiringNetworks(AddressSet.parse(cidrs), end)


def planned(
    before: Perimeter | None,
    after: Perimeter,
    *,
    last: dict[str, Any] | None = None,
    config: dict[str, Any] | None = None,
    steps: tuple[Step, ...] = (),
) -> Effect:
    """The effect of one perimeter in place of another, with the config of either side."""
    preview = Preview(
        bucket="b",
        before=None if before is None else bucket_policy(before),
        after=bucket_policy(after),
        config=config or {"s3-perimeter:allowedNetworks": json.dumps([{"cidr": OFFICE, "label": "office"}])},
        steps=list(steps),
    )
    effect = effect_of(preview, before=list, after=entries_of(preview.config), today=TODAY, come_from=())
    return with_people(effect, preview, last)


def said(effect: Effect) -> tuple[str, str, dict[str, Any]]:
    """Text, comment and JSON."""
    return (
        as_text(effect, [], "dev"),
        as_markdown(effect, [], "dev"),
        json.loads(effect_json(effect, [], "dev")),
    )


@pytest.mark.parametrize(
    ("change", "kind", "name"),
    [
        pytest.param({"vpc_endpoints": (ENDPOINT,)}, "vpc-endpoint", ENDPOINT, id="a VPC endpoint"),
        pytest.param(
            {"vpc_endpoints": ("o-a1b2c3d4e5",)}, "vpc-endpoint", "o-a1b2c3d4e5", id="an organization"
        ),
        pytest.param({"vpc_endpoints": ("999988887777",)}, "vpc-endpoint", "999988887777", id="an account"),
        pytest.param({"vpc_endpoints": (VPC,)}, "vpc-endpoint", VPC, id="a VPC"),
        pytest.param({"break_glass": (ROLE,)}, "break-glass", ROLE, id="a break-glass role"),
        pytest.param({"trust_aws_services": True}, "aws-services", "any AWS service", id="AWS services"),
    ],
)
@pytest.mark.parametrize(
    "others", [{}, {"vpc_endpoints": ("vpce-0f0f0f0f0f0f0f0f0",)}, {"break_glass": (f"{ROLE}-2",)}]
)
def test_an_exemption_is_one_opening_by_its_name(
    change: dict[str, Any], kind: str, name: str, others: dict[str, Any]
) -> None:
    """With others that were there before; taken away it closes, and no network is said to move."""
    old = replace(FENCE, **others)
    new = replace(
        FENCE,
        **{
            **others,
            **{
                key: (*others.get(key, ()), *value) if isinstance(value, tuple) else value
                for key, value in change.items()
            },
        },
    )
    for first, then, word in ((old, new, "opens"), (new, old, "closes")):
        text, comment, result = said(planned(first, then))
        (one,) = result[word]
        assert (one["kind"], one["name"], result["equal"]) == (kind, name, False)
        assert result["closes" if word == "opens" else "opens"] == []
        for form in (text, comment):
            (line,) = [line for line in form.splitlines() if word in line]
            assert name in line
            assert "nobody gains or loses access" not in form


def test_a_first_deployment_names_its_exemptions_too() -> None:
    """Everything is new."""
    fence = replace(FENCE, vpc_endpoints=(ENDPOINT,), break_glass=(ROLE,), trust_aws_services=True)
    _, _, result = said(planned(None, fence))
    assert {one.get("kind", "network") for one in result["opens"]} == {
        "network", "vpc-endpoint", "break-glass", "aws-services", "user"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        pytest.param((), ("2026-11-28",), "never → 2026-11-28", id="added"),
        pytest.param(("2026-11-28",), ("2026-12-31",), "2026-11-28 → 2026-12-31", id="moved on"),
        pytest.param(("2026-12-31",), ("2026-11-28",), "2026-12-31 → 2026-11-28", id="moved back"),
        pytest.param(("2026-11-28",), (), "2026-11-28 → never", id="taken away"),
    ],
)
def test_an_expiry_that_moves_is_reported_as_an_end(
    before: tuple[str, ...], after: tuple[str, ...], line: str
) -> None:
    """Nothing opens and nothing closes today."""
    sides = [replace(FENCE, expiring=tuple(until(day, OFFICE) for day in days)) for days in (before, after)]
    text, comment, result = said(planned(*sides))
    assert (result["opens"], result["closes"], result["equal"]) == ([], [], False)
    (end,) = result["ends"]
    assert (end["cidr"], end["label"]) == (OFFICE, "office")
    assert line == f"{end['from'] or 'never'} → {end['to'] or 'never'}"
    for form in (text, comment):
        (row,) = [row for row in form.splitlines() if row.startswith(("stays", "| stays"))]
        assert f"ends {line}" in row
        assert OFFICE in row
        assert "closes" not in form.replace("- closed", "")


def test_an_entry_that_was_over_and_is_good_again_opens() -> None:
    """Whatever the text of the policy looks like: as of today nobody came in from there."""
    sides = [replace(FENCE, expiring=(until(day, OFFICE),)) for day in ("2026-11-20", "2026-12-31")]
    _, _, result = said(planned(*sides))
    assert [one["cidr"] for one in result["opens"]] == [OFFICE]
    assert (result["closes"], result["ends"]) == ([], [])


def users(*entries: dict[str, Any]) -> dict[str, Any]:
    """A config with these users."""
    return {"s3-perimeter:users": {"value": "", "objectValue": list(entries)}}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param(users({"name": "a"}), users({"name": "a"}, {"name": "mei", "access": ["read"]}),
                     ("user", "mei", "read in the whole bucket"), id="a person"),
        pytest.param(users({"name": "a", "access": ["list"]}),
                     users({"name": "a", "access": ["list", "write"]}),
                     ("access", "a", "write in the whole bucket"), id="an access level"),
        pytest.param(users({"name": "a", "prefix": "x/"}), users({"name": "a"}),
                     ("access", "a", "list, read, write in the whole bucket"), id="a prefix taken away"),
        pytest.param(users({"name": "a", "prefix": "x/"}), users({"name": "a", "prefix": "y/"}),
                     ("access", "a", "list, read, write below y/"), id="another prefix"),
        pytest.param(users({"name": "a"}), users({"name": "a", "keys": ["a", "b"]}),
                     ("access-key", "a", "another access key, slot b"), id="an access key"),
        pytest.param({}, users({"name": "remote-user"}, {"name": "b"}),
                     ("user", "b", "list, read, write in the whole bucket"), id="next to the default user"),
    ],
)  # fmt: skip
def test_what_people_get_is_an_opening_though_the_policy_stays(
    before: dict[str, Any], after: dict[str, Any], found: tuple[str, str, str]
) -> None:
    """The bucket's policy says nothing of it, so it was "nobody gains or loses access"."""
    text, comment, result = said(planned(FENCE, FENCE, last=before, config=after))
    assert result["equal"]
    (one,) = result["opens"]
    assert (one["kind"], one["name"]) == found[:2]
    assert one["says"].startswith(found[2])
    for form in (text, comment):
        assert "nobody gains or loses access" not in form
        assert found[1] in form
    narrowed = said(planned(FENCE, FENCE, last=after, config=before))[2]
    assert [each["kind"] for each in narrowed["closes"] if each["name"] == found[1]] != [] or found[
        0
    ] == "access"


def test_a_narrower_prefix_closes_and_opens_nothing() -> None:
    """A prefix below the one that was there."""
    sides = (users({"name": "a"}), users({"name": "a", "prefix": "x/"}))
    _, _, result = said(planned(FENCE, FENCE, last=sides[0], config=sides[1]))
    assert result["opens"] == []
    assert [one["name"] for one in result["closes"]] == ["a"]


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        pytest.param(
            "aws:iam/user:User", "private-bucket-users-mei", ("user", "private-bucket-users-mei"), id="a user"
        ),
        pytest.param("aws:iam/role:Role", "helper", ("role", "helper"), id="a role of the program's own"),
        pytest.param("aws:s3/accessPoint:AccessPoint", "ap", ("access-point", "ap"), id="an access point"),
        pytest.param(
            "aws:iam/accessKey:AccessKey",
            "private-bucket-users-a-b",
            ("access-key", "private-bucket-users-a-b"),
            id="a key",
        ),
    ],
)
def test_without_a_history_what_is_made_is_reported(kind: str, name: str, expected: tuple[str, str]) -> None:
    """A backend may keep no config of the last update; the engine's steps name what is new."""
    step = Step.of("create", f"urn:pulumi:dev::p::x${kind}::{name}", kind, {}, False)
    _, _, result = said(planned(FENCE, FENCE, last=None, steps=(step,)))
    assert [(one["kind"], one["name"]) for one in result["opens"]] == [expected]


def test_warnings_of_the_program_are_part_of_the_plan() -> None:
    """The config's remarks among them, in every form."""
    preview = Preview(
        bucket="b", before=bucket_policy(FENCE), after=bucket_policy(FENCE), warnings=["a\n\nhint: b"]
    )
    effect = effect_of(preview, before=list, after=(), today=TODAY, come_from=())
    text, comment, result = said(effect)
    assert result["warnings"] == ["a\n\nhint: b"]
    assert "warning: a hint: b" in text
    assert "warning: a hint: b" in comment


def test_what_no_name_explains_is_shown_as_a_request() -> None:
    """A Deny that exempts a referer: the policy was edited into something that no setting writes."""
    document = json.loads(bucket_policy(FENCE))
    document["Statement"][0]["Condition"]["StringNotEquals"] = {"aws:Referer": "open-sesame"}
    preview = Preview(bucket="b", before=bucket_policy(FENCE), after=json.dumps(document))
    effect = effect_of(preview, before=list, after=(), today=TODAY, come_from=())
    text, _, result = said(effect)
    assert {one["kind"] for one in result["opens"]} == {"request"}
    assert "open-sesame" in text


IDP, SIGN_IN = "arn:aws:iam::111122223333:saml-provider/idp", "arn:aws:iam::111122223333:role/sign-in"


def with_roles(*roles: dict[str, Any], users: object = ()) -> dict[str, Any]:
    """A config with these roles, and nobody's key."""
    return {
        "s3-perimeter:allowedNetworks": {"objectValue": [OFFICE], "value": "[]"},
        "s3-perimeter:users": {"objectValue": list(users), "value": "[]"},  # type: ignore[call-overload]
        "s3-perimeter:roles": {"objectValue": list(roles), "value": "[]"},
    }


ANALYST = {"name": "analyst", "assumedBy": [IDP], "access": ["list"], "subjects": ["ana"]}


@pytest.mark.parametrize(
    ("before", "after", "ways"),
    [
        pytest.param([], [ANALYST], [("role", f"list in the whole bucket, for {IDP}")], id="a role"),
        pytest.param([ANALYST], [ANALYST], [], id="nothing"),
        pytest.param(
            [ANALYST],
            [{**ANALYST, "assumedBy": [IDP, SIGN_IN]}],
            [("role", f"may be assumed by {SIGN_IN} too")],
            id="somebody else",
        ),
        pytest.param(
            [ANALYST],
            [{**ANALYST, "access": ["list", "read"]}],
            [("access", "read in the whole bucket")],
            id="access",
        ),
        pytest.param(
            [{**ANALYST, "prefix": "a/"}],
            [ANALYST],
            [("access", "list in the whole bucket")],
            id="every prefix",
        ),
        pytest.param(
            [ANALYST],
            [{**ANALYST, "subjects": ["ana", "eve"]}],
            [("role", "for the subjects ana, eve")],
            id="a subject",
        ),
        pytest.param(
            [ANALYST],
            [{key: value for key, value in ANALYST.items() if key != "subjects"}],
            [("role", "for the subjects of all its providers")],
            id="every subject",
        ),
        pytest.param(
            [ANALYST],
            [{**ANALYST, "maxSessionHours": 8}],
            [("role", "sessions of up to 8 hours")],
            id="longer sessions",
        ),
    ],
)
def test_what_a_role_gives_is_an_opening_and_what_it_loses_is_none(
    before: list[dict[str, Any]], after: list[dict[str, Any]], ways: list[tuple[str, str]]
) -> None:
    """By its name in the config, in whichever direction it goes."""
    opened = planned(FENCE, FENCE, last=with_roles(*before), config=with_roles(*after))
    assert [(way.kind, way.name, way.says) for way in opened.ways_in] == [
        (kind, "analyst", says) for kind, says in ways
    ]
    assert not opened.ways_out
    closed = planned(FENCE, FENCE, last=with_roles(*after), config=with_roles(*before))
    assert [(way.kind, way.name) for way in closed.ways_out] == [(kind, "analyst") for kind, _ in ways]
    assert not closed.ways_in


def test_a_role_of_the_config_is_reported_once_and_another_by_its_resource() -> None:
    """The component calls a role STEM-NAME; a program's own roles are named as they are."""
    kind = "aws:iam/role:Role"
    names = ("private-bucket-roles-analyst", "worker")
    steps = tuple(Step("create", f"urn:pulumi:dev::p::{kind}::{name}", kind, None, False) for name in names)
    effect = planned(FENCE, FENCE, last=with_roles(), config=with_roles(ANALYST), steps=steps)
    assert [way.name for way in effect.ways_in] == ["analyst", "worker"]


def test_a_stack_without_users_gets_none_by_default() -> None:
    """An empty list is a list: nobody appears in the plan who is not deployed."""
    effect = planned(None, FENCE, config=with_roles(ANALYST))
    assert [way.name for way in effect.ways_in if way.kind == "user"] == []
