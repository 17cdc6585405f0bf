"""The engine's side of a policy pack, in-process: the same calls with the same wire format, no CLI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy import policy as sdk
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from policies.engine import servicer
from policies.engine.pack import as_policy
from policies.engine.session import Session
from policies.judging.rule import Rule

TODAY: Final = date(2026, 11, 23)
UNKNOWN: Final = UNKNOWN_STRING_VALUE
SDK_SERVICER: Final = sdk._PolicyAnalyzerServicer


def secret(value: object) -> dict[str, object]:
    """A value as the engine marks it when it is a secret."""
    return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": value}


@dataclass
class Res:
    """One resource of a program: what it declares, and what it has after (or in a preview of) the
    deployment.

    ``left_alone`` is one that the program no longer has and that ``--target`` keeps: the engine shows what is
    there, and no inputs. ``provider`` is None for a component. ``below`` are the types of its parents.
    """

    type: str
    name: str
    inputs: dict[str, Any]
    outputs: dict[str, Any] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    left_alone: bool = False
    provider: dict[str, Any] | None = field(default_factory=lambda: {"region": "ap-northeast-1"})
    provider_name: str = "default"
    below: tuple[str, ...] = ()

    @property
    def urn(self) -> str:
        return urn("$".join((*self.below, self.type)), self.name)


@dataclass(frozen=True)
class Verdict:
    """One violation as the engine would report it."""

    rule: str
    urn: str
    message: str
    level: str


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:dev::acme::{kind}::{name}"


def judge(
    rules: Sequence[Rule],
    resources: Iterable[Res],
    *,
    config: Mapping[str, str] | None = None,
    pack_config: Mapping[str, Mapping[str, object]] | None = None,
    today: date = TODAY,
    deploying: bool = False,
) -> list[Verdict]:
    """The violations of a preview of these resources; no ConfigureStack call is made when ``config`` is
    None.
    """
    session = Session(now=datetime.combine(today, time(12), UTC))
    served = servicer.recording(SDK_SERVICER, session)(
        servicer.PACK, "0.0.1", [as_policy(rule, session) for rule in rules], EnforcementLevel.MANDATORY
    )
    if config is not None:
        request = proto.AnalyzerStackConfigureRequest(
            stack="dev", project="acme", config=dict(config), dry_run=not deploying
        )
        served.ConfigureStack(request, None)
    if pack_config is not None:
        served.Configure(_pack_config(pack_config, rules), None)
    declared = list(resources)
    early = [served.Analyze(_analyze(resource), None) for resource in declared if not resource.left_alone]
    answer = served.AnalyzeStack(
        proto.AnalyzeStackRequest(resources=[_final(resource) for resource in declared]), None
    )
    return [
        Verdict(
            found.policyName, found.urn, found.message, proto.EnforcementLevel.Name(found.enforcementLevel)
        )
        for answered in [*early, answer]
        for found in answered.diagnostics
    ]


def _struct(values: Mapping[str, object]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(dict(values))
    return struct


def _provider(resource: Res) -> proto.AnalyzerProviderResource | None:
    if resource.provider is None:
        return None
    kind = f"pulumi:providers:{resource.type.partition(':')[0]}"
    name = resource.provider_name
    return proto.AnalyzerProviderResource(
        type=kind, name=name, urn=urn(kind, name), properties=_struct(resource.provider)
    )


def _analyze(resource: Res) -> proto.AnalyzeRequest:
    return proto.AnalyzeRequest(
        type=resource.type,
        name=resource.name,
        urn=resource.urn,
        properties=_struct(resource.inputs),
        options=proto.AnalyzerResourceOptions(),
        provider=_provider(resource),
    )


def _final(resource: Res) -> proto.AnalyzerResource:
    return proto.AnalyzerResource(
        type=resource.type,
        name=resource.name,
        urn=resource.urn,
        properties=_struct({**resource.inputs, **resource.outputs}),
        options=proto.AnalyzerResourceOptions(),
        provider=_provider(resource),
        propertyDependencies={
            name: proto.AnalyzerPropertyDependencies(urns=urns) for name, urns in resource.links.items()
        },
    )


def _pack_config(
    pack_config: Mapping[str, Mapping[str, object]], rules: Sequence[Rule]
) -> proto.ConfigureAnalyzerRequest:
    request = proto.ConfigureAnalyzerRequest()
    levels = {rule.id: rule.enforcement for rule in rules}
    for rule, settings in pack_config.items():
        properties = {key: value for key, value in settings.items() if key != "enforcementLevel"}
        level = str(settings.get("enforcementLevel", levels.get(rule, "mandatory"))).upper()
        request.policyConfig[rule].properties.CopyFrom(_struct(properties))
        request.policyConfig[rule].enforcementLevel = proto.EnforcementLevel.Value(level)
    return request
