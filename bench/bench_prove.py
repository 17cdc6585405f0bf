"""The proof: milliseconds a policy, its growth, its memory and the whole process."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.forgetting import forget
from bench.rows import Row, best_of
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
from s3_perimeter.documents.document import MAX_POLICY_BYTES
from tests.corpus.corpus import corpus

TYPICAL = ["203.0.113.0/24", "198.51.100.0/25", "192.0.2.17/32", "2001:db8:1234::/48"]


def rows() -> Iterator[Row]:
    """Every figure of the proof."""
    typical = _case(AddressSet.parse(TYPICAL))
    yield Row("prove a typical policy", _proof_of(typical), "ms", 0.5)
    yield from _ratios(typical)
    small, middle, largest = (_case(_scattered(count)) for count in (100, 200, _most()))
    yield Row("prove a policy of 200 CIDRs", _proof_of(middle), "ms", 3)
    count = len(largest[1].allowed.cidrs())
    yield Row(f"prove the largest legal policy ({count} CIDRs)", _proof_of(largest), "ms", 15)
    yield Row(
        "growth from 100 to 800 CIDRs, over n log n",
        _proof_of(_case(_scattered(800))) / _proof_of(small) / (8 * 9.64 / 6.64),
        "times",
        1.25,
    )
    for count in (1, 10, 100, 300, 900):
        taken = _proof_of(_case(_scattered(count)))
        named = f"prove a policy of {count} scattered CIDR{'s' * (count > 1)}"
        yield Row(named, taken, "ms", line="proof by CIDRs", at=count)
    decided, slowest = _slowest_of_the_corpus()
    yield Row(f"slowest of {decided} real policies to prove, processor time", slowest, "ms", 50)
    yield Row("memory of the largest proof", _memory(largest), "MB", 20)
    yield Row(
        "import s3_perimeter, beyond the interpreter",
        _process("import s3_perimeter") - _process("pass"),
        "ms",
        60,
    )
    yield Row("perimeter check of one file, whole process", _check(typical), "ms", 150)


def _ratios(case: tuple[str, Perimeter]) -> Iterator[Row]:
    """The proof from the text on beside the standard JSON reader, and of two layers beside one."""
    text, perimeter = case
    document = PolicyDocument.parse(text)
    rcps = [ResourceControlPolicy.parse(resource_control_policy([perimeter]))]
    decoded = _least(lambda: json.loads(text))
    proved = _least(lambda: prove(PolicyDocument.parse(text), perimeter))
    one = _least(lambda: prove(document, perimeter))
    both = _least(lambda: prove(document, perimeter, rcps=rcps))
    question = "parse and prove a typical policy"
    yield Row(question, proved, "ms", peer="json.loads of the same text", peer_value=decoded)
    yield Row(f"{question}: times a json.loads of the same text", proved / decoded, "", target=40)
    question = "prove a typical policy and a resource control policy like it, each layer and both"
    yield Row(question, both, "ms", peer="the bucket policy alone", peer_value=one)
    yield Row(f"{question}: times the bucket policy alone", both / one, "", target=2.25)


def _least(call: Callable[[], object]) -> float:
    """Milliseconds of processor time of one call, the least of many, each with nothing remembered."""
    least = float("inf")
    for _ in range(400):
        forget()
        started = time.process_time()
        call()
        least = min(least, time.process_time() - started)
    return least * 1000


def _case(allowed: AddressSet) -> tuple[str, Perimeter]:
    """A perimeter and the policy that seals it."""
    perimeter = Perimeter("b", allowed, account="111122223333")
    return bucket_policy(perimeter), perimeter


def _scattered(count: int) -> AddressSet:
    """Single addresses that do not touch."""
    return AddressSet.parse(f"198.{51 + n // 32768}.{n // 128 % 256}.{n % 128 * 2}/32" for n in range(count))


def _most() -> int:
    """How many of them fit into a policy."""
    count = 900
    room = MAX_POLICY_BYTES - len(_case(_scattered(count))[0])
    return count + room // 24


def _proof_of(case: tuple[str, Perimeter]) -> float:
    """Milliseconds of one proof of a document that was read, with nothing remembered of the proof before."""
    document, perimeter = PolicyDocument.parse(case[0]), case[1]

    def once() -> None:
        forget()
        assert prove(document, perimeter).verdict == "proved"

    return best_of(once) * 1000


def _slowest_of_the_corpus() -> tuple[int, float]:
    """How many policies of the corpus are decided, and the slowest's milliseconds, best of three each."""
    allowed = AddressSet.parse(["192.0.2.0/24", "203.0.113.0/24", "2001:db8::/32"])
    slowest: list[float] = []
    for entry in corpus():
        named = re.search(r"arn:(aws[a-z-]*):s3:::([a-zA-Z0-9.-]+)", entry.text)
        partition, bucket = (named[1], named[2]) if named else ("aws", "b")
        perimeter = Perimeter(bucket, allowed, account="111122223333", partition=partition)
        try:
            document = PolicyDocument.parse(entry.text)
        except PolicyError:
            continue
        slowest.append(min(_processor_time(document, perimeter) for _ in range(3)) * 1000)
    return len(slowest), max(slowest)


def _processor_time(document: PolicyDocument, perimeter: Perimeter) -> float:
    """Processor seconds of one proof, with nothing remembered of the one before."""
    forget()
    started = time.process_time()
    prove(document, perimeter)
    return time.process_time() - started


def _memory(case: tuple[str, Perimeter]) -> float:
    """Megabytes at the peak of parsing and proving."""
    tracemalloc.start()
    prove(PolicyDocument.parse(case[0]), case[1])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def _process(program: str) -> float:
    """Milliseconds of a Python process that runs a program."""
    return best_of(lambda: subprocess.run([sys.executable, "-c", program], check=True)) * 1000


def _check(case: tuple[str, Perimeter]) -> float:
    """Milliseconds of the whole command on one file."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.json"
        path.write_text(case[0])
        command = [
            sys.executable,
            "-m",
            "s3_perimeter.commands.main",
            "check",
            str(path),
            "--bucket",
            "b",
            "--allow",
            *TYPICAL,
        ]
        return best_of(lambda: subprocess.run(command, check=True, capture_output=True)) * 1000
