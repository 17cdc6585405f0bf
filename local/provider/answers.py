"""Answers in the form that the engine understands: differences, secrets, errors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import grpc

from local.provider.failures import InitializationError, ProviderError
from local.provider.proto import provider_pb2, status_pb2
from local.provider.resource import Resource
from local.provider.values import DEFAULTS, UNKNOWN, Props, Secret, conceal, encode, reveal


def some_or_none(changes: list[Any]) -> Any:
    """``DIFF_SOME`` or ``DIFF_NONE``."""
    response = provider_pb2.DiffResponse
    return response.DIFF_SOME if changes else response.DIFF_NONE


def top(path: str) -> str:
    """Return the property that a path begins with."""
    return path.partition(".")[0].partition("[")[0]


def reveal_but_defaults(properties: Props) -> Props:
    """Revealed properties together with the list of those that were filled in."""
    return {**reveal(properties), DEFAULTS: properties.get(DEFAULTS) or []}


def hidden(resource: Resource, outputs: Props, like: Props) -> Props:
    """Return the outputs for the engine: secret where the type or an input says so."""
    found = conceal(outputs, like)
    for key, form in resource.properties.items():
        if form.secret and key in found and not isinstance(found[key], Secret):
            found[key] = Secret(found[key])
    return {key: UNKNOWN if value is UNKNOWN else value for key, value in found.items()}


@contextlib.contextmanager
def hiding(resource: Resource, like: Props) -> Iterator[None]:
    """Keep secrets secret in what an error says of a resource that is half made."""
    try:
        yield
    except InitializationError as error:
        error.properties = hidden(resource, error.properties, like)
        raise


@contextlib.contextmanager
def answering(context: grpc.ServicerContext) -> Iterator[None]:
    """Turn our errors into the answers that the engine understands."""
    try:
        yield
    except InitializationError as error:
        context.set_trailing_metadata((("grpc-status-details-bin", partial(error)),))
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    except ProviderError as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))


def partial(error: InitializationError) -> bytes:
    """Return the details of an error that says: it exists, remember it, and try again."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.identity, properties=encode(error.properties), reasons=[str(error)]
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(detail)
    return bytes(status.SerializeToString())
