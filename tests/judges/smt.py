"""The prover's question as an SMT-LIB script, for z3 and cvc5 to decide on their own.

The encoding shares no code with `perimeter`: it reads plain dictionaries, models a request as SMT variables,
and asks whether a request from outside exists that no Deny matches. It knows the part of the language that
decides most policies (everybody's Deny, actions, resources, addresses and a few other keys); anything else
raises `UnsupportedPolicyError`.
"""

from __future__ import annotations

import ipaddress
import json
from typing import Any

Statement = dict[str, Any]

# Each condition key: the SMT variable that holds it and the one that says whether the request has it.
BOOLEAN_KEYS = {"aws:securetransport": "secure", "aws:viaawsservice": "via"}
STRING_KEYS = {"aws:sourcevpce": "vpce", "aws:vpceorgid": "org", "aws:useragent": "agent"}

DECLARATIONS = """
(set-logic ALL)
(declare-const has_ip Bool)
(declare-const v6 Bool)
(declare-const ip (_ BitVec 128))
(declare-const secure Bool)
(declare-const via Bool)
(declare-const has_vpce Bool)
(declare-const vpce String)
(declare-const has_org Bool)
(declare-const org String)
(declare-const has_agent Bool)
(declare-const agent String)
(declare-const action String)
(declare-const resource String)
; Public requests have an address and no endpoint, endpoint requests the reverse, services neither.
(assert (not (and has_ip has_vpce)))
(assert (=> has_org has_vpce))
(assert (=> (not has_ip) (not via)))
(assert (=> (not v6) (bvult ip (bvshl (_ bv1 128) (_ bv32 128)))))
(assert (str.in_re vpce (re.++ (str.to_re "vpce-") (re.+ (re.union (re.range "0" "9") (re.range "a" "f"))))))
(assert (str.in_re org (re.++ (str.to_re "o-") (re.+ (re.union (re.range "0" "9") (re.range "a" "z"))))))
; aws:SourceIp never holds an IPv4-mapped IPv6 address.
(assert (=> v6 (not (= ((_ extract 127 32) ip) #x00000000000000000000ffff))))
(assert (str.in_re action (re.++ (str.to_re "s3:") (re.+ (re.range "a" "z")))))
"""


class UnsupportedPolicyError(Exception):
    """The policy uses something that this encoding leaves to the other judges."""


def encode(
    statements: list[Statement],
    bucket: str,
    networks: list[str],
    exempt: dict[str, str] | None = None,
    *,
    services: bool = True,
) -> str:
    """The SMT-LIB script that is satisfiable exactly if some request from outside `networks` is not denied by
    any statement, of whichever layer, but for those that `exempt` takes out by the value of a condition key.
    Without `services`, what services do for themselves does not count.

    Raises UnsupportedPolicyError where a Deny uses something outside the encoded part.
    """
    arn = f"arn:aws:s3:::{bucket}"
    resources = f'(or (= resource "{arn}") {in_re("resource", glob(arn + "/?*"))})'
    outside = f"(=> has_ip (not {in_ranges(networks)}))"
    denies = [_statement(statement) for statement in statements if statement["Effect"] == "Deny"]
    without = [
        f'(not (and has_{STRING_KEYS[key.lower()]} (= {STRING_KEYS[key.lower()]} "{value}")))'
        for key, value in (exempt or {}).items()
    ]
    asserted = [resources, outside, *without, *(f"(not {deny})" for deny in denies)]
    if not services:
        asserted.append("(or has_ip has_vpce)")
    return DECLARATIONS + "".join(f"(assert {formula})\n" for formula in asserted) + "(check-sat)\n"


def decide_with_z3(script: str) -> str:
    """`proved`, `escape` or `unknown`, by z3."""
    import z3

    solver = z3.Solver()
    solver.set("timeout", 120_000)
    solver.from_string(script.replace("(check-sat)", ""))
    return {"sat": "escape", "unsat": "proved"}.get(str(solver.check()), "unknown")


def decide_with_cvc5(script: str) -> str:
    """`proved`, `escape` or `unknown`, by cvc5."""
    return Cvc5(incremental=False).decide(script)


