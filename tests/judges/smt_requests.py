"""Requests in full as SMT variables, for questions about lock-outs, dead Allows and the proof's premises: who
asks, when, how and with which headers.

Like `smt.py` it reads plain dictionaries, and shares no code with the product. What AWS does not document is
a free truth value, the same one for the same fact. An unreadable list may be void: then neither it nor its
negation holds.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from tests.judges.smt import UnsupportedPolicyError, _glob, _in_networks, _in_re, _listed, _or

Statement = dict[str, Any]
Doubt: TypeAlias = Literal["free", "holds"]
"""What an undocumented fact is: whatever suits who asks, or such that every statement matches that may."""

SIGNED, ANONYMOUS, FORWARDED, ENDPOINT, SERVICE = range(5)
OWNER = "111122223333"
OF_BUCKET = (
    *("listbucket", "listbucketversions", "getbucketpolicy", "putbucketpolicy", "deletebucketpolicy"),
    *("getbuckettagging", "getbucketacl", "putbucketacl"),
)
OF_OBJECTS = ("getobject", "putobject", "getobjecttagging", "putobjectacl", "deleteobject")
ACTIONS = (*OF_BUCKET, *OF_OBJECTS, "somethingnew")
NAME = '(re.+ (re.union (re.range "a" "z") (re.range "A" "Z") (re.range "0" "9") (str.to_re "-")))'
ACCOUNT = '((_ re.loop 12 12) (re.range "0" "9"))'


def _shape(*parts: str) -> str:
    """A text of literal parts and expressions."""
    texts = (part if part.startswith("(") else f'(str.to_re "{part}")' for part in parts)
    return f"(re.++ {' '.join(texts)})"


ARNS = {
    "Account": _shape("arn:aws:iam::", ACCOUNT, ":root"),
    "User": _shape("arn:aws:iam::", ACCOUNT, ":user/", NAME),
    "FederatedUser": _shape("arn:aws:sts::", ACCOUNT, ":federated-user/", NAME),
    "AssumedRole": "(re.union "
    + _shape("arn:aws:iam::", ACCOUNT, ":role/", NAME)
    + _shape("arn:aws:sts::", ACCOUNT, ":assumed-role/aws:ec2-instance/i-", NAME)
    + ")",
}
USER_IDS = {
    "User": _shape("AIDA", NAME),
    "AssumedRole": "re.all",
    "FederatedUser": "re.all",
    "Account": ACCOUNT,
}
"""Of roles "this value format can vary"."""
DOCUMENTED = (
    '(=> (= ptype "AssumedRole") (and '
    + f"(str.in_re arn {_shape('arn:aws:iam::', ACCOUNT, ':role/', NAME)}) "
    + f"(str.in_re userid {_shape('AROA', NAME, ':', NAME)})))"
)
"""What is documented of roles: not what the ARN of an EC2 instance's own role looks like in this key."""

DECLARATIONS = f"""
(set-logic ALL)
(declare-const ch Int) (assert (and (<= 0 ch) (<= ch 4)))
(declare-const anon Bool) (assert (=> anon (or (= ch {ANONYMOUS}) (= ch {ENDPOINT}))))
(assert (=> (= ch {ANONYMOUS}) anon))
(define-fun signed () Bool (and (not anon) (distinct ch {SERVICE})))
(define-fun has_ip () Bool (or (= ch {SIGNED}) (= ch {ANONYMOUS}) (= ch {FORWARDED})))
(declare-const v6 Bool)
(declare-const ip (_ BitVec 128))
(assert (=> (not v6) (bvult ip (bvshl (_ bv1 128) (_ bv32 128)))))
(assert (=> v6 (not (= ((_ extract 127 32) ip) #x00000000000000000000ffff))))
(declare-const secure Bool)
(declare-const has_tls Bool) (assert (=> has_tls secure))
(declare-const tls Int) (assert (and (<= 10 tls) (<= tls 13)))
(declare-const now Int)
(declare-const has_mfa Bool) (declare-const mfa Bool) (assert (=> has_mfa signed))
(declare-const ptype String) (declare-const arn String) (declare-const userid String)
(assert (=> anon (and (= ptype "Anonymous") (= userid "anonymous"))))
(assert (=> signed (or {
    " ".join(
        f'(and (= ptype "{kind}") (str.in_re arn {form}) (str.in_re userid {USER_IDS[kind]}))'
        for kind, form in ARNS.items()
    )
})))
(declare-const service String)
(assert (str.in_re service (re.++ {NAME} (re.* (re.++ (str.to_re ".") {NAME})) (str.to_re ".amazonaws.com"))))
(declare-const vpce String)
(assert (str.in_re vpce (re.++ (str.to_re "vpce-") (re.+ (re.union (re.range "0" "9") (re.range "a" "f"))))))
(declare-const has_referer Bool) (declare-const referer String)
(declare-const action String)
(assert (or {" ".join(f'(= action "s3:{name}")' for name in ACTIONS)}))
(declare-const has_acl Bool) (declare-const acl String)
(assert (=> has_acl (or (= action "s3:putobject") (= action "s3:putobjectacl") (= action "s3:putbucketacl"))))
(declare-const has_prefix Bool) (declare-const prefix String)
(assert (=> has_prefix (or (= action "s3:listbucket") (= action "s3:listbucketversions"))))
(declare-const resource String)
"""

