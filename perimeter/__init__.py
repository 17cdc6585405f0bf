"""The pure core: addresses, policy documents, evaluation, proof, comparison, building the Deny."""

from perimeter.addresses import AddressError, AddressSet
from perimeter.errors import PerimeterError
from perimeter.fence import ExpiringNetworks, Perimeter

__all__ = [
    "AddressError",
    "AddressSet",
    "ExpiringNetworks",
    "Perimeter",
    "PerimeterError",
]
