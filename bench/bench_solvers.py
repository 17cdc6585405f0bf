"""The prover compared with general solvers on the same question: cvc5 and z3, on an SMT encoding."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from bench.forgetting import forget
from bench.rows import Row, compared, per_call, turns
from s3_perimeter import AddressSet, Perimeter, PolicyDocument, prove
from tests.judges.smt import decide_with_cvc5, decide_with_z3, encode

NETWORKS = ["203.0.113.0/24", "198.51.100.7/32", "2001:db8:1234::/48"]
STATEMENTS = [
    {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": NETWORKS}},
    },
    {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    },
]


def rows() -> Iterator[Row]:
    """Yield the time from a text never seen before to the verdict; raise AssertionError if one is not
    `proved`.
    """
    text = json.dumps({"Version": "2012-10-17", "Statement": STATEMENTS})
    fence = Perimeter(bucket="b", allowed=AddressSet.parse(NETWORKS))
    script = encode(STATEMENTS, "b", NETWORKS)
    assert str(prove(PolicyDocument.parse(text), fence).verdict) == "proved"
    assert decide_with_cvc5(script) == "proved"
    assert decide_with_z3(script) == "proved"
    for name, decide, least in (("cvc5", decide_with_cvc5, 20.0), ("z3", decide_with_z3, 100.0)):
        ours, theirs = turns(
            per_call(lambda: _proof_of(text, fence)), per_call(partial(decide, script)), rounds=3
        )
        question = f"parse and prove a typical policy, next to {name}"
        yield compared(question, ours, name, theirs, unit="ms", scale=1e3, least=least)


def _proof_of(text: str, fence: Perimeter) -> None:
    """Make one proof of a document never seen before."""
    forget()
    prove(PolicyDocument.parse(text), fence)
