"""The functions (invokes) of the package, by token."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from local.provider.functions import caller, lookups, network, policy_document
from local.provider.session import Session
from local.provider.values import Props

FUNCTIONS: Mapping[str, Callable[[Session, Props], Props]] = {
    **caller.FUNCTIONS,
    **lookups.FUNCTIONS,
    **network.FUNCTIONS,
    **policy_document.FUNCTIONS,
}
