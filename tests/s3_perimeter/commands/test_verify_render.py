"""What `perimeter verify` prints: what was tried, what was expected, what was seen."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from s3_perimeter.commands.verify.render import as_junit, as_table, results_json
from s3_perimeter.commands.verify.results import Result
from s3_perimeter.stack.deployed import Role

RESULTS = [
    Result("inside-list", "the user lists the bucket from here", "allowed", "passed", "answered"),
    Result("outside-list", "the user lists the bucket from outside", "denied", "passed", "AccessDenied"),
    Result("plain-http", "the user lists the bucket without TLS", "denied", "failed", "AWS answered"),
]


def test_a_line_holds_what_was_expected_and_what_was_seen() -> None:
    """So that `ok` next to a request that AWS denied needs no thought."""
    assert as_table(RESULTS, "dev", "acme").splitlines()[:4] == [
        "        tried                                   expected  seen",
        "ok      the user lists the bucket from here     allowed   answered",
        "ok      the user lists the bucket from outside  denied    AccessDenied",
        "FAILED  the user lists the bucket without TLS   denied    AWS answered",
    ]


def test_scripts_read_what_was_expected() -> None:
    """In JSON in a field of its own; in JUnit in the name of the test."""
    role = Role("analyst", "analyst", "arn:aws:iam::111122223333:role/analyst", "{}", 3600)
    checks = json.loads(results_json(RESULTS, "dev", "acme", role))["checks"]
    assert [(one["says"], one["expected"], one["detail"]) for one in checks] == [
        (one.tried, one.expected, one.detail) for one in RESULTS
    ]
    suite = ElementTree.fromstring(as_junit(RESULTS, "dev"))  # noqa: S314  (rendered above)
    assert [case.get("name") for case in suite.iter("testcase")] == [
        f"{one.tried}: {one.expected}" for one in RESULTS
    ]
