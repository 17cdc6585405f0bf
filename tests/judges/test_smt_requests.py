"""cvc5 agrees about lock-outs, dead Allows and what AWS does not document, on an encoding of its own."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from s3_perimeter import AddressSet, Perimeter, prove
from tests.judges.smt import decide_with_cvc5
from tests.judges.smt_requests import (
    ENDPOINT,
    SERVICE,
    SIGNED,
    Question,
    by_people,
    in_networks,
    outside,
    seconds,
)
from tests.s3_perimeter.policies import BOTH, BUCKET, LIST, NOW, OFFICE, ROLE, deny, policy
from tests.s3_perimeter.proof.tried_out import (
    ACTIONS,
    CONDITIONS,
    DAY,
    JOBS,
    MOMENTS,
    QUARTERS,
    statement,
)
from tests.s3_perimeter.proof.tried_out import ENDPOINT as VPCE

Statement = dict[str, Any]

SINCE_NOW = f"(>= now {seconds(MOMENTS[0])})"
CLOUDFRONT = {"Service": "cloudfront.amazonaws.com"}
DELIVERY = "logging.s3.amazonaws.com"


def holds_for_some(question: Question) -> bool:
    """Whether a request as asked for exists."""
    answer = decide_with_cvc5(question.script())
    assert answer != "unknown", question.script()
    return answer == "escape"


def solved(statements: Sequence[Statement], *, services: bool = True) -> str:
    """The solver's verdict: an escape is one whatever AWS does where it does not say."""
    asked = [outside(LIST), *([] if services else [f"(distinct ch {SERVICE})"])]
    if not holds_for_some(Question("free").none_denied(statements).ask(*asked)):
        return "proved"
    return "escape" if holds_for_some(Question("holds").none_denied(statements).ask(*asked)) else "unknown"


def also(**conditions: object) -> dict[str, Any]:
    """The fence's condition with more."""
    return {"NotIpAddress": {"aws:SourceIp": LIST}, **conditions}


def of_list(*values: str, operator: str = "NotIpAddress") -> Statement:
    """A Deny by the office's networks and these values."""
    return deny({operator: {"aws:SourceIp": [*LIST, *values]}})


def with_prefix(value: str, *actions: str) -> Statement:
    """The fence for whoever does not name a prefix."""
    return deny(also(StringNotEquals={"s3:prefix": value}), **({"Action": list(actions)} if actions else {}))


