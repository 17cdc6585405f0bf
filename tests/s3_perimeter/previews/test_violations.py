"""Violations as CI reads them: one model, five renderings, the same order in each."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree  # parses only what this test has rendered

import pytest

from s3_perimeter.commands.preview import FORMATS
from s3_perimeter.commands.preview.render import render
from s3_perimeter.previews.violations import Violation, ordered

URN = "urn:pulumi:dev::acme::aws:s3/bucket:Bucket::data"


def event(**changed: str) -> Violation:
    fields = {
        "rule": "tls-required",
        "pack": "s3-perimeter",
        "level": "mandatory",
        "urn": URN,
        "message": "<{%reset%}>Every bucket asks for TLS.\nbucket `a|b`: <open> & wide\nfix: close it",
    }
    return Violation.from_event(**{**fields, **changed})


def test_an_event_is_read_without_colors() -> None:
    """The rule's description is apart from what breaks it, and the engine's color marks are gone."""
    found = event()
    assert found.summary == "Every bucket asks for TLS."
    assert found.detail == "bucket `a|b`: <open> & wide\nfix: close it"
    assert found.resource == "data"


@pytest.mark.parametrize(
    ("level", "read"),
    [
        ("advisory", "advisory"),
        ("warning", "advisory"),
        ("mandatory", "mandatory"),
        ("remediate", "mandatory"),
    ],
)
def test_only_an_advisory_is_advisory(level: str, read: str) -> None:
    """A level that is not known refuses."""
    assert event(level=level).level == read


def test_violations_are_sorted_and_each_is_reported_once() -> None:
    """Mandatory ones first; the engine can report one violation twice."""
    advisory = event(rule="a", level="advisory")
    assert ordered([advisory, event(), event()]) == [event(), advisory]


def test_text_ends_with_a_line_to_grep() -> None:
    """The last line counts."""
    last = render([event(), event(level="advisory")], "text", "Pulumi.yaml").splitlines()[-1]
    assert last == "result: 1 mandatory, 1 advisory"


def test_json_is_a_list_of_objects() -> None:
    """Scripts rely on these keys."""
    (found,) = json.loads(render([event()], "json", "Pulumi.yaml"))
    assert sorted(found) == ["detail", "level", "pack", "rule", "summary", "urn"]


def test_sarif_has_each_rule_once_and_a_place_in_the_repository() -> None:
    """GitHub shows only results with a file; the URN is the logical place."""
    document = json.loads(render([event(), event(urn=URN + "2")], "sarif", "infra/Pulumi.yaml"))
    (run,) = document["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["tls-required"]
    assert [result["level"] for result in run["results"]] == ["error", "error"]
    place = run["results"][0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "infra/Pulumi.yaml"
    assert place["logicalLocations"][0]["fullyQualifiedName"] == URN


def test_junit_fails_on_mandatory_ones_only() -> None:
    """Markup in a message stays text."""
    text = render([event(), event(level="advisory")], "junit", "Pulumi.yaml")
    suite = ElementTree.fromstring(text)[0]  # noqa: S314  (rendered above)
    assert suite.attrib["failures"] == "1"
    assert suite[0][0].tag == "failure"
    assert "<open> & wide" in (suite[0][0].text or "")


def test_markdown_keeps_a_message_in_its_cell() -> None:
    """Pipes and markup in a message do not break the table."""
    row = render([event()], "markdown", "Pulumi.yaml").splitlines()[2]
    assert "bucket &#96;a&#124;b&#96;: &#60;open&#62; &#38; wide<br>fix: close it" in row


@pytest.mark.parametrize("form", FORMATS)
def test_no_violation_is_a_report_too(form: str) -> None:
    """A clean preview is reported in every format."""
    assert render([], form, "Pulumi.yaml")
