"""A state that is hostile or torn gives a clear error or a report: nothing else, whatever stands in it."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s3_perimeter.drift.check import Options
from s3_perimeter.drift.controls import CONTROLS, Context
from s3_perimeter.drift.declared import declare
from s3_perimeter.drift.facts import Absent, Call, Fact, Facts, Value
from s3_perimeter.drift.findings import Status
from s3_perimeter.drift.fleet import Fleet, Source
from s3_perimeter.drift.judge import judge, needed
from s3_perimeter.stack.block import Block, ShapeError
from s3_perimeter.stack.state import StateError, parse_state
from tests.s3_perimeter.drift.facts import ACCOUNT, NOW, REGION, document_of, resource

pytestmark = pytest.mark.slow

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SEALED = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": f'"{SECRET}"'}
STATE = document_of(
    resource(
        "pulumi:pulumi:Stack",
        "stack",
        {},
        bucket="data",
        bucketArn="arn:aws:s3:::data",
        allowedNetworks=["203.0.113.0/24"],
        secretAccessKeys=SEALED,
    ),
    resource("aws:s3/bucketPolicy:BucketPolicy", "data", {"bucket": "data", "policy": '{"Statement": []}'}),
    resource("aws:s3/bucketVersioning:BucketVersioning", "data", {"bucket": "data"}),
    resource("aws:s3/bucketLogging:BucketLogging", "data", {"bucket": "data", "targetBucket": "data-logs"}),
    resource(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "data",
        {"bucket": "data", "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]},
    ),
    resource("aws:iam/accessKey:AccessKey", "AKIAIOSFODNN7EXAMPLE", {"user": "ada"}, secret=SEALED),
    resource(
        "aws:iam/policy:Policy",
        "p",
        {"name": "p", "policy": '{"Statement": []}'},
        arn=f"arn:aws:iam::{ACCOUNT}:policy/p",
    ),
    resource("aws:iam/userPolicyAttachment:UserPolicyAttachment", "a", {"user": "ada", "policyArn": "p"}),
    resource(
        "aws:iam/policyAttachment:PolicyAttachment",
        "all",
        {"policyArn": f"arn:aws:iam::{ACCOUNT}:policy/p", "users": ["ada"], "groups": ["g"]},
    ),
    resource("aws:iam/groupMembership:GroupMembership", "m", {"group": "g", "users": ["ada"]}),
    resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "data", {"bucket": "data"}),
    resource(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "data",
        {"bucket": "data", "rule": {"objectOwnership": "BucketOwnerEnforced"}},
    ),
    resource("aws:kms/key:Key", "k", {}, arn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"),
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=12)
    | st.sampled_from(
        ["", "aws", "aws:s3/bucket:Bucket", "arn:aws:s3:::", "arn:::", "urn:pulumi:a::b", "\x00", "\ud800"]
    )
    | st.just(SEALED)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a document."""
    yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, child in children:
        yield from places(child, (*path, name))