HOME = f"{BUCKET}/home/${{aws:username}}/*"
NOT_SELF = "arn:aws:iam::111122223333:user/${aws:username}"
PREMISES: dict[str, tuple[list[Statement], str]] = {
    "a word in the list": ([of_list("office")], "unknown"),
    "an empty text in the list": ([of_list("")], "unknown"),
    "a prefix that is too long": ([of_list("198.51.100.0/33")], "unknown"),
    "an IPv4-mapped network": ([of_list("::ffff:0:0/96")], "unknown"),
    "a bare IPv6 address": ([of_list("2001:db8:9::1")], "unknown"),
    "a variable in the list": ([of_list("${aws:PrincipalTag/net}")], "unknown"),
    "a bare IPv4 address": ([of_list("198.51.100.7")], "escape"),
    "a doubtful list next to the fence": ([of_list("office"), deny()], "proved"),
    "a doubtful list that leaves the bucket out": (
        [deny(of_list("office")["Condition"], Resource=f"{BUCKET}/*")],
        "escape",
    ),
    "both sides of a doubtful list": (
        [of_list("office"), of_list("office", operator="IpAddress")],
        "unknown",
    ),
    "a doubtful list decides for requests without an address": (
        [of_list("office"), deny(also(Null={"aws:SourceIp": "false"}))],
        "proved",
    ),
    "a positive doubtful list does not": (
        [of_list("office", operator="IpAddress"), deny(also(Null={"aws:SourceIp": "false"}))],
        "escape",
    ),
    "a home by a variable": ([deny(Resource=[BUCKET, HOME])], "escape"),
    "all but a home": (
        [deny(Resource=[BUCKET, f"{BUCKET}/home/*"]), deny(Resource=None, NotResource=f"{BUCKET}/home/*")],
        "proved",
    ),
    "a home and all but that home": (
        [deny(Resource=[BUCKET, HOME]), deny(Resource=None, NotResource=[BUCKET, HOME])],
        "proved",
    ),
    "all but a home by a variable": ([deny(Resource=None, NotResource=HOME)], "unknown"),
    "whoever is not the user themselves": (
        [deny(also(StringNotLike={"aws:PrincipalArn": NOT_SELF}))],
        "unknown",
    ),
    "the user themselves and whoever is not": (
        [
            deny(also(StringNotLike={"aws:PrincipalArn": NOT_SELF})),
            deny(also(StringLike={"aws:PrincipalArn": NOT_SELF})),
        ],
        "proved",
    ),
    "the anonymous have a user id": ([deny(also(StringNotEquals={"aws:userid": "anonymous"}))], "escape"),
    "a role's user id may be any text": (
        [deny(also(StringNotEquals={"aws:userid": "no such form"}))],
        "unknown",
    ),
    "a role's user id of the usual form": (
        [deny(also(StringNotLike={"aws:userid": "AROA*:session"}))],
        "escape",
    ),
    "a user's id is not any text": (
        [
            deny(also(StringNotEquals={"aws:userid": "no such form"})),
            deny(also(StringNotEquals={"aws:PrincipalType": "User"})),
        ],
        "proved",
    ),
    "an instance's identity role": (
        [deny(also(StringNotLike={"aws:PrincipalArn": "*:assumed-role/aws:ec2-instance/*"}))],
        "unknown",
    ),
    "all but CreateBucket": ([deny(Action=None, NotAction="s3:CreateBucket")], "proved"),
    "CreateBucket alone": ([deny(Action="s3:CreateBucket")], "escape"),
    "a key of CreateBucket alone, negated": (
        [deny(also(StringNotEquals={"s3:LocationConstraint": "eu-west-1"}))],
        "proved",
    ),
    "a key of CreateBucket alone": (
        [deny(also(StringEquals={"s3:LocationConstraint": "eu-west-1"}))],
        "escape",
    ),
    "a key of a new bucket's name": (
        [deny(also(StringNotEquals={"s3:x-amz-bucket-namespace": "x"}))],
        "proved",
    ),
    "a parameter of listing": ([with_prefix("x")], "escape"),
    "a parameter of listing, of reading": (
        [with_prefix("x", "s3:GetObject"), deny(Action=None, NotAction="s3:GetObject")],
        "proved",
    ),
    "a header of writing": ([deny(also(StringNotEquals={"s3:x-amz-acl": "private"}))], "escape"),
    "a header of writing, of deleting": (
        [
            deny(also(StringNotEquals={"s3:x-amz-acl": "private"}), Action="s3:DeleteObject"),
            deny(Action=None, NotAction="s3:DeleteObject"),
        ],
        "proved",
    ),
}
OF_PEOPLE = ("whoever", "themselves", "user id", "user's id", "identity")
"""What a service's own request says of its principal is not documented."""


@pytest.mark.parametrize(("statements", "expected"), PREMISES.values(), ids=PREMISES.keys())
def test_solver_and_prover_reach_the_verdict_worked_out_by_hand(
    request: pytest.FixtureRequest, statements: list[Statement], expected: str
) -> None:
    """What is not documented is a fact of its own for the one as for the other."""
    services = not any(word in request.node.callspec.id for word in OF_PEOPLE)
    fence = replace(OFFICE, trust_aws_services=not services)
    assert solved(statements, services=services) == expected
    assert str(prove(policy(*statements), fence, now=NOW).verdict) == expected


DOUBTFUL: Sequence[dict[str, dict[str, object]]] = (
    {"NotIpAddress": {"aws:SourceIp": [*LIST, "office"]}},
    {"IpAddress": {"aws:SourceIp": ["office"]}},
    {"NotIpAddress": {"aws:SourceIp": ["::ffff:0:0/96"]}},
    {"StringEquals": {"s3:LocationConstraint": "eu-west-1"}},
    {"StringNotEquals": {"s3:LocationConstraint": "eu-west-1"}},
    {"StringNotEquals": {"s3:prefix": "x"}},
)
FENCES: Sequence[dict[str, dict[str, object]]] = [
    *({"NotIpAddress": {"aws:SourceIp": LIST}},) * 9,
    *DOUBTFUL,
    {"Null": {"aws:SourceIp": "true"}},
    {"Null": {"aws:SourceIp": "false"}},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"Bool": {"aws:SecureTransport": "true"}},
]


