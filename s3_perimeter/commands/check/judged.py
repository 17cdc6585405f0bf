"""Judged: a policy file with what was found in it, in the shape of the command's JSON, and its exit code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from s3_perimeter.documents.document import PolicyDocument, PolicyError, PolicyMistake
from s3_perimeter.proof import Proof, Verdict
from s3_perimeter.semantics.explanation import named

__all__ = ["Judged", "exit_code"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One file and its proof, or the error that kept it from being judged.

    ``statements`` are the names that messages have for the policy's statements; ``mistakes`` are those for
    which S3 would reject the file.
    """

    file: str
    proof: Proof | None = None
    error: str | None = None
    statements: tuple[str, ...] = ()
    mistakes: tuple[PolicyMistake, ...] = ()

    @classmethod
    def proved(cls, file: str, policy: PolicyDocument, proof: Proof) -> Judged:
        """Return a policy and what was found in it."""
        return cls(file, proof, statements=tuple(map(named, policy.statements)))

    @classmethod
    def unreadable(cls, file: str, error: Exception) -> Judged:
        """Return a file that could not be read or is not a policy."""
        mistakes = error.mistakes if isinstance(error, PolicyError) else ()
        return cls(file, error=str(error), mistakes=mistakes)

    @property
    def verdict(self) -> Verdict:
        """The proof's verdict; what could not be judged is unknown."""
        return self.proof.verdict if self.proof else Verdict.UNKNOWN

    def as_json(self) -> dict[str, object]:
        """Return the shape that scripts rely on."""
        proof = self.proof or Proof(Verdict.UNKNOWN)
        return {"file": self.file, **proof.as_json(), "error": self.error}


def exit_code(judged: Iterable[Judged]) -> int:
    """Return 1 when something escapes, else 2 when something could not be determined, else 0."""
    verdicts = {each.verdict for each in judged}
    if Verdict.ESCAPE in verdicts:
        return 1
    return 2 if Verdict.UNKNOWN in verdicts else 0
