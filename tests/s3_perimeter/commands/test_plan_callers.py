"""Who is in the logs today and would be cut off by the plan: by kind, and with what each would need."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from s3_perimeter import AddressSet, Perimeter, PolicyDocument, bucket_policy
from s3_perimeter.access_logs.scan import scan
from s3_perimeter.access_logs.sources import FileLogs
from s3_perimeter.commands.plan.callers import Callers, callers_of, owner_in
from s3_perimeter.commands.plan.effect import effect_of
from s3_perimeter.commands.plan.render import as_markdown, as_text
from s3_perimeter.commands.plan.scripts import effect_json
from s3_perimeter.previews.preview import Preview
from tests.s3_perimeter.access_logs.log_lines import line

OWNER, PARTNER = "111122223333", "999988887777"
FENCE = Perimeter(
    bucket="example-bucket", allowed=AddressSet.parse(["203.0.113.0/24", "2001:db8:1234::/48"]), account=OWNER
)
ANN = f"arn:aws:iam::{OWNER}:user/ann"
THEIRS = f"arn:aws:sts::{PARTNER}:assumed-role/reader/job"
ENDPOINT = "vpce-0a1b2c3d4e5f67890"


def seen(*logs: bytes | list[dict[str, Any]], folder: Path, fence: Perimeter = FENCE) -> Callers:
    """The callers in some access logs, and in files of CloudTrail's records."""
    for number, log in enumerate(logs):
        if isinstance(log, bytes):
            (folder / f"{number}.log").write_bytes(log)
        else:
            (folder / f"{number}.json.gz").write_bytes(gzip.compress(json.dumps({"Records": log}).encode()))
    tally = scan(FileLogs((folder,)), "callers", 0, jobs=1)
    return callers_of(tally, PolicyDocument.parse(bucket_policy(fence)), "example-bucket", OWNER)


def answered(address: str = "198.51.100.7", **changed: str) -> bytes:
    """A line of an access log about a request that was answered."""
    return line(address, **{"status": "200 -", "requester": ANN, **changed})


