"""Names for resources that the program gives none."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from local.provider.resource import AutoName

DIGITS: Final = 7
PREFIXED_DIGITS: Final = 26


def automatic(rule: AutoName, resource: str, seed: bytes) -> str:
    """Return a name after the resource's; the engine's seed decides, so that preview and update agree."""
    if not rule.random:
        return resource
    digits = hashlib.sha512(seed).hexdigest() if seed else secrets.token_hex(DIGITS)
    return fitting(rule, f"{resource}-{digits[:DIGITS]}")


def fitting(rule: AutoName, name: str) -> str:
    """Return the name with the type's prefix, in the letters and the length that the type allows."""
    end = name[-DIGITS - 1 :]
    kept = name[: -DIGITS - 1][: rule.longest - len(rule.prefix) - len(end)] + end
    return rule.prefix + (kept.lower().replace("_", "-") if rule.lower else kept)


def prefixed(rule: AutoName, prefix: str) -> str:
    """Return a name that begins as the program asks; it is made while the resource is, so no preview knows
    it.
    """
    return prefix + secrets.token_hex(PREFIXED_DIGITS // 2)[: rule.longest - len(prefix)]
