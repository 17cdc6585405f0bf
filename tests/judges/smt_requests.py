"""Requests in full as SMT variables, for questions about lock-outs, dead Allows and the proof's premises: who
asks, when, how and with which headers.

Like `smt.py` it reads plain dictionaries, and shares no code with the product. What AWS does not document is
a free truth value, the same one for the same fact. An unreadable list may be void: then neither it nor its
negation holds.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal, TypeAlias

from tests.judges.smt import Cvc5, UnsupportedPolicyError, any_holds, glob, in_ranges, in_re, listed
from tests.judges.smt_model import (
    BOOLEANS,
    DOCUMENTED,
    OF_BUCKET,
    OF_OBJECTS,
    OWNER,
    SERVICE,
    STRINGS,
    declared,
)

Statement = dict[str, Any]
Doubt: TypeAlias = Literal["free", "holds"]
"""What an undocumented fact is: whatever suits who asks, or such that every statement matches that may."""


@dataclass
class Question:
    """One question about the requests to bucket `b`: formulas that all have to hold of one of them."""

    doubt: Doubt = "free"
    formulas: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    _declared: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Each action is asked of what it is for, and one that does not exist yet of either."""
        bucket, objects = '(= resource "arn:aws:s3:::b")', in_re("resource", glob("arn:aws:s3:::b/?*"))
        of = {
            names: any_holds([f'(= action "s3:{name}")' for name in names])
            for names in (OF_BUCKET, OF_OBJECTS)
        }
        self.formulas += [f"(or {bucket} {objects})", f"(=> {of[OF_BUCKET]} {bucket})"]
        self.formulas += [f"(=> {of[OF_OBJECTS]} {objects})"]

    def ask(self, *formulas: str) -> Question:
        """The question with more that has to hold, before it is decided."""
        assert "_solver" not in vars(self)
        self.formulas += formulas
        return self

    def mentions(self, name: str, *formulas: str) -> bool:
        """Whether a variable occurs in it, or in more that has to hold."""
        texts = re.sub('"[^"]*"', "", str([*self.formulas, *formulas]))
        return re.search(rf"\b{name}\b", texts) is not None

    @cached_property
    def _solver(self) -> Cvc5:
        """The solver with all that has to hold."""
        facts = [f"(declare-const {name} Bool)" for name in self.facts.values()]
        asserted = [f"(assert {each})" for each in self.formulas]
        if self.doubt == "holds":
            asserted += [f"(assert {each})" for name, each in DOCUMENTED.items() if self.mentions(name)]
        self._declared += declared(self.formulas)
        found = Cvc5(incremental=True)
        found.decide("\n".join(["(set-logic ALL)", *self._declared, *facts, *asserted]))
        return found

    def decide(self, *formulas: str) -> str:
        """The answer where these have to hold too: `escape` where such a request exists, else `proved`."""
        solver = self._solver
        mentioned = declared([*self.formulas, *formulas])
        new = [each for each in mentioned if each not in self._declared]
        self._declared += new
        asserted = [f"(assert {each})" for each in formulas]
        found = solver.decide("\n".join([*new, "(push)", *asserted, "(check-sat)", "(pop)"]))
        assert found in ("escape", "proved"), (self.formulas, formulas)
        return found

    def none_denied(self, statements: Iterable[Statement]) -> Question:
        """The question about requests that no Deny matches."""
        denies = [self.matches(each) for each in statements if each["Effect"] == "Deny"]
        return self.ask(*(f"(not {deny})" for deny in denies))

    def matches(self, statement: Statement) -> str:
        """A statement as a formula."""
        parts = [self._principal(statement["Principal"])]
        for element in ("Action", "Resource"):
            negated = f"Not{element}" in statement
            patterns = listed(statement[f"Not{element}" if negated else element])
            parts.append(self._patterns(element, patterns, negated=negated))
        for operator, keys in statement.get("Condition", {}).items():
            parts += [self._condition(operator, key.lower(), listed(values)) for key, values in keys.items()]
        return f"(and {' '.join(parts)})"

    def _unknown(self, fact: str) -> str:
        """An undocumented fact."""
        if self.doubt == "holds":
            return "true"
        return self.facts.setdefault(fact, f"fact{len(self.facts)}")

    def _principal(self, named: Any) -> str:
        if named in ("*", {"AWS": "*"}):
            return "true"
        found = []
        for kind, names in named.items():
            for name in listed(names):
                if kind == "Service":
                    found.append(f'(and (= ch {SERVICE}) (= service "{name}"))')
                elif kind == "AWS" and name.isdigit():
                    found.append(f'(and signed (str.contains arn "::{name}:"))')
                elif kind == "AWS" and name.startswith("arn:") and not name.endswith(":root"):
                    found.append(f'(and signed (= arn "{name}"))')
                else:
                    raise UnsupportedPolicyError(f"principal {name}")
        return any_holds(found)

    def _patterns(self, element: str, patterns: Sequence[str], *, negated: bool) -> str:
        found = []
        for pattern in patterns:
            text = pattern.lower() if element == "Action" else pattern
            matched = in_re(element.lower(), glob(_wide(text)))
            if text != _wide(text):
                matched = f"(and {self._unknown(f'{element} {text}')} {matched})"
            found.append(matched)
        if negated and self.doubt == "holds" and any(text != _wide(text) for text in patterns):
            # Where the complement may match, the pattern does not.
            sure = [in_re("resource", glob(each)) for each in patterns if each == _wide(each)]
            return f"(not {any_holds(sure)})"
        return f"(not {any_holds(found)})" if negated else any_holds(found)

    def _condition(self, operator: str, key: str, values: Sequence[str]) -> str:
        base = operator.removesuffix("IfExists")
        if key == "aws:sourceip":
            present, answer = "has_ip", self._of_addresses(base, values)
        elif key in BOOLEANS and base == "Bool":
            value, present = BOOLEANS[key]
            answer = any_holds([value if each == "true" else f"(not {value})" for each in values])
        elif key == "s3:tlsversion" and base.startswith("Numeric"):
            sign = {"NumericLessThan": "<", "NumericGreaterThan": ">"}[base]
            present, answer = (
                "has_tls",
                any_holds([f"({sign} tls {round(float(each) * 10)})" for each in values]),
            )
        elif key == "aws:currenttime" and base.startswith("Date"):
            sign = {"DateLessThan": "<", "DateGreaterThan": ">"}[base]
            present, answer = "true", any_holds([f"({sign} now {seconds(each)})" for each in values])
        elif key in STRINGS:
            value, present = STRINGS[key]
            answer = self._of_texts(base, value, values)
        else:
            raise UnsupportedPolicyError(f"{operator} on {key}")
        if base == "Null":
            return f"(not {present})" if list(values) == ["true"] else present
        if "Not" in base or operator.endswith("IfExists"):
            return f"(or (not {present}) {answer})"
        return f"(and {present} {answer})"

    def _of_addresses(self, base: str, values: Sequence[str]) -> str:
        if base == "Null":
            return "true"
        if base not in ("IpAddress", "NotIpAddress"):
            raise UnsupportedPolicyError(f"{base} on an address")
        if not all(map(is_plain_network, values)):
            return self._unknown(f"{base} {sorted(set(values))}")
        inside = in_ranges(list(values))
        return f"(not {inside})" if base == "NotIpAddress" else inside

    def _of_texts(self, base: str, value: str, values: Sequence[str]) -> str:
        """Any of the values for a positive operator, none for a negated one."""
        if base == "Null":
            return "true"
        like, negated = "Like" in base or base.startswith("Arn"), "Not" in base
        sure: list[str] = []
        perhaps: list[str] = []
        for each in values:
            matched = (
                in_re(value, glob(_wide(each))) if like or each != _wide(each) else f'(= {value} "{each}")'
            )
            (perhaps if each != _wide(each) else sure).append(matched)
        positive = any_holds(sure)
        if perhaps and not (negated and self.doubt == "holds"):
            fact = self._unknown(f"{base.replace('Not', '')} {value} {sorted(set(values))}")
            positive = f"(or {positive} (and {fact} {any_holds(perhaps)}))"
        return f"(not {positive})" if negated else positive


