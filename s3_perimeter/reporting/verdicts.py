"""Verdicts in words: a witness as a sentence, a layer or networks in a line, other things as a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from s3_perimeter.documents.nodes import visible
from s3_perimeter.proof import Layer, Verdict, Witness
from s3_perimeter.proof.result import BUCKET_POLICY, RCPS
from s3_perimeter.reporting.output import count
from s3_perimeter.semantics.request import Channel

__all__ = ["bullets", "layer_words", "likewise", "networks_words", "sentence"]

_SUBJECTS = {
    BUCKET_POLICY: "the bucket policy by itself",
    RCPS: "the resource control policies by themselves",
}
_ANSWERS = {Verdict.PROVED: "sealed", Verdict.ESCAPE: "open", Verdict.UNKNOWN: "not decided"}
_MOST_NETWORKS = 8
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


def sentence(witness: Witness) -> str:
    """Return a witness as a sentence: who, from where, does what, to what, and with which keys."""
    said = f"{_who(witness)} can ask for {witness.action} on {witness.resource}{_with(witness)}"
    return visible(said)


def likewise(witness: Witness, first: Witness) -> str:
    """Return the same of a witness next to that of another channel: who it is, where all else is alike."""

    def asked(one: Witness) -> tuple[str, str, str]:
        return one.action, one.resource, _with(one)

    if asked(witness) != asked(first):
        return sentence(witness)
    return visible(f"so can {_who(witness).removesuffix(',')}")


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


def layer_words(layer: Layer) -> tuple[str, str, str]:
    """Return which layer it is, how it is in a word, and by which channels and from where it is open."""
    where = ", ".join(channel.value for channel in layer.open)
    more = f" by {where}" if where else ""
    more += f", from {networks_words(layer.networks)}" if layer.networks else ""
    return _SUBJECTS[layer.name], _ANSWERS[layer.verdict], more


def networks_words(networks: Sequence[str]) -> str:
    """Return networks in one line, the first few by name."""
    if not networks:
        return "requests without a source address"
    more = len(networks) - _MOST_NETWORKS
    shown = ", ".join(networks[:_MOST_NETWORKS])
    return f"{shown} and {count(more, 'network')} more" if more > 0 else shown


def bullets(items: Iterable[str], indent: int = 2) -> list[str]:
    """Return one line an item, whatever a policy's author wrote into it."""
    return [f"{' ' * indent}- {visible(item)}" for item in items]
