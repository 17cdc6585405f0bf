"""Properties of built policies: for any perimeter, outside is denied but for what is exempt, inside is
not.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from s3_perimeter import (
    AddressSet,
    Channel,
    Decision,
    ExpiringNetworks,
    Perimeter,
    PolicyDocument,
    Request,
    bucket_policy,
    evaluate,
)
from s3_perimeter.semantics.special_networks import NOT_PUBLIC
from tests.s3_perimeter.policies import ACCOUNT
from tests.s3_perimeter.strategies import ADDRESSES, NETWORKS, OWNERS, some_request

pytestmark = pytest.mark.slow

USER = f"arn:aws:iam::{ACCOUNT}:user/a"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/a"
ENDPOINTS = ("vpce-1", "vpce-2", *(values[0] for values in OWNERS.values()))
UNTIL = datetime(2030, 6, 1, tzinfo=UTC)


@st.composite
def perimeters(draw: st.DrawFn) -> Perimeter:
    """A perimeter with any mixture of networks and exemptions."""
    networks = [network for network in NETWORKS if network not in ("not-an-address", "::ffff:0:0/96")]
    allowed = AddressSet.parse(draw(st.lists(st.sampled_from(networks), max_size=4)))
    endpoints = tuple(draw(st.lists(st.sampled_from(ENDPOINTS), unique=True)))
    assume(allowed - NOT_PUBLIC or (endpoints and not allowed))
    temporary = AddressSet.parse(draw(st.lists(st.sampled_from(ADDRESSES), max_size=2))) & allowed
    return Perimeter(
        bucket="b",
        allowed=allowed,
        account=draw(st.sampled_from((ACCOUNT, None))),
        vpc_endpoints=endpoints,
        break_glass=tuple(draw(st.lists(st.sampled_from((USER, ROLE)), unique=True))),
        trust_aws_services=draw(st.booleans()),
        expiring=(ExpiringNetworks(temporary, UNTIL),) if temporary else (),
    )


def inside(perimeter: Perimeter, request: Request) -> bool:
    """Whether the request's address is on the list at the request's time, and a public one."""
    allowed = perimeter.allowed - NOT_PUBLIC
    for entry in perimeter.expiring:
        if datetime.fromisoformat(request.context["aws:currenttime"][0]) >= entry.until:
            allowed -= entry.addresses
    return request.source_ip is not None and request.source_ip in allowed


def exempt(perimeter: Perimeter, request: Request) -> bool:
    """Whether a declared exemption covers the request, each in its own channel and no other."""
    if request.values("aws:SourceVpce"):
        named = (request.values(key) for key in ("aws:SourceVpce", *OWNERS))
        return any(held and held[0] in perimeter.vpc_endpoints for held in named)
    if request.principal.service:
        return perimeter.trust_aws_services
    public = request.context["aws:viaawsservice"] == ("false",)
    return public and request.principal.arn in perimeter.break_glass


@given(perimeters(), st.integers(0, 2**32))
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_a_built_policy_denies_what_is_outside_and_nothing_else(perimeter: Perimeter, seed: int) -> None:
    """Every request over HTTPS is denied exactly when it is neither inside nor exempt; without TLS always."""
    document = PolicyDocument.parse(bucket_policy(perimeter))
    chance = random.Random(seed)
    for _ in range(300):
        request = some_request(chance)
        plain_http = request.context["aws:securetransport"] == ("false",)
        refused = plain_http or not (inside(perimeter, request) or exempt(perimeter, request))
        assert (evaluate(document, request).decision is Decision.EXPLICIT_DENY) is refused, request


def test_the_probes_reach_every_channel() -> None:
    """Otherwise the property above would say less than it seems to."""
    chance = random.Random(1)
    requests = [some_request(chance) for _ in range(300)]
    assert len({(r.source_ip is None, r.principal.kind) for r in requests}) >= 7
    assert len(list(Channel)) == 5
