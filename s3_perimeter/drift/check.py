"""One check of one stack: declared side in, calls made, facts judged, report out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from s3_perimeter.drift.baseline import Baseline
from s3_perimeter.drift.calls import sts
from s3_perimeter.drift.controls import CONTROLS, Context, Control, Limits, control_of
from s3_perimeter.drift.declared import declare
from s3_perimeter.drift.facts import Fact, Facts, Value
from s3_perimeter.drift.fetch import Clients, Counter, fetch, perform
from s3_perimeter.drift.findings import Kind, Report, Status, Verdict
from s3_perimeter.drift.identity import unusable
from s3_perimeter.drift.intent import Intent
from s3_perimeter.drift.judge import judge, needed, not_offered, undetermined
from s3_perimeter.drift.subjects import Account, Declared, Key
from s3_perimeter.stack.state import ShapeError, State

__all__ = ["Options", "asked_controls", "check", "chosen", "failed"]


@dataclass(frozen=True, slots=True)
class Options:
    """What is checked. `only` empty means every control; `strict` adds the advisory ones."""

    strict: bool = False
    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
    baseline: Baseline = field(default_factory=Baseline)


def chosen(options: Options) -> tuple[Control[Any], ...]:
    """Return the controls to judge by, in their order; raises ChoiceError on a name that no control has."""
    for name in sorted(options.only | options.skip):
        control_of(name)
    return tuple(
        control
        for control in CONTROLS
        if control.id not in options.skip
        and (control.id in options.only if options.only else options.strict or not control.strict)
    )


def asked_controls(options: Options) -> tuple[Control[Any], ...]:
    """Return the controls whose calls are made: the chosen ones, and those that say whether a subject is
    there. Raises ChoiceError.
    """
    controls = chosen(options)
    return (*controls, *(each for each in CONTROLS if each.preliminary and each not in controls))


def check(
    state: State,
    clients: Clients,
    pool: ThreadPoolExecutor,
    options: Options | None = None,
    *,
    intent: Intent | Callable[[], Intent | None] | None = None,
    region: str | None = None,
    caller: Fact | None = None,
    now: datetime | None = None,
    stop: threading.Event | None = None,
    progress: Callable[[int, int], None] | None = None,
    trace: Callable[[str], None] | None = None,
) -> Report:
    """Compare what a stack declares with what AWS says, reading only.

    `intent` is the stack's config as settings, where it could be had, or what waits for it: asked when the
    answers are there. `region` stands in where the state names none. `caller` is who we are, where that was
    asked already; it is asked first, and where AWS cannot say it nothing else is.

    What could not be checked at all is a report that says why. Raises ChoiceError.
    """
    options = options or Options()
    controls = chosen(options)
    now = now or datetime.now(UTC)
    counter = Counter(trace)
    try:
        declared = declare(state, region=region)
    except ShapeError as error:
        return failed(state.stack, str(error), now)
    if declared.empty:
        return failed(state.stack, _NOTHING, now)
    if caller is None:
        caller = perform(sts.caller(), clients, counter)
    else:
        counter.add()
    reason = unusable(caller)
    if reason is not None:
        notes = tuple(_notes(declared, controls))
        return Report(declared.stack, now, counter.requests, (), notes=notes, error=reason)
    account = str(caller.value.get("Account", "")) if isinstance(caller, Value) else ""
    if not declared.account.id:  # every call that names an owner needs it
        declared = declare(state, account=account, region=region)
    wanted = {control.id for control in controls}
    known = {sts.caller(): caller}
    if account and account != declared.account.id:
        return _stranger(Context(Facts(known), declared, now), wanted, counter)
    facts = fetch(
        needed(declared, asked_controls(options)),
        clients,
        pool,
        counter=counter,
        stop=stop,
        progress=progress,
        known=known,
    )
    stopped = bool(stop and stop.is_set())
    if callable(intent):
        intent = None if stopped else intent()
    context = Context(
        facts=facts,
        declared=declared,
        now=now,
        intent=intent,
        strict=options.strict,
        limits=options.limits,
    )
    findings, verdicts = judge(context, asked_controls(options), wanted)
    cause, explained = _one_cause(facts)
    if stopped:  # one cause, one message
        cause = _STOPPED
        findings = tuple(finding for finding in findings if finding.kind is not Kind.UNKNOWN)
    elif cause:
        findings = tuple(finding for finding in findings if finding.detail not in explained)
    left, accepted, expired = options.baseline.sift(findings, now.date(), declared.stack)
    return Report(
        stack=declared.stack,
        checked_at=now,
        api_calls=counter.requests,
        findings=left,
        verdicts=verdicts,
        accepted=accepted,
        pending=intent.pending if intent else (),
        notes=(*expired, *_notes(declared, controls), *_unoffered(context, controls)),
        error=cause,
    )


def failed(stack: str, message: str, now: datetime | None = None) -> Report:
    """Return the report on a stack that could not be checked at all."""
    return Report(stack, now or datetime.now(UTC), 0, (), error=message)


_NOTHING: Final = (
    "there is nothing to check: the state has no resource that is about S3, IAM, KMS or resource control "
    "policies"
    "\n\nhint: is it the right stack, and was it deployed?"
)
_STOPPED: Final = "stopped before every call was answered; only the results so far are reported"


def _one_cause(facts: Facts) -> tuple[str | None, frozenset[str]]:
    """Return why several calls in the middle of a check had no answer where no control is to blame, such as a
    connection that was lost, and the details of the findings that this explains.
    """
    lost = [(call, fact, reason) for call, fact in facts.unreadable() if (reason := unusable(fact))]
    if len(lost) < 2:
        return None, frozenset()
    problem, _, hint = lost[0][2].partition("\n\n")
    services = ", ".join(sorted({call.service for call, _, _ in lost}))
    return (
        f"{problem.rstrip('.')}; {len(lost)} calls to {services} had no answer\n\n{hint}",
        frozenset(undetermined(fact.reason) for _, fact, _ in lost),
    )


def _stranger(context: Context, wanted: Collection[str], counter: Counter) -> Report:
    """Return the report of a check with another account's credentials: nothing that they see can be
    believed.
    """
    control = next(control for control in CONTROLS if control.id == "account-identity")
    findings, _ = judge(context, (control,), {control.id})
    verdicts = tuple(
        Verdict(control.id, subject.arn, Status.UNKNOWN)
        for subject in context.declared.subjects()
        for control in CONTROLS
        if control.id in wanted and control.applies(subject)
    )
    return Report(context.declared.stack, context.now, counter.requests, findings, verdicts)


def _unoffered(context: Context, controls: Collection[Control[Any]]) -> Iterator[str]:
    """Yield a note for each reason why controls were not asked: a region without a service."""
    left: dict[str, list[str]] = {}
    for control in controls:
        for subject in context.declared.subjects():
            for reason in not_offered(control, subject, context):
                named = left.setdefault(reason, [])
                named += [control.id] if control.id not in named else []
    for reason, names in left.items():
        yield f"not checked, because {reason}: {', '.join(names)}"


def _notes(declared: Declared, controls: Collection[Control[Any]]) -> Iterator[str]:
    """Yield what the reader has to know of the state: unfinished operations, and what is not compared."""
    for operation in declared.state.pending:
        yield (
            f"an update was interrupted while {operation}: the state does not show whether that happened; "
            "`pulumi refresh` does"
        )
    for subject in declared.subjects():
        if not isinstance(subject, Account | Key) and subject.resource is None:
            judged = [control.id for control in controls if control.applies(subject)]
            yield f"{subject.arn} is declared elsewhere; compared: {', '.join(judged) or 'nothing'}"
    others = sorted({resource.type for resource in declared.aside})
    if others:
        count = len(declared.aside)
        named = ", ".join(others[:5]) + (" and others" if len(others) > 5 else "")
        yield (
            f"not checked, because they do not concern access: {count} resource{'s' * (count != 1)} ({named})"
        )
