"""The pure core: addresses, policy documents, evaluation, proof, comparison, building the Deny.

Each public name is loaded when it is first asked for: who only reads addresses does not wait for the prover.
"""

import sys as _sys
from importlib import import_module as _import_module
from types import ModuleType as _ModuleType
from typing import TYPE_CHECKING as _TYPE_CHECKING

if _TYPE_CHECKING:
    from perimeter.addresses import AddressError, AddressSet
    from perimeter.build import BuildError, bucket_policy, deny_statements, log_bucket_policy
    from perimeter.compare import Comparison, compare
    from perimeter.document import (
        Condition,
        PolicyDocument,
        PolicyError,
        PolicyMistake,
        Principals,
        Statement,
    )
    from perimeter.errors import PerimeterError
    from perimeter.evaluate import Decision, Outcome, evaluate
    from perimeter.fence import ExpiringNetworks, Perimeter
    from perimeter.prove import Lockout, Proof, Verdict, Witness, prove
    from perimeter.request import Channel, Kind, Principal, Request, arriving

__all__ = [
    "AddressError",
    "AddressSet",
    "BuildError",
    "Channel",
    "Comparison",
    "Condition",
    "Decision",
    "ExpiringNetworks",
    "Kind",
    "Lockout",
    "Outcome",
    "Perimeter",
    "PerimeterError",
    "PolicyDocument",
    "PolicyError",
    "PolicyMistake",
    "Principal",
    "Principals",
    "Proof",
    "Request",
    "Statement",
    "Verdict",
    "Witness",
    "arriving",
    "bucket_policy",
    "compare",
    "deny_statements",
    "evaluate",
    "log_bucket_policy",
    "prove",
]

_HOMES = {
    "addresses": ("AddressError", "AddressSet"),
    "build": ("BuildError", "bucket_policy", "deny_statements", "log_bucket_policy"),
    "compare": ("Comparison", "compare"),
    "document": ("Condition", "PolicyDocument", "PolicyError", "PolicyMistake", "Principals", "Statement"),
    "errors": ("PerimeterError",),
    "evaluate": ("Decision", "Outcome", "evaluate"),
    "fence": ("ExpiringNetworks", "Perimeter"),
    "prove": ("Lockout", "Proof", "Verdict", "Witness", "prove"),
    "request": ("Channel", "Kind", "Principal", "Request", "arriving"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


class _Core(_ModuleType):
    """This package as a module that loads its public names on demand."""

    def __getattr__(self, name: str) -> object:
        home = _HOME_OF.get(name)
        if home is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        found: object = getattr(_import_module(f"{self.__name__}.{home}"), name)
        setattr(self, name, found)
        return found

    def __setattr__(self, name: str, value: object) -> None:
        # Python binds a submodule to its package when it is imported; `perimeter.prove` stays the function.
        if not (name in _HOME_OF and isinstance(value, _ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*__all__, *super().__dir__()})


_sys.modules[__name__].__class__ = _Core
