"""The effect of a config change, worked out from a preview's events and shown in three forms."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from s3_perimeter import AddressSet, Perimeter, bucket_policy
from s3_perimeter.commands.plan.address_map import AddressMap
from s3_perimeter.commands.plan.effect import Effect, effect_of, seen_under
from s3_perimeter.commands.plan.render import as_markdown, as_text, map_of
from s3_perimeter.commands.plan.scripts import effect_json
from s3_perimeter.previews.preview import read_events
from s3_perimeter.previews.violations import Violation
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.config import entries_of

TODAY = date(2026, 11, 23)
OLD: list[Any] = [
    {"cidr": "203.0.113.0/24", "label": "office"},
    {"cidr": "192.0.2.9/32", "label": "contractor", "expires": "2026-11-20"},
    "2001:db8:1234::/48",
]
NEW: list[Any] = [
    {"cidr": "203.0.113.0/24", "label": "office", "expires": "2026-11-28"},
    {"cidr": "198.51.100.0/24", "label": "Osaka office"},
    "2001:db8:1234::/48",
]


def policy(entries: list[Any]) -> str:
    """The policy that a list deploys."""
    cidrs = [entry["cidr"] if isinstance(entry, dict) else entry for entry in entries]
    return bucket_policy(Perimeter(bucket="b", allowed=AddressSet.parse(cidrs)))


def event_log(folder: Path, before: str | None, after: str) -> Path:
    """An event log as the engine writes it."""
    kind = "aws:s3/bucketPolicy:BucketPolicy"
    side = {"inputs": {"bucket": "b", "policy": after}}
    old = {"inputs": {"bucket": "b", "policy": before}} if before else None
    events = [
        {"preludeEvent": {"config": {"s3-perimeter:allowedNetworks": json.dumps(NEW)}}},
        {
            "resourcePreEvent": {
                "metadata": {"type": "pulumi:pulumi:Stack", "new": {"outputs": {"bucket": "b"}}}
            }
        },
        {"resourcePreEvent": {"metadata": {"type": kind, "old": old, "new": side}}},
        {
            "policyEvent": {
                "policyName": "a-rule",
                "enforcementLevel": "advisory",
                "message": "<{%fg 1%}>Be careful\n|",
            }
        },
        {"summaryEvent": {"resourceChanges": {"same": 20, "update": 2}}},
    ]
    path = folder / "events.json"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def planned(folder: Path, before: str | None = policy(OLD), come_from: tuple[str, ...] = ()) -> Effect:
    """The effect of replacing the old list by the new one."""
    found = read_events(event_log(folder, before, policy(NEW)))
    entries = entries_of({"s3-perimeter:allowedNetworks": {"value": "", "objectValue": OLD}})
    return effect_of(
        found, before=lambda: entries, after=entries_of(found.config), today=TODAY, come_from=come_from
    )


def test_what_opens_and_closes_is_reported_with_its_label(tmp_path: Path) -> None:
    """An entry that was removed after its time is called expired."""
    effect = planned(tmp_path)
    assert [(one.cidr, one.addresses, one.label) for one in effect.opens] == [
        ("198.51.100.0/24", 256, "Osaka office")
    ]
    assert [(one.cidr, one.label) for one in effect.closes] == [("192.0.2.9/32", "contractor, expired")]
    assert [(one.cidr, one.days) for one in effect.expiring] == [("203.0.113.0/24", 5)]
    assert (effect.changes, effect.equal) == (2, False)


def test_a_first_deployment_opens_the_whole_list(tmp_path: Path) -> None:
    """There is nothing to compare with."""
    effect = planned(tmp_path, before=None)
    assert [one.cidr for one in effect.opens] == ["203.0.113.0/24", "198.51.100.0/24", "2001:db8:1234::/48"]
    assert effect.closes == ()


def test_the_same_meaning_in_another_text_changes_nobody(tmp_path: Path) -> None:
    """Two halves are the whole."""
    halves = policy([*NEW[1:], "203.0.113.0/25", "203.0.113.128/25"])
    effect = planned(tmp_path, before=json.dumps(json.loads(halves), indent=3))
    assert (effect.equal, effect.opens, effect.closes) == (True, (), ())
    assert "No change in who has access" in as_text(effect, [], "dev")


def test_addresses_in_the_logs_are_held_against_the_plan(tmp_path: Path) -> None:
    """Only those that the change cuts off count, not those that never had access."""
    effect = planned(tmp_path)
    logs = {"203.0.113.7": 12, "192.0.2.9": 41, "198.18.0.1": 1, "AmazonS3": 3}
    effect = replace(effect, seen=seen_under(logs, effect, 30))
    assert effect.seen is not None
    assert (effect.seen.total, effect.seen.cut_off) == (4, (("192.0.2.9", 41),))
    sentence = "1 of 4 addresses seen in the access logs of the last 30 days would lose access: 192.0.2.9 ("
    sentence += "41 requests)"
    assert sentence in as_text(effect, [], "dev")
    assert sentence in as_markdown(effect, [], "dev")


def test_an_address_that_has_to_stay_inside_is_reported_with_its_entry(tmp_path: Path) -> None:
    """The lock-out guard for the run itself."""
    effect = planned(tmp_path, come_from=("192.0.2.9", "203.0.113.7", "2001:db8:9::1"))
    assert effect.unreachable == ("192.0.2.9", "2001:db8:9::1")
    text = as_text(effect, [], "dev")
    assert "`- cidr: 192.0.2.9/32`" in text
    assert "`- cidr: 2001:db8:9::1/128`" in text


def test_json_and_text_show_the_size_against_the_limit(tmp_path: Path) -> None:
    """S3 takes 20,480 bytes."""
    effect = planned(tmp_path)
    result = json.loads(effect_json(effect, [], "dev"))
    assert result["policy_bytes"] == effect.policy_bytes == len(policy(NEW))
    assert result["closes"] == [{"cidr": "192.0.2.9/32", "addresses": 1, "label": "contractor, expired"}]
    assert f"policy: {effect.policy_bytes:,} of 20,480 bytes" in as_text(effect, [], "dev")


def test_a_label_cannot_write_markdown(tmp_path: Path) -> None:
    """A comment shows it as text: no link, mention, tag or table cell of its own."""
    found = read_events(event_log(tmp_path, policy(OLD), policy(NEW)))
    hostile = [{"cidr": "198.51.100.0/24", "label": "x](http://e) | @all <img> `#1`"}]
    entries = entries_of({"s3-perimeter:allowedNetworks": {"objectValue": hostile}})
    effect = effect_of(found, before=list, after=entries, today=TODAY, come_from=())
    (row,) = [line for line in as_markdown(effect, [], "dev").splitlines() if "198.51.100.0/24` |" in line]
    assert row.count("|") == 5
    assert not set("<@[]#`") & set(row.rpartition("addresses")[2].replace("&#", ""))


def test_a_deny_taken_away_does_not_bury_the_verdict(tmp_path: Path) -> None:
    """The world without the allow-list is 170 networks: the largest get a line, and the rest is counted."""
    found = read_events(event_log(tmp_path, policy(OLD), policy(["0.0.0.0/0", "::/0"])))
    entries = entries_of({"s3-perimeter:allowedNetworks": {"value": "", "objectValue": OLD}})
    effect = effect_of(found, before=lambda: entries, after=(), today=TODAY, come_from=())
    for said in (as_text(effect, [], "dev"), as_markdown(effect, [], "dev")):
        assert 20 < sum("opens" in line for line in said.splitlines()) < 50
        assert "128.0.0.0/3" in said
        assert "8000::/2" in said
        assert re.search(r"opens \d+ networks more \(--format json\)", said)
    assert len(json.loads(effect_json(effect, [], "dev"))["opens"]) == len(effect.opens)


def test_violations_are_part_of_the_picture(tmp_path: Path) -> None:
    """Without the engine's color marks."""
    found = read_events(event_log(tmp_path, policy(OLD), policy(NEW)))
    assert found.violations == [Violation("a-rule", "", "advisory", "", "Be careful", "|")]
    assert "advisory: a-rule" in as_text(planned(tmp_path), found.violations, "dev")


