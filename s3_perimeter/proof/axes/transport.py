"""The axis of transport: HTTPS by its version of TLS, and plain HTTP, which has none."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import cached_property

from s3_perimeter.proof.axes.axis import Axis
from s3_perimeter.proof.axes.cut import Cut, RequestClass
from s3_perimeter.proof.keys import TLS_VERSION
from s3_perimeter.proof.outside import Scenario, may_bring_what_is_undocumented
from s3_perimeter.proof.values import versions

__all__ = ["TLS_OF_CLIENTS", "TransportAxis"]


def _https(version: str | None) -> RequestClass:
    """Return HTTPS by a version of TLS, or without one."""
    return RequestClass({"aws:securetransport": ("true",), TLS_VERSION: (version,) if version else None})


TLS_OF_CLIENTS = (_https("1.3"), _https("1.2"))
"""HTTPS by each version that clients can choose: S3 takes no older ones ("Infrastructure security in Amazon
S3").
"""
_OTHER_TLS = tuple(map(_https, ("1.1", "1.0", "1.4", "2.0")))
_HTTP = RequestClass({"aws:securetransport": ("false",), TLS_VERSION: None})
_WITHOUT_VERSION = _https(None)


class TransportAxis(Axis):
    """How a request is sent, by ``aws:SecureTransport`` and ``s3:TlsVersion``."""

    @cached_property
    def _versions(self) -> Sequence[str] | None:
        """The versions that conditions distinguish, None where they ask for none."""
        asked = [each for each in self.conditions if each.name == TLS_VERSION]
        return versions(asked, self.budget) if asked else None

    def variant(self, scenario: Scenario) -> Hashable:
        """Return whether only versions count that S3 surely speaks."""
        return scenario.is_for_witness

    def classes(self, scenario: Scenario) -> Sequence[RequestClass]:
        """Return the ways to send a request; but for a witness, versions too that S3 may not speak."""
        if self._versions is None:
            return (TLS_OF_CLIENTS[0], _HTTP)
        surely: Iterable[RequestClass] = (*TLS_OF_CLIENTS, _HTTP)
        if scenario.is_for_witness:
            return tuple(surely)
        return (*surely, *_OTHER_TLS, *map(_https, self._versions), _WITHOUT_VERSION)

    def possible(self, scenario: Scenario, cut: Cut) -> int:
        """Return all ways; a service alone may come by HTTPS without a version."""
        if self._versions is None or may_bring_what_is_undocumented(scenario):
            return cut.full
        return cut.where(lambda each: each != _WITHOUT_VERSION)
