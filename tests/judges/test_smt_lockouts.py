"""cvc5 agrees about lock-outs: for whom, at which job, from where and when no request is left."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from ipaddress import ip_network

import pytest

from s3_perimeter import AddressSet, Perimeter, prove
from tests.judges.smt import listed
from tests.judges.smt_cases import DOUBTFUL, Statement, also, holds_for_some, of_list
from tests.judges.smt_model import ENDPOINT, SERVICE, SIGNED
from tests.judges.smt_requests import (
    Question,
    by_people,
    in_networks,
    is_plain_network,
    outside,
    seconds,
)
from tests.s3_perimeter.access.tried_out import ACTIONS, CONDITIONS, DAY, JOBS, MOMENTS, QUARTERS, statement
from tests.s3_perimeter.access.tried_out import ENDPOINT as VPCE
from tests.s3_perimeter.policies import BUCKET, LIST, NOW, OFFICE, ROLE, deny, policy

pytestmark = pytest.mark.slow

DELIVERY = "logging.s3.amazonaws.com"


def people(action: str, moment: str, *, without: Sequence[str] = ()) -> list[str]:
    """The formulas of a person's ordinary request for an action at a moment."""
    return [
        by_people(without=without),
        f'(= action "{action.lower()}")',
        f"(= now {seconds(moment)})",
    ]


def moments(statements: Iterable[Statement]) -> Sequence[str]:
    """The moments that the policy distinguishes."""
    return MOMENTS if DAY in str(statements) else MOMENTS[:1]


@lru_cache(maxsize=1)
def none_denied(statements: str) -> Question:
    """The requests that no Deny of some statements matches, for one question after the other."""
    return Question("free").none_denied(json.loads(statements))


def is_shut(statements: Sequence[Statement], *asked: str) -> bool:
    """Whether the Denies leave no request as asked for, whatever AWS does where it does not say."""
    return not holds_for_some(none_denied(json.dumps(statements)), *asked)


def locked_out(statements: Sequence[Statement], *, without: Sequence[str] = ()) -> dict[str, AddressSet]:
    """The parts of the allow-list from which some action of each job is denied at some moment."""
    found: dict[str, AddressSet] = {}
    for job, actions in JOBS.items():
        for alike in parts_told_apart(statements):
            if any(
                is_shut(
                    statements,
                    f"(= ch {SIGNED})",
                    in_networks(alike[:1]),
                    *people(action, moment, without=without),
                )
                for action in actions
                for moment in moments(statements)
            ):
                found[job] = found.get(job, AddressSet.nothing()) | AddressSet.parse(alike)
    return found


def parts_told_apart(statements: Sequence[Statement]) -> list[list[str]]:
    """The parts of the allow-list, those together that no list of the policy distinguishes: one answers for
    all.
    """
    lists = [
        listed(keys["aws:SourceIp"])
        for each in statements
        for operator, keys in each.get("Condition", {}).items()
        if "aws:SourceIp" in keys and operator != "Null"
    ]
    networks = [ip_network(text) for texts in lists for text in texts if is_plain_network(text)]
    groups: dict[tuple[bool, ...], list[str]] = {}
    for part in QUARTERS:
        first = ip_network(part).network_address
        groups.setdefault(tuple(first in network for network in networks), []).append(part)
    return list(groups.values())


def kept_out(statements: Sequence[Statement], jobs: Iterable[str], *asked: str) -> set[str]:
    """The jobs of which an exempt caller cannot do some action at some moment."""
    return {
        job
        for job in jobs
        if any(
            is_shut(statements, *asked, *people(action, moment)[1:])
            for action in JOBS[job]
            for moment in moments(statements)
        )
    }


def answered(
    statements: Sequence[Statement], fence: Perimeter
) -> tuple[dict[str, AddressSet], dict[str, set[str]]]:
    """The prover's lock-outs: networks by job, and jobs by who is exempt."""
    networks: dict[str, AddressSet] = {}
    exempt: dict[str, set[str]] = {}
    for lockout in prove(policy(*statements), fence, now=NOW).lockouts:
        for job in lockout.jobs:
            if lockout.networks:
                networks[job] = networks.get(job, AddressSet.nothing()) | AddressSet.parse(lockout.networks)
            else:
                exempt.setdefault(lockout.whom, set()).add(str(job))
    return networks, exempt