def event(address: str, who: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    """One of CloudTrail's data events; by default a read by ann that was answered."""
    return {
        "eventTime": "2026-11-06T13:05:38Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "sourceIPAddress": address,
        "userIdentity": who or {"type": "IAMUser", "arn": ANN, "accountId": OWNER},
        "requestParameters": {"bucketName": "example-bucket", "key": "report.pdf"},
        "recipientAccountId": OWNER,
        **changed,
    }


CUT_OFF = {
    "an address": (answered(), "address", "198.51.100.7", "`198.51.100.7/32`"),
    "an address of IPv6": (answered("2001:db8:9::7"), "address", "2001:db8:9::7", "`2001:db8:9::7/128`"),
    "an anonymous reader": (answered(requester="-"), "address", "198.51.100.7", "`allowedNetworks`"),
    "another account": (
        answered(requester=THEIRS), "other-account", f"{PARTNER} from 198.51.100.7", "`198.51.100.7/32`",
    ),
    "an endpoint that the access log does not name": (
        answered("10.1.2.3"), "vpc-endpoint", "which one, the log does not say", "CloudTrail",
    ),
    "a service in the access log": (
        answered("-", requester="svc:delivery.logs.amazonaws.com"),
        "aws-service", "delivery.logs.amazonaws.com", "`trustAwsServices: true`",
    ),
    "an address in CloudTrail": ([event("198.51.100.7")], "address", "198.51.100.7", "`198.51.100.7/32`"),
    "an endpoint": (
        [event("10.1.2.3", vpcEndpointId=ENDPOINT)],
        "vpc-endpoint", ENDPOINT, f"`{ENDPOINT}` in `vpcEndpoints`",
    ),
    "an endpoint of an account": (
        [event("10.1.2.3", vpcEndpointId=ENDPOINT, vpcEndpointAccountId=PARTNER)],
        "vpc-endpoint", ENDPOINT, f'{{account: "{PARTNER}"}}',
    ),
    "another account through its endpoint": (
        [event("10.1.2.3", {"type": "AssumedRole", "arn": THEIRS}, vpcEndpointId=ENDPOINT)],
        "other-account", f"{PARTNER} through VPC endpoint {ENDPOINT}", "`vpcEndpoints`",
    ),
    "another account by its id": (
        [event("198.51.100.7", {"type": "AWSAccount", "accountId": PARTNER})],
        "other-account", f"{PARTNER} from 198.51.100.7", "`allowedNetworks`",
    ),
    "a service": (
        [event("cloudfront.amazonaws.com", {"type": "AWSService", "invokedBy": "cloudfront.amazonaws.com"})],
        "aws-service", "cloudfront.amazonaws.com", "`trustAwsServices: true`",
    ),
    "a service for a person": (
        [event("athena.amazonaws.com", {"type": "IAMUser", "arn": ANN, "invokedBy": "athena.amazonaws.com"})],
        "aws-service", "athena.amazonaws.com on behalf of others", "no exemption",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("log", "kind", "name", "needs"), CUT_OFF.values(), ids=CUT_OFF.keys())
def test_a_caller_that_would_be_cut_off_is_named_with_what_it_needs(
    log: bytes | list[dict[str, Any]], kind: str, name: str, needs: str, tmp_path: Path
) -> None:
    """By kind; as often as it came, and when it did last."""
    (one,) = seen(log, folder=tmp_path).cut_off
    assert (one.kind, one.name, one.requests, one.last_hour) == (kind, name, 1, "2026-11-06T13Z")
    assert needs in one.needs


STAYS = {
    "an allowed address": answered("203.0.113.9"),
    "an allowed address in CloudTrail": [event("2001:db8:1234::9")],
    "a request that was refused": line("198.51.100.7"),
    "a request that CloudTrail has as refused": [event("198.51.100.7", errorCode="AccessDenied")],
    "S3's own lifecycle": answered("-", requester="AmazonS3", operation="S3.EXPIRE.OBJECT"),
    "another service's record": [event("198.51.100.7", eventSource="sts.amazonaws.com")],
    "another bucket in CloudTrail": [event("198.51.100.7", requestParameters={"bucketName": "other"})],
    "another bucket in an access log": answered().replace(b" example-bucket [", b" other ["),
}


@pytest.mark.parametrize("log", STAYS.values(), ids=STAYS.keys())
def test_who_has_no_access_today_or_keeps_it_is_not_named(
    log: bytes | list[dict[str, Any]], tmp_path: Path
) -> None:
    """Only what the plan changes for somebody counts."""
    assert seen(log, folder=tmp_path).cut_off == ()


@pytest.mark.parametrize(
    ("exemptions", "who"),
    [
        pytest.param(
            {"vpc_endpoints": (ENDPOINT,)}, event("10.1.2.3", vpcEndpointId=ENDPOINT), id="endpoint"
        ),
        pytest.param(
            {"vpc_endpoints": (PARTNER,)},
            event("10.1.2.3", vpcEndpointId=ENDPOINT, vpcEndpointAccountId=PARTNER),
            id="account",
        ),
        pytest.param({"break_glass": (ANN,)}, event("198.51.100.7"), id="break-glass"),
        pytest.param(
            {"trust_aws_services": True},
            event("config.amazonaws.com", {"type": "AWSService", "invokedBy": "config.amazonaws.com"}),
            id="services",
        ),
    ],
)
def test_what_the_plan_exempts_stays_in(
    exemptions: dict[str, Any], who: dict[str, Any], tmp_path: Path
) -> None:
    """Each exemption for its own kind of caller."""
    assert len(seen([who], folder=tmp_path).cut_off) == 1
    assert seen([who], folder=tmp_path, fence=replace(FENCE, **exemptions)).cut_off == ()


def test_whose_endpoint_it_is_may_not_be_in_the_log(tmp_path: Path) -> None:
    """Then it is said that it may stay in, instead of that it is cut off."""
    fence = replace(FENCE, vpc_endpoints=("o-a1b2c3d4e5",))
    (one,) = seen([event("10.1.2.3", vpcEndpointId=ENDPOINT)], folder=tmp_path, fence=fence).cut_off
    assert one.needs.startswith(
        "nothing if it is one of the VPC endpoints of organization `o-a1b2c3d4e5`, which the log does not say"
    )


def test_requests_alike_are_one_caller_with_everybody_who_sent_them(tmp_path: Path) -> None:
    """Over all files, the most requests first within a kind."""
    ben = f"arn:aws:iam::{OWNER}:user/ben"
    found = seen(
        answered() * 2 + answered(requester=ben) + answered("198.51.100.8"),
        [event("198.51.100.7")],
        folder=tmp_path,
    )
    assert [(one.name, one.requests, one.principals) for one in found.cut_off] == [
        ("198.51.100.7", 4, (ANN, ben)),
        ("198.51.100.8", 1, (ANN,)),
    ]


@pytest.mark.parametrize(
    ("log", "said"),
    [
        pytest.param(b"", "the logs contain no request that was allowed", id="empty"),
        pytest.param(b"hello\n", "contains no access log", id="no-log"),
        pytest.param(answered() + b"broken\n", "could not be read", id="a-broken-line"),
        pytest.param(
            answered().replace(b" example-bucket [", b" other ["), "are to other buckets", id="another-bucket"
        ),
    ],
)
def test_what_was_not_read_is_said(log: bytes, said: str, tmp_path: Path) -> None:
    """No clean answer hides it."""
    assert any(said in reason for reason in seen(log, folder=tmp_path).untold)


def test_the_owner_is_the_account_that_the_log_buckets_policy_names() -> None:
    """The plan holds it; a plan without one does not distinguish other accounts, and says so."""
    from s3_perimeter import log_bucket_policy

    logs = log_bucket_policy(replace(FENCE, bucket="logs"), "example-bucket", OWNER)
    assert owner_in([bucket_policy(FENCE), logs]) == OWNER
    assert owner_in([bucket_policy(FENCE)]) is None


def test_the_callers_stand_in_text_comment_and_json(tmp_path: Path) -> None:
    """Each with its needs."""
    callers = seen(answered(requester=THEIRS) + answered(), folder=tmp_path)
    policy = bucket_policy(FENCE)
    preview = Preview(bucket="example-bucket", before=None, after=policy)
    effect = effect_of(preview, before=list, after=[], today=date(2026, 11, 23), come_from=())
    effect = replace(effect, callers=callers)
    result = json.loads(effect_json(effect, [], "dev"))["callers"]
    assert (result["total"], [one["kind"] for one in result["cut_off"]]) == (2, ["address", "other-account"])
    for text in (as_text(effect, [], "dev"), as_markdown(effect, [], "dev")):
        assert "of 2 callers in the logs these would be cut off:" in text
        assert f"{PARTNER} from 198.51.100.7" in text
        assert "allowedNetworks" in text
    nobody = replace(effect, callers=replace(callers, cut_off=()))
    assert "none of 2 callers in the logs would be cut off" in as_text(nobody, [], "dev")
    assert json.loads(effect_json(replace(effect, callers=None), [], "dev"))["callers"] is None


def test_who_may_be_cut_off_is_named_with_that_it_is_not_decided(tmp_path: Path) -> None:
    """A list with a value that is no network may deny everybody, or nobody."""
    seen(answered("203.0.113.9"), folder=tmp_path)
    tally = scan(FileLogs((tmp_path,)), "callers", 0, jobs=1)
    policy = PolicyDocument.parse(bucket_policy(FENCE).replace("203.0.113.0/24", "office"))
    found = callers_of(tally, policy, "example-bucket", OWNER)
    assert [one.name for one in found.cut_off] == ["203.0.113.9"]
    assert any(
        reason.startswith("not decided: some of these may keep access: ") and "`office`" in reason
        for reason in found.untold
    )