PLACES = list(places(STATE))[1:]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The state with a few of its places replaced, taken out, or doubled."""
    state = copy.deepcopy(STATE)
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(PLACES))
        holder: Any = state
        try:
            for name in way:
                holder = holder[name]
            match draw(st.sampled_from(["replace", "remove", "double"])):
                case "replace":
                    holder[last] = draw(VALUES)
                case "remove":
                    del holder[last]
                case _ if isinstance(holder, list):
                    holder.append(copy.deepcopy(holder[last]))
        except (KeyError, IndexError, TypeError):  # an earlier mutation took the place away
            continue
    return state


ANSWERS: dict[str, Any] = {
    "get_caller_identity": {"Account": ACCOUNT},
    "list_buckets": {"Buckets": [{"Name": "data"}]},
    "get_bucket_location": {"LocationConstraint": REGION},
    "get_user": {"User": {"UserName": "ada", "Arn": f"arn:aws:iam::{ACCOUNT}:user/ada"}},
}
"""What AWS says so that every control is asked; of anything else it says that there is none."""


class NoAws:
    """Clients of an AWS that cannot be reached."""

    region = REGION

    def warm(self) -> None:
        """Nothing to make ready."""

    def client(self, service: str, region: str | None) -> Any:
        """A client whose every call fails."""
        raise EndpointConnectionError(endpoint_url=f"https://{service}.{region}.example")


def reported(file: Path, pool: ThreadPoolExecutor) -> Any:
    """The report of a check of an exported state, as `drift-check --state FILE` makes it."""
    fleet = Fleet(NoAws(), pool, Options(strict=True), NOW.date(), Event())  # type: ignore[arg-type]
    return fleet.one(Source(str(file), file=file))


class BrokenClients(NoAws):
    """Clients with a fault of ours in them."""

    def client(self, service: str, region: str | None) -> Any:
        """Fail as nothing does that AWS answers."""
        raise AttributeError(service, region)


def test_a_fault_before_the_first_answer_is_reported_once_by_every_stack(tmp_path: Path) -> None:
    """All stacks wait for the same answer; the report of the last one is no longer than that of the first."""
    file = tmp_path / "export.json"
    file.write_text(json.dumps(document_of()))
    with ThreadPoolExecutor(4) as pool:
        fleet = Fleet(BrokenClients(), pool, Options(), NOW.date(), Event())  # type: ignore[arg-type]
        reports = [report for _, report in fleet.all([Source(f"s{at}", file=file) for at in range(20)], 1)]
    assert {report.error for report in reports} == {reports[0].error}
    assert "AttributeError: ('sts'" in str(reports[0].error)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=mutated() | VALUES)
def test_a_state_is_read_or_refused_in_words(document: Any) -> None:
    """StateError with one line that names the file, or a state; the secret is in neither."""
    try:
        state = parse_state(json.dumps(document), name="export.json")
    except StateError as error:
        said = str(error)
        assert "export.json" in said
    else:
        said = repr(state)
    assert SECRET not in said or SECRET in json.dumps(_unsealed(document))


def _unsealed(value: Any) -> Any:
    """What of a document is in the clear: no part of it that is marked as a secret."""
    if isinstance(value, dict):
        sealed = value.get(SIGNATURE) == SEALED[SIGNATURE]
        return {} if sealed else {name: _unsealed(item) for name, item in value.items()}
    return [_unsealed(item) for item in value] if isinstance(value, list) else value


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(document=mutated())
def test_a_check_of_it_ends_in_a_report_and_never_in_a_fault_of_its_own(
    document: dict[str, Any], tmp_path: Path
) -> None:
    """Without AWS all is unknown; "the check itself failed" would be a mistake of ours."""
    file = tmp_path / "export.json"
    file.write_text(json.dumps(document))
    with ThreadPoolExecutor(2) as pool:
        report = reported(file, pool)
    assert "the check itself failed" not in (report.error or ""), report.error
    assert SECRET not in repr(report) or SECRET in json.dumps(_unsealed(document))
    assert report.status in (Status.UNKNOWN, Status.DRIFT, Status.IN_SYNC)
    if report.error:
        assert re.match(r"\S", report.error)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=mutated())
def test_every_control_reports_what_it_cannot_read(document: dict[str, Any]) -> None:
    """With AWS's answers at hand, so that what is declared is looked at: findings, and no secret in them."""
    try:
        declared = declare(parse_state(json.dumps(document)), region=REGION)
    except StateError:
        return
    readings: dict[Call, Fact] = {
        call: Value(ANSWERS[call.operation]) if call.operation in ANSWERS else Absent()
        for call in needed(declared, CONTROLS)
    }
    context = Context(facts=Facts(readings), declared=declared, now=NOW, strict=True)
    found, verdicts = judge(context, CONTROLS, {control.id for control in CONTROLS})
    assert verdicts
    assert SECRET not in repr(found) or SECRET in json.dumps(_unsealed(document))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(SEALED, "`it` of `a` is a secret", id="all of it"),
        pytest.param({"Statement": SEALED}, "`it` of `a` holds a secret", id="a part of an object"),
        pytest.param({"Statement": [{"Sid": SEALED}]}, "`it` of `a` holds a secret", id="deep inside"),
    ],
)
@pytest.mark.parametrize("read", ["text", "texts", "strings", "document", "number"])
def test_a_value_with_a_secret_inside_is_refused_as_such(read: str, value: Any, said: str) -> None:
    """Whichever way it is read: what is not a part of the value cannot be compared or written out."""
    if read == "texts" and value is not SEALED:
        value = [value]
    state = parse_state(json.dumps(document_of(resource("aws:iam/policy:Policy", "p", {"it": value}))))
    block = Block("`a`", state.resources[-1].inputs)
    with pytest.raises(ShapeError, match=f"^{said} in the state, which is never decrypted"):
        getattr(block, read)("it")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b"[" * 100_000, id="nested deeper than Python reads"),
        pytest.param(b'{"deployment": {"resources": ' + b"[" * 400 + b"]" * 400 + b"}}", id="lists in lists"),
        pytest.param(b'{"deployment": {"resources": 7}}', id="resources are a number"),
        pytest.param(b'{"deployment": {"resources": ["x"]}}', id="a resource is a text"),
        pytest.param(
            b'{"deployment": {"resources": [{"urn": "u", "type": "t", "inputs": [1]}]}}', id="inputs"
        ),
        pytest.param(b"1" * 5000, id="a number longer than Python reads"),
    ],
)
def test_a_torn_file_is_refused_in_words(text: bytes) -> None:
    """The file is named, and the message ends in a way out or in what is wrong."""
    with pytest.raises(StateError, match=r"export\.json"):
        parse_state(text, name="export.json")


def test_the_command_ends_with_2_and_no_traceback(tmp_path: Path) -> None:
    """What is wrong is in its report, next to the report of a file that is not there."""
    torn = tmp_path / "torn.json"
    torn.write_text('{"deployment": {"resources": [{"urn": "u", "type": 7}]}}')
    done = subprocess.run(
        [
            Path(sys.executable).parent / "pulumi-tool-drift-check",
            "--state",
            torn,
            "--state",
            tmp_path / "no.json",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 2, said
    assert "resource 0: `type` is not a string, but a number" in " ".join(said.split())
    assert "No such file" in said
    assert "Traceback" not in said