def test_a_plan_without_our_policy_is_reported(tmp_path: Path) -> None:
    """Another program's preview is no answer."""
    path = tmp_path / "events.json"
    path.write_text("{}\n")
    with pytest.raises(CommandError, match="no bucket policy"):
        effect_of(read_events(path), before=list, after=(), today=TODAY, come_from=())


def test_a_refused_plan_without_a_policy_shows_what_refuses_it(tmp_path: Path) -> None:
    """As where it takes the policy off a bucket that stays: who reaches the bucket then is not determined."""
    found = read_events(event_log(tmp_path, policy(OLD), policy(NEW)))
    found.after = None
    found.violations = [Violation("a-rule", "", "mandatory", "", "Sealed", "bucket `b`: it has no policy")]
    effect = effect_of(found, before=list, after=(), today=TODAY, come_from=("203.0.113.1",))
    said = as_text(effect, found.violations, "dev")
    assert "mandatory: a-rule (the stack): bucket `b`: it has no policy" in said
    assert "not determined: who would gain or lose access" in said
    assert "No change" not in said
    assert json.loads(effect_json(effect, found.violations, "dev"))["equal"] is False


def test_the_map_shows_changes_over_what_stays(tmp_path: Path) -> None:
    """As signs and as an SVG of its own, with nothing from elsewhere."""
    shown = map_of(planned(tmp_path))
    text = shown.as_text()
    assert all(sign in text.partition("  # allowed")[0] for sign in "#+-")
    root = ET.fromstring(shown.as_svg())  # noqa: S314  (our own document)
    assert root.tag.endswith("svg")
    assert "href" not in shown.as_svg()
    for scale in ("first address", "last address"):
        assert scale in shown.as_svg()
    assert "from the first address to the last" in text


