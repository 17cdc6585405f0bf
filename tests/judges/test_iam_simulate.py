"""iam-simulate, an evaluator written by others in another language, agrees with ours request by request.

It is installed with npm into `.tools` when the test is first run, in its exact version, and never shipped.
What it does otherwise, and why the row is left out, is said at each exception.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from s3_perimeter import AddressSet, Decision, PolicyDocument, Request, evaluate, prove
from s3_perimeter.actions import s3_actions
from s3_perimeter.proof.witness import shown_context
from tests.corpus.meant import readable
from tests.judges.test_smt_dead_allows import DEAD
from tests.judges.test_smt_lockouts import LOCKOUTS, answered, moments
from tests.s3_perimeter.access.test_dead_allows_tried_out import tried
from tests.s3_perimeter.access.tried_out import FEDERATED, JOBS, OTHER_ROLE, QUARTERS, USER, requests
from tests.s3_perimeter.policies import ACCOUNT, NOW, OFFICE, ROLE, policy
from tests.s3_perimeter.proof.verdict_policies import LEAKS, SEALED
from tests.s3_perimeter.strategies import some_request

PACKAGE = "@cloud-copilot/iam-simulate@0.1.173"
HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / ".tools" / "judges"

OTHERWISE = {
    # It takes /0 for a single address.
    "ipv6-forgotten",
    "if-exists-on-positive",
    # There a value that cannot be read breaks the others with it; here it matches nothing.
    "unparsable-next-to-the-list",
    # It does not know that S3 sends s3:DataAccessPointAccount with every object action.
    "access-point",
}
TODAY = frozenset(action.name for action in s3_actions())
"""It refuses to judge actions that do not exist yet."""


@pytest.fixture(scope="module")
def judge() -> Path:
    """The script next to its package."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    if not (FOLDER / "node_modules" / "@cloud-copilot" / "iam-simulate").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "package.json").write_text('{"private": true, "type": "module"}')
        options = ["--no-audit", "--no-fund", "--ignore-scripts"]
        command = [npm, "install", *options, PACKAGE]
        try:
            done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=200)
        except subprocess.TimeoutExpired:
            shutil.rmtree(FOLDER)  # what is there in part would be taken for the whole
            pytest.skip(f"npm cannot install {PACKAGE} within 200 s")
        if done.returncode:
            pytest.skip(f"npm cannot install {PACKAGE}: {done.stderr[-300:]}")
    script = FOLDER / "iam_simulate.mjs"
    script.write_text((HERE / "iam_simulate.mjs").read_text())
    return script


def asked(document: PolicyDocument, request: Request) -> dict[str, Any]:
    """One question as the script reads it."""
    return {
        "policy": json.loads(document.text),
        "principal": str(request.principal),
        "action": request.action,
        "resource": request.resource,
        "account": ACCOUNT,
        "context": shown_context(request),
    }


def by_row(script: Path, rows: list[list[dict[str, Any]]]) -> list[list[str]]:
    """What the judge says to the questions of each row, up to the first that it does not deny."""
    done = subprocess.run(
        ["node", str(script)], input=json.dumps(rows), capture_output=True, text=True, check=True
    )
    found: list[list[str]] = json.loads(done.stdout)
    return found


def answers(script: Path, questions: list[dict[str, Any]]) -> list[str]:
    """What the judge says to each."""
    return [answer for (answer,) in by_row(script, [[question] for question in questions])]


def test_it_denies_what_our_evaluator_denies_and_nothing_else(judge: Path) -> None:
    """Over every policy of the tables and hundreds of requests of every channel."""
    chance = random.Random(5)
    documents = {**SEALED, **{name: row[0] for name, row in LEAKS.items()}}
    cases = [
        (name, document, request)
        for name, document in documents.items()
        if name not in OTHERWISE
        for request in (some_request(chance) for _ in range(15))
        if request.action in TODAY
    ]
    found = answers(judge, [asked(document, request) for _, document, request in cases])
    for (name, document, request), answer in zip(cases, found, strict=True):
        assert not answer.startswith("error"), (name, answer)
        ours = evaluate(document, request).decision is Decision.EXPLICIT_DENY
        assert (answer == "ExplicitlyDenied") is ours, (name, answer, request)


