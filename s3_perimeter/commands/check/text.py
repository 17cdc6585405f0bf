"""Text: proofs as sentences that a person can act on."""

from __future__ import annotations

from collections.abc import Iterable

from s3_perimeter.commands.check.judged import Judged
from s3_perimeter.documents.nodes import visible
from s3_perimeter.proof import Layer, Proof, Verdict
from s3_perimeter.reporting.output import Style, paint
from s3_perimeter.reporting.verdicts import bullets, layer_words, likewise, sentence

__all__ = ["judged_text", "layer_lines"]

_HEADLINES: dict[Verdict, tuple[str, Style]] = {
    Verdict.PROVED: ("proved: every request from outside the allow-list is denied", "good"),
    Verdict.ESCAPE: ("escape: requests from outside the allow-list get through", "bad"),
    Verdict.UNKNOWN: ("unknown: neither proved nor refuted", "warn"),
}


def judged_text(each: Judged) -> str:
    """Return one file's verdict with its witnesses, lock-outs and what was left open."""
    return "\n".join(_file(each))


def _file(each: Judged) -> list[str]:
    """Return one file's lines."""
    if each.proof is None:
        return [
            f"{visible(each.file)}: {paint('unknown: not judged', 'warn')}",
            *bullets((each.error or "").splitlines()),
        ]
    words, style = _HEADLINES[each.proof.verdict]
    lines = [f"{visible(each.file)}: {paint(words, style)}", *layer_lines(each.proof.layers)]
    for witnesses in each.proof.faults:
        first, *others = witnesses
        said = [(first, sentence(first)), *((other, likewise(other, first)) for other in others)]
        lines += ["", *(f"  {paint(one.channel.value, 'strong')}: {text}" for one, text in said)]
        lines += [f"    why: {visible(first.because)}", f"    fix: {visible(first.fix)}"]
    return lines + _rest(each.proof)


def layer_lines(layers: Iterable[Layer]) -> list[str]:
    """Return what each layer seals by itself."""
    lines = []
    for layer in layers:
        subject, answer, more = layer_words(layer)
        style: Style = "good" if layer.verdict is Verdict.PROVED else "warn"
        lines.append(f"  {subject}: {paint(answer, style)}{more}")
    return lines


def _rest(proof: Proof) -> list[str]:
    """Return lock-outs, dead Allows, what was not decided or not modelled, and the residuals."""
    lines: list[str] = []
    for lockout in proof.lockouts:
        lines += ["", f"  {paint('lock-out', 'warn')}: {visible(lockout.summary)}"]
        lines += [f"    why: {visible(lockout.because)}", f"    fix: {visible(lockout.fix)}"]
    for dead in proof.dead_allows:
        lines += ["", f"  {paint('dead Allow', 'warn')}: {visible(dead.whom)} cannot use what it allows"]
        lines += [f"    why: {visible(dead.because)}", f"    fix: {visible(dead.fix)}"]
    if proof.undecided:
        lines += ["", "  not decided:", *bullets(_once(proof.undecided), 4)]
    if proof.unmodelled:
        lines += ["", "  not modelled, so no Deny can depend on it:", *bullets(proof.unmodelled, 4)]
    if proof.residual:
        lines += ["", "  remaining risks and assumptions:", *bullets(proof.residual, 4)]
    return lines


def _once(undecided: Iterable[str]) -> list[str]:
    """Return what was not decided, each reason once behind the channels that it is said of."""
    channels: dict[str, list[str]] = {}
    for reason in undecided:
        before, _, why = reason.partition(": ")
        channels.setdefault(why or reason, []).extend([before] if why else [])
    return [f"{', '.join(of)}: {why}" if of else why for why, of in channels.items()]
