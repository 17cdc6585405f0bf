"""Text: proofs and comparisons as sentences that a person can act on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from s3_perimeter.commands.judged import Judged
from s3_perimeter.commands.render.layers import layer_words, networks_words
from s3_perimeter.documents.nodes import visible
from s3_perimeter.proof import Layer, Proof, Verdict, Witness
from s3_perimeter.reporting.output import Style, paint
from s3_perimeter.semantics.request import Channel

if TYPE_CHECKING:
    from s3_perimeter.comparison import Comparison

__all__ = ["comparison_text", "judged_text", "layer_lines", "sentence"]

_HEADLINES: dict[Verdict, tuple[str, Style]] = {
    Verdict.PROVED: ("proved: every request from outside the allow-list is denied", "good"),
    Verdict.ESCAPE: ("escape: requests from outside the allow-list get through", "bad"),
    Verdict.UNKNOWN: ("unknown: neither proved nor refuted", "warn"),
}
_IN_WORDS = frozenset(
    {
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalServiceName",
        "aws:SourceIp",
        "aws:ViaAWSService",
    }
)
"""Keys that the sentence says in words."""
_ORDINARY = frozenset(
    {
        "aws:PrincipalAccount",
        "aws:PrincipalType",
        "aws:SourceVpc",
        "aws:VpcSourceIp",
        "aws:userid",
        "aws:username",
        "s3:TlsVersion",
    }
)
"""Keys of every such request, which are only worth a word where the policy asks for them."""


def judged_text(each: Judged) -> str:
    """Return one file's verdict with its witnesses, lock-outs and what was left open."""
    return "\n".join(_file(each))


def comparison_text(found: Comparison) -> str:
    """Return what a change opens and closes."""
    if found.undecided:
        return "\n".join(
            [paint("unknown: the policies could not be compared", "warn"), *_list(found.undecided)]
        )
    if found.equal:
        return paint("equal: no request is treated differently", "good")
    lines: list[str] = []
    for word, witnesses, networks in (
        ("opened", found.opened, found.opened_networks),
        ("closed", found.closed, found.closed_networks),
    ):
        if witnesses:
            lines.append(paint(word, "bad" if word == "opened" else "warn") + f": {networks_words(networks)}")
            for witness in witnesses:
                lines += [f"  {sentence(witness)}", f"    {visible(witness.because)}"]
                lines.append(f"    fix: {visible(witness.fix)}")
    if found.unmodelled:
        lines += ["remaining risks and assumptions:", *_list(found.unmodelled)]
    return "\n".join(lines)


def sentence(witness: Witness) -> str:
    """Return a witness as a sentence: who, from where, does what, to what, and with which keys."""
    said = f"{_who(witness)} can ask for {witness.action} on {witness.resource}{_with(witness)}"
    return visible(said)


def _file(each: Judged) -> list[str]:
    """Return one file's lines."""
    if each.proof is None:
        return [
            f"{visible(each.file)}: {paint('not judged', 'warn')}",
            *_list((each.error or "").splitlines()),
        ]
    words, style = _HEADLINES[each.proof.verdict]
    lines = [f"{visible(each.file)}: {paint(words, style)}", *layer_lines(each.proof.layers)]
    for witnesses in each.proof.faults:
        first = witnesses[0]
        channels = ", ".join(paint(witness.channel.value, "strong") for witness in witnesses)
        lines += ["", f"  {channels}: {sentence(first)}"]
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
        lines += ["", "  not decided:", *_list(_once(proof.undecided), 4)]
    if proof.unmodelled:
        lines += ["", "  not modelled, so no Deny can depend on it:", *_list(proof.unmodelled, 4)]
    if proof.residual:
        lines += ["", "  remaining risks and assumptions:", *_list(proof.residual, 4)]
    return lines


def _once(undecided: Iterable[str]) -> list[str]:
    """Return what was not decided, each reason once behind the channels that it is said of."""
    channels: dict[str, list[str]] = {}
    for reason in undecided:
        before, _, why = reason.partition(": ")
        channels.setdefault(why or reason, []).extend([before] if why else [])
    return [f"{', '.join(of)}: {why}" if of else why for why, of in channels.items()]


def _who(witness: Witness) -> str:
    """Return who makes a request and how it arrives."""
    context = witness.context
    endpoint = context.get("aws:SourceVpce", "of someone")
    return {
        Channel.PUBLIC_SIGNED: f"{witness.principal}, from {witness.source_ip},",
        Channel.PUBLIC_ANONYMOUS: f"anybody, unsigned, from {witness.source_ip},",
        Channel.FORWARD_ACCESS: f"{witness.principal}, from {witness.source_ip} through an AWS service,",
        Channel.VPC_ENDPOINT: f"{witness.principal}, through VPC endpoint {endpoint},",
        Channel.AWS_SERVICE: f"the AWS service {witness.principal}"
        if not witness.request.principal.is_service_linked
        else f"an AWS service as the service-linked role {witness.request.principal.arn}",
    }[witness.channel]


def _with(witness: Witness) -> str:
    """Return the condition keys that a request needs in addition to what the sentence says."""
    needed = []
    for key, value in witness.context.items():
        if key == "aws:SecureTransport":
            if value == "false":
                needed.append("over plain HTTP")
        elif not (
            key in _IN_WORDS
            or (key == "aws:SourceVpce" and witness.channel is Channel.VPC_ENDPOINT)
            or (key in _ORDINARY and key.lower() not in witness.keys)
        ):
            first = not any(each.startswith("with ") for each in needed)
            needed.append(f"{'with ' * first}{key} = {value if isinstance(value, str) else ', '.join(value)}")
    if "aws:CurrentTime" in witness.context:
        needed.append(f"at {witness.context['aws:CurrentTime']}")
    return f" ({', '.join(needed)})" if needed else ""


def _list(items: Iterable[str], indent: int = 2) -> list[str]:
    """Return one line an item, whatever a policy's author wrote into it."""
    return [f"{' ' * indent}- {visible(item)}" for item in items]
