"""One check of one stack: declared side in, calls made, facts judged, report out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from s3_perimeter.drift.baseline import Baseline
from s3_perimeter.drift.calls import sts
from s3_perimeter.drift.controls import CONTROLS, Control, Limits, View
from s3_perimeter.drift.declared import Declared, declare
from s3_perimeter.drift.facts import Facts, Unreadable, Value
from s3_perimeter.drift.findings import Finding, Report, Status, Verdict
from s3_perimeter.drift.intent import Intent
from s3_perimeter.drift.judge import judge, needed
from s3_perimeter.drift.reading import Clients, Counter, perform, read
from s3_perimeter.stack.state import State


class ChoiceError(ValueError):
    """A control is named that does not exist; the message names the nearest."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is checked. `only` empty means every control; `strict` adds the advisory ones."""

    strict: bool = False
    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
    baseline: Baseline = field(default_factory=Baseline)


def chosen(options: Options) -> tuple[Control[Any], ...]:
    """The controls to judge by, in their order; raises ChoiceError on a name that no control has."""
    names = {control.id for control in CONTROLS}
    for name in sorted((options.only | options.skip) - names):
        near = get_close_matches(name, names, 1)
        hint = f"did you mean `{near[0]}`?" if near else "`drift-check --list` names them"
        raise ChoiceError(f"no control is called `{name}`\n\nhint: {hint}")
    return tuple(
        control
        for control in CONTROLS
        if control.id not in options.skip
        and (control.id in options.only if options.only else options.strict or not control.strict)
    )


def check(
    state: State,
    clients: Clients,
    pool: ThreadPoolExecutor,
    options: Options | None = None,
    *,
    intent: Intent | Callable[[], Intent | None] | None = None,
    region: str | None = None,
    now: datetime | None = None,
    stop: threading.Event | None = None,
    progress: Callable[[int, int], None] | None = None,
    trace: Callable[[str], None] | None = None,
) -> Report:
    """Compare what a stack declares with what AWS says, reading only.

    `intent` is the stack's config as settings, where it could be had, or what waits for it: asked when the
    answers are there. `region` stands in where the state names none.
    """
    options = options or Options()
    controls = chosen(options)
    now = now or datetime.now(UTC)
    counter = Counter(trace)
    declared = declare(state, region=region)
    if not declared.account.id:  # every call that names an owner needs it
        reading = perform(sts.caller(), clients, counter)
        account = str(reading.value.get("Account", "")) if isinstance(reading, Value) else ""
        declared = declare(state, account=account, region=region)
    gates = tuple(control for control in CONTROLS if control.gate and control not in controls)
    facts = read(
        needed(declared, (*controls, *gates)), clients, pool, counter=counter, stop=stop, progress=progress
    )
    if callable(intent):
        intent = intent()
    view = View(
        facts=facts,
        declared=declared,
        now=now,
        intent=intent,
        strict=options.strict,
        limits=options.limits,
    )
    wanted = {control.id for control in controls}
    stranger = _stranger(facts, declared, view)
    if stranger is not None:
        findings: tuple[Finding, ...] = (stranger,)
        verdicts = _all_unknown(declared, wanted)
    else:
        findings, verdicts = judge(view, (*controls, *gates), wanted)
    left, accepted, notes = options.baseline.sift(findings, now.date(), declared.stack)
    return Report(
        stack=declared.stack,
        checked_at=now,
        api_calls=counter.requests,
        findings=left,
        verdicts=verdicts,
        accepted=accepted,
        pending=intent.pending if intent else (),
        notes=notes,
    )


def failed(stack: str, message: str, now: datetime | None = None) -> Report:
    """The report on a stack that could not be checked at all."""
    return Report(stack, now or datetime.now(UTC), 0, (), error=message)


def _stranger(facts: Facts, declared: Declared, view: View) -> Finding | None:
    """The one finding of a check made with another account's credentials: nothing else it sees can be
    believed."""
    reading = facts.reading(sts.caller())
    if isinstance(reading, Unreadable) or not isinstance(reading, Value):
        return None
    account = declared.account
    if not account.id or reading.value.get("Account") == account.id:
        return None
    control = next(control for control in CONTROLS if control.id == "account-identity")
    findings, _ = judge(view, (control,), {control.id})
    return findings[0]


def _all_unknown(declared: Declared, wanted: Collection[str]) -> tuple[Verdict, ...]:
    from s3_perimeter.drift.controls.control import scope_of

    return tuple(
        Verdict(control.id, subject.arn, Status.UNKNOWN)
        for subject in declared.subjects()
        for control in CONTROLS
        if control.id in wanted and control.scope == scope_of(subject)
    )
