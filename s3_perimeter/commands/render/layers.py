"""Layers in words: what the bucket policy, and what the resource control policies, seal by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from s3_perimeter.proof import Layer, Verdict
from s3_perimeter.proof.result import BUCKET_POLICY, RCPS
from s3_perimeter.reporting.output import count

__all__ = ["layer_words", "networks_words"]

_SUBJECTS = {
    BUCKET_POLICY: "the bucket policy by itself",
    RCPS: "the resource control policies by themselves",
}
_ANSWERS = {Verdict.PROVED: "sealed", Verdict.ESCAPE: "open", Verdict.UNKNOWN: "not decided"}
_MOST_NETWORKS = 8


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