@pytest.mark.parametrize("batch", range(3))
def test_solver_and_prover_agree_where_a_policy_is_not_documented(batch: int) -> None:
    """Escape, proved and unknown alike."""
    seen: Counter[str] = Counter()
    for seed in range(batch * 1_000, batch * 1_000 + 40):
        chance = random.Random(seed)
        statements = [
            statement(chance, "Deny", ("s3:*", "*", "s3:GetObject", "s3:List*", "s3:CreateBucket"), FENCES)
            for _ in range(chance.randint(1, 4))
        ]
        verdict = str(prove(policy(*statements), OFFICE, now=NOW).verdict)
        assert verdict == solved(statements), statements
        seen[verdict] += 1
    assert min(seen["escape"], seen["proved"], seen["unknown"]) >= 2, seen


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


def is_shut(statements: Sequence[Statement], *asked: str) -> bool:
    """Whether the Denies leave no request as asked for, whatever AWS does where it does not say."""
    return not holds_for_some(Question("free").none_denied(statements).ask(*asked))


def locked_out(statements: Sequence[Statement], *, without: Sequence[str] = ()) -> dict[str, AddressSet]:
    """The parts of the allow-list from which some action of each job is denied at some moment."""
    found: dict[str, AddressSet] = {}
    for job, actions in JOBS.items():
        for part in QUARTERS:
            if any(
                is_shut(
                    statements,
                    f"(= ch {SIGNED})",
                    in_networks([part]),
                    *people(action, moment, without=without),
                )
                for action in actions
                for moment in moments(statements)
            ):
                found[job] = found.get(job, AddressSet.nothing()) | AddressSet.parse([part])
    return found


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


def agree_on_exemptions(statements: Sequence[Statement]) -> Counter[str]:
    """Hold the prover's lock-outs with exemptions to the solver's; return how many of each there are."""
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
    return Counter({whom.partition(" ")[0]: len(jobs) for whom, jobs in exempt.items()})


@pytest.mark.parametrize("batch", range(3))
def test_solver_and_prover_agree_on_the_lock_outs_of_random_policies(batch: int) -> None:
    """Of the whole allow-list, of parts of it, and of the exempt."""
    seen: Counter[str] = Counter()
    for seed in range(batch * 1_000, batch * 1_000 + 10):
        chance = random.Random(seed)
        conditions = [*CONDITIONS, *DOUBTFUL]
        statements = [statement(chance, "Deny", ACTIONS, conditions) for _ in range(chance.randint(1, 3))]
        found = locked_out(statements)
        assert answered(statements, OFFICE)[0] == found, statements
        seen["members"] += len(found)
        seen += agree_on_exemptions(statements)
    assert seen["members"] >= 3, seen
    assert seen["break-glass"] + seen["requests"] >= 3, seen


