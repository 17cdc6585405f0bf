"""The proof: whether any request from outside the perimeter gets past a bucket policy's Denies."""

from s3_perimeter.proof.result import DeadAllow, Layer, Lockout, Proof, Verdict, Witness
from s3_perimeter.proof.theorem import prove

__all__ = ["DeadAllow", "Layer", "Lockout", "Proof", "Verdict", "Witness", "prove"]
