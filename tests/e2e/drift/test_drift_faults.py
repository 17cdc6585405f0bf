"""Whatever call fails, what hangs on it is unknown, the rest is right, and nothing is called drift."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from s3_perimeter.drift.check import Options, check
from s3_perimeter.drift.controls import CONTROLS
from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.findings import Kind, Status
from s3_perimeter.drift.permissions import calls_of
from tests.e2e.drift.answers import Answers, Body
from tests.e2e.drift.world import World

pytestmark = pytest.mark.e2e

# What hangs on each operation, out of the controls themselves.
HANGS: dict[tuple[str, str], set[str]] = {}
for _control in CONTROLS:
    for _call in calls_of(_control):
        HANGS.setdefault((_call.service, _call.operation), set()).add(_control.id)

# Asked only where something else is there, or declared: judged in tests of their own.
FOLLOWING = {
    ("iam", "get_user_policy"),
    ("iam", "list_attached_group_policies"),
    ("iam", "list_group_policies"),
    ("iam", "get_group_policy"),
    ("iam", "get_group"),
    ("iam", "get_role"),
    ("iam", "get_role_policy"),
    ("iam", "list_attached_role_policies"),
    ("iam", "list_role_policies"),
    ("organizations", "describe_effective_policy"),
    ("organizations", "describe_policy"),
    ("organizations", "list_roots"),
    ("organizations", "list_targets_for_policy"),
    ("s3control", "get_access_point_policy"),
    ("s3control", "get_public_access_block"),
    ("s3control", "get_multi_region_access_point_policy"),
    ("s3control", "get_access_point_configuration_for_object_lambda"),
    ("storagegateway", "describe_nfs_file_shares"),
    ("storagegateway", "describe_smb_file_shares"),
}
# The answer can be had in another way: S3 took ExpectedBucketOwner, so the bucket is ours without the list.
SPARE = {("s3", "list_buckets"): {"other-principals"}}
OPERATIONS = sorted(set(HANGS) - FOLLOWING)


def answered(status: int, code: str) -> Callable[[str], AWSResponse]:
    """A handler that answers with an error, in the protocol of the service."""

    def answer(service: str) -> AWSResponse:
        headers: dict[str, str] = {}
        if service == "kms":
            body, headers = f'{{"__type": "{code}"}}'.encode(), {"x-amzn-errortype": code}
        elif service == "s3":
            body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        else:
            body = f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>".encode()
        return AWSResponse("http://fault", status, headers, Body(body))

    return answer


def timed_out(_: str) -> AWSResponse:
    """A handler that never gets an answer."""
    raise ReadTimeoutError(endpoint_url="http://fault")


FAULTS: dict[str, Callable[[str], AWSResponse]] = {
    "denied": answered(403, "AccessDenied"),
    "throttled": answered(503, "Throttling"),
    "timeout": timed_out,
    "internal": answered(500, "InternalError"),
}


@contextmanager
def failing(world: World, operation: tuple[str, str], fault: str) -> Iterator[None]:
    """Every call of the operation fails while the block runs."""
    service, name = operation
    api = Call(service, name).api
    event = {"s3control": "s3-control"}.get(service, service)

    def send(**_: Any) -> AWSResponse:
        return FAULTS[fault](service)

    clients = [
        world.clients.client(service, region)
        for region in ("ap-northeast-1", *(["us-west-2"] if service == "s3control" else []))
    ]
    model = next(op for op in clients[0].meta.service_model.operation_names if op.lower() == api.lower())
    for client in clients:
        client.meta.events.register_first(f"before-send.{event}.{model}", send)
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister(f"before-send.{event}.{model}", send)


@pytest.fixture(scope="module")
def replayed(world: World) -> Iterator[None]:
    """What AWS answered once is answered again without asking, so that only the failing call differs."""
    world.check(strict=True)  # every client is there
    answers = Answers()
    for client in world.clients.made():
        answers.keep(client)
    yield
    answers.forget()


@pytest.mark.usefixtures("replayed")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation[1])
def test_a_failing_call_makes_unknown_what_hangs_on_it_and_nothing_else(
    operation: tuple[str, str], world: World
) -> None:
    """AccessDenied, a timeout, throttling and a fault of AWS say "unknown", never clean or drift."""
    hangs = HANGS[operation]
    expected = SPARE.get(operation, hangs)
    for fault in FAULTS:
        only = frozenset() if fault == "denied" else frozenset(hangs)
        with failing(world, operation, fault):
            report = world.check(strict=True, only=only)
        assert {finding.kind for finding in report.findings} <= {Kind.UNKNOWN}, report.findings
        unknown = {verdict.control for verdict in report.verdicts if verdict.status is Status.UNKNOWN}
        applicable = {verdict.control for verdict in report.verdicts}
        assert unknown <= hangs, (fault, unknown - hangs)
        assert needs(operation, expected) & applicable <= unknown, (fault, expected - unknown)
        assert report.status is Status.UNKNOWN


ATTACHED = {
    "group-attached-policies",
    "role-attached-policies",
    "user-attached-policies",
    "user-groups",
}
# Controls that read a fact as a second opinion only, and say nothing less without it.
OPINION = {
    ("sts", "get_caller_identity"): {"user-exists", "policy-document"},
    ("s3", "list_buckets"): {"bucket-owner", "bucket-exists"},
    ("s3", "get_bucket_location"): {"bucket-owner", "bucket-exists"},
    ("s3", "get_bucket_policy"): {"bucket-policy-status"},
    ("s3control", "list_access_points"): {
        "bucket-object-lambda",
        "bucket-data-repositories",
        "bucket-datasync-locations",
        "bucket-file-shares",
    },
    # How bad an attachment is that should not be there: without the document it counts as critical.
    ("iam", "get_policy"): ATTACHED | {"policy-attachments"},
    ("iam", "get_policy_version"): ATTACHED,
    ("iam", "get_account_authorization_details"): {
        "bucket-policy",
        "bucket-access-points",
        "kms-key-policy",
    },
    ("kms", "describe_key"): {"kms-key-policy", "kms-key-grants", "kms-key-rotation"},
}


def needs(operation: tuple[str, str], controls: set[str]) -> set[str]:
    """Those of the controls that cannot do without the operation on a stack in sync."""
    return controls - OPINION.get(operation, set())


def test_every_operation_of_a_check_is_among_those_tried(world: World) -> None:
    """No call escapes the table above."""
    said: list[str] = []
    check(world.state, world.clients, world.pool, Options(strict=True), trace=said.append)
    asked = {tuple(line.split("ms", 1)[1].split()[:2]) for line in said}
    assert asked == {(service, Call(service, name).api) for service, name in OPERATIONS}


def test_a_partial_answer_is_unknown(world: World) -> None:
    """AWS says that there is more and gives no way to it."""
    client = world.clients.client("iam", None)

    def cut(parsed: dict[str, Any], **_: Any) -> None:
        parsed["IsTruncated"] = True
        parsed.pop("Marker", None)

    client.meta.events.register("after-call.iam.ListAccessKeys", cut)
    try:
        report = world.check(only=frozenset({"user-access-keys"}))
    finally:
        client.meta.events.unregister("after-call.iam.ListAccessKeys", cut)
    assert [finding.kind for finding in report.findings] == [Kind.UNKNOWN]
    assert "partial" in report.findings[0].detail


def test_a_bucket_of_somebody_else_is_critical_and_nothing_it_says_is_trusted(world: World) -> None:
    """S3 refuses what expects us as the owner, and our own list does not have the bucket."""
    client = world.clients.client("s3", "ap-northeast-1")

    def refuse(request: Any, **_: Any) -> AWSResponse | None:
        if world.logs in request.url and "prefix=" not in request.url:
            return answered(403, "AccessDenied")("s3")
        return None

    def unlisted(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Buckets"] = [item for item in parsed.get("Buckets", ()) if item["Name"] != world.logs]

    client.meta.events.register_first("before-send.s3", refuse)
    client.meta.events.register("after-call.s3.ListBuckets", unlisted)
    try:
        report = world.check()
    finally:
        client.meta.events.unregister("before-send.s3", refuse)
        client.meta.events.unregister("after-call.s3.ListBuckets", unlisted)
    about = [(f.control, f.severity.value, f.kind.value) for f in report.findings if world.logs in f.resource]
    assert ("bucket-owner", "critical", "changed") in about
    # The other bucket's logs go there: that is still declared and observed alike.
    assert [f.control for f in report.findings] == ["bucket-owner"]


def test_credentials_of_another_account_say_nothing_about_the_stack(world: World) -> None:
    """One unknown, and no "missing"."""
    client = world.clients.client("sts", None)

    def other(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Account"] = "444455556666"

    client.meta.events.register("after-call.sts.GetCallerIdentity", other)
    try:
        report = world.check()
    finally:
        client.meta.events.unregister("after-call.sts.GetCallerIdentity", other)
    assert [(f.control, f.kind.value) for f in report.findings] == [("account-identity", "unknown")]
    assert {verdict.status for verdict in report.verdicts} == {Status.UNKNOWN}
