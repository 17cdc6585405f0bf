"""SARIF 2.1.0 as code scanning reads it: one document for every command, with what it knows of each rule."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["SarifResult", "SarifRule", "sarif_log"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class SarifRule:
    """What is known of a rule. ``title`` is a sentence, ``help`` says why it matters and what to do.

    ``score`` is the severity on the scale of CVSS, by which code scanning sorts. ``page`` is the page of
    the documentation that explains the rule; where this release does not know its own address, ``link`` is
    read instead: AWS's page on the subject.
    """

    id: str
    level: Level
    score: float
    title: str
    help: str
    page: str
    link: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SarifResult:
    """One finding in a file. ``identity`` stays the same from run to run, whatever line it has moved to.

    ``resource`` names the resource that it is about, where there is one.
    """

    rule: str
    message: str
    file: str
    identity: str
    line: int | None = None
    level: Level | None = None
    resource: str | None = None
    properties: Mapping[str, object] | None = None


def sarif_log(
    tool: str,
    rules: Sequence[SarifRule],
    results: Iterable[SarifResult],
    failures: Sequence[str] | None = None,
) -> dict[str, object]:
    """Return the log of one run.

    ``failures`` are the reasons why the tool itself came to no answer; None where it does not say.
    """
    from s3_perimeter.reporting.links import home, version_of_this

    index = {rule.id: number for number, rule in enumerate(rules)}
    driver: dict[str, object] = {"name": tool, "semanticVersion": version_of_this()}
    if address := home():
        driver["informationUri"] = address
    driver["rules"] = [_rule(rule) for rule in rules]
    run: dict[str, object] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules[index[each.rule]], index[each.rule]) for each in results],
    }
    if failures is not None:
        run["invocations"] = [
            {
                "executionSuccessful": not failures,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": text}} for text in failures if text
                ],
            }
        ]
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: SarifRule) -> dict[str, object]:
    from s3_perimeter.reporting.links import documented, home

    address = documented(rule.page) if home() else rule.link
    name = "".join(part[:1].upper() + part[1:] for part in rule.id.replace("_", "-").split("-"))
    return {
        "id": rule.id,
        # SARIF has no name that only repeats the id (3.49.7).
        **({} if name.lower() == rule.id else {"name": name}),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.help},
        "help": {"text": f"{rule.help}\n\n{address}", "markdown": f"{rule.help}\n\n[More]({address})"},
        "helpUri": address,
        "defaultConfiguration": {"level": rule.level},
        "properties": {
            "security-severity": f"{rule.score:.1f}",
            "precision": "very-high",
            "tags": ["security", *rule.tags],
        },
    }


def _result(found: SarifResult, rule: SarifRule, index: int) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": _uri(found.file)}, "region": {"startLine": found.line or 1}}
    location: dict[str, Any] = {"physicalLocation": place}
    if found.resource is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": found.resource, "kind": "resource"}]
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": found.level or rule.level,
        "message": {"text": found.message},
        "locations": [location],
        "partialFingerprints": {"s3Perimeter/v1": hashlib.sha256(found.identity.encode()).hexdigest()},
    }
    if found.properties:
        result["properties"] = dict(found.properties)
    return result


def _uri(file: str) -> str:
    """Return a file's name as a URI, or as a reference where it is relative; standard input has no name."""
    from urllib.parse import quote

    if file == "-":
        return "stdin"
    name = quote(file.replace("\\", "/").removeprefix("./"), safe="/@!$&'()*+,;=~")
    return f"file://{name}" if name.startswith("/") else name