STRINGS = {
    "aws:principalarn": ("arn", "signed"),
    "aws:principaltype": ("ptype", f"(distinct ch {SERVICE})"),
    "aws:userid": ("userid", f"(distinct ch {SERVICE})"),
    "aws:principalservicename": ("service", f"(= ch {SERVICE})"),
    "aws:sourcevpce": ("vpce", f"(= ch {ENDPOINT})"),
    "aws:referer": ("referer", "has_referer"),
    "s3:x-amz-acl": ("acl", "has_acl"),
    "s3:prefix": ("prefix", "has_prefix"),
    # Of no request to a bucket that exists.
    "s3:locationconstraint": ('""', "false"),
    "s3:x-amz-bucket-namespace": ('""', "false"),
}
BOOLEANS = {
    "aws:securetransport": ("secure", "true"),
    "aws:viaawsservice": (f"(= ch {FORWARDED})", "true"),
    "aws:principalisawsservice": (f"(= ch {SERVICE})", "(not anon)"),
    "aws:multifactorauthpresent": ("mfa", "has_mfa"),
}
"""Each key's value, and whether the request has it."""


@dataclass
class Question:
    """One question about the requests to bucket `b`: formulas that all have to hold of one of them."""

    doubt: Doubt = "free"
    formulas: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Each action is asked of what it is for, and one that does not exist yet of either."""
        bucket, objects = '(= resource "arn:aws:s3:::b")', _in_re("resource", _glob("arn:aws:s3:::b/?*"))
        of = {names: _or([f'(= action "s3:{name}")' for name in names]) for names in (OF_BUCKET, OF_OBJECTS)}
        self.formulas += [f"(or {bucket} {objects})", f"(=> {of[OF_BUCKET]} {bucket})"]
        self.formulas += [f"(=> {of[OF_OBJECTS]} {objects})"]
        self.formulas += [DOCUMENTED] if self.doubt == "holds" else []

    def ask(self, *formulas: str) -> Question:
        """The question with more that has to hold."""
        self.formulas += formulas
        return self

    def script(self) -> str:
        """The question as SMT-LIB."""
        declared = [f"(declare-const {name} Bool)\n" for name in self.facts.values()]
        asserted = [f"(assert {each})\n" for each in self.formulas]
        return "".join([DECLARATIONS, *declared, *asserted, "(check-sat)\n"])

    def none_denied(self, statements: Iterable[Statement]) -> Question:
        """The question about requests that no Deny matches."""
        denies = [self.matches(each) for each in statements if each["Effect"] == "Deny"]
        return self.ask(*(f"(not {deny})" for deny in denies))

    def matches(self, statement: Statement) -> str:
        """A statement as a formula."""
        parts = [self._principal(statement["Principal"])]
        for element in ("Action", "Resource"):
            negated = f"Not{element}" in statement
            patterns = _listed(statement[f"Not{element}" if negated else element])
            parts.append(self._patterns(element, patterns, negated=negated))
        for operator, keys in statement.get("Condition", {}).items():
            parts += [self._condition(operator, key.lower(), _listed(values)) for key, values in keys.items()]
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
            for name in _listed(names):
                if kind == "Service":
                    found.append(f'(and (= ch {SERVICE}) (= service "{name}"))')
                elif kind == "AWS" and name.isdigit():
                    found.append(f'(and signed (str.contains arn "::{name}:"))')
                elif kind == "AWS" and name.startswith("arn:") and not name.endswith(":root"):
                    found.append(f'(and signed (= arn "{name}"))')
                else:
                    raise UnsupportedPolicyError(f"principal {name}")
        return _or(found)

    def _patterns(self, element: str, patterns: Sequence[str], *, negated: bool) -> str:
        found = []
        for pattern in patterns:
            text = pattern.lower() if element == "Action" else pattern
            matched = _in_re(element.lower(), _glob(_wide(text)))
            if text != _wide(text):
                matched = f"(and {self._unknown(f'{element} {text}')} {matched})"
            found.append(matched)
        if negated and self.doubt == "holds" and any(text != _wide(text) for text in patterns):
            # Where the complement may match, the pattern does not.
            return (
                f"(not {_or([_in_re('resource', _glob(each)) for each in patterns if each == _wide(each)])})"
            )
        return f"(not {_or(found)})" if negated else _or(found)

    def _condition(self, operator: str, key: str, values: Sequence[str]) -> str:
        base = operator.removesuffix("IfExists")
        if key == "aws:sourceip":
            present, answer = "has_ip", self._of_addresses(base, values)
        elif key in BOOLEANS and base == "Bool":
            value, present = BOOLEANS[key]
            answer = _or([value if each == "true" else f"(not {value})" for each in values])
        elif key == "s3:tlsversion" and base.startswith("Numeric"):
            sign = {"NumericLessThan": "<", "NumericGreaterThan": ">"}[base]
            present, answer = "has_tls", _or([f"({sign} tls {round(float(each) * 10)})" for each in values])
        elif key == "aws:currenttime" and base.startswith("Date"):
            sign = {"DateLessThan": "<", "DateGreaterThan": ">"}[base]
            present, answer = "true", _or([f"({sign} now {seconds(each)})" for each in values])
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
        if not all(map(_is_plain_network, values)):
            return self._unknown(f"{base} {sorted(set(values))}")
        inside = _in_networks(list(values))
        return f"(not {inside})" if base == "NotIpAddress" else inside

    def _of_texts(self, base: str, value: str, values: Sequence[str]) -> str:
        """Any of the values for a positive operator, none for a negated one."""
        if base == "Null":
            return "true"
        like, negated = "Like" in base or base.startswith("Arn"), "Not" in base
        sure, perhaps = [], []
        for each in values:
            matched = (
                _in_re(value, _glob(_wide(each))) if like or each != _wide(each) else f'(= {value} "{each}")'
            )
            (perhaps if each != _wide(each) else sure).append(matched)
        positive = _or(sure)
        if perhaps and not (negated and self.doubt == "holds"):
            fact = self._unknown(f"{base.replace('Not', '')} {value} {sorted(set(values))}")
            positive = f"(or {positive} (and {fact} {_or(perhaps)}))"
        return f"(not {positive})" if negated else positive


def _wide(pattern: str) -> str:
    """A pattern with `*` in place of each policy variable: what it matches at most."""
    while "${" in pattern:
        before, _, after = pattern.partition("${")
        pattern = f"{before}*{after.partition('}')[2]}"
    return pattern


def _is_plain_network(text: str) -> bool:
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
    return f"(and has_ip {_in_networks(list(networks))})"


def outside(networks: Sequence[str]) -> str:
    """The formula of requests from outside: by their address, or without one."""
    return f"(=> has_ip (not {_in_networks(list(networks))}))"


def by_people(*, without: Sequence[str] = ()) -> str:
    """The formula of ordinary signed requests over TLS by people of the owner's account, root left out."""
    spared = " ".join(f'(distinct arn "{each}")' for each in without)
    return (
        f'(and signed secure has_tls (>= tls 12) (distinct ptype "Account") {spared} '
        f'(str.contains arn "::{OWNER}:"))'
    )
