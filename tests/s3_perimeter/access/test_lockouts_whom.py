"""Lock-outs, for whom and for what: jobs by name, moments, versions of TLS, and the declared exemptions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from s3_perimeter import Lockout, Perimeter, PolicyDocument, bucket_policy, log_bucket_policy, prove
from s3_perimeter.access.jobs import ACTIONS
from s3_perimeter.fence import LOG_DELIVERY
from s3_perimeter.proof.result import Job
from tests.s3_perimeter.policies import ACCOUNT, BUCKET, LIST, NOW, OFFICE, ROLE, also, deny, policy

DATA = (Job.LIST, Job.READ, Job.WRITE)
EVERY_JOB = (*DATA, Job.MAINTAIN)
NOTHING: dict[str, object] = {}
HALF = {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/25", LIST[1]]}}
ENDPOINT = replace(OFFICE, vpc_endpoints=("vpce-0a1b2c3d",))
BREAK_GLASS = replace(OFFICE, break_glass=(ROLE,))
SERVICES = replace(OFFICE, trust_aws_services=True)
BUT_BREAK_GLASS = also(ArnNotEquals={"aws:PrincipalArn": ROLE})
BUT_ENDPOINT = also(StringNotEquals={"aws:SourceVpce": "vpce-0a1b2c3d"})
BUT_SERVICES = also(BoolIfExists={"aws:PrincipalIsAWSService": "false"})


def found(*statements: dict[str, Any], fence: Perimeter = OFFICE, now: datetime = NOW) -> list[Lockout]:
    """The lock-outs of a policy of these statements."""
    return list(prove(policy(*statements), fence, now=now).lockouts)


def of_bucket(*actions: str, **changed: Any) -> dict[str, Any]:
    """A Deny of actions on the bucket, for everybody from everywhere."""
    return deny(NOTHING, **{"Action": list(actions), "Resource": BUCKET, **changed})


JOBS: dict[str, tuple[dict[str, Any], tuple[Job, ...]]] = {
    "everything": (deny(NOTHING), EVERY_JOB),
    "listing": (of_bucket("s3:ListBucket"), (Job.LIST,)),
    "reading": (deny(NOTHING, Action="s3:GetObject"), (Job.READ,)),
    "writing": (deny(NOTHING, Action="s3:PutObject"), (Job.WRITE,)),
    "reading-and-writing": (deny(NOTHING, Action="s3:*Object"), (Job.READ, Job.WRITE)),
    "changing-the-policy": (of_bucket("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"), (Job.MAINTAIN,)),
    "putting-the-policy": (of_bucket("s3:PutBucketPolicy"), (Job.MAINTAIN,)),
    "deleting-the-policy": (of_bucket("s3:DeleteBucketPolicy"), (Job.MAINTAIN,)),
    "reading-the-policy": (of_bucket("s3:GetBucketPolicy"), (Job.MAINTAIN,)),
    "what-a-deployment-reads-back": (of_bucket("s3:GetBucketAcl"), (Job.MAINTAIN,)),
    "all-but-reading-and-listing": (
        deny(NOTHING, Action=None, NotAction=["s3:GetObject", "s3:ListBucket"]),
        (Job.WRITE, Job.MAINTAIN),
    ),
    "all-but-the-root-user": (
        of_bucket("s3:*", Condition={"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:root"}}),
        (Job.LIST, Job.MAINTAIN),
    ),
    "deleting-the-bucket": (of_bucket("s3:DeleteBucket"), ()),
    "policies-of-all-but-one-role": (
        of_bucket("s3:PutBucketPolicy", Condition={"ArnNotEquals": {"aws:PrincipalArn": ROLE}}),
        (),
    ),
    "unencrypted-writes": (
        deny({"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}}, Action="s3:PutObject"),
        (),
    ),
    "writes-with-an-acl": (
        deny({"StringLike": {"s3:x-amz-acl": "public*"}}, Action="s3:PutObject"),
        (),
    ),
}


@pytest.mark.parametrize(("statement", "jobs"), JOBS.values(), ids=JOBS.keys())
def test_a_job_that_nobody_can_do_is_named(statement: dict[str, Any], jobs: tuple[Job, ...]) -> None:
    """Every job of which an action is denied to everybody who has to get in."""
    assert {job for each in found(deny(), statement) for job in each.jobs} == set(jobs)
    assert prove(policy(deny(), statement), OFFICE, now=NOW).verdict == "proved"


def test_one_deny_that_blocks_all_jobs_is_one_lock_out() -> None:
    """With all of them, the networks, and who it is."""
    (lockout,) = found(deny(NOTHING))
    assert (lockout.networks, lockout.jobs) == (tuple(LIST), EVERY_JOB)
    assert lockout.summary == (
        "203.0.113.0/24 and 2001:db8:1234::/48 cannot list the bucket, read objects, write objects or "
        "maintain the bucket"
    )


def test_a_policy_that_nobody_can_change_again_names_the_way_back() -> None:
    """Root, and `sts:AssumeRoot` with the task policy for it; the actions are named."""
    (lockout,) = found(deny(), of_bucket("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"))
    assert lockout.because == (
        "statement 2 denies them `s3:PutBucketPolicy` and `s3:DeleteBucketPolicy` like everybody else: it "
        "has no condition on `aws:SourceIp`; the way to regain access is then the account's root user, or "
        "the "
        "organization's management account or a delegated one, by `sts:AssumeRoot` with the task policy "
        "`S3UnlockBucketPolicy`"
    )
    for harmless in (deny(HALF), of_bucket("s3:PutBucketPolicy"), deny(NOTHING, Action="s3:GetObject")):
        assert all("AssumeRoot" not in each.because for each in found(deny(), harmless))


def test_denies_that_lock_out_together_are_named_together() -> None:
    """None does alone; the one for everybody's objects has no part in it."""
    users = deny(NOTHING, Action="s3:GetObject", Condition={"StringEquals": {"aws:PrincipalType": "User"}})
    others = deny(NOTHING, Action="s3:Get*", Condition={"StringNotEquals": {"aws:PrincipalType": "User"}})
    tagging = deny(NOTHING, Action="s3:GetObject", Resource=f"{BUCKET}/tagged")
    (lockout,) = [each for each in found(deny(), users, others, tagging) if Job.READ in each.jobs]
    assert lockout.jobs == (Job.READ,)
    assert lockout.because.startswith("statement 2 and statement 3 together deny them")


