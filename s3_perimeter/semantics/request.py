"""Request: one concrete request to S3, as a policy sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from s3_perimeter.documents.folding import folded

__all__ = ["Channel", "Kind", "Principal", "Request", "arriving"]


class Channel(StrEnum):
    """How a request can arrive (see docs/explanation/what-proved-means.md)."""

    PUBLIC_SIGNED = "public-signed"
    PUBLIC_ANONYMOUS = "public-anonymous"
    FORWARD_ACCESS = "forward-access"
    VPC_ENDPOINT = "vpc-endpoint"
    AWS_SERVICE = "aws-service"


class Kind(StrEnum):
    """What sort of principal makes a request; the values are those of ``aws:PrincipalType`` where it has
    one.
    """

    ROOT = "Account"
    USER = "User"
    ROLE = "AssumedRole"
    FEDERATED_USER = "FederatedUser"
    ANONYMOUS = "Anonymous"
    SERVICE = "Service"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a request.

    `arn` is what ``aws:PrincipalArn`` holds: of a role session it is the role's, with its name in `session`.
    For a service principal `service` is its name. The anonymous have neither.
    """

    kind: Kind
    arn: str | None = None
    session: str | None = None
    service: str | None = None

    @classmethod
    def anonymous(cls) -> Principal:
        """Nobody in particular: a request without a signature."""
        return cls(Kind.ANONYMOUS)

    @classmethod
    def of_service(cls, name: str) -> Principal:
        """Return an AWS service acting for itself, such as ``logging.s3.amazonaws.com``."""
        return cls(Kind.SERVICE, service=name)

    @classmethod
    def of_arn(cls, arn: str, session: str = "session") -> Principal:
        """Return the principal with that ARN: root, user, role (in a session), role session or federated
        user.
        """
        parts = arn.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn":
            raise ValueError(f"`{arn}` is not the ARN of a principal")
        what, _, name = parts[5].partition("/")
        if what == "assumed-role":
            role, _, session = name.partition("/")
            return cls(Kind.ROLE, f"arn:{parts[1]}:iam::{parts[4]}:role/{role}", session)
        kinds = {
            "root": Kind.ROOT,
            "user": Kind.USER,
            "role": Kind.ROLE,
            "federated-user": Kind.FEDERATED_USER,
        }
        if what not in kinds:
            raise ValueError(f"`{arn}` is not the ARN of a root, user, role, session or federated user")
        return cls(kinds[what], arn, session if kinds[what] is Kind.ROLE else None)

    @property
    def account(self) -> str | None:
        """The account that the principal belongs to; the anonymous and services belong to none."""
        return self.arn.split(":", 5)[4] if self.arn else None

    @property
    def session_arn(self) -> str | None:
        """The ARN of the role session, and None for every other kind of principal."""
        if self.kind is not Kind.ROLE or self.arn is None:
            return None
        _, partition, _, _, account, role = self.arn.split(":", 5)
        return f"arn:{partition}:sts::{account}:assumed-role/{role.rsplit('/', 1)[-1]}/{self.session}"

    @property
    def user_name(self) -> str | None:
        """What ``aws:username`` holds: the last part of an IAM user's ARN."""
        return self.arn.rsplit("/", 1)[-1] if self.kind is Kind.USER and self.arn else None

    @property
    def is_service_linked(self) -> bool:
        """Whether it is a role that only its service can take on ("Create a service-linked role")."""
        return ":role/aws-service-role/" in (self.arn or "")

    def __str__(self) -> str:
        """Return the principal as a witness shows it: an ARN, ``anonymous`` or a service name."""
        return self.session_arn or self.arn or self.service or "anonymous"


@dataclass(frozen=True, slots=True)
class Request:
    """One request: who does what to which resource, with the condition keys that AWS adds.

    `context` maps condition keys, in lower case since their names are case-insensitive, to their values; a
    key that is not in it is absent. Keys in any case and scalar values are brought into this shape.
    """

    principal: Principal
    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Bring the context into its shape: keys in lower case, each with a tuple of values."""
        given: Mapping[str, str | tuple[str, ...]] = self.context
        shaped = {
            (key if key.islower() and key.isascii() else folded(key)): (value,)
            if isinstance(value, str)
            else tuple(value)
            for key, value in given.items()
        }
        object.__setattr__(self, "context", MappingProxyType(shaped))

    def values(self, key: str) -> tuple[str, ...] | None:
        """Return the values of a condition key, None where it is absent (a key without values is absent)."""
        return self.context.get(folded(key)) or None

    @property
    def source_ip(self) -> str | None:
        """What ``aws:SourceIp`` holds, None where it is absent."""
        values = self.values("aws:SourceIp")
        return values[0] if values else None


def arriving(
    channel: Channel | str,
    principal: Principal,
    action: str,
    resource: str,
    *,
    source_ip: str | None = None,
    tls: bool = True,
    context: Mapping[str, str | tuple[str, ...]] | None = None,
) -> Request:
    """Return the request with the keys that AWS sets by itself for that channel and principal.

    Keys given in `context` win over those. Source: "AWS global condition context keys".
    """
    channel = Channel(channel)
    keys: dict[str, tuple[str, ...]] = {
        "aws:securetransport": ("true" if tls else "false",),
        "aws:viaawsservice": ("true" if channel is Channel.FORWARD_ACCESS else "false",),
    }
    if tls:
        keys["s3:tlsversion"] = ("1.3",)
    if source_ip is not None:
        keys["aws:sourceip"] = (source_ip,)
    if channel is Channel.VPC_ENDPOINT:
        keys["aws:sourcevpc"] = ("vpc-0a1b2c3d",)
        keys["aws:sourcevpce"] = ("vpce-0a1b2c3d",)
        keys["aws:vpcsourceip"] = ("10.0.0.7",)
    keys |= _principal_keys(principal)
    for key, value in (context or {}).items():
        keys[folded(key)] = (value,) if isinstance(value, str) else value
    return Request(principal, action, resource, keys)


def _principal_keys(principal: Principal) -> dict[str, tuple[str, ...]]:
    """Return the keys that follow from who makes the request."""
    if principal.kind is Kind.ANONYMOUS:
        return {
            "aws:principalaccount": ("anonymous",),
            "aws:principaltype": ("Anonymous",),
            "aws:userid": ("anonymous",),
        }
    if principal.service is not None:
        return {"aws:principalisawsservice": ("true",), "aws:principalservicename": (principal.service,)}
    keys: dict[str, tuple[str, ...]] = {
        "aws:principalisawsservice": ("false",),
        "aws:principaltype": (principal.kind.value,),
    }
    if principal.arn and principal.account:
        keys |= {"aws:principalarn": (principal.arn,), "aws:principalaccount": (principal.account,)}
    if principal.user_name:
        keys["aws:username"] = (principal.user_name,)
    return keys
