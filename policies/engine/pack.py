"""The rules as the SDK's policies: gathered resources in, violations out, and no failure that goes
unheard.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from ..declared.deployment import Resource, gather
from ..declared.provider import provider_of
from ..declared.values import plain
from ..judging import exemptions
from ..judging.pack_config import PackConfigError, reject_blanks, reject_unknown_keys
from ..judging.rule import Rule
from .session import Gathered, Session

__all__ = ["as_policy", "crash", "schema"]


def as_policy(rule: Rule, session: Session) -> StackValidationPolicy:
    """Return the rule as a policy over the whole stack.

    If a rule raises, its failure goes into ``session.crashes``, from where it becomes a mandatory violation.
    """

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        try:
            from ..judging.context import Context  # half of the pack's start: see catalog.py

            settings = session.pack_config.get(rule.id, {})
            reject_unknown_keys(settings, set(schema(rule)))
            reject_blanks(settings)
            exempt = exemptions.parse(settings.get("exemptions"))
            run = _gathered(session, args)
            context = Context(run.deployment, settings, run.allow_list, session.now)
            for violation in exemptions.apply(rule.judge(context), exempt, session.today):
                report(rule.message(violation), violation.urn)
        except Exception as error:  # noqa: BLE001  (the engine's boundary: a failed rule must refuse, not pass)
            session.crashes[rule.id] = crash(rule.id, error)

    return StackValidationPolicy(
        name=rule.id,
        description=rule.description,
        validate=validate,
        enforcement_level=EnforcementLevel(rule.enforcement),
        severity=Severity(rule.severity),
        remediation_steps=rule.remedy,
        url=rule.link,
        config_schema=PolicyConfigSchema(schema(rule)),
    )


def schema(rule: Rule) -> dict[str, dict[str, Any]]:
    """Return the JSON schema of a rule's settings by name, with the exemptions that every rule has."""
    own = {name: dict(described) for name, described in rule.properties.items()}
    return {**own, "exemptions": dict(exemptions.SCHEMA)}


def crash(rule: str, error: Exception) -> str:
    """Return the refusal for a rule that failed: a PackConfigError is for the user to correct, anything else
    is a bug.
    """
    if isinstance(error, PackConfigError):
        return f"rule `{rule}` cannot read its part of the pack's config: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1]
    place = f"{last.filename.rpartition('/')[2]}:{last.lineno}"
    return (
        f"rule `{rule}` could not judge this deployment, so it is refused ({type(error).__name__} at "
        f"{place})\n\nhint: this is a bug of the pack; please report it with the program; until then an "
        "exemption does not help, only `enforcementLevel: disabled` for this rule does"
    )


def _gathered(session: Session, args: StackValidationArgs) -> Gathered:
    if session.gathered is None:
        deployment = gather(_resources(session, args.resources))
        session.gathered = Gathered(deployment, session.allow_list(deployment))
    return session.gathered


def _resources(session: Session, resources: Iterable[PolicyResource]) -> Iterable[Resource]:
    for resource in resources:
        outputs = plain(resource.props)
        inputs = session.inputs.get(resource.urn)
        maker = resource.provider
        yield Resource(
            urn=resource.urn,
            type=resource.resource_type,
            name=resource.name,
            outputs=outputs,
            inputs=inputs,
            links=session.links.get(resource.urn, {}),
            provider=provider_of(maker.urn, maker.resource_type, plain(maker.props), inputs or {}, outputs)
            if maker
            else None,
        )