DAY = "2027-03-01T00:00:00Z"
MOMENTS: dict[str, tuple[dict[str, Any], str | None, str | None]] = {
    "from-a-day-on": (deny({"DateGreaterThanEquals": {"aws:CurrentTime": DAY}}), DAY, None),
    "after-a-moment": (
        deny({"DateGreaterThan": {"aws:CurrentTime": DAY}}),
        "2027-03-01T00:00:01Z",
        None,
    ),
    "until-a-day": (deny({"DateLessThan": {"aws:CurrentTime": DAY}}), None, DAY),
    "in-seconds": (deny({"NumericGreaterThanEquals": {"aws:EpochTime": "1803859200"}}), DAY, None),
    "in-a-window": (
        deny(
            {
                "DateGreaterThanEquals": {"aws:CurrentTime": DAY},
                "DateLessThan": {"aws:CurrentTime": "2027-04-01T00:00:00Z"},
            }
        ),
        DAY,
        "2027-04-01T00:00:00Z",
    ),
    "over-already": (deny({"DateGreaterThan": {"aws:CurrentTime": "2026-06-01T00:00:00Z"}}), None, None),
}


@pytest.mark.parametrize(("statement", "since", "until"), MOMENTS.values(), ids=MOMENTS.keys())
def test_every_moment_from_now_on_counts(
    statement: dict[str, Any], since: str | None, until: str | None
) -> None:
    """A lock-out that comes is one, with the day that it begins."""
    (lockout,) = found(deny(), statement)
    shown = lockout.as_json()
    assert (shown["since"], shown["until"], lockout.jobs) == (since, until, EVERY_JOB)
    assert all(f"{each}" in lockout.because for each in (since, until) if each)


