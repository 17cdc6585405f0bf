"""Way: what gives somebody access and is no network."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Way"]


@dataclass(frozen=True, slots=True)
class Way:
    """A way in that is no network: an exemption, a person, or a single request that nothing else explains.

    `kind` is one of vpc-endpoint, break-glass, aws-services, user, access, access-key, role, access-point and
    request; `says` is what it lets somebody do.
    """

    kind: str
    name: str
    says: str
