"""The report as one self-contained page: no scripts, nothing from elsewhere, every value escaped."""

from __future__ import annotations

import json
from datetime import date

from s3_perimeter.commands.address_map import AddressMap
from s3_perimeter.commands.render.layers import layer_words
from s3_perimeter.commands.report.diagram import network_diagram
from s3_perimeter.commands.report.facts import Facts, fix_of
from s3_perimeter.commands.report.html import Markup, tag
from s3_perimeter.commands.report.style import STYLE
from s3_perimeter.reporting.output import count

__all__ = ["as_page"]

CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
SHOWN_STATUS = {"in-sync": "good", "drift": "bad", "unknown": "warn", "not asked": "warn"}
SHOWN_VERDICT = {"proved": "good", "escape": "bad", "unknown": "warn"}
CLASSES = {"allowed": "allowed", "denied": "denied", "by IAM": "iam", "no permission": "none"}


def as_page(facts: Facts) -> str:
    """The whole document."""
    stack = facts.stack
    title = f"Network perimeter of {stack.bucket}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=CONTENT_POLICY),
        tag("title", title),
        tag("style", Markup(STYLE)),
    )
    made = facts.made.strftime("%Y-%m-%d %H:%M UTC")
    body = tag(
        "body",
        tag("p", f"s3-perimeter report, {made}", class_="soft"),
        tag("h1", title),
        tag(
            "p",
            f"Stack {stack.name} of project {stack.project}, account {stack.account}, region {stack.region}.",
        ),
        tag("p", *banner(facts)),
        verdicts(facts),
        section("Network", network_diagram(stack, list(facts.allowed.cidrs()), endpoints(facts))),
        section("Allow-list", allow_list(facts), Markup(AddressMap(facts.allowed).as_svg())),
        section("Who can do what from where", matrix(facts)),
        section("Proof", *proof(facts)),
        section("Drift", *drift(facts)),
        section("What remains", *residual(facts)),
        section("The policy", tag("div", tag("pre", tag("code", pretty(facts.policy))), class_="wide")),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def section(title: str, *children: Markup) -> Markup:
    """A part of the page under its heading."""
    return tag("section", tag("h2", title), list(children))


def banner(facts: Facts) -> list[Markup]:
    """The worst of proof and drift in one sentence, and who is exempt."""
    proved_are = "The declared policy is"
    if facts.proof.layers:
        proved_are = "The declared policy and the resource control policies are"
    proved = {
        "proved": f"{proved_are} proved: every request from outside the allow-list is denied",
        "escape": f"The policy lets somebody in from outside: {count(len(facts.proof.escapes), 'way')} in",
        "unknown": "Whether the policy denies every request from outside could not be decided",
    }[facts.proof.verdict.value]
    found = ", ".join(f"{number} {severity}" for severity, number in facts.drift.counts)
    live = {
        "in-sync": "AWS has what was declared",
        "drift": f"what AWS has differs from it: {found}",
        "unknown": "what AWS has could not be read in full",
        "not asked": "whether AWS still has it was not asked",
    }[facts.drift.status]
    tones = (SHOWN_VERDICT[facts.proof.verdict.value], SHOWN_STATUS[facts.drift.status])
    worst = next(tone for tone in ("bad", "warn", "good") if tone in tones)
    exempt = exemptions(facts)
    return [
        tag("strong", f"{proved}; {live}.", class_=worst),
        *([tag("br"), tag("span", f"Exempt from the allow-list: {'; '.join(exempt)}.")] if exempt else []),
    ]


def exemptions(facts: Facts) -> list[str]:
    """Everybody whom the config lets in from outside the allow-list, by name."""
    settings = facts.stack.settings
    return [
        *(f"VPC endpoint {one}" for one in settings.vpc_endpoints),
        *(f"break-glass principal {one}" for one in settings.break_glass),
        *(["AWS services"] if settings.trust_aws_services else []),
    ]


def verdicts(facts: Facts) -> Markup:
    """The three answers that a reviewer looks for first."""
    verdict = facts.proof.verdict.value
    says = {
        "proved": "every request from outside is denied",
        "escape": f"{count(len(facts.proof.escapes), 'way')} in from outside",
        "unknown": "not decided",
    }[verdict]
    size = count(len(facts.entries), "entry", "entries")
    return tag(
        "div",
        tag("div", tag("strong", verdict, class_=SHOWN_VERDICT[verdict]), says),
        tag(
            "div",
            tag("strong", facts.drift.status, class_=SHOWN_STATUS[facts.drift.status]),
            "deployed against live",
        ),
        tag("div", tag("strong", size), "in the allow-list"),
        class_="verdict",
    )


def allow_list(facts: Facts) -> Markup:
    """The entries with label and expiry."""
    today = facts.made.date()
    rows = [
        tag(
            "tr",
            tag("td", [tag("div", tag("code", cidr)) for cidr in entry.addresses.cidrs()]),
            tag("td", entry.label or "(no label)"),
            tag("td", expiry(entry.expires, today)),
        )
        for entry in facts.entries
    ]
    header = tag("tr", *(tag("th", name) for name in ("network", "label", "good until")))
    return tag("div", tag("table", tag("thead", header), tag("tbody", rows)), class_="wide")


def expiry(until: date | None, today: date) -> str:
    """How long an entry is good."""
    if until is None:
        return "no end"
    left = (until - today).days
    return f"{until} ({count(left, 'day')} left)" if left >= 0 else f"{until}: over, AWS denies it"


def matrix(facts: Facts) -> Markup:
    """The access matrix, a row for each person and thing asked."""
    header = tag("tr", tag("th", "who"), tag("th", "what"), [tag("th", place.name) for place in facts.where])
    rows = []
    for start in range(0, len(facts.cells), len(facts.where)):
        row = facts.cells[start : start + len(facts.where)]
        cells = [tag("td", cell.answer, class_=CLASSES[cell.answer], title=cell.why) for cell in row]
        rows.append(tag("tr", tag("td", row[0].who), tag("td", row[0].what), cells))
    note = "“by IAM”: the fence lets the request pass, and the IAM policies of that principal decide."
    table = tag("table", tag("thead", header), tag("tbody", rows))
    return Markup(tag("div", table, class_="wide") + tag("p", note, class_="soft"))


def proof(facts: Facts) -> list[Markup]:
    """The verdict with its date, its subject, and every witness."""
    made = facts.made.strftime("%Y-%m-%d %H:%M UTC")
    told = [
        tag(
            "p",
            f"Verdict {facts.proof.verdict.value}, on {made}, for the policy with SHA-256 ",
            tag("code", facts.digest, class_="long"),
            ". The method is exact over every principal, action, resource and condition key, not a sample.",
        )
    ]
    items = [
        tag("li", f"{subject}: {answer}{more}.")
        for subject, answer, more in map(layer_words, facts.proof.layers)
    ]
    items += [
        tag(
            "li",
            f"{one.channel.value}: {one.principal} does {one.action} from {one.source_ip or 'no address'}: "
            f"{one.because}{fix_of(one.fix)}",
        )
        for one in facts.proof.escapes
    ]
    items += [tag("li", f"{one.summary}: {one.because}") for one in facts.proof.lockouts]
    items += [
        tag("li", f"not looked into: {reason}")
        for reason in (*facts.proof.unmodelled, *facts.proof.undecided)
    ]
    return [*told, tag("ul", items)] if items else told


def drift(facts: Facts) -> list[Markup]:
    """What AWS has otherwise than deployed."""
    words = {
        "in-sync": "What AWS has is what was deployed.",
        "drift": "AWS has something else than what was deployed:",
        "unknown": "Part of it could not be read:",
        "not asked": "Not asked in this report (--no-drift).",
    }
    told = [tag("p", words[facts.drift.status])]
    return (
        [*told, tag("ul", [tag("li", line) for line in facts.drift.findings])]
        if facts.drift.findings
        else told
    )


def residual(facts: Facts) -> list[Markup]:
    """The risks that no bucket policy takes away, in plain words."""
    standing = (
        "Whoever holds a user's access key and comes from an allowed network is that user: keep networks "
        "narrow, and"
        " rotate keys (perimeter rotate).",
        "People behind one allowed address are not told apart by it.",
        "Data that was read is out of the fence's reach.",
    )
    return [tag("ul", [tag("li", risk) for risk in (*facts.proof.residual, *standing)])]


def endpoints(facts: Facts) -> list[str]:
    """The VPC endpoints that are declared exempt."""
    found = facts.stack.config.get("vpcEndpoints")
    return [str(one) for one in found] if isinstance(found, list) else []


def pretty(policy: str) -> str:
    """The policy, indented."""
    return json.dumps(json.loads(policy), indent=2, ensure_ascii=False)
