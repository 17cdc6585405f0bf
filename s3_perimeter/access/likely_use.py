"""Likely use: the request that an Allow seems to be written for, to see quickly that somebody can use it; and
what S3 and Athena do for others, from AWS's own addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime

from s3_perimeter.actions import find_action, s3_actions
from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import Condition, Principals, Rules, Statement
from s3_perimeter.documents.folding import folded
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.axes.identities import EXAMPLE_ACCOUNT, is_of_a_service
from s3_perimeter.proof.axes.time import moment_classes
from s3_perimeter.proof.condition_key import Presence, presence
from s3_perimeter.proof.keys import SOURCE_IP, key_named, key_of
from s3_perimeter.proof.values import address_set, sample
from s3_perimeter.semantics.evaluation import account_of, action_matches, evaluate, statement_matches
from s3_perimeter.semantics.request import Channel, Principal, Request, arriving

__all__ = ["CALLED_VIA", "is_plainly_used", "is_replication", "is_through_athena"]

_ORDINARY = ("s3:GetObject", "s3:PutObject", "s3:ListBucket")
_ATHENA = "athena.amazonaws.com"
CALLED_VIA = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
_REPLICATION = frozenset(
    {
        "s3:replicateobject",
        "s3:replicatedelete",
        "s3:replicatetags",
        "s3:objectowneroverridetobucketowner",
    }
)
"""What only S3 asks for, by a role that it takes on ("Setting up permissions for live replication")."""


def is_replication(statement: Statement) -> bool:
    """Whether a statement is about replication alone."""
    return bool(statement.actions) and all(folded(name) in _REPLICATION for name in statement.actions or ())


def is_through_athena(context: Mapping[str, tuple[str, ...] | None]) -> bool:
    """Whether Athena sends a request for its caller: it comes from a private address of Athena's ("Control
    access to Amazon S3 from Athena", Amazon Athena User Guide).
    """
    return any(_ATHENA in (context.get(key) or ()) for key in CALLED_VIA)


def is_plainly_used(policy: Rules, allow: Statement, perimeter: Perimeter, since: datetime) -> bool:
    """Whether a request that an Allow is for is not denied: somebody's at an allowed address, or a service's,
    at the moment `since`.

    Where nothing documented says whether the Allow matches, it may be of use.
    """
    asked = {condition.name for each in policy.rules for condition in each.conditions}
    when = {name: values[0] for name, values in moment_classes([since])[0].context.items() if values}
    return not is_replication(allow) and any(
        _has_what_it_must(request, channel, asked)
        and statement_matches(allow, request) is not False
        and evaluate(policy, request).surely_not_denied
        for channel, request in _requests(allow, perimeter, when)
    )


def _has_what_it_must(request: Request, channel: Channel, asked: Iterable[str]) -> bool:
    """Whether a request has all the keys asked about that every such request has: else there is none like
    it.
    """
    return all(
        request.values(name) is not None
        or presence(key_of(name), channel, request.principal.kind) is not Presence.PRESENT
        for name in asked
    )


def _requests(
    allow: Statement, perimeter: Perimeter, when: Mapping[str, str]
) -> Iterator[tuple[Channel, Request]]:
    """Yield requests of callers whom an Allow names, with how they arrive: for the bucket, and for an
    object.
    """
    addresses = perimeter.allowed
    for condition in allow.conditions:
        if condition.name == SOURCE_IP:
            addresses = _within(addresses, condition)
    for who in _callers(allow, perimeter):
        channel, source_ip = Channel.AWS_SERVICE, None
        if who.service is None:
            if not addresses:
                continue
            channel, source_ip = Channel.PUBLIC_SIGNED, sample(addresses)
        for resource, on_object in ((f"{perimeter.bucket_arn}/key", True), (perimeter.bucket_arn, False)):
            named = [each for each in allow.resources or () if ("/" in each) is on_object]
            if named and "${" not in named[0]:
                resource = _plain(named[0])
            action = _action(allow, on_object)
            if action:
                context = {**when, **dict(_carried(allow, channel, who, action))}
                yield (
                    channel,
                    arriving(channel, who, action, resource, source_ip=source_ip, context=context),
                )


def _carried(allow: Statement, channel: Channel, who: Principal, action: str) -> Iterator[tuple[str, str]]:
    """Yield what an Allow asks for of the keys that a caller may carry."""
    for condition in allow.conditions:
        name = condition.name
        key = key_named(name)
        free = presence(key, channel, who.kind) is Presence.FREE or key_of(name) is None
        takes = key is None or key.taken_by(action)
        if free and takes and condition.values and _is_asked_for(condition):
            yield name, _plain(condition.values[0])


def _callers(allow: Statement, perimeter: Perimeter) -> Iterator[Principal]:
    """Yield a person or role and a service whom an Allow names, as far as it names any."""
    named = allow.principals or Principals()
    by_arn = [
        _plain(value)
        for condition in allow.conditions
        if condition.name == "aws:principalarn" and _is_asked_for(condition)
        for value in condition.values
    ]
    everyone = named.everyone or "*" in named.aws
    for each in (by_arn or ("*",)) if everyone else named.aws:
        account = (perimeter.account or EXAMPLE_ACCOUNT) if each == "*" else account_of(each)
        arn = f"arn:{perimeter.partition}:iam::{account}:user/someone" if account else each
        with suppress(ValueError):
            who = Principal.of_arn(arn)
            if not is_of_a_service(who):
                yield who
                break
    yield from map(Principal.of_service, named.service[:1])


def _action(allow: Statement, on_object: bool) -> str | None:
    """Return an action that an Allow covers, on an object or on the bucket."""
    sort = "object" if on_object else "bucket"
    names = (*_ORDINARY, *(allow.actions or ()), *(action.name for action in s3_actions()))
    for name in names:
        known = find_action(name)
        if known is None or known.resource.value != sort:
            continue
        if allow.actions is not None and action_matches(allow.actions, name):
            return name
        if allow.not_actions is not None and not action_matches(allow.not_actions, name):
            return name
    return None


def _within(addresses: AddressSet, condition: Condition) -> AddressSet:
    """Return the addresses for which a condition holds."""
    named = address_set(condition)
    if named is None or condition.operator == "Null":
        return addresses
    return addresses - named if condition.is_negated else addresses & named


def _plain(pattern: str) -> str:
    """Return a text that a pattern matches."""
    return pattern.replace("*", "x").replace("?", "x")


def _is_asked_for(condition: Condition) -> bool:
    """Whether a condition asks for one of its values."""
    return not condition.is_negated and condition.operator != "Null"
