"""The proof: whether any request from outside the perimeter gets past a bucket policy's Denies."""

from s3_perimeter.proof.decide import prove
from s3_perimeter.proof.proof import DeadAllow, Layer, Lockout, Proof, Verdict, Witness

__all__ = ["DeadAllow", "Layer", "Lockout", "Proof", "Verdict", "Witness", "prove"]
