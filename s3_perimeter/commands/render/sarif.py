"""SARIF 2.1.0: proofs as code scanning reads them, one result an escape, lock-out, dead Allow, open question
or bad file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version

from s3_perimeter.commands.judged import Judged
from s3_perimeter.commands.render.text import sentence

__all__ = ["judged_sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_RULES = {
    "escape": ("error", "Every request from outside the allow-list must match an explicit Deny."),
    "lock-out": ("warning", "The policy must let in its own allow-list and exemptions."),
    "dead-allow": ("note", "What the policy allows must be of use to somebody behind its Denies."),
    "unknown": ("warning", "The policy must say what it means in terms that can be decided."),
    "bad-input": ("error", "The file must be a bucket policy that S3 accepts."),
}


def judged_sarif(judged: Iterable[Judged]) -> dict[str, object]:
    """Return a SARIF log of one run."""
    results = [result for each in judged for result in _results(each)]
    rules = [
        {"id": name, "shortDescription": {"text": text}, "defaultConfiguration": {"level": level}}
        for name, (level, text) in _RULES.items()
    ]
    driver = {"name": "perimeter check", "version": _version(), "rules": rules}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _results(each: Judged) -> Iterator[dict[str, object]]:
    """Yield the results of one file."""
    if each.proof is None:
        yield _result(each, "bad-input", each.error or "", each.line)
        return
    for witness in each.proof.escapes:
        message = f"{sentence(witness)}. Why: {witness.because}. Fix: {witness.fix}."
        yield _result(each, "escape", message, witness.line, witness.as_json(), witness.rcp)
    for lockout in each.proof.lockouts:
        message = f"{lockout.summary}. Why: {lockout.because}. Fix: {lockout.fix}."
        yield _result(each, "lock-out", message, None, lockout.as_json())
    for dead in each.proof.dead_allows:
        message = f"{dead.whom} cannot use what it allows. Why: {dead.because}. Fix: {dead.fix}."
        yield _result(each, "dead-allow", message, dead.line, dead.as_json())
    for reason in each.proof.undecided:
        yield _result(each, "unknown", reason, None)


def _result(
    each: Judged,
    rule: str,
    message: str,
    line: int | None,
    properties: dict[str, object] | None = None,
    rcp: str | None = None,
) -> dict[str, object]:
    """Return one result, in the file of the bucket policy or of the RCP to blame; what has no line of its own
    stands at the top of its file.
    """
    file = rcp or each.file
    uri = "stdin" if file == "-" else file.replace("\\", "/")
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": line or 1}}
    found: dict[str, object] = {
        "ruleId": rule,
        "ruleIndex": list(_RULES).index(rule),
        "level": _RULES[rule][0],
        "message": {"text": message},
        "locations": [{"physicalLocation": place}],
    }
    if properties:
        found["properties"] = properties
    return found


def _version() -> str:
    """Return the version of this package, as far as it is installed."""
    try:
        return version("s3-perimeter")
    except PackageNotFoundError:
        return "0"
