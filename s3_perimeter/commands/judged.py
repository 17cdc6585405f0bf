"""Judged: one policy file with what was found in it, in design.md's shape, and its exit code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from s3_perimeter.documents.document import PolicyError
from s3_perimeter.proof import Proof, Verdict

__all__ = ["Judged", "exit_code"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One file and its proof, or the error that kept it from being judged."""

    file: str
    proof: Proof | None = None
    error: str | None = None
    line: int | None = None

    @classmethod
    def unreadable(cls, file: str, error: Exception) -> Judged:
        """A file that could not be read or is not a policy; the first mistake's line is its place."""
        line = error.mistakes[0].line if isinstance(error, PolicyError) and error.mistakes else None
        return cls(file, error=str(error), line=line)

    @property
    def verdict(self) -> Verdict:
        """The proof's verdict; what could not be judged is unknown."""
        return self.proof.verdict if self.proof else Verdict.UNKNOWN

    def as_json(self) -> dict[str, object]:
        """The shape that scripts rely on."""
        proof = self.proof or Proof(Verdict.UNKNOWN)
        return {"file": self.file, **proof.as_json(), "error": self.error}


def exit_code(judged: Iterable[Judged]) -> int:
    """Return 1 when something escapes, else 2 when something could not be told, else 0."""
    verdicts = {each.verdict for each in judged}
    if Verdict.ESCAPE in verdicts:
        return 1
    return 2 if Verdict.UNKNOWN in verdicts else 0
