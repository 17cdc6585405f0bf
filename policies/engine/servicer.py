"""The shim over the SDK's gRPC servicer: it records what the SDK throws away.

The engine sends the stack's project, name and config in ``ConfigureStack``; pulumi-policy keeps only the
tags, so ``pulumi.Config()`` is empty inside a pack. It also shows each resource's inputs only in
``Analyze``, while a rule over the whole stack sees outputs. All of it is recorded here, where it arrives:
config can come from the command line or the environment as well as from YAML, so reading the stack's file
again would judge something else.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Final

from google.protobuf import json_format
from pulumi.runtime import proto
from pulumi_policy import policy as sdk
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import unknown_checking_proxy

from ..declared.deployment import Resource
from ..declared.provider import provider_of
from ..declared.values import Properties, Value, plain
from ..judging.stack_identity import StackIdentity
from .at_once import refusals
from .catalog import import_meanwhile
from .pack import crash
from .session import SEALING, Session

__all__ = ["PACK", "SdkChangedError", "install", "recording"]

PACK: Final = "s3-perimeter"
# The engine's name for every rule: it gives each of them this level, and then hands it on as it came.
ALL: Final = "all"
_HOOK: Final = "_PolicyAnalyzerServicer"
_CALLS: Final = ("ConfigureStack", "Configure", "Analyze", "AnalyzeStack")


class SdkChangedError(RuntimeError):
    """The installed pulumi-policy has no place where the shim can listen; the pack must not run blind."""


def install(session: Session) -> None:
    """Make every PolicyPack built from now on record into the session.

    Raises SdkChangedError, before the pack serves anything, when the SDK is not made as the shim expects.
    """
    base = getattr(sdk, _HOOK, None)
    if not isinstance(base, type) or any(not callable(getattr(base, call, None)) for call in _CALLS):
        raise SdkChangedError(_changed(f"pulumi_policy.policy has no class {_HOOK} with {', '.join(_CALLS)}"))
    if _HOOK not in sdk.PolicyPack.__init__.__code__.co_names:
        raise SdkChangedError(_changed(f"PolicyPack is no longer built on {_HOOK}"))
    setattr(sdk, _HOOK, recording(base, session))


def recording(base: type[Any], session: Session) -> type[Any]:
    """Return a servicer class like ``base`` whose instances record into the session."""

    class RecordingServicer(base):  # type: ignore[misc]
        """The SDK's servicer, with the engine's calls overheard."""

        def ConfigureStack(self, request: Any, context: Any) -> Any:  # noqa: N802  (gRPC's name)
            session.stack = StackIdentity(request.project, request.stack, dict(request.config))
            session.deploying = not request.dry_run
            return super().ConfigureStack(request, context)

        def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
            session.pack_config = {
                rule: json_format.MessageToDict(config.properties)
                for rule, config in request.policyConfig.items()
            }
            session.levels = {
                rule: proto.EnforcementLevel.Name(config.enforcementLevel).lower()
                for rule, config in request.policyConfig.items()
            }
            known = {policy.name for policy in self.GetAnalyzerInfo(None, None).policies}
            session.unknown_rules = {
                rule: _no_such_rule(rule, known) for rule in set(session.pack_config) - known - {ALL}
            }
            if session.pack_config.get(ALL):
                session.unknown_rules[ALL] = (
                    f"the pack's config gives `{ALL}` settings\n\nhint: give it a level; write settings "
                    "under their rule"
                )
            response = super().Configure(request, context)
            import_meanwhile()  # nothing is asked of the pack now until the program has run a while
            return response

        def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802
            inputs = session.inputs[request.urn] = _plain(request.properties)
            response = super().Analyze(request, context)
            if session.deploying:
                _refuse(response, _at_once(session, _declared(request, inputs)))
            return response

        def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802
            session.gathered = None
            session.crashes.clear()
            session.links = {resource.urn: _links(resource) for resource in request.resources}
            response = super().AnalyzeStack(request, context)
            _refuse(response, sorted({**session.unknown_rules, **session.crashes}.items()))
            return response

    return RecordingServicer


def _at_once(session: Session, resource: Resource) -> list[tuple[str, str]]:
    try:
        return [(SEALING, message) for message in refusals(session, resource)]
    except Exception as error:  # noqa: BLE001  (the engine's boundary: a failed rule must refuse, not pass)
        return [(SEALING, crash(SEALING, error))]


def _declared(request: Any, inputs: Properties) -> Resource:
    """Return the resource of an Analyze call; one without a provider is a component, whatever its type is."""
    maker = request.provider if request.HasField("provider") else None
    settings = _plain(maker.properties) if maker else {}
    return Resource(
        urn=request.urn,
        type=request.type,
        name=request.name,
        outputs={},
        inputs=inputs,
        provider=provider_of(maker.urn, maker.type, settings, inputs, {}) if maker else None,
    )


def _links(resource: Any) -> dict[str, frozenset[str]]:
    """Return what each property depends on.

    The SDK leaves out what the engine does not show, such as a bucket that is only read. A value that also
    depends on such a resource must not look as if it depended only on the others.
    """
    return {name: frozenset(linked.urns) for name, linked in resource.propertyDependencies.items()}


def _plain(struct: Any) -> dict[str, Value]:
    """Return a message's properties as values, with unknown ones and secrets in the form of the rules."""
    return plain(unknown_checking_proxy(deserialize_properties(json_format.MessageToDict(struct))))


def _refuse(response: Any, refused: Iterable[tuple[str, str]]) -> None:
    """Add a mandatory violation for each rule and message, whatever level the rule itself has."""
    for rule, message in refused:
        response.diagnostics.append(
            proto.AnalyzeDiagnostic(
                policyName=rule,
                policyPackName=PACK,
                policyPackVersion="0.0.1",
                message=message,
                description=message.partition("\n")[0],
                enforcementLevel=proto.MANDATORY,
                severity=proto.POLICY_SEVERITY_CRITICAL,
            )
        )


def _no_such_rule(rule: str, known: set[str]) -> str:
    near = get_close_matches(rule, known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"the rules are {', '.join(sorted(known))}"
    return f"the pack's config names a rule `{rule}` that the pack does not have\n\nhint: {hint}"


def _changed(what: str) -> str:
    return (
        f"the policy pack does not know this version of pulumi-policy: {what}. It would judge without the "
        "stack's config, so it refuses to run.\n\nhint: install the pulumi-policy version that "
        "requirements.lock names"
    )
