"""Lock-outs against brute force: whoever gets in by trying is locked out by no answer, and the other way
round.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from s3_perimeter import AddressSet, Perimeter, PolicyDocument, prove
from tests.s3_perimeter.access.tried_out import (
    ENDPOINT,
    FEDERATED,
    JOBS,
    OTHER_ROLE,
    QUARTERS,
    USER,
    kept_out,
    locked_out,
    statement,
)
from tests.s3_perimeter.policies import NOW, OFFICE, ROLE, policy

pytestmark = pytest.mark.slow

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
EVERYBODY = (USER, ROLE, OTHER_ROLE, FEDERATED)
EXEMPT = replace(OFFICE, break_glass=(ROLE,), vpc_endpoints=(ENDPOINT,))


def drawn(seed: int) -> PolicyDocument:
    """A policy of one to three Denies."""
    chance = random.Random(seed)
    return policy(*(statement(chance) for _ in range(chance.randint(1, 3))))


def answered(document: PolicyDocument, fence: Perimeter) -> tuple[dict[str, AddressSet], dict[str, set[str]]]:
    """The networks that are locked out, job by job, and the jobs of each exemption that is kept out."""
    networks: dict[str, AddressSet] = {}
    exempt: dict[str, set[str]] = {}
    proof = prove(document, fence, now=NOW)
    assert not any(reason.startswith("lock-outs") for reason in proof.undecided)
    for lockout in proof.lockouts:
        for job in lockout.jobs:
            if lockout.networks:
                networks[job] = networks.get(job, AddressSet.nothing()) | AddressSet.parse(lockout.networks)
            else:
                exempt.setdefault(lockout.whom, set()).add(job)
    return networks, exempt


@given(st.integers(0, 2**32))
@SLOW
def test_the_allow_list_is_locked_out_from_what_trying_says(seed: int) -> None:
    """Job by job, network by network."""
    document = drawn(seed)
    tried = locked_out(document, EVERYBODY)
    event(f"{sum(map(len, tried.values()))} of {len(JOBS) * len(QUARTERS)} locked out")
    networks, _ = answered(document, OFFICE)
    assert networks == {job: AddressSet.parse(parts) for job, parts in tried.items()}


@given(st.integers(0, 2**32))
@SLOW
def test_exemptions_get_in_where_trying_does_and_hide_nobody(seed: int) -> None:
    """A break-glass role from outside, an endpoint, and the allow-list without that role."""
    document = drawn(seed)
    networks, exempt = answered(document, EXEMPT)
    others = [each for each in EVERYBODY if each != ROLE]
    assert networks == {job: AddressSet.parse(parts) for job, parts in locked_out(document, others).items()}
    data = [job for job in JOBS if job != "maintain the bucket"]
    tried = {
        f"break-glass principal `{ROLE}`": kept_out(document, "public-signed", [ROLE], list(JOBS)),
        f"requests through VPC endpoint `{ENDPOINT}`": kept_out(document, "vpc-endpoint", others, data),
    }
    event(f"{sum(map(len, tried.values()))} kept out")
    assert exempt == {whom: jobs for whom, jobs in tried.items() if jobs}
