"""The pure core: addresses, policy documents, evaluation, proof, comparison, building the Deny."""

from perimeter.addresses import AddressError, AddressSet
from perimeter.build import BuildError, bucket_policy, deny_statements, log_bucket_policy
from perimeter.document import Condition, PolicyDocument, PolicyError, PolicyMistake, Principals, Statement
from perimeter.errors import PerimeterError
from perimeter.fence import ExpiringNetworks, Perimeter

__all__ = [
    "AddressError",
    "AddressSet",
    "BuildError",
    "Condition",
    "ExpiringNetworks",
    "Perimeter",
    "PerimeterError",
    "PolicyDocument",
    "PolicyError",
    "PolicyMistake",
    "Principals",
    "Statement",
    "bucket_policy",
    "deny_statements",
    "log_bucket_policy",
]
