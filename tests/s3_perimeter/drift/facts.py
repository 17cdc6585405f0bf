"""Facts in the API's documented shape, judged without AWS: for what the embedded AWS does not serve."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.stub import Stubber

from s3_perimeter.drift.controls import CONTROLS, Context
from s3_perimeter.drift.declared import Bucket, declare
from s3_perimeter.drift.facts import Absent, Call, Fact, Facts
from s3_perimeter.drift.fetch import Counter, perform
from s3_perimeter.drift.findings import Finding
from s3_perimeter.drift.judge import judge
from s3_perimeter.stack.state import State, parse_state

ACCOUNT = "111122223333"
REGION = "ap-northeast-1"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BUCKET = Bucket("data", "arn:aws:s3:::data", REGION, ACCOUNT)


def resource(kind: str, identity: str, inputs: Mapping[str, Any], **outputs: Any) -> dict[str, Any]:
    """One resource as an exported state has it."""
    return {
        "urn": f"urn:pulumi:prod::shop::{kind}::{identity}",
        "type": kind,
        "custom": True,
        "id": identity,
        "inputs": dict(inputs),
        "outputs": {**inputs, **outputs},
    }


def document_of(*resources: dict[str, Any]) -> dict[str, Any]:
    """An exported state of a bucket, a user (from whom the account is known) and these resources."""
    user = resource("aws:iam/user:User", "ada", {"name": "ada"}, arn=f"arn:aws:iam::{ACCOUNT}:user/ada")
    bucket = resource(
        "aws:s3/bucket:Bucket", "data", {"bucket": "data"}, arn="arn:aws:s3:::data", region=REGION
    )
    return {"version": 3, "deployment": {"resources": [bucket, user, *resources]}}


def state_of(*resources: dict[str, Any]) -> State:
    """The same, parsed."""
    return parse_state(document_of(*resources))


@cache
def client_of(service: str) -> Any:
    """A client for `Stubber`: AWS's model of a large service takes a tenth of a second to read."""
    session = botocore.session.Session()
    session.set_credentials("AKIAIOSFODNN7EXAMPLE", "none")
    return session.create_client(service, region_name=REGION)


def answered(call: Call, response: Mapping[str, Any]) -> Fact:
    """The reading of a call that AWS answers so; botocore's Stubber refuses another shape."""
    client = client_of(call.service)
    with Stubber(client) as stub:
        stub.add_response(call.operation, deepcopy(dict(response)), dict(call.params))  # decoded in place
        return perform(call, _One(client), Counter())


class _One:
    def __init__(self, client: Any) -> None:
        self._client = client

    def client(self, service: str, region: str | None) -> Any:
        assert (service, region)[0]
        return self._client


def findings(control: str, state: State, answers: Mapping[Call, Mapping[str, Any] | None]) -> list[Finding]:
    """What one control finds, given the answers (None: there is none)."""
    readings = {
        call: Absent() if answer is None else answered(call, answer) for call, answer in answers.items()
    }
    context = Context(facts=Facts(readings), declared=declare(state), now=NOW)
    found, _ = judge(context, tuple(c for c in CONTROLS if c.id == control), {control})
    return [finding for finding in found if finding.control == control]
