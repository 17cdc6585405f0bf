"""Changes: what one round of `--watch` found that the round before did not, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from s3_perimeter.documents.nodes import visible
from s3_perimeter.drift.findings import Kind, Report
from s3_perimeter.drift.render.text import finding_lines
from s3_perimeter.reporting.output import paint

__all__ = ["changes"]


def changes(before: Sequence[Report], now: Sequence[Report]) -> str:
    """Return what differs between two rounds over the same stacks in the same order; empty where nothing
    does.

    What changes at every check (its time, how many calls it took) is no difference.
    """
    lines: list[str] = []
    for old, new in zip(before, now, strict=True):
        found = list(_news(old, new))
        if found or old.status is not new.status:
            was = "as before" if old.status is new.status else f"was {old.status}"
            lines += [f"stack {new.stack}: {new.status}, {was}", *found]
    return "".join(f"{line}\n" for line in lines)


def _news(old: Report, new: Report) -> Iterator[str]:
    """Yield what is new in the second report, then what is gone from the first."""
    yield from finding_lines([finding for finding in new.findings if finding not in old.findings])
    unread = {finding.control for finding in new.findings if finding.kind is Kind.UNKNOWN}
    for finding in old.findings:
        if finding in new.findings:
            continue
        shown = f"{finding.control}: {visible(finding.resource)} {finding.kind}"
        if new.error or finding.control in unread:
            yield f"{paint('UNKNOWN', 'warn')}  {shown} before, and could not be read this time"
        else:
            yield f"{paint('GONE', 'good')}     {shown}"
    before, after = _remarks(old), _remarks(new)
    yield from (f"{paint('NEW', 'warn')}      {visible(each)}" for each in after if each not in before)
    yield from (f"{paint('GONE', 'good')}     {visible(each)}" for each in before if each not in after)


def _remarks(report: Report) -> list[str]:
    """Return what a report says besides its findings, a line each."""
    return [
        *([f"error: {' '.join(report.error.split())}"] if report.error else []),
        *(f"the config was edited but not deployed: {each}" for each in report.pending),
        *(
            f"accepted by the baseline: {one.control} on {one.resource}: {reason}"
            for one, reason in report.accepted
        ),
        *(f"note: {each}" for each in report.notes),
    ]
