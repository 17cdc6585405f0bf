"""The proof: next to reading the same text as JSON, its growth, its layers and its memory."""

from __future__ import annotations

import json
import re
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from bench.forgetting import forget
from bench.rows import Row, compared, per_call, turns
from s3_perimeter import (
    AddressSet,
    Perimeter,
    PolicyDocument,
    PolicyError,
    ResourceControlPolicy,
    bucket_policy,
    prove,
    resource_control_policy,
)
from tests.corpus.corpus import corpus

TYPICAL = ["203.0.113.0/24", "198.51.100.0/25", "192.0.2.17/32", "2001:db8:1234::/48"]
SIZES = (1, 10, 100, 300, 900)
ROUNDS = 7
N_LOG_N = 8 * 9.64 / 6.64
"""How much longer 800 CIDRs take than 100 where the time grows as n log n."""


def rows() -> Iterator[Row]:
    """Yield every figure of the proof."""
    typical = _case(AddressSet.parse(TYPICAL))
    yield _next_to_json("parse and prove a typical policy", typical[0], typical, most=40)
    one, both = turns(*map(per_call, (_proof_of(typical), _proof_of(typical, layered=True))), rounds=ROUNDS)
    layered = "prove a typical policy and a resource control policy like it, each layer and both"
    yield compared(layered, both, "the bucket policy alone", one, unit="ms", scale=1e3, most=2.25)
    yield from _growth()
    yield from _real_policies()
    yield _memory(_case(_scattered(900)))


def _growth() -> Iterator[Row]:
    """Yield the time of a proof by the number of addresses."""
    small, large = turns(*(per_call(_proof_of(_case(_scattered(n)))) for n in (100, 800)), rounds=ROUNDS)
    yield compared(
        "prove a policy of 800 scattered CIDRs",
        large,
        "as n log n from one of 100",
        [N_LOG_N * each for each in small],
        unit="ms",
        scale=1e3,
        most=1.25,
    )
    calls = [per_call(_proof_of(_case(_scattered(count)))) for count in SIZES]
    for count, taken in zip(SIZES, turns(*calls, rounds=3), strict=True):
        named = f"prove a policy of {count} scattered CIDR{'s' * (count > 1)}"
        yield Row(named, 1e3 * median(taken), "ms", line="proof by CIDRs", at=count)


def _next_to_json(question: str, text: str, case: tuple[str, Perimeter], *, most: float) -> Row:
    """Return the time to parse and prove, with that of the standard library to read the same text."""

    def once() -> None:
        forget()
        assert prove(PolicyDocument.parse(text), case[1]).verdict == "proved"

    ours, theirs = turns(per_call(once), per_call(partial(json.loads, text)), rounds=ROUNDS)
    return compared(question, ours, "json.loads of its text", theirs, unit="ms", scale=1e3, most=most)


def _case(allowed: AddressSet) -> tuple[str, Perimeter]:
    """Return a perimeter and the policy that seals it."""
    perimeter = Perimeter("b", allowed, account="111122223333")
    return bucket_policy(perimeter), perimeter


def _scattered(count: int) -> AddressSet:
    """Return single addresses that do not touch."""
    return AddressSet.parse(f"198.{51 + n // 32768}.{n // 128 % 256}.{n % 128 * 2}/32" for n in range(count))


def _proof_of(case: tuple[str, Perimeter], *, layered: bool = False) -> Callable[[], None]:
    """Return a call that makes one proof of a parsed document, without anything remembered of the previous
    one.
    """
    document, perimeter = PolicyDocument.parse(case[0]), case[1]
    rcps = [ResourceControlPolicy.parse(resource_control_policy([perimeter]))] if layered else []

    def once() -> None:
        forget()
        assert prove(document, perimeter, rcps=rcps).verdict == "proved"

    return once


def _real_policies() -> Iterator[Row]:
    """Yield the time of the slowest policy of the corpus, with that of the one in the middle, each the best
    of three proofs.
    """
    allowed = AddressSet.parse(["192.0.2.0/24", "203.0.113.0/24", "2001:db8::/32"])
    taken: list[float] = []
    for entry in corpus():
        named = re.search(r"arn:(aws[a-z-]*):s3:::([a-zA-Z0-9.-]+)", entry.text)
        partition, bucket = (named[1], named[2]) if named else ("aws", "b")
        perimeter = Perimeter(bucket, allowed, account="111122223333", partition=partition)
        try:
            document = PolicyDocument.parse(entry.text)
        except PolicyError:
            continue
        taken.append(min(_processor_time(document, perimeter) for _ in range(3)))
    yield compared(
        f"prove the slowest of {len(taken)} real policies",
        [max(taken)],
        "the one in the middle",
        [median(taken)],
        unit="ms",
        scale=1e3,
        most=80,
    )


def _processor_time(document: PolicyDocument, perimeter: Perimeter) -> float:
    """Return the processor seconds of one proof, without anything remembered of the previous one."""
    forget()
    started = time.process_time()
    prove(document, perimeter)
    return time.process_time() - started


def _memory(case: tuple[str, Perimeter]) -> Row:
    """Return the megabytes at the peak of parsing and proving, with those of reading the text as JSON."""

    def peak(call: Callable[[], object]) -> float:
        tracemalloc.start()
        kept = call()
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        del kept
        return found

    ours = peak(lambda: prove(PolicyDocument.parse(case[0]), case[1]))
    theirs = peak(lambda: json.loads(case[0]))
    question = "memory to parse and prove a policy of 900 CIDRs, at its highest"
    return compared(question, [ours], "json.loads of its text", [theirs], unit="MB", scale=1e-6, most=10)
