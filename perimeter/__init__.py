"""The pure core: addresses, policy documents, evaluation, proof, comparison, building the Deny."""

from perimeter.addresses import AddressError, AddressSet
from perimeter.build import BuildError, bucket_policy, deny_statements, log_bucket_policy
from perimeter.compare import Comparison, compare
from perimeter.document import Condition, PolicyDocument, PolicyError, PolicyMistake, Principals, Statement
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