def test_a_day_that_has_passed_locks_nobody_out() -> None:
    """From now on, and not before."""
    assert not found(deny(), deny({"DateLessThan": {"aws:CurrentTime": "2026-06-01T00:00:00Z"}}))


TLS: dict[str, tuple[dict[str, dict[str, object]], bool]] = {
    "newer-than-1.2": ({"NumericGreaterThan": {"s3:TlsVersion": "1.2"}}, False),
    "older-than-1.3": ({"NumericLessThan": {"s3:TlsVersion": "1.3"}}, False),
    "one-version": ({"StringEquals": {"s3:TlsVersion": "1.3"}}, False),
    "older-than-any": ({"NumericLessThan": {"s3:TlsVersion": "1.4"}}, True),
    "newer-than-s3-takes-no-more": ({"NumericGreaterThan": {"s3:TlsVersion": "1.1"}}, True),
    "over-tls-at-all": ({"Bool": {"aws:SecureTransport": "true"}}, True),
    "without-tls": ({"Bool": {"aws:SecureTransport": "false"}}, False),
}


@pytest.mark.parametrize(("condition", "locks_out"), TLS.values(), ids=TLS.keys())
def test_clients_choose_their_version_of_tls(
    condition: dict[str, dict[str, object]], locks_out: bool
) -> None:
    """Whoever can take another one is not locked out."""
    assert bool(found(deny(), deny(condition))) is locks_out


EXEMPTIONS: dict[str, tuple[list[dict[str, Any]], Perimeter, str, tuple[Job, ...]]] = {
    "endpoint": ([deny()], ENDPOINT, "VPC endpoint `vpce-0a1b2c3d`", DATA),
    "break-glass": ([deny()], BREAK_GLASS, f"break-glass principal `{ROLE}`", EVERY_JOB),
    "services": ([deny()], SERVICES, "AWS services", DATA),
    "endpoint-of-another-id": (
        [deny(also(StringNotEquals={"aws:SourceVpce": "vpce-0f"}))],
        ENDPOINT,
        "VPC endpoint `vpce-0a1b2c3d`",
        DATA,
    ),
    "endpoint-cannot-write": (
        [deny(BUT_ENDPOINT), deny(Action="s3:PutObject")],
        ENDPOINT,
        "VPC endpoint `vpce-0a1b2c3d`",
        (Job.WRITE,),
    ),
    "break-glass-cannot-maintain": (
        [deny(BUT_BREAK_GLASS), deny(Action="s3:PutBucketPolicy")],
        BREAK_GLASS,
        "break-glass principal",
        (Job.MAINTAIN,),
    ),
    "break-glass-by-a-bool-that-services-alone-have": (
        [deny(also(Bool={"aws:PrincipalIsAWSService": "false"}))],
        BREAK_GLASS,
        "break-glass principal",
        EVERY_JOB,
    ),
}


@pytest.mark.parametrize(("statements", "fence", "whom", "jobs"), EXEMPTIONS.values(), ids=EXEMPTIONS.keys())
def test_a_declared_exemption_has_to_get_in(
    statements: list[dict[str, Any]], fence: Perimeter, whom: str, jobs: tuple[Job, ...]
) -> None:
    """What is called exempt and denied all the same is a lock-out, without networks."""
    (lockout,) = found(*statements, fence=fence)
    assert whom in lockout.whom
    assert (lockout.networks, lockout.jobs) == ((), jobs)
    assert "although declared exempt" in lockout.because
    assert lockout.fix