def _wide(pattern: str) -> str:
    """A pattern with `*` in place of each policy variable: what it matches at most."""
    while "${" in pattern:
        before, _, after = pattern.partition("${")
        pattern = f"{before}*{after.partition('}')[2]}"
    return pattern


def is_plain_network(text: str) -> bool:
    """Whether every reader takes a text for the same network."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    mapped = network.version == 6 and int(network.network_address) >> 32 == 0xFFFF
    return not mapped and (network.version == 4 or "/" in text)


def seconds(moment: str) -> int:
    """A moment as a policy writes it, in seconds since 1970."""
    return int(datetime.fromisoformat(moment).astimezone(UTC).timestamp())


def in_networks(networks: Sequence[str]) -> str:
    """The formula of requests whose address lies in one of the networks."""
    return f"(and has_ip {in_ranges(list(networks))})"


def outside(networks: Sequence[str]) -> str:
    """The formula of requests from outside: by their address, or without one."""
    return f"(=> has_ip (not {in_ranges(list(networks))}))"


def by_people(*, without: Sequence[str] = ()) -> str:
    """The formula of ordinary signed requests over TLS by people of the owner's account, root left out."""
    exempt = " ".join(f'(distinct arn "{each}")' for each in without)
    return (
        f'(and signed secure has_tls (>= tls 12) (distinct ptype "Account") {exempt} '
        f'(str.contains arn "::{OWNER}:"))'
    )
