"""Proofs as SARIF: one result an escape, lock-out, dead Allow, open question or mistake in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from s3_perimeter.commands.check.judged import Judged
from s3_perimeter.reporting.sarif import SarifResult, SarifRule, sarif_log
from s3_perimeter.reporting.verdicts import sentence

__all__ = ["judged_sarif"]

_PAGE = "explanation/what-proved-means.md"
_AWS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_RULES = (
    SarifRule(
        "escape",
        "error",
        9.1,
        "Every request from outside the allow-list must match an explicit Deny.",
        "The policy allows the request that the finding shows, from outside the allow-list. Add the Deny "
        "that `perimeter check --fix-snippet` prints, or correct the statement that the finding names.",
        _PAGE,
        f"{_AWS}/example-bucket-policies.html",
    ),
    SarifRule(
        "lock-out",
        "warning",
        5.5,
        "The policy must not lock out its own allow-list and exemptions.",
        "Somebody on the allow-list, or an exempt principal, is denied what they have to do.",
        _PAGE,
        f"{_AWS}/troubleshoot-403-errors.html",
    ),
    SarifRule(
        "dead-allow",
        "note",
        2.0,
        "Somebody must be able to use each Allow, given the policy's Denies.",
        "A Deny takes back everything that this Allow allows. Remove the Allow, or exempt whom it is for.",
        _PAGE,
        f"{_AWS}/troubleshoot-403-errors.html",
    ),
    SarifRule(
        "unknown",
        "warning",
        5.0,
        "The policy must use only elements that can be decided.",
        "The policy is neither proved nor refuted, because it uses something that the proof does not model.",
        _PAGE,
        f"{_AWS}/amazon-s3-policy-keys.html",
    ),
    SarifRule(
        "bad-input",
        "error",
        5.0,
        "The file must be a bucket policy that S3 accepts.",
        "S3 would reject this document, or it could not be read, so nothing is known of it.",
        "reference/policy-documents.md",
        f"{_AWS}/bucket-policies.html",
    ),
)


def judged_sarif(judged: Iterable[Judged]) -> dict[str, object]:
    """Return a SARIF log of one run."""
    return sarif_log("perimeter check", _RULES, [result for each in judged for result in _results(each)])


def _results(each: Judged) -> Iterator[SarifResult]:
    """Yield the results of one file, at the statement to blame, be it in an RCP's file; what has no line of
    its own is reported at the top of the file.
    """

    def result(
        rule: str,
        message: str,
        about: object,
        line: int | None = None,
        properties: dict[str, object] | None = None,
        rcp: str | None = None,
    ) -> SarifResult:
        identity = f"{each.file} {rule} {about}"
        return SarifResult(rule, message, rcp or each.file, identity, line=line, properties=properties)

    if each.proof is None:
        for mistake in each.mistakes:
            yield result("bad-input", mistake.problem, mistake.problem, mistake.line)
        if not each.mistakes:
            yield result("bad-input", each.error or "", "")
        return
    for witness in each.proof.escapes:
        message = f"{sentence(witness)}. Why: {witness.because}. Fix: {witness.fix}."
        properties = {
            **witness.as_json(),
            "statement": None if witness.statement is None else witness.statement + 1,
        }
        yield result("escape", message, witness.channel.value, witness.line, properties, witness.rcp)
    for lockout in each.proof.lockouts:
        message = f"{lockout.summary}. Why: {lockout.because}. Fix: {lockout.fix}."
        yield result("lock-out", message, lockout.summary, None, lockout.as_json())
    for dead in each.proof.dead_allows:
        message = f"{dead.whom} cannot use what it allows. Why: {dead.because}. Fix: {dead.fix}."
        yield result("dead-allow", message, f"{dead.sid} {dead.whom}", dead.line, dead.as_json())
    for reason in each.proof.undecided:
        yield result("unknown", reason, reason)
