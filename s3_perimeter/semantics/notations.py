"""Notations for networks that AWS does not read, and what says the same in one that it does."""

from __future__ import annotations

import re
import unicodedata
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_network
from typing import NamedTuple

from s3_perimeter.addresses import parse_address
from s3_perimeter.documents.nodes import clipped
from s3_perimeter.ranges import WIDTH, networks_of

__all__ = ["FORMS", "Advice", "ascii_form", "other_notation", "script_of"]

FORMS = "write a network like `203.0.113.0/24` or `2001:db8:1234::/48`, one host like `203.0.113.7/32`"

DOTTED_MASK = re.compile(r"([0-9.]+)/([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)", re.ASCII)
ADDRESS_RANGE = re.compile(r"([0-9A-Fa-f.:]+)\s*[-\u2013]\s*([0-9A-Fa-f.:]+)")
STARRED = re.compile(r"((?:[0-9]{1,3}\.){1,3})\*(?:\.\*)*", re.ASCII)
PLACEHOLDER = re.compile(r"<.*>|\[.*\]|\$?\{.*\}|%.*%", re.DOTALL)


class Advice(NamedTuple):
    """What is wrong with a value, and what to write or do instead."""

    problem: str
    remedy: str


def ascii_form(text: str) -> str | None:
    """Return the ASCII text that one in digits and signs of other scripts looks like, such as the full-width
    ones of a Japanese keyboard; None where there is none.
    """
    plain = "".join(
        str(unicodedata.decimal(char, char)) for char in unicodedata.normalize("NFKC", text)
    ).replace("\u3002", ".")
    return plain if plain != text and plain.isascii() else None


def script_of(text: str) -> str:
    """Return what the characters of such a text are, in words."""
    wide = any(unicodedata.east_asian_width(char) in "FW" for char in text)
    return "full-width characters" if wide else "digits or signs of another script"


def other_notation(text: str, shown: str) -> Advice | None:
    """Return what is wrong with a text in another notation, with the CIDRs that say the same; None for any
    other text.
    """
    if text.strip() != text:
        return Advice(f"{shown} has white space around it", f"write `{clipped(text.strip())}`")
    several = re.split(r"[\s,;]+", text)
    if len(several) > 1 and all(_is_network(each) for each in several if each):
        separate = ", ".join(f"`{each}`" for each in several if each)
        return Advice(f"{shown} is several networks in one text", f"write each by itself: {separate}")
    if PLACEHOLDER.fullmatch(text):
        return Advice(f"{shown} is a placeholder that was not replaced", FORMS)
    masked = DOTTED_MASK.fullmatch(text)
    if masked:
        try:
            meant = IPv4Network(text, strict=False)
            remedy = f"write `{meant}`" if meant.prefixlen else FORMS
        except ValueError:
            remedy = FORMS
        return Advice(f"{shown} has a dotted mask where AWS reads a prefix length", remedy)
    starred = STARRED.fullmatch(text)
    if starred:
        given = starred[1].rstrip(".").split(".")
        try:
            remedy = f"write `{IPv4Network('.'.join((given + ['0'] * 3)[:4]) + f'/{8 * len(given)}')}`"
        except ValueError:
            remedy = FORMS
        return Advice(f"{shown} has a wildcard, which AWS does not read in an address", remedy)
    ends = ADDRESS_RANGE.fullmatch(text)
    if ends:
        return Advice(f"{shown} is a range, and AWS reads CIDRs only", _cidrs_between(ends[1], ends[2]))
    return None


def _cidrs_between(first: str, last: str) -> str:
    """Return the remedy for a range of addresses: the CIDRs that cover it, where these are few."""
    try:
        (version, start), (other, end) = parse_address(first), parse_address(last)
    except ValueError:
        return FORMS
    if version != other or start > end:
        return FORMS
    cidrs = [
        f"`{IPv4Address(number) if version == 4 else IPv6Address(number)}/{prefix}`"
        for number, prefix in networks_of(start, end, WIDTH[version])
    ]
    return f"write {', '.join(cidrs)}" if len(cidrs) <= 8 else FORMS


def _is_network(text: str) -> bool:
    """Whether a text by itself is a network or an address, well written or not."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