EXEMPTED = {
    "endpoint": ([deny(BUT_ENDPOINT)], ENDPOINT),
    "endpoint-in-one-vpc": ([deny(also(StringNotEquals={"aws:SourceVpc": "vpc-0a"}))], ENDPOINT),
    "break-glass": ([deny(BUT_BREAK_GLASS)], BREAK_GLASS),
    "services": ([deny(BUT_SERVICES)], SERVICES),
    "services-that-only-write": (
        [
            deny(BUT_SERVICES),
            deny({"Bool": {"aws:PrincipalIsAWSService": "true"}}, Action=None, NotAction="s3:PutObject"),
        ],
        SERVICES,
    ),
    "all-by-what-is-built": (
        bucket_policy(replace(ENDPOINT, break_glass=(ROLE,), trust_aws_services=True)),
        replace(ENDPOINT, break_glass=(ROLE,), trust_aws_services=True),
    ),
}


@pytest.mark.parametrize(("document", "fence"), EXEMPTED.values(), ids=EXEMPTED.keys())
def test_an_exemption_that_gets_in_is_no_lock_out(document: Any, fence: Perimeter) -> None:
    """However its Deny exempts it."""
    read = PolicyDocument.parse(document) if isinstance(document, str) else policy(*document)
    assert prove(read, fence, now=NOW).lockouts == ()


def test_break_glass_hides_nobody_else_s_lock_out() -> None:
    """The role gets in from everywhere; half of the list does not."""
    narrower = {**HALF, "ArnNotEquals": {"aws:PrincipalArn": ROLE}}
    (lockout,) = found(deny(narrower), fence=BREAK_GLASS)
    assert lockout.networks == ("203.0.113.128/25",)


def logs(allowed: Perimeter) -> PolicyDocument:
    """The policy of a log bucket that lets some networks in."""
    return PolicyDocument.parse(log_bucket_policy(replace(allowed, bucket="b"), "documents", ACCOUNT))


def test_a_log_bucket_s_own_deny_counts() -> None:
    """People have no `aws:PrincipalServiceName`, which the Deny exempts one service by."""
    half = replace(OFFICE, allowed=OFFICE.allowed.parse(["203.0.113.0/25"]))
    proof = prove(logs(half), OFFICE, now=NOW, trusted_services=[LOG_DELIVERY])
    (lockout,) = proof.lockouts
    assert lockout.networks == ("203.0.113.128/25", LIST[1])
    assert prove(logs(OFFICE), OFFICE, now=NOW, trusted_services=[LOG_DELIVERY]).lockouts == ()


def test_log_delivery_has_to_get_into_a_log_bucket() -> None:
    """A fence without its exemption stops the logs, and nobody notices."""
    (lockout,) = prove(policy(deny()), OFFICE, now=NOW, trusted_services=[LOG_DELIVERY]).lockouts
    assert (lockout.jobs, lockout.networks) == ((Job.DELIVER_LOGS,), ())
    assert lockout.summary == f"S3's log delivery `{LOG_DELIVERY}` cannot deliver access logs"


def test_an_allow_list_that_is_over_leaves_the_exemptions_to_ask_about() -> None:
    """There may be nobody at an address, and a role that has to get in."""
    nobody = replace(BREAK_GLASS, allowed=OFFICE.allowed.nothing())
    (lockout,) = found(deny(NOTHING), fence=nobody)
    assert lockout.whom == f"break-glass principal `{ROLE}`"


def test_every_action_of_a_job_exists() -> None:
    """None is a name that a policy would never meet."""
    from s3_perimeter.actions import find_action

    for job, actions in ACTIONS.items():
        for action in actions:
            known = find_action(action)
            assert known is not None, action
            assert (known.resource.value == "object") is job.on_object, action


def test_the_moment_is_shown_in_utc() -> None:
    """As policies write it."""
    lockout = Lockout((), "", since=datetime(2027, 1, 1, 9, tzinfo=UTC))
    assert lockout.as_json()["since"] == "2027-01-01T09:00:00Z"
