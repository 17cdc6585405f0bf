"""Proof: what `prove` returns."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from s3_perimeter.documents.nodes import listed
from s3_perimeter.proof.witness import Witness
from s3_perimeter.semantics.readings import written
from s3_perimeter.semantics.request import Channel

__all__ = [
    "BUCKET_POLICY",
    "RCPS",
    "DeadAllow",
    "Job",
    "Layer",
    "Lockout",
    "Proof",
    "Verdict",
]

BUCKET_POLICY = "bucket-policy"
RCPS = "resource-control-policies"
_MOST_NETWORKS = 8


class Verdict(StrEnum):
    """Whether the policy is sealed; compares equal to its plain string."""

    PROVED = "proved"
    ESCAPE = "escape"
    UNKNOWN = "unknown"


class Job(StrEnum):
    """One ordinary job; the value is how a message names it."""

    LIST = "list the bucket"
    READ = "read objects"
    WRITE = "write objects"
    MAINTAIN = "maintain the bucket"
    DELIVER_LOGS = "deliver access logs"

    @property
    def on_object(self) -> bool:
        """Whether its actions are asked of an object."""
        return self in (Job.READ, Job.WRITE, Job.DELIVER_LOGS)


class Lockout(NamedTuple):
    """Somebody who has to get in and is denied, and why.

    `networks` are those of the allow-list that are locked out; none where `whom` names a declared exemption,
    which does not get in from anywhere. `jobs` is what they cannot do. It begins at `since` (None: it is so
    already) and ends at `until` (None: never).
    """

    networks: tuple[str, ...]
    because: str
    jobs: tuple[Job, ...] = ()
    whom: str = ""
    since: datetime | None = None
    until: datetime | None = None
    fix: str = ""

    @property
    def summary(self) -> str:
        """Who cannot do what, as a message begins."""
        shown = list(self.networks[:_MOST_NETWORKS])
        if len(self.networks) > _MOST_NETWORKS:
            shown.append(f"{len(self.networks) - _MOST_NETWORKS} more networks")
        return f"{listed(shown) or self.whom} cannot {listed(self.jobs, 'or') or 'get access'}"

    def as_json(self) -> dict[str, object]:
        """The shape that scripts rely on."""
        return {
            "networks": list(self.networks),
            "because": self.because,
            "whom": self.whom,
            "jobs": [job.value for job in self.jobs],
            "since": written(self.since) if self.since else None,
            "until": written(self.until) if self.until else None,
            "fix": self.fix,
        }


class DeadAllow(NamedTuple):
    """An Allow that no request can ever use behind the Denies; `statement` is its index."""

    statement: int
    sid: str | None
    line: int | None
    whom: str
    because: str
    fix: str

    def as_json(self) -> dict[str, object]:
        """The shape that scripts rely on; statements count from 1 there, as in messages."""
        return {
            "statement": self.statement + 1,
            "sid": self.sid,
            "line": self.line,
            "whom": self.whom,
            "because": self.because,
            "fix": self.fix,
        }


class Layer(NamedTuple):
    """What one layer seals by itself: BUCKET_POLICY, or RCPS, all resource control policies together.

    `open` are the channels by which requests from outside get past it, or may (`unknown`). `networks` are the
    addresses outside the allow-list from which some request over the public endpoint does.
    """

    name: str
    verdict: Verdict
    open: tuple[Channel, ...] = ()
    networks: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The shape that scripts rely on."""
        return {
            "layer": self.name,
            "verdict": self.verdict.value,
            "open": [channel.value for channel in self.open],
            "networks": list(self.networks),
        }


@dataclass(frozen=True, slots=True)
class Proof:
    """A verdict with all that belongs to it.

    `escapes` has one witness per channel that leaks, in the order of the channels. `residual` is what no
    bucket policy prevents and what was declared exempt; `unmodelled` is what the proof could not look into,
    and `undecided` says channel by channel why there is no answer. `dead_allows` change no verdict. `layers`
    says what each layer seals by itself, where there is more than a bucket policy.
    """

    verdict: Verdict
    escapes: tuple[Witness, ...] = ()
    lockouts: tuple[Lockout, ...] = ()
    residual: tuple[str, ...] = ()
    unmodelled: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    dead_allows: tuple[DeadAllow, ...] = ()
    layers: tuple[Layer, ...] = ()

    @property
    def faults(self) -> tuple[tuple[Witness, ...], ...]:
        """The witnesses, those of one mistake together: one in each channel that it opens."""
        found: dict[Hashable, list[Witness]] = {}
        for witness in self.escapes:
            found.setdefault(witness.fault, []).append(witness)
        return tuple(map(tuple, found.values()))

    def as_json(self) -> dict[str, object]:
        """The shape that scripts rely on, without file and error; `layers` only where there are RCPs."""
        layers = {"layers": [layer.as_json() for layer in self.layers]} if self.layers else {}
        return {
            "verdict": self.verdict.value,
            "escapes": [witness.as_json() for witness in self.escapes],
            "lockouts": [lockout.as_json() for lockout in self.lockouts],
            "dead_allows": [dead.as_json() for dead in self.dead_allows],
            "residual": list(self.residual),
            "unmodelled": [*self.unmodelled, *self.undecided],
            **layers,
        }
