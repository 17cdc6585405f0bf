"""Who reaches the bucket today and would be cut off by the planned policy, and what each would need.

Every caller in the logs is asked about by one request, which the evaluator decides under the planned policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Final, Literal, TypeAlias

from s3_perimeter.access.reach import Reach, exemptions_named
from s3_perimeter.access_logs.tally import Tally
from s3_perimeter.documents.document import PolicyDocument
from s3_perimeter.endpoints import endpoint_key, endpoint_words
from s3_perimeter.reporting.output import count
from s3_perimeter.semantics.evaluation import evaluate
from s3_perimeter.semantics.request import Channel, Principal, Request, arriving
from s3_perimeter.semantics.special_networks import NOT_PUBLIC

__all__ = ["KINDS", "Callers", "CutOff", "callers_of", "owner_in"]

Kind: TypeAlias = Literal["address", "vpc-endpoint", "aws-service", "other-account"]
KINDS: Final[Mapping[Kind, str]] = {
    "address": "address",
    "vpc-endpoint": "VPC endpoint",
    "aws-service": "AWS service",
    "other-account": "other account",
}
_UNKNOWN_ENDPOINT: Final = "vpce-00000000000000000"
_ASKED: Final = (("s3:ListBucket", False), ("s3:GetObject", True), ("s3:PutObject", True))
_EXAMPLE: Final = "111122223333"


@dataclass(frozen=True, slots=True)
class CutOff:
    """One caller that is allowed today and would not be: how it comes and who it is, how often it came and in
    which hour last (as a number, 2026112010), as whom, and what it would need.
    """

    kind: Kind
    name: str
    requests: int
    last: int
    principals: tuple[str, ...]
    needs: str

    @property
    def last_hour(self) -> str:
        """The hour of the last request, UTC."""
        text = f"{self.last:010d}"
        return f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:]}Z"


@dataclass(frozen=True, slots=True)
class Callers:
    """Everybody in the logs: how many callers there are, those cut off, and what the logs leave open."""

    total: int
    cut_off: tuple[CutOff, ...]
    untold: tuple[str, ...]

    @property
    def summary(self) -> str:
        """How many would be cut off, in a sentence."""
        total = count(self.total, "caller")
        if not self.cut_off:
            return f"none of {total} in the logs would be cut off"
        return f"of {total} in the logs these would be cut off:"

    def as_json(self) -> dict[str, object]:
        """Return the shape that scripts rely on."""
        return {
            "total": self.total,
            "cut_off": [
                {
                    "kind": one.kind,
                    "name": one.name,
                    "requests": one.requests,
                    "last": one.last_hour,
                    "principals": list(one.principals),
                    "needs": one.needs,
                }
                for one in self.cut_off
            ],
        }


@dataclass(frozen=True, slots=True)
class _Caller:
    """One group of a tally as text; an empty text is what the log does not say."""

    address: str
    requester: str
    endpoint: str
    endpoint_owner: str
    service: str

    @property
    def account(self) -> str:
        """The account of whoever asked, as far as the log names it."""
        parts = self.requester.split(":", 5)
        if len(parts) == 6:
            return parts[4]
        return self.requester if self.requester.isdigit() and len(self.requester) == 12 else ""

    @property
    def principal(self) -> Principal:
        """Whoever asked."""
        if not self.requester:
            return Principal.anonymous()
        try:
            return Principal.of_arn(self.requester)
        except ValueError:
            return Principal.of_arn(f"arn:aws:iam::{self.account or _EXAMPLE}:root")


def callers_of(tally: Tally, policy: PolicyDocument, bucket: str, account: str | None) -> Callers:
    """Judge the callers of a bucket, as `scan(…, "callers", …)` counted them; `account` owns the bucket."""
    found: dict[tuple[Kind, str, str], CutOff] = {}
    total, elsewhere = 0, 0
    for group, (requests, _, last) in tally.groups.items():
        name, *rest = (_text(part) for part in group)
        if name not in (bucket, ""):
            elsewhere += requests
            continue
        caller = _Caller(*rest)
        if caller.requester.startswith("svc:"):
            service = caller.requester.removeprefix("svc:")
            caller = replace(caller, requester="", service=service)
        total += 1
        for kind, who, needs in _needs(caller, policy, bucket, account):
            known = found.get((kind, who, needs))
            principals = {*(known.principals if known else ()), caller.requester or "anonymous"}
            if caller.service and not caller.requester:
                principals.discard("anonymous")
            found[kind, who, needs] = CutOff(
                kind,
                who,
                requests + (known.requests if known else 0),
                max(last, known.last if known else 0),
                tuple(sorted(principals)),
                needs,
            )
    order = list(KINDS)
    cut_off = sorted(found.values(), key=lambda one: (order.index(one.kind), -one.requests, one.name))
    doubts = Reach(policy, bucket, datetime.now(UTC), _partition(policy), account).doubts()
    unsure = (f"not decided: some of these may keep access: {doubt}" for doubt in doubts if cut_off)
    return Callers(total, tuple(cut_off), (*unsure, *_untold(tally, account, elsewhere, bucket)))


_PRIVATE: Final = "which one, the log does not say"


def _needs(
    caller: _Caller, policy: PolicyDocument, bucket: str, account: str | None
) -> Iterator[tuple[Kind, str, str]]:
    """Yield how a caller comes, who it is, and what it would need; nothing where it gets in."""
    address = _public(caller.address)
    if caller.service:
        yield from _of_a_service(caller, policy, bucket, address)
    elif caller.endpoint or not address:
        yield from _through_an_endpoint(caller, policy, bucket, account)
    else:
        channel = Channel.PUBLIC_SIGNED if caller.requester else Channel.PUBLIC_ANONYMOUS
        if _denied(policy, bucket, channel, caller.principal, address):
            bits = 128 if ":" in address else 32
            needs = f"`{address}/{bits}` or the network around it in `allowedNetworks`, or a VPN inside"
            yield _whose(caller, account, "address", address, needs)


def _of_a_service(
    caller: _Caller, policy: PolicyDocument, bucket: str, address: str
) -> Iterator[tuple[Kind, str, str]]:
    """Yield what a service needs that asks for itself, or on behalf of whoever asked it."""
    if not caller.requester:
        if _denied(policy, bucket, Channel.AWS_SERVICE, Principal.of_service(caller.service)):
            needs = "`trustAwsServices: true` exempts every AWS service; or have it work with another bucket"
            yield "aws-service", caller.service, needs
        return
    # Without an address in the log it is open whether the person behind it is inside.
    if not address or _denied(policy, bucket, Channel.FORWARD_ACCESS, caller.principal, address):
        needs = (
            "no exemption covers a service that acts for somebody outside; for people at allowed addresses "
            "it works if it passes their address on"
        )
        yield "aws-service", f"{caller.service} on behalf of others", needs


def _through_an_endpoint(
    caller: _Caller, policy: PolicyDocument, bucket: str, account: str | None
) -> Iterator[tuple[Kind, str, str]]:
    """Yield what a caller needs that comes through a VPC endpoint."""
    context = {"aws:SourceVpce": caller.endpoint or _UNKNOWN_ENDPOINT}
    if caller.endpoint_owner:
        context["aws:VpceAccount"] = caller.endpoint_owner
    if not _denied(policy, bucket, Channel.VPC_ENDPOINT, caller.principal, context=context):
        return
    owner = caller.endpoint_owner
    theirs = f', or `{{account: "{owner}"}}` for all endpoints of account {owner}' if owner else ""
    needs = f"`{caller.endpoint}` in `vpcEndpoints`{theirs}"
    if not caller.endpoint:
        needs = (
            "its VPC endpoint in `vpcEndpoints`; S3's access logs do not name it, CloudTrail's data events "
            "do (`vpcEndpointId`)"
        )
    if unsaid := _exempt_unsaid(policy, caller):
        needs = f"nothing if it is {unsaid}, which the log does not say; else {needs}"
    yield _whose(caller, account, "vpc-endpoint", caller.endpoint or _PRIVATE, needs)


def _exempt_unsaid(policy: PolicyDocument, caller: _Caller) -> str:
    """Return the VPC endpoints that the policy exempts by what the log does not hold of this one."""
    unsaid = [
        endpoint_words(one.name, "`")
        for one in exemptions_named([policy])
        if one.kind == "vpc-endpoint"
        and not (caller.endpoint and endpoint_key(one.name) == "aws:SourceVpce")
        and not (caller.endpoint_owner and endpoint_key(one.name) == "aws:VpceAccount")
    ]
    return f"one of the {' or '.join(unsaid)}" if unsaid else ""


def _whose(caller: _Caller, account: str | None, kind: Kind, name: str, needs: str) -> tuple[Kind, str, str]:
    """Return a caller under its account, where that is another one than the bucket's."""
    if account is None or caller.account in ("", account):
        return kind, name, needs
    way = {"address": "from", "vpc-endpoint": "through VPC endpoint"}[kind]
    return "other-account", f"{caller.account} {way} {name}", needs


