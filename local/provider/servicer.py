"""The gRPC service that the engine talks to; one process serves every provider of every command."""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf import empty_pb2

from local.provider import lifecycle, plan, sdk
from local.provider.answers import answering, hidden, hiding, reveal_but_defaults, some_or_none, top
from local.provider.failures import AwsErrors, ProviderError, explain
from local.provider.functions import FUNCTIONS
from local.provider.general import general
from local.provider.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from local.provider.resource import Resource
from local.provider.schema import schema
from local.provider.session import Session
from local.provider.types import RESOURCES
from local.provider.unclaimed import Register, warn
from local.provider.values import DEFAULTS, Unknown, conceal, contains, decode, encode, reveal

VERSION = "7.51.1"
"""The version of the provider whose types these are."""


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """pulumi-resource-aws, as far as the tables of ``local.provider.types`` go.

    Every provider resource of a program (the default one, one for another region) configures itself over a
    connection of its own, so the sessions are kept by the caller's address.
    """

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.latest = Session({})
        self.engines: dict[str, str] = {}
        self.register = Register()

    def session(self, context: grpc.ServicerContext) -> Session:
        """Return the session of the connection; of a connection made anew, the one configured last."""
        return self.sessions.get(context.peer(), self.latest)

    def Attach(self, request: Any, context: Any) -> empty_pb2.Empty:
        """Take note of the engine's address."""
        self.engines[context.peer()] = request.address
        return empty_pb2.Empty()

    def GetPluginInfo(self, _request: Any, _context: Any) -> plugin_pb2.PluginInfo:
        """Return the version of the provider that this one stands for."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, _request: Any, _context: Any) -> provider_pb2.GetSchemaResponse:
        """Return all resource types and functions: what a YAML program is checked against."""
        return provider_pb2.GetSchemaResponse(schema=schema(VERSION))

    def CheckConfig(self, request: Any, _context: Any) -> provider_pb2.CheckResponse:
        """Accept the provider's config as it is."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, _context: Any) -> provider_pb2.DiffResponse:
        """Another region needs a new provider, and so new resources; other settings do not."""
        olds, news = reveal(decode(request.old_inputs or request.olds)), reveal(decode(request.news))
        keys = sorted({*olds, *news} - {"version"})
        changed = [key for key in keys if olds.get(key) != news.get(key)]
        return provider_pb2.DiffResponse(
            changes=some_or_none(changed), diffs=changed, replaces=[key for key in changed if key == "region"]
        )

    def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:
        """Begin a session with the provider's config."""
        config = decode(request.args) or {
            name.rpartition(":")[2]: value for name, value in request.variables.items()
        }
        self.latest = self.sessions[context.peer()] = Session(config)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True,
            supportsPreview=True,
            acceptResources=False,
            acceptOutputs=False,
            supports_autonaming_configuration=True,
        )

    def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        """Fill in names and defaults, and say what is wrong."""
        with answering(context):
            resource, asked = known(request.urn), request.autonaming
            naming = (asked.mode, asked.proposed_name) if request.HasField("autonaming") else None
            name = request.name or request.urn.rpartition("::")[2]
            olds, news = reveal_but_defaults(decode(request.olds)), decode(request.news)
            inputs, mistakes = plan.check(resource, name, olds, news, request.randomSeed, naming)
            return provider_pb2.CheckResponse(
                inputs=encode(inputs),
                failures=[provider_pb2.CheckFailure(property=at, reason=why) for at, why in mistakes],
            )

    def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        """Compare state with the declared inputs."""
        with answering(context):
            self.register.claim(request.urn, request.id)
            resource = known(request.urn)
            raw = decode(request.news)
            state, news = reveal(decode(request.olds)), reveal(raw)
            ignored = {path.partition(".")[0] for path in request.ignoreChanges}
            found = plan.diff(resource, state, news, ignored)
            kind = provider_pb2.PropertyDiff
            kinds = {
                each.path: kind(kind=getattr(kind, each.kind.upper() + ("_REPLACE" if each.replaces else "")))
                for each in found
            }
            replaces = sorted({top(each.path) for each in found if each.replaces})
            first = plan.deletes_before_replacing(resource, news, raw.get(DEFAULTS) or [])
            return provider_pb2.DiffResponse(
                changes=some_or_none(found),
                diffs=sorted({top(each.path) for each in found}),
                replaces=replaces,
                deleteBeforeReplace=bool(replaces) and first,
                detailedDiff=kinds,
                hasDetailedDiff=True,
            )

    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:
        """Make a resource; in a preview, say what is known of it."""
        with answering(context):
            resource, session = known(request.urn), self.session(context)
            raw = decode(request.properties)
            inputs = reveal(raw)
            if request.preview:
                outputs = plan.preview_create(resource, session, inputs)
                return provider_pb2.CreateResponse(properties=encode(hidden(resource, outputs, raw)))
            made = self.register.take(request.urn, inputs)
            if made and lifecycle.read(resource, session, made.identity, made.outputs) is not None:
                which = f"{resource.title} {made.identity}"
                message = f"adopted {which}, which an interrupted run had created"
                warn(self.engines.get(context.peer()), request.urn, message)
            else:
                with hiding(resource, raw):
                    made = lifecycle.create(resource, session, inputs)
            self.register.add(request.urn, inputs, made)
            properties = encode(hidden(resource, made.outputs, raw))
            return provider_pb2.CreateResponse(id=made.identity, properties=properties)

    def Read(self, request: Any, context: Any) -> provider_pb2.ReadResponse:
        """Return what is there now: for a refresh, or for an import (which sends no state)."""
        with answering(context):
            self.register.claim(request.urn, request.id)
            resource, session = known(request.urn), self.session(context)
            before, old_inputs = decode(request.properties), decode(request.inputs)
            outputs = lifecycle.read(resource, session, request.id, reveal(before))
            if outputs is None:
                return provider_pb2.ReadResponse()
            if old_inputs:
                inputs = plan.inputs_after_refresh(resource, old_inputs, outputs)
            else:
                inputs = plan.inputs_of_import(resource, outputs)
            like = {**before, **{key: value for key, value in old_inputs.items() if key != DEFAULTS}}
            return provider_pb2.ReadResponse(
                id=request.id,
                properties=encode(hidden(resource, outputs, like)),
                inputs=encode(conceal(inputs, like)),
            )

    def Update(self, request: Any, context: Any) -> provider_pb2.UpdateResponse:
        """Bring a resource to its new inputs; in a preview, say what is known of it."""
        with answering(context):
            self.register.claim(request.urn, request.id)
            resource, session = known(request.urn), self.session(context)
            olds, raw = decode(request.olds), decode(request.news)
            state, inputs = reveal(olds), reveal(raw)
            if request.preview:
                outputs = plan.preview_update(resource, session, state, inputs)
            else:
                with hiding(resource, {**olds, **raw}):
                    outputs = lifecycle.update(resource, session, request.id, state, inputs)
            return provider_pb2.UpdateResponse(properties=encode(hidden(resource, outputs, {**olds, **raw})))

    def Delete(self, request: Any, context: Any) -> empty_pb2.Empty:
        """Remove a resource; one that is gone already is fine."""
        with answering(context):
            self.register.claim(request.urn, request.id)
            state = reveal(decode(request.properties))
            lifecycle.delete(known(request.urn), self.session(context), request.id, state)
            return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> provider_pb2.InvokeResponse:
        """Answer a function of the package."""
        with answering(context):
            function = FUNCTIONS.get(request.tok)
            if function is None:
                raise ProviderError(unanswered(request.tok))
            raw = decode(request.args)
            if contains(raw, Unknown):
                return provider_pb2.InvokeResponse()
            try:
                found = function(self.session(context), reveal(raw))
            except AwsErrors as error:
                raise ProviderError(f"invoking {request.tok}: {explain(error)}") from error
            return provider_pb2.InvokeResponse(**{"return": encode(found)})

    def Cancel(self, _request: Any, context: Any) -> empty_pb2.Empty:
        """Stop waiting for errors that pass by themselves."""
        self.session(context).cancelled.set()
        return empty_pb2.Empty()

    def GetMapping(self, _request: Any, _context: Any) -> provider_pb2.GetMappingResponse:
        """There is no mapping from another ecosystem."""
        return provider_pb2.GetMappingResponse()


def known(urn: str) -> Resource:
    """Return the type of a URN. Raises ProviderError."""
    token = urn.split("::")[2].rpartition("$")[2]
    found = RESOURCES.get(token) or general(token)
    if found is None:
        raise ProviderError(f"version {VERSION} of the AWS provider has no resource type {token}")
    return found


def unanswered(token: str) -> str:
    """Return why there is no answer to a function, and what to do."""
    if token not in sdk.files(sdk.module_of(token), sdk.FUNCTION_TOKEN):
        return f"version {VERSION} of the AWS provider has no function {token}"
    return (
        f"the embedded AWS does not implement {token}: only a real account knows what it would return\n\n"
        "hint: take the value from the stack's config while you preview, or use the real provider; "
        "docs/reference/provider-stand-in.md lists the functions that it implements"
    )