LOCKOUTS: dict[str, list[Statement]] = {
    "the fence alone": [deny()],
    "the policy may not be changed": [
        deny(),
        deny({}, Action=["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"]),
    ],
    "by anybody but one role": [
        deny(),
        deny({"ArnNotEquals": {"aws:PrincipalArn": ROLE}}, Action=["s3:*BucketPolicy"]),
    ],
    "by anybody but root": [
        deny(),
        deny({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:root"}}, Action="s3:Put*Policy"),
    ],
    "half of the list": [deny(), deny({"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/25", LIST[1]]}})],
    "a list of IPv4 alone": [deny({"NotIpAddress": {"aws:SourceIp": LIST[0]}})],
    "from a day on": [deny(), deny({"DateGreaterThan": {"aws:CurrentTime": DAY}}, Action="s3:GetObject")],
    "until a day": [deny(), deny({"DateLessThan": {"aws:CurrentTime": DAY}}, Action="s3:PutObject")],
    "TLS 1.3 denied, 1.2 not": [deny(), deny({"NumericGreaterThan": {"s3:TlsVersion": "1.2"}})],
    "TLS below 1.3 denied": [deny(), deny({"NumericLessThan": {"s3:TlsVersion": "1.3"}})],
    "every version of TLS": [
        deny(),
        deny({"NumericGreaterThan": {"s3:TlsVersion": "1.2"}}),
        deny({"NumericLessThan": {"s3:TlsVersion": "1.3"}}),
    ],
    "a header that a caller can send": [
        deny(),
        deny({"StringNotEquals": {"s3:x-amz-acl": "private"}}, Action="s3:PutObject"),
    ],
    "a header of another action": [
        deny(),
        deny({"StringNotEquals": {"s3:x-amz-acl": "private"}}, Action="s3:GetObject"),
    ],
    "a doubtful list": [of_list("office")],
    "a doubtful list for requests at all": [
        deny({"NotIpAddress": {"aws:SourceIp": ["office"]}, "Null": {"aws:SourceIp": "true"}})
    ],
    "two Denies for two sorts of people": [
        deny(),
        deny({"StringEquals": {"aws:PrincipalType": "User"}}, Action="s3:GetObject"),
        deny({"StringNotEquals": {"aws:PrincipalType": "User"}}, Action="s3:GetObject"),
    ],
    "one of the objects": [deny(), deny({}, Resource=f"{BUCKET}/one")],
    "a key of CreateBucket alone": [
        deny(),
        deny({"StringNotEquals": {"s3:LocationConstraint": "x"}}, Action="s3:ListBucket"),
    ],
    "everything": [deny({})],
}


@pytest.mark.parametrize("statements", LOCKOUTS.values(), ids=LOCKOUTS.keys())
def test_the_solver_locks_out_whom_the_prover_does(statements: list[Statement]) -> None:
    """Job by job and network by network."""
    assert answered(statements, OFFICE)[0] == locked_out(statements)


@pytest.mark.parametrize("statements", LOCKOUTS.values(), ids=LOCKOUTS.keys())
def test_the_solver_keeps_out_the_exempt_whom_the_prover_does(statements: list[Statement]) -> None:
    """A break-glass role from outside, an endpoint, and the allow-list without that role."""
    agree_on_exemptions([*statements])


def agree_on_exemptions(statements: Sequence[Statement]) -> None:
    """Hold the prover's lock-outs with exemptions to the solver's."""
    fence = replace(OFFICE, break_glass=(ROLE,), vpc_endpoints=(VPCE,))
    networks, exempt = answered(statements, fence)
    assert networks == locked_out(statements, without=[ROLE])
    outsider = [f"(= ch {SIGNED})", outside(LIST), "secure", "has_tls", "(>= tls 12)", f'(= arn "{ROLE}")']
    through = [f"(= ch {ENDPOINT})", f'(= vpce "{VPCE}")', by_people(without=[ROLE])]
    data = [job for job in JOBS if job != "maintain the bucket"]
    expected = {
        f"break-glass principal `{ROLE}`": kept_out(statements, JOBS, *outsider),
        f"requests through VPC endpoint `{VPCE}`": kept_out(statements, data, *through),
    }
    assert exempt == {whom: jobs for whom, jobs in expected.items() if jobs}


def drawn(seed: int) -> list[Statement]:
    """One to three random Denies."""
    chance = random.Random(seed)
    conditions = [*CONDITIONS, *DOUBTFUL]
    return [statement(chance, "Deny", ACTIONS, conditions) for _ in range(chance.randint(1, 3))]


SEEDS = range(16)


@pytest.mark.parametrize("seed", SEEDS)
def test_solver_and_prover_agree_on_the_lock_outs_of_random_policies(seed: int) -> None:
    """Of the whole allow-list, of parts of it, and of the exempt."""
    statements = drawn(seed)
    assert answered(statements, OFFICE)[0] == locked_out(statements)
    agree_on_exemptions(statements)


def test_the_random_policies_lock_somebody_out_and_give_somebody_access() -> None:
    """Else their agreement would say nothing."""
    fence = replace(OFFICE, break_glass=(ROLE,), vpc_endpoints=(VPCE,))
    found = [answered(drawn(seed), fence) for seed in SEEDS]
    assert sum(bool(networks) for networks, _ in found) >= 4
    assert sum(bool(exempt) for _, exempt in found) >= 4
    assert sum(not networks and not exempt for networks, exempt in found) >= 2


@pytest.mark.parametrize(
    ("statements", "delivers"),
    [
        pytest.param([deny()], False, id="the fence"),
        pytest.param(
            [deny(also(Bool={"aws:PrincipalIsAWSService": "false"}))], True, id="services are exempt"
        ),
        pytest.param(
            [deny(also(StringNotEquals={"aws:PrincipalServiceName": DELIVERY}))], True, id="it is exempt"
        ),
        pytest.param(
            [deny(also(Null={"aws:SourceIp": "false"}))], True, id="requests without an address are"
        ),
        pytest.param(
            [deny(also(StringNotEquals={"aws:PrincipalServiceName": "x"}))], False, id="another is exempt"
        ),
        pytest.param([deny(Action=None, NotAction="s3:PutObject")], True, id="its action is exempt"),
        pytest.param([of_list("office")], False, id="a doubtful list, which an absent address decides"),
    ],
)
def test_log_delivery_gets_in_where_the_solver_finds_its_request(
    statements: list[Statement], delivers: bool
) -> None:
    """The fifth job, of a service by name."""
    asked = [f"(= ch {SERVICE})", f'(= service "{DELIVERY}")', '(= action "s3:putobject")', "secure"]
    assert is_shut(statements, *asked) is not delivers
    proof = prove(policy(*statements), OFFICE, now=NOW, trusted_services=[DELIVERY])
    assert any("deliver access logs" in each.jobs for each in proof.lockouts) is not delivers
