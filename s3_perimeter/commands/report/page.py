"""The report as one self-contained page: no scripts, nothing from elsewhere, every value escaped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Final

from s3_perimeter.commands.report.access import access_matrix
from s3_perimeter.commands.report.diagram import network_diagram
from s3_perimeter.commands.report.facts import Facts
from s3_perimeter.commands.report.findings import findings
from s3_perimeter.commands.report.html import Markup, block, cards, network, prose, tag
from s3_perimeter.reporting.output import count
from s3_perimeter.reporting.verdicts import layer_words

__all__ = ["as_page"]

CONTENT_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
TONES: Final = {
    "proved": "good",
    "escape": "bad",
    "in-sync": "good",
    "drift": "bad",
    "unknown": "warn",
    "not asked": "warn",
}
SIGNS: Final = {"good": "✓", "warn": "!", "bad": "✕"}
STANDING: Final = (
    "Anybody with a user's access key in an allowed network acts as that user: keep networks "
    "narrow, and replace keys regularly (`perimeter rotate`).",
    "People who share one allowed address cannot be distinguished by it.",
    "The policy does not protect data that was already read.",
)
DRIFT: Final = {
    "in-sync": "AWS has what was deployed.",
    "drift": "AWS differs from what was deployed: see Findings.",
    "unknown": "The live bucket could not be read in full: see Findings.",
    "not asked": "The live bucket was not checked (`--no-drift`).",
}


def as_page(facts: Facts) -> str:
    """Return the whole document."""
    title = f"Network perimeter of {facts.stack.bucket}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=CONTENT_POLICY),
        tag("title", title),
        tag("style", Markup(files(__package__).joinpath("style.css").read_text(encoding="utf-8"))),
    )
    body = tag(
        "body",
        tag("header", tag("h1", title), _banner(facts), _about(facts)),
        tag(
            "main",
            _section("Findings", *findings(facts)),
            _section("Who can do what from where", *access_matrix(facts)),
            _section("Allow-list", _allow_list(facts)),
            _section("Network", network_diagram(facts)),
            _section("Proof and drift", *_evidence(facts)),
            _section("Remaining risks", _remaining(facts)),
            _section("Sign-off", _sign_off(facts)),
            _section("Appendix", *_appendix(facts)),
        ),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _section(title: str, *children: Markup) -> Markup:
    """Return a part of the page under its heading."""
    return tag("section", tag("h2", title), list(children))


def _banner(facts: Facts) -> Markup:
    """Return the worst of proof and drift in one sentence, and who is exempt."""
    verdict = facts.proof.verdict.value
    proved = {
        "proved": "Declared policies of both layers proved"
        if facts.proof.layers
        else "Declared policy proved",
        "escape": f"Declared policy allows requests from outside ({count(len(facts.proof.escapes), 'way')})",
        "unknown": "Declared policy could not be judged in full",
    }[verdict]
    if facts.proof.lockouts:
        proved += f", with {count(len(facts.proof.lockouts), 'lock-out')}"
    found = ", ".join(f"{number} {severity}" for severity, number in facts.drift.counts)
    live = {
        "in-sync": "live bucket in sync",
        "drift": f"live bucket differs: {found}",
        "unknown": "live bucket could not be read in full",
        "not asked": "live bucket not checked",
    }[facts.drift.status]
    tones = (TONES[verdict], TONES[facts.drift.status], *(["warn"] if facts.proof.lockouts else []))
    worst = next(tone for tone in ("bad", "warn", "good") if tone in tones)
    exempt = facts.exemptions
    who = (
        f"Exempt from the allow-list: {'; '.join(exempt)}."
        if exempt
        else "Nobody is exempt from the allow-list."
    )
    return tag(
        "div",
        tag("strong", tag("span", SIGNS[worst], class_="sign", aria_hidden="true"), f" {proved}; {live}."),
        tag("p", who),
        class_=f"banner {worst}",
        role="status",
    )


def _about(facts: Facts) -> Markup:
    """Return what the report is about, when it was made, and by what."""
    stack = facts.stack
    lines = [
        ("Stack", f"{stack.project}/{stack.name}"),
        ("Account", stack.account or "not known"),
        ("Region", stack.region or "not known"),
        ("Owner", facts.owner or "not named"),
        ("Made", _moment(facts)),
        ("Made with", f"s3-perimeter {facts.version}"),
    ]
    return tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in lines], class_="about")


def _moment(facts: Facts) -> str:
    """Return when the report was made."""
    return facts.made.strftime("%Y-%m-%d %H:%M UTC")


def _allow_list(facts: Facts) -> Markup:
    """Return the entries with size, label, owner and expiry."""
    today = facts.made.date()
    rows = [
        [
            Markup("".join(network(cidr) for cidr in entry.addresses.cidrs())),
            _size(entry.addresses.size()),
            entry.label or "no label",
            entry.owner or "not named",
            _expiry(entry.expires, today),
        ]
        for entry in facts.entries
    ]
    return cards(["network", "addresses", "label", "owner", "valid until"], rows)


def _size(addresses: int) -> str:
    """Return how many addresses, so that a person can take it in."""
    exponent = addresses.bit_length() - 1
    return f"2^{exponent}" if exponent > 24 and addresses == 1 << exponent else f"{addresses:,}"


def _expiry(until: date | None, today: date) -> Markup | str:
    """Return how long an entry is valid."""
    if until is None:
        return "no end"
    left = tag("span", f"{count((until - today).days, 'day')} left", class_="note")
    return Markup(tag("span", str(until), class_="date") + left)


def _evidence(facts: Facts) -> Iterator[Markup]:
    """Yield what was judged, how and when; then what was compared."""
    verdict = facts.proof.verdict.value
    yield tag(
        "p",
        f"Proof: verdict {verdict}, on {_moment(facts)}, for the policy with SHA-256 ",
        tag("code", facts.digest, class_="name"),
        ". The method covers every principal, action, resource and condition key; it does not sample.",
    )
    if facts.proof.layers:
        words = (
            f"{subject}: {answer}{more}." for subject, answer, more in map(layer_words, facts.proof.layers)
        )
        yield tag("ul", [tag("li", prose(each[0].upper() + each[1:])) for each in words])
    yield tag("p", prose(f"Drift: {facts.drift.status}. {DRIFT[facts.drift.status]}"))


def _remaining(facts: Facts) -> Markup:
    """Return the risks that no bucket policy removes."""
    return tag("ul", [tag("li", prose(risk)) for risk in (*facts.proof.residual, *STANDING)])


def _sign_off(facts: Facts) -> Markup:
    """Return lines to be filled in by hand."""
    lines = (
        ("Owner", facts.owner),
        ("Reviewed by", ""),
        ("Date", ""),
        ("Decision", "☐ accepted  ☐ changes requested"),
        ("Signature", ""),
    )
    return tag(
        "dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in lines], class_="sign-off"
    )


def _appendix(facts: Facts) -> Iterator[Markup]:
    """Yield the deployed policy, behind a click; it is printed where it is open."""
    policy = json.loads(facts.policy)
    statements = policy.get("Statement")
    number = len(statements) if isinstance(statements, list) else 1
    yield tag(
        "details",
        tag("summary", f"The deployed bucket policy, {count(number, 'statement')} (open it to print it)"),
        block(json.dumps(policy, indent=2, ensure_ascii=False)),
    )
