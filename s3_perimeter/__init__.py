"""The pure core: addresses, policy documents, evaluation, proof, comparison, building the Deny.

Each public name is loaded when it is first asked for: who only reads addresses does not wait for the prover.
"""

import sys as _sys

TYPE_CHECKING = False  # typing's own takes milliseconds to load; type checkers know the name as well
if TYPE_CHECKING:
    from s3_perimeter.addresses import AddressError, AddressSet
    from s3_perimeter.also_exempt import AlsoExempt
    from s3_perimeter.build import BuildError, bucket_policy, deny_statements, log_bucket_policy
    from s3_perimeter.build_rcp import resource_control_policies, resource_control_policy
    from s3_perimeter.comparison import Comparison, compare
    from s3_perimeter.documents.document import (
        Condition,
        PolicyDocument,
        PolicyError,
        PolicyMistake,
        Principals,
        Statement,
    )
    from s3_perimeter.documents.rcp import ResourceControlPolicy
    from s3_perimeter.errors import PerimeterError
    from s3_perimeter.fence import ExpiringNetworks, Perimeter
    from s3_perimeter.proof import DeadAllow, Layer, Lockout, Proof, Verdict, Witness
    from s3_perimeter.semantics.evaluation import Decision, Outcome, evaluate
    from s3_perimeter.semantics.request import Channel, Kind, Principal, Request, arriving
    from s3_perimeter.theorem import prove

del TYPE_CHECKING

__all__ = [
    "AddressError",
    "AddressSet",
    "AlsoExempt",
    "BuildError",
    "Channel",
    "Comparison",
    "Condition",
    "DeadAllow",
    "Decision",
    "ExpiringNetworks",
    "Kind",
    "Layer",
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
    "ResourceControlPolicy",
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
    "resource_control_policies",
    "resource_control_policy",
]

_HOMES = {
    "addresses": ("AddressError", "AddressSet"),
    "build": ("BuildError", "bucket_policy", "deny_statements", "log_bucket_policy"),
    "also_exempt": ("AlsoExempt",),
    "build_rcp": ("resource_control_policies", "resource_control_policy"),
    "comparison": ("Comparison", "compare"),
    "documents.document": (
        "Condition",
        "PolicyDocument",
        "PolicyError",
        "PolicyMistake",
        "Principals",
        "Statement",
    ),
    "documents.rcp": ("ResourceControlPolicy",),
    "errors": ("PerimeterError",),
    "semantics.evaluation": ("Decision", "Outcome", "evaluate"),
    "fence": ("ExpiringNetworks", "Perimeter"),
    "proof": ("DeadAllow", "Layer", "Lockout", "Proof", "Verdict", "Witness"),
    "semantics.request": ("Channel", "Kind", "Principal", "Request", "arriving"),
    "theorem": ("prove",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


class _Core(type(_sys)):  # type: ignore[misc]  # the class of modules
    """This package as a module that loads its public names on demand."""

    def __getattr__(self, name: str) -> object:
        home = _HOME_OF.get(name)
        if home is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        from importlib import import_module

        found: object = getattr(import_module(f"{self.__name__}.{home}"), name)
        setattr(self, name, found)
        return found

    def __dir__(self) -> list[str]:
        return sorted({*__all__, *super().__dir__()})


_sys.modules[__name__].__class__ = _Core