def test_it_lets_every_witness_through(judge: Path) -> None:
    """A witness is not denied by a judge that knows nothing of how it was found."""
    cases = [
        (name, document, witness.request)
        for name, (document, _) in LEAKS.items()
        if name not in OTHERWISE
        for witness in prove(document, OFFICE, now=NOW).escapes
        if witness.action in TODAY
    ]
    assert len(cases) > 150
    found = answers(judge, [asked(document, request) for _, document, request in cases])
    for (name, _, request), answer in zip(cases, found, strict=True):
        assert answer in ("Allowed", "ImplicitlyDenied"), (name, answer, request)


def test_it_lets_the_witness_of_every_policy_of_the_corpus_through(judge: Path) -> None:
    """No Deny that a person or a tool wrote stops what the prover shows."""
    cases = [
        (file, document, witness.request)
        for file, document, perimeter in readable()
        for witness in prove(document, perimeter).escapes
        if witness.action in TODAY
    ]
    assert len(cases) > 1_000
    found = answers(judge, [asked(document, request) for _, document, request in cases])
    for (file, _, request), answer in zip(cases, found, strict=True):
        assert answer in ("Allowed", "ImplicitlyDenied"), (file, answer, request)


def all_denied(judge: Path, rows: list[tuple[PolicyDocument, list[Request]]]) -> list[bool]:
    """Whether a policy denies all of some requests explicitly, as this judge sees it."""
    found = by_row(judge, [[asked(document, each) for each in sent] for document, sent in rows])
    assert not any(answer.startswith("error") for row in found for answer in row), found
    return [all(answer == "ExplicitlyDenied" for answer in row) for row in found]


LOCKED = {name: statements for name, statements in LOCKOUTS.items() if "doubtful" not in name}
EVERYBODY = (USER, ROLE, OTHER_ROLE, FEDERATED)


def test_it_denies_whom_the_prover_calls_locked_out_and_nobody_else(judge: Path) -> None:
    """Job by job and part by part of the allow-list, at every moment that counts."""
    rows: list[tuple[PolicyDocument, list[Request]]] = []
    cells: list[tuple[str, str, str]] = []
    for name, statements in LOCKED.items():
        document = policy(*statements)
        for job, actions in JOBS.items():
            for (part, address), action, moment in product(QUARTERS.items(), actions, moments(statements)):
                sent = [
                    each
                    for each in requests("public-signed", EVERYBODY, action, moment, address)
                    if not (each.values("aws:Referer") or each.values("aws:MultiFactorAuthPresent"))
                ]
                rows.append((document, sent))
                cells.append((name, job, part))
    denied = list(zip(cells, all_denied(judge, rows), strict=True))
    for name, statements in LOCKED.items():
        found: dict[str, AddressSet] = {}
        for (whose, job, part), nobody in denied:
            if whose == name and nobody:
                found[job] = found.get(job, AddressSet.nothing()) | AddressSet.parse([part])
        assert answered(statements, OFFICE)[0] == found, name


def test_it_lets_a_request_use_every_allow_that_is_not_dead_and_no_other(judge: Path) -> None:
    """Of requests of every channel that small policies distinguish."""
    sent = [request for request in tried() if request.action in TODAY][::7]
    rows = {name: row for name, row in DEAD.items() if "doubtful" not in name and "variable" not in name}
    questions: dict[str, tuple[PolicyDocument, list[Request]]] = {}
    for name, (statements, dead) in rows.items():
        document, alone = policy(*statements), policy(statements[-1])
        used = [each for each in sent if evaluate(alone, each).decision is Decision.ALLOW]
        # Some rows are about requests that are not among these: with a parameter of listing, for one.
        if used and (dead or any(evaluate(document, each).decision is Decision.ALLOW for each in used)):
            questions[name] = document, used
    for name, denied in zip(questions, all_denied(judge, list(questions.values())), strict=True):
        assert denied is rows[name][1], name
    assert len(questions) >= 12