def _denied(
    policy: PolicyDocument,
    bucket: str,
    channel: Channel,
    principal: Principal,
    source_ip: str | None = None,
    context: Mapping[str, str] | None = None,
) -> bool:
    """Whether it is not certain that somebody may still list, read or write under the planned policy."""
    arn = f"arn:{_partition(policy)}:s3:::{bucket}"
    now = datetime.now(UTC)
    times = {
        "aws:CurrentTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(now.timestamp())),
    }
    requests: Iterable[Request] = (
        arriving(
            channel,
            principal,
            action,
            f"{arn}/key" if on_object else arn,
            source_ip=source_ip,
            context={**times, **(context or {})},
        )
        for action, on_object in _ASKED
    )
    return not any(evaluate(policy, request).surely_not_denied for request in requests)


def _partition(policy: PolicyDocument) -> str:
    """Return the partition of the policy's resources."""
    named: Sequence[str] = [name for each in policy.statements for name in each.resources or ()]
    return next((name.split(":")[1] for name in named if name.startswith("arn:")), "aws")


def _public(text: str) -> str:
    """Return an address that a request over the public endpoint can come from; empty for any other text."""
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    return "" if address in NOT_PUBLIC else str(address)


def _untold(tally: Tally, account: str | None, elsewhere: int, bucket: str) -> Iterator[str]:
    """Yield what the logs leave open."""
    if not tally.groups:
        yield "who would be cut off: the logs contain no request that was allowed"
    if tally.unread:
        yield f"{tally.unread:,} lines of the logs could not be read"
    if tally.folded:
        yield f"{tally.folded:,} requests belong to callers that are grouped together"
    for name, what in tally.foreign.items():
        yield f"`{name}` contains no access log: {what}"
    if tally.more_foreign:
        yield f"{tally.more_foreign:,} more files contain no access log"
    if elsewhere:
        yield f"{elsewhere:,} requests in the logs are to other buckets than `{bucket}`"
    if account is None:
        yield "which callers are of other accounts (the plan does not name the bucket's own)"


def _text(part: bytes) -> str:
    """Return a field as text, empty where the log has none."""
    text = part.decode("utf-8", "backslashreplace")
    return "" if text == "-" else text


def owner_in(policies: Iterable[str]) -> str | None:
    """Return the account that planned policies name as the source of what services deliver: the bucket's own.
    None where they name none, or several.
    """
    found = {
        value
        for text in policies
        for statement in PolicyDocument.parse(text).statements
        for condition in statement.conditions
        if condition.key.lower() == "aws:sourceaccount" and condition.operator == "StringEquals"
        for value in condition.values
    }
    return found.pop() if len(found) == 1 else None
