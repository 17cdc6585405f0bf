"""The proof: whether any request from outside the perimeter gets past a bucket policy's Denies."""

from s3_perimeter.proof.result import DeadAllow, Layer, Lockout, Proof, Verdict
from s3_perimeter.proof.witness import Witness

__all__ = ["DeadAllow", "Layer", "Lockout", "Proof", "Verdict", "Witness"]
