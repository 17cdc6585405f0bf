"""The network diagram: who asks from where, the bucket policy that each connector meets, and the bucket.

It is laid out by the browser, so that no text is ever cut and a telephone shows the same in one column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from s3_perimeter.commands.report.facts import Facts
from s3_perimeter.commands.report.html import Markup, network, tag
from s3_perimeter.reporting.output import count

__all__ = ["network_diagram"]

Course: TypeAlias = Literal["pass", "exempt", "stop", "escape", "unknown"]
MOST_NETWORKS: Final = 4


@dataclass(frozen=True, slots=True)
class Origin:
    """A box of the left column: `course` says how far its connector gets, and in which color."""

    title: str
    lines: tuple[Markup, ...]
    says: str
    course: Course


def network_diagram(facts: Facts) -> Markup:
    """Return every origin with its connector, the policy, the bucket and its logs."""
    origins = list(_origins_of(facts))
    parts = []
    for number, origin in enumerate(origins, 1):
        row = f"grid-row:{number}"
        text = [tag("strong", origin.title), *origin.lines, tag("span", origin.says, class_="note")]
        parts.append(tag("div", text, class_=f"box from {origin.course}", style=row))
        parts.append(tag("div", class_=f"connector {origin.course}", style=row, aria_hidden="true"))
        if origin.course in ("pass", "exempt", "escape"):
            parts.append(tag("div", class_=f"connector on {origin.course}", style=row, aria_hidden="true"))
    whole = f"grid-row:1/span {len(origins)}"
    parts.append(tag("div", tag("span", "bucket policy"), class_="policy", style=whole))
    parts.append(tag("div", class_="connector into pass", aria_hidden="true"))
    parts.append(tag("div", _bucket(facts), class_="box bucket", style=whole))
    if logs := str(facts.stack.outputs.get("logBucket") or ""):
        parts.append(tag("div", class_="connector down", aria_hidden="true"))
        parts.append(
            tag(
                "div",
                [
                    tag("strong", "Access logs"),
                    tag("code", logs, class_="name"),
                    tag("span", "every request, denied ones too; written by S3 alone", class_="note"),
                ],
                class_="box logs",
            )
        )
    return tag("div", parts, class_="diagram")


def _origins_of(facts: Facts) -> Iterator[Origin]:
    """Yield the allowed networks, every exemption, and everybody else."""
    settings = facts.stack.settings
    cidrs = list(facts.allowed.cidrs())
    shown = [network(cidr) for cidr in cidrs[:MOST_NETWORKS]]
    if len(cidrs) > MOST_NETWORKS:
        shown.append(tag("span", f"and {len(cidrs) - MOST_NETWORKS} more, listed above", class_="note"))
    yield Origin("Allow-list", tuple(shown), "over TLS; IAM decides who may do what", "pass")
    if settings.vpc_endpoints:
        ids = tuple(network(one) for one in settings.vpc_endpoints)
        yield Origin("VPC endpoints", ids, "exempt: any address behind them", "exempt")
    if settings.break_glass:
        arns = tuple(tag("code", one, class_="name") for one in settings.break_glass)
        yield Origin("Break-glass principals", arns, "exempt: from any public address", "exempt")
    if settings.trust_aws_services:
        yield Origin("AWS services", (), "exempt: acting for themselves", "exempt")
    ways = count(len(facts.proof.escapes), "way")
    others: dict[str, tuple[Course, str]] = {
        "proved": ("stop", "denied, however the request arrives"),
        "escape": ("escape", f"has access, {ways}: see Findings"),
        "unknown": ("unknown", "could not be decided: see Findings"),
    }
    course, says = others[facts.proof.verdict.value]
    yield Origin("Everybody else", (), f"any other address, signed in or not: {says}", course)


def _bucket(facts: Facts) -> list[Markup]:
    """Return what the box of the bucket says."""
    stack = facts.stack
    key = next(stack.state.of("kms/key"), None)
    return [
        tag("strong", "Bucket"),
        tag("code", stack.bucket, class_="name"),
        tag(
            "span",
            f"{stack.region or 'region not known'}, account {stack.account or 'not known'}",
            class_="note",
        ),
        *(
            [
                tag(
                    "span",
                    "encrypted with KMS key ",
                    tag("code", key.text("keyId") or key.id, class_="name"),
                    class_="note",
                )
            ]
            if key
            else []
        ),
    ]
