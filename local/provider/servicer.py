"""The gRPC service that the engine talks to; one process serves every provider of every command."""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local.provider import lifecycle, plan, sdk
from local.provider.answers import answering, hidden, hiding, reveal_but_defaults, some_or_none, top
from local.provider.engine import warn
from local.provider.failures import AwsErrors, ProviderError, explain
from local.provider.functions import FUNCTIONS
from local.provider.general import general
from local.provider.lifecycle import Made
from local.provider.resource import Resource
from local.provider.schema import schema
from local.provider.session import Session
from local.provider.types import RESOURCES
from local.provider.unclaimed import Register
from local.provider.values import (
    DEFAULTS,
    Props,
    Unknown,
    conceal,
    contains,
    decode,
    encode,
    reveal,
)

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
        """The session of the connection; of a connection made anew, the one configured last."""
        return self.sessions.get(context.peer(), self.latest)

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        """Take note of the engine's address."""
        self.engines[context.peer()] = request.address
        return empty_pb2.Empty()

    def GetPluginInfo(self, _request: Any, _context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:  # noqa: N802
        """The version of the provider that this one stands for."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(  # noqa: N802
        self, _request: provider_pb2.GetSchemaRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """All resource types and functions: what a YAML program is checked against."""
        return provider_pb2.GetSchemaResponse(schema=schema(VERSION))

    def CheckConfig(  # noqa: N802
        self, request: provider_pb2.CheckRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Accept the provider's config as it is."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(  # noqa: N802
        self, request: provider_pb2.DiffRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Another region needs a new provider, and so new resources; other settings do not."""
        olds, news = reveal(decode(request.old_inputs or request.olds)), reveal(decode(request.news))
        keys = sorted({*olds, *news} - {"version"})
        changed = [key for key in keys if olds.get(key) != news.get(key)]
        return provider_pb2.DiffResponse(
            changes=some_or_none(changed), diffs=changed, replaces=[key for key in changed if key == "region"]
        )

    def Configure(  # noqa: N802
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
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

    def Check(  # noqa: N802
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Fill in names and defaults, and say what is wrong."""
        with answering(context):
            resource = known(request.urn)
            naming = None
            if request.HasField("autonaming"):
                naming = (request.autonaming.mode, request.autonaming.proposed_name)
            name = request.name or request.urn.rpartition("::")[2]
            news = decode(request.news)
            inputs, mistakes = plan.check(
                resource, name, reveal_but_defaults(decode(request.olds)), news, request.randomSeed, naming
            )
            return provider_pb2.CheckResponse(
                inputs=encode(inputs),
                failures=[provider_pb2.CheckFailure(property=at, reason=why) for at, why in mistakes],
            )

    def Diff(  # noqa: N802
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Compare state with the declared inputs."""
        with answering(context):
            self.register.claim(request.urn, request.id)
            resource = known(request.urn)
            raw = decode(request.news)
            state, news = reveal(decode(request.olds)), reveal(raw)
            found = plan.diff(
                resource, state, news, {path.partition(".")[0] for path in request.ignoreChanges}
            )
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

    def Create(  # noqa: N802
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        """Make a resource; in a preview, say what is known of it."""
        with answering(context):
            resource, session = known(request.urn), self.session(context)
            raw = decode(request.properties)
            inputs = reveal(raw)
            if request.preview:
                outputs = plan.preview_create(resource, session, inputs)
                return provider_pb2.CreateResponse(properties=encode(hidden(resource, outputs, raw)))
            made = self.found_again(resource, session, request.urn, inputs, context)
            if made is None:
                with hiding(resource, raw):
                    made = lifecycle.create(resource, session, inputs)
            self.register.add(request.urn, resource.token, inputs, made)
            if not context.is_active():
                # The engine died meanwhile and will never hear of this: nothing is left behind.
                self.register.take(request.urn, resource.token)
                lifecycle.delete(resource, session, made.identity, made.outputs)
            return provider_pb2.CreateResponse(
                id=made.identity, properties=encode(hidden(resource, made.outputs, raw))
            )

    def found_again(
        self, resource: Resource, session: Session, urn: str, inputs: Props, context: grpc.ServicerContext
    ) -> Made | None:
        """What an interrupted run made for this URN: taken over where it is as declared, else removed."""
        left = self.register.take(urn, resource.token)
        if left is None:
            return None
        if lifecycle.read(resource, session, left.made.identity, left.made.outputs) is None:
            return None
        engine, which = self.engines.get(context.peer()), f"{resource.title} {left.made.identity}"
        if left.inputs == inputs:
            warn(engine, urn, f"took over {which}, which an interrupted run had made")
            return left.made
        lifecycle.delete(resource, session, left.made.identity, left.made.outputs)
        warn(engine, urn, f"removed {which}, which an interrupted run had made")
        return None

    def Read(  # noqa: N802
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        """What is there now: for a refresh, or for an import (which sends no state)."""
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

    def Update(  # noqa: N802
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
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

    def Delete(  # noqa: N802
        self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Remove a resource; one that is gone already is fine."""
        with answering(context):
            self.register.claim(request.urn, request.id)
            state = reveal(decode(request.properties))
            lifecycle.delete(known(request.urn), self.session(context), request.id, state)
            return empty_pb2.Empty()

    def Invoke(  # noqa: N802
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
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

    def Cancel(self, _request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        """Stop waiting for errors that pass by themselves."""
        self.session(context).cancelled.set()
        return empty_pb2.Empty()

    def GetMapping(self, _request: Any, _context: Any) -> provider_pb2.GetMappingResponse:  # noqa: N802
        """There is no mapping from another ecosystem."""
        return provider_pb2.GetMappingResponse()


def known(urn: str) -> Resource:
    """The type of a URN. Raises ProviderError."""
    token = urn.split("::")[2].rpartition("$")[2]
    found = RESOURCES.get(token) or general(token)
    if found is None:
        raise ProviderError(f"version {VERSION} of the AWS provider has no resource type {token}")
    return found


def unanswered(token: str) -> str:
    """Why there is no answer to a function, and what to do."""
    if token not in sdk.files(sdk.module_of(token), sdk.FUNCTION_TOKEN):
        return f"version {VERSION} of the AWS provider has no function {token}"
    return (
        f"the embedded AWS does not answer {token}: only a real account knows what it would return\n\n"
        "hint: take the value from the stack's config while you preview, or use the real provider; "
        "docs/reference/provider-stand-in.md lists the functions that are answered"
    )
