"""Create, read, update and delete: a resource type's API calls, and what state says afterwards."""

from __future__ import annotations

import contextlib
from typing import NamedTuple

from local.provider.doubt import doubt
from local.provider.failures import AwsErrors, InitializationError, ProviderError, explain
from local.provider.naming import prefixed
from local.provider.plan import carried, settle
from local.provider.resource import Resource
from local.provider.scalars import empty
from local.provider.session import Session
from local.provider.values import Props


class Made(NamedTuple):
    """A resource as the engine keeps it."""

    identity: str
    outputs: Props


def create(resource: Resource, session: Session, inputs: Props) -> Made:
    """Make it. Raises ProviderError where nothing was made, InitializationError where something was."""
    wanted = dict(named(resource, inputs))  # a create adds what is given out once
    try:
        identity = resource.create(session, wanted)
    except AwsErrors as error:
        raise ProviderError(
            f"creating {subject(resource, '', wanted)}: {explain(error)}{doubt(resource, wanted, error)}"
        ) from error
    try:
        resource.configure(session, identity, {}, wanted)
        live = resource.read(session, identity, wanted)
    except (*AwsErrors, ProviderError) as error:
        raise InitializationError(
            identity,
            half_made(resource, session, identity, wanted),
            failure(resource, "creating", identity, wanted, error),
        ) from error
    if live is None:
        raise ProviderError(
            f"creating {subject(resource, identity, wanted)}: it was gone when it was read back"
        )
    return Made(identity, outputs(resource, session, wanted, live))


def half_made(resource: Resource, session: Session, identity: str, wanted: Props) -> Props:
    """Return what there is of a resource that could not be finished; its inputs where even reading fails."""
    with contextlib.suppress(*AwsErrors, ProviderError):
        live = resource.read(session, identity, wanted)
        if live is not None:
            return outputs(resource, session, {}, {**wanted_kept(resource, wanted), **live})
    return wanted


def wanted_kept(resource: Resource, wanted: Props) -> Props:
    """Return the values that only state keeps."""
    return {key: value for key, value in wanted.items() if resource.properties[key].kept}


def named(resource: Resource, inputs: Props) -> Props:
    """Return the inputs with a name made from the prefix that the program asks for."""
    rule = resource.auto_name
    if rule and rule.instead and empty(inputs.get(rule.prop)) and not empty(inputs.get(rule.instead)):
        return {**inputs, rule.prop: prefixed(rule, str(inputs[rule.instead]))}
    return inputs


def read(resource: Resource, session: Session, identity: str, state: Props) -> Props | None:
    """Return the outputs of what is there now; None where nothing is. Raises ProviderError."""
    try:
        live = resource.read(session, identity, state)
    except AwsErrors as error:
        raise ProviderError(f"reading {subject(resource, identity, state)}: {explain(error)}") from error
    return None if live is None else outputs(resource, session, state, live)


def update(resource: Resource, session: Session, identity: str, state: Props, inputs: Props) -> Props:
    """Bring it to these inputs; gives the outputs. Raises InitializationError with what was reached."""
    wanted = {**{key: value for key, value in state.items() if key in carried(resource)}, **inputs}
    try:
        resource.configure(session, identity, state, wanted)
        live = resource.read(session, identity, wanted)
    except (*AwsErrors, ProviderError) as error:
        properties = state
        with contextlib.suppress(*AwsErrors, ProviderError):
            properties = read(resource, session, identity, state) or state
        raise InitializationError(
            identity, properties, failure(resource, "updating", identity, wanted, error)
        ) from error
    if live is None:
        raise ProviderError(
            f"updating {subject(resource, identity, wanted)}: it is gone\n\n"
            "hint: `pulumi refresh` removes it from the stack's state"
        )
    return outputs(resource, session, wanted, live)


def delete(resource: Resource, session: Session, identity: str, state: Props) -> None:
    """Remove it. Raises ProviderError."""
    try:
        resource.delete(session, identity, state)
    except AwsErrors as error:
        raise ProviderError(f"deleting {subject(resource, identity, state)}: {explain(error)}") from error


def outputs(resource: Resource, session: Session, wanted: Props, live: Props) -> Props:
    """``settle``, with the region where the type has one."""
    if resource.regional:
        live = {"region": wanted.get("region") or session.region, **live}
    return settle(resource, session, wanted, live)


def failure(resource: Resource, doing: str, identity: str, wanted: Props, error: BaseException) -> str:
    """Return the message of a failed step; an error that says all itself is left as it is."""
    reason = str(error) if isinstance(error, ProviderError) else explain(error)
    return f"{doing} {subject(resource, identity, wanted)}: {reason}"


def subject(resource: Resource, identity: str, properties: Props) -> str:
    """Return the resource in an error message: its type's name, and which one."""
    named = [resource.auto_name.prop] if resource.auto_name else []
    keys = (*named, "bucket", "user", "group", "role", "name")
    which = identity or next((properties[key] for key in keys if properties.get(key)), "")
    return f"{resource.title} ({which})" if which else resource.title