class Cvc5:
    """One cvc5, which knows all scripts that it was given; with `incremental`, it can decide several."""

    def __init__(self, *, incremental: bool) -> None:
        import cvc5

        self._manager = cvc5.TermManager()
        self._solver = cvc5.Solver(self._manager)
        self._solver.setOption("tlimit-per", "120000")
        self._solver.setOption("incremental", str(incremental).lower())
        self._parser = cvc5.InputParser(self._solver)

    def decide(self, script: str) -> str:
        """`proved`, `escape` or `unknown`, or nothing for a script that asks nothing."""
        import cvc5

        self._parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "question")
        symbols = self._parser.getSymbolManager()
        answer = ""
        while not (command := self._parser.nextCommand()).isNull():
            answer += str(command.invoke(self._solver, symbols))
        return {"sat": "escape", "unsat": "proved"}.get(answer.strip(), "unknown" if answer else "")


def _statement(statement: Statement) -> str:
    if statement.get("Principal") not in ("*", {"AWS": "*"}):
        raise UnsupportedPolicyError("a principal that is not everybody")
    parts = [_patterns(statement, "Action", fold=True), _patterns(statement, "Resource", fold=False)]
    for operator, keys in statement.get("Condition", {}).items():
        parts += [_condition(operator, key.lower(), listed(values)) for key, values in keys.items()]
    return f"(and {' '.join(parts)})"


def _patterns(statement: Statement, element: str, *, fold: bool) -> str:
    negated = f"Not{element}" in statement
    patterns = listed(statement[f"Not{element}" if negated else element])
    if any("${" in pattern for pattern in patterns):
        raise UnsupportedPolicyError("a policy variable")
    folded = [pattern.lower() if fold else pattern for pattern in patterns]
    matched = any_holds([in_re(element.lower(), glob(pattern)) for pattern in folded])
    return f"(not {matched})" if negated else matched


def _condition(operator: str, key: str, values: list[str]) -> str:
    if operator == "Null" and key == "aws:sourceip":
        return "(not has_ip)" if values == ["true"] else "has_ip"
    if operator in ("IpAddress", "NotIpAddress", "NotIpAddressIfExists") and key == "aws:sourceip":
        inside = f"(and has_ip {in_ranges(values)})"
        return inside if operator == "IpAddress" else f"(not {inside})"
    if operator == "Bool" and key in BOOLEAN_KEYS:
        # Always present in the channels that are encoded here.
        return any_holds(
            [BOOLEAN_KEYS[key] if value == "true" else f"(not {BOOLEAN_KEYS[key]})" for value in values]
        )
    if key in STRING_KEYS and operator.removesuffix("IfExists") in _STRING_OPERATORS:
        return _string_condition(operator, STRING_KEYS[key], values)
    raise UnsupportedPolicyError(f"{operator} on {key}")


_STRING_OPERATORS = {"StringEquals", "StringNotEquals", "StringLike", "StringNotLike"}


def _string_condition(operator: str, variable: str, values: list[str]) -> str:
    base = operator.removesuffix("IfExists")
    like = base.endswith("Like")
    equal = [in_re(variable, glob(value)) if like else f'(= {variable} "{value}")' for value in values]
    present = f"(and has_{variable} {any_holds(equal)})"
    if "Not" in base:
        return f"(not {present})"
    return f"(or (not has_{variable}) {any_holds(equal)})" if operator.endswith("IfExists") else present


def in_ranges(networks: list[str]) -> str:
    alternatives = []
    for text in networks:
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError as error:
            raise UnsupportedPolicyError(f"{text} is no network") from error
        first, last = int(network.network_address), int(network.broadcast_address)
        family = "v6" if network.version == 6 else "(not v6)"
        alternatives.append(f"(and {family} (bvule (_ bv{first} 128) ip) (bvule ip (_ bv{last} 128)))")
    return any_holds(alternatives)


def glob(pattern: str) -> str:
    """A wildcard pattern as a regular expression of SMT-LIB's theory of strings."""
    parts: list[str] = []
    literal = ""
    for character in pattern:
        if character not in "*?":
            literal += character
            continue
        parts += [f'(str.to_re "{literal}")'] if literal else []
        parts.append("re.all" if character == "*" else "re.allchar")
        literal = ""
    parts += [f'(str.to_re "{literal}")'] if literal else []
    return parts[0] if len(parts) == 1 else f"(re.++ {' '.join(parts)})"


def in_re(variable: str, expression: str) -> str:
    return f"(str.in_re {variable} {expression})"


def any_holds(formulas: list[str]) -> str:
    return f"(or false {' '.join(formulas)})"


def listed(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each if isinstance(each, str) else json.dumps(each) for each in values]