def test_a_map_that_cannot_be_drawn_is_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the pack refuses a plan without a bucket policy; whoever uses the file next learns why it is not
    there.
    """
    from s3_perimeter.commands.main import main

    refused = {
        "policyEvent": {"policyName": "a-rule", "enforcementLevel": "mandatory", "message": "no policy"}
    }
    (tmp_path / "events").write_text(json.dumps(refused) + "\n")
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: yaml\n")
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(
        f"#!{sys.executable}\n"
        "import shutil, sys\n"
        "if '--event-log' in sys.argv:\n"
        f"    shutil.copy({str(tmp_path / 'events')!r}, sys.argv[sys.argv.index('--event-log') + 1])\n"
        "sys.exit(1)\n"
    )
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    asked = [
        "plan",
        "--stack",
        "dev",
        "--cwd",
        str(tmp_path),
        "--no-logs",
        "--map",
        str(tmp_path / "map.svg"),
    ]
    assert main(asked) == 1
    assert not (tmp_path / "map.svg").exists()
    assert "map.svg` was not written: the plan contains no bucket policy" in capsys.readouterr().err


def test_a_map_says_what_it_leaves_out() -> None:
    """In both forms."""
    shown = AddressMap(AddressSet.parse([f"10.{number}.0.0/24" for number in range(20)]))
    assert "… and 8 more" in shown.as_text()
    assert "… and 8 more" in shown.as_svg()


@pytest.mark.parametrize(
    ("cidr", "strip", "cell"),
    [
        pytest.param("203.0.113.0/24", "203.0.0.0/16", 28, id="a network within a strip"),
        pytest.param("203.0.255.255/32", "203.0.0.0/16", 63, id="the last address of a strip"),
        pytest.param("2001:db8::/48", "2001:db8::/32", 0, id="IPv6"),
        pytest.param("10.0.0.0/8", "10.0.0.0/8", 0, id="wider than a strip"),
        pytest.param("::/0", "::/0", 63, id="everything"),
    ],
)
def test_a_network_is_drawn_where_it_lies(cidr: str, strip: str, cell: int) -> None:
    """In the strip that holds it, in its share of it."""
    shown = AddressMap(AddressSet.parse([cidr]))
    assert shown.strips() == [strip]
    assert list(shown.cells(strip))[cell] == "allowed"