@pytest.mark.parametrize(
    ("statements", "delivers"),
    [
        pytest.param([deny()], False, id="the fence"),
        pytest.param(
            [deny(also(Bool={"aws:PrincipalIsAWSService": "false"}))], True, id="services are spared"
        ),
        pytest.param(
            [deny(also(StringNotEquals={"aws:PrincipalServiceName": DELIVERY}))], True, id="it is spared"
        ),
        pytest.param(
            [deny(also(Null={"aws:SourceIp": "false"}))], True, id="requests without an address are"
        ),
        pytest.param(
            [deny(also(StringNotEquals={"aws:PrincipalServiceName": "x"}))], False, id="another is spared"
        ),
        pytest.param([deny(Action=None, NotAction="s3:PutObject")], True, id="its action is spared"),
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


def is_dead(statements: Sequence[Statement]) -> bool:
    """Whether the solver finds requests for the last statement, an Allow, and none that it takes effect
    for.
    """
    granted = Question("free").ask(SINCE_NOW)
    used = holds_for_some(granted.ask(granted.matches(statements[-1])))
    question = Question("free").ask(SINCE_NOW)
    return used and not holds_for_some(question.none_denied(statements).ask(question.matches(statements[-1])))


def allow(condition: dict[str, Any] | None = None, **changed: object) -> Statement:
    """An Allow for everybody to read, but for what is changed."""
    return deny(
        condition or None, **{"Effect": "Allow", "Action": "s3:GetObject", "Resource": BOTH, **changed}
    ) | ({} if condition else {"Condition": {}})


DEAD: dict[str, tuple[list[Statement], bool]] = {
    "everybody behind the fence": ([deny(), allow()], False),
    "CloudFront behind the fence": ([deny(), allow(Principal=CLOUDFRONT)], True),
    "CloudFront behind a fence for people": (
        [deny(also(Bool={"aws:PrincipalIsAWSService": "false"})), allow(Principal=CLOUDFRONT)],
        False,
    ),
    "a service behind a fence for addresses": (
        [deny(also(Null={"aws:SourceIp": "false"})), allow(Principal={"Service": "config.amazonaws.com"})],
        False,
    ),
    "a service behind a doubtful list": ([of_list("office"), allow(Principal=CLOUDFRONT)], True),
    "from an address outside": ([deny(), allow({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})], True),
    "from an address inside": ([deny(), allow({"IpAddress": {"aws:SourceIp": LIST[0]}})], False),
    "from a doubtful list": ([deny(), allow({"IpAddress": {"aws:SourceIp": "office"}})], False),
    "from outside behind a doubtful list": (
        [of_list("office"), allow({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})],
        False,
    ),
    "through an endpoint": ([deny(), allow({"StringEquals": {"aws:SourceVpce": VPCE}})], True),
    "through an endpoint that is spared": (
        [
            deny(also(StringNotEquals={"aws:SourceVpce": VPCE})),
            allow({"StringEquals": {"aws:SourceVpce": VPCE}}),
        ],
        False,
    ),
    "without TLS": (
        [deny({"Bool": {"aws:SecureTransport": "false"}}), allow({"Bool": {"aws:SecureTransport": "false"}})],
        True,
    ),
    "of one object that is denied": (
        [deny({}, Resource=f"{BUCKET}/one"), allow(Resource=f"{BUCKET}/one")],
        True,
    ),
    "of all objects, one denied": (
        [deny({}, Resource=f"{BUCKET}/one"), allow(Resource=f"{BUCKET}/*")],
        False,
    ),
    "of an action that is denied": ([deny({}, Action="s3:Get*"), allow()], True),
    "with a key of CreateBucket alone": (
        [deny({"StringNotEquals": {"s3:LocationConstraint": "x"}}), allow()],
        True,
    ),
    "after a day on which all is denied": (
        [deny({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}), allow()],
        True,
    ),
    "before a day": ([deny({"DateGreaterThan": {"aws:CurrentTime": DAY}}), allow()], False),
    "for one role, and only others are spared": (
        [deny({"ArnNotEquals": {"aws:PrincipalArn": f"{ROLE}-2"}}), allow(Principal={"AWS": ROLE})],
        True,
    ),
    "for the role that is spared": (
        [deny({"ArnNotEquals": {"aws:PrincipalArn": ROLE}}), allow(Principal={"AWS": ROLE})],
        False,
    ),
    "whatever a variable says": (
        [deny({"StringLike": {"aws:PrincipalArn": NOT_SELF}}), allow(Principal={"AWS": ROLE})],
        False,
    ),
}


@pytest.mark.parametrize(("statements", "dead"), DEAD.values(), ids=DEAD.keys())
def test_an_allow_is_dead_where_the_solver_finds_no_request_for_it(
    statements: list[Statement], dead: bool
) -> None:
    """As worked out by hand, too."""
    assert is_dead(statements) is dead
    assert bool(prove(policy(*statements), OFFICE, now=NOW).dead_allows) is dead


SIMPLE = ("s3:*", "*", "s3:GetObject", ["s3:GetObject", "s3:PutObject"], "s3:ListBucket", "s3:Get*")


@pytest.mark.parametrize("batch", range(3))
def test_solver_and_prover_agree_on_the_dead_allows_of_random_policies(batch: int) -> None:
    """Dead for the one is dead for the other."""
    seen: Counter[bool] = Counter()
    for seed in range(batch * 1_000, batch * 1_000 + 40):
        chance = random.Random(seed)
        conditions = [*CONDITIONS, *DOUBTFUL]
        denies = [statement(chance, "Deny", SIMPLE, conditions) for _ in range(chance.randint(1, 2))]
        statements = [*denies, statement(chance, "Allow", SIMPLE, conditions)]
        dead = bool(prove(policy(*statements), OFFICE, now=NOW).dead_allows)
        assert dead is is_dead(statements), statements
        seen[dead] += 1
    assert min(seen[True], seen[False]) >= 2, seen
