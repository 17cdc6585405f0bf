"""Witness: one concrete request that shows what a verdict says, and why it gets through."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from s3_perimeter.documents.document import Rules
from s3_perimeter.documents.layers import asked_keys
from s3_perimeter.proof.keys import key_of
from s3_perimeter.semantics.explanation import explain
from s3_perimeter.semantics.request import Channel, Request

__all__ = ["Witness", "shown_context"]


@dataclass(frozen=True, slots=True)
class Witness:
    """One concrete request, how it arrives, why it gets through, and what closes the way.

    `context` holds every condition key of the request in AWS's spelling. `statement` is the index of the
    statement to blame, `rcp` the name of the resource control policy that it is of (None: of the bucket
    policy), and witnesses with the same `fault` show the same mistake. `keys` are those, in lower case, that
    some Deny asks for: the witness depends on what they hold.
    """

    channel: Channel
    request: Request
    because: str
    fix: str
    statement: int | None = None
    line: int | None = None
    fault: Hashable = None
    keys: frozenset[str] = frozenset()
    rcp: str | None = None

    @property
    def principal(self) -> str:
        """An ARN, ``anonymous`` or the name of a service."""
        return str(self.request.principal)

    @property
    def action(self) -> str:
        """What is asked for."""
        return self.request.action

    @property
    def resource(self) -> str:
        """The ARN of the bucket or object."""
        return self.request.resource

    @property
    def source_ip(self) -> str | None:
        """What ``aws:SourceIp`` holds, None where it is absent."""
        return self.request.source_ip

    @property
    def context(self) -> Mapping[str, str | list[str]]:
        """Every condition key of the request, in AWS's spelling; several values as a list."""
        return shown_context(self.request)

    def as_json(self) -> dict[str, object]:
        """The shape that scripts rely on."""
        return {
            "channel": self.channel.value,
            "principal": self.principal,
            "action": self.action,
            "resource": self.resource,
            "source_ip": self.source_ip,
            "context": dict(self.context),
            "because": self.because,
            "fix": self.fix,
        }

    @classmethod
    def of(cls, channel: Channel, request: Request, policy: Rules) -> Witness:
        """Return the witness that a request is, explained against the policy or the layers."""
        found = explain(policy, request)
        blamed = found.blamed
        return cls(
            channel,
            request,
            found.because,
            found.fix,
            statement=blamed.index if blamed else None,
            line=blamed.line if blamed else None,
            fault=found.fault,
            keys=asked_keys(policy),
            rcp=blamed.rcp if blamed else None,
        )


def shown_context(request: Request) -> dict[str, str | list[str]]:
    """Return a request's condition keys in AWS's spelling, sorted; several values as a list."""
    shown: dict[str, str | list[str]] = {}
    for name, values in sorted(request.context.items()):
        key = key_of(name)
        tag = name.partition("/")[2] if key and key.name.endswith("/") else ""
        shown[f"{key.name}{tag}" if key else name] = values[0] if len(values) == 1 else list(values)
    return shown
