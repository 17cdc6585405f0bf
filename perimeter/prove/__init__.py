"""The proof: whether any request from outside the perimeter gets past a bucket policy's Denies."""

from perimeter.prove.decide import prove
from perimeter.prove.proof import Lockout, Proof, Verdict, Witness

__all__ = ["Lockout", "Proof", "Verdict", "Witness", "prove"]
