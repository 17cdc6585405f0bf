"""SARIF, JUnit and Markdown: whatever stands in a finding, the document stays one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest

from s3_perimeter.reporting.junit import JunitCase, JunitMark, JunitSuite, junit_document
from s3_perimeter.reporting.markdown import cell, code, markdown_table
from s3_perimeter.reporting.sarif import SarifResult, SarifRule, sarif_log

HOSTILE = [
    pytest.param('"><failure/>', id="markup"),
    pytest.param("a & b ]]> &amp; <!-- -->", id="entities"),
    pytest.param("nul \x00, escape \x1b[2J, bell \x07", id="control characters"),
    pytest.param("half a pair \ud800, \ufffe and \uffff", id="what is no character"),
    pytest.param("one\ntwo\r\nthree\tfour", id="line breaks"),
    pytest.param("東京 \N{GRINNING FACE}", id="any script"),
]


def read(document: str) -> ElementTree.Element:
    """The document as a parser sees it."""
    return ElementTree.fromstring(document.encode("utf-8"))  # noqa: S314  (rendered here)


@pytest.mark.parametrize("text", HOSTILE)
def test_junit_keeps_any_text_as_text(text: str) -> None:
    """In attributes and in elements; what XML cannot hold is replaced."""
    mark = JunitMark("failure", message=text, type=text, text=text)
    (suite,) = read(junit_document([JunitSuite(text, [JunitCase(text, text, [mark])])]))
    ((failure,),) = suite
    shown = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\N{REPLACEMENT CHARACTER}", text)
    assert suite.get("name") == suite[0].get("name") == failure.get("message") == failure.get("type") == shown
    assert failure.text == shown.replace("\r\n", "\n")


def test_junit_counts_a_case_once_by_the_worst_that_happened() -> None:
    """And sums up over the suites, as readers of the root element expect."""
    marks = [JunitMark("error"), JunitMark("failure")]
    cases = [
        JunitCase("g", "passed"),
        JunitCase("g", "said", [JunitMark("system-out", text="x")]),
        JunitCase("g", "both", marks, seconds=1.23456),
        JunitCase("g", "error", marks[:1]),
        JunitCase("g", "skipped", [JunitMark("skipped", "not asked")]),
    ]
    root = read(
        junit_document([JunitSuite("s", cases, datetime(2026, 1, 2, tzinfo=UTC)), JunitSuite("t", [])])
    )
    for element, tests in ((root, "5"), (root[0], "5"), (root[1], "0")):
        assert element.get("tests") == tests
    counts = [root[0].get(name) for name in ("failures", "errors", "skipped", "timestamp")]
    assert counts == ["1", "1", "1", "2026-01-02T00:00:00"]
    assert root[0][2].get("time") == "1.235"


@pytest.mark.parametrize(
    "text", ["a|b", "*_`[x](http://e)", "<img src=x>", "@all #1", "\\|", "one\ntwo | three"]
)
def test_markdown_keeps_any_text_in_its_cell(text: str) -> None:
    """No further cell, no link, mention, tag or emphasis of its own."""
    for shown in (cell(text), code(text)):
        row = markdown_table(("a",), [(shown,)])[2]
        assert row.count("|") == 2
        assert not set("<@[]#*_\\") & set(shown.replace("<br>", "").replace("&#", "")) or shown == f"`{text}`"


def test_code_is_shown_as_code_where_nothing_in_it_can_end_it() -> None:
    """A command with blanks is code; one with a pipe or a backtick is text."""
    assert code("aws s3api get-bucket-policy --bucket b") == "`aws s3api get-bucket-policy --bucket b`"
    assert code("a | b") == "a &#124; b"
    assert code("a`b") == "a&#96;b"
    assert code("") == ""


def log(rule: str, file: str) -> dict[str, Any]:
    """The run of one finding."""
    known = SarifRule(rule, "error", 9.1, "A title.", "Help.", "page.md", "https://example.com")
    found = SarifResult(rule, "It is open.", file, "identity")
    runs: list[dict[str, Any]] = sarif_log("a tool", [known], [found])["runs"]  # type: ignore[assignment]
    return runs[0]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("-", "stdin"),
        ("./a/b c.json", "a/b%20c.json"),
        ("/a/b.json", "file:///a/b.json"),  # a reference that begins with a slash has no base
        ("a:b.json", "a%3Ab.json"),  # else `a` would be its scheme
    ],
)
def test_sarif_names_a_file_by_a_uri(file: str, uri: str) -> None:
    """As SARIF's own validator wants it (rule SARIF1004)."""
    (found,) = log("escape", file)["results"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


@pytest.mark.parametrize(("rule", "name"), [("lock-out", "LockOut"), ("escape", None)])
def test_sarif_names_a_rule_by_more_than_its_id(rule: str, name: str | None) -> None:
    """A name that only repeats the id is left out (rule SARIF1001)."""
    (known,) = log(rule, "a.json")["tool"]["driver"]["rules"]
    assert known.get("name") == name
