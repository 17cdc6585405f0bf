"""The proof's verdicts: sealed, an escape with its witnesses, or unknown."""

from dataclasses import replace
from importlib import import_module

import pytest

from s3_perimeter import PolicyDocument, Verdict, evaluate, prove
from s3_perimeter.actions import ActionResource, s3_actions, select_actions
from tests.s3_perimeter.documents.doubtful_policies import IN_DOUBT
from tests.s3_perimeter.policies import ACCOUNT, BUCKET, NOW, OFFICE, also, deny, policy
from tests.s3_perimeter.proof.verdict_policies import DOUBTFUL, EVERY, LEAKS, PUBLIC, SEALED, UNKNOWN


@pytest.mark.parametrize("document", SEALED.values(), ids=SEALED.keys())
def test_a_policy_that_denies_every_request_from_outside_is_proved(document: PolicyDocument) -> None:
    """No request from outside escapes, whatever form the Deny is written in."""
    proof = prove(document, OFFICE, now=NOW)
    assert (proof.verdict, proof.escapes, proof.undecided) == ("proved", (), ())


@pytest.mark.parametrize(("document", "channels"), LEAKS.values(), ids=LEAKS.keys())
def test_a_leak_is_shown_with_a_request_for_each_channel(
    document: PolicyDocument, channels: tuple[str, ...]
) -> None:
    """Exactly the channels that leak have a witness, and the evaluator denies none of them."""
    proof = prove(document, OFFICE, now=NOW)
    assert proof.verdict == "escape"
    assert tuple(witness.channel.value for witness in proof.escapes) == channels
    for witness in proof.escapes:
        assert evaluate(document, witness.request).surely_not_denied
        assert (witness.source_ip is not None) is (witness.channel.value in PUBLIC)
        assert witness.source_ip is None or witness.source_ip not in OFFICE.allowed
        assert witness.because
        assert witness.fix


@pytest.mark.parametrize("document", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_not_modelled_is_unknown_and_named(document: PolicyDocument) -> None:
    """Unknown is never reported as proved, and says what it could not look into."""
    proof = prove(document, OFFICE, now=NOW)
    assert proof.verdict is Verdict.UNKNOWN
    assert proof.unmodelled
    assert proof.undecided
    assert not any(
        "the evaluator denies the witness that was found: this is a bug, please report it" in reason
        for reason in proof.undecided
    )


@pytest.mark.parametrize(
    ("document", "named"),
    [
        pytest.param(
            UNKNOWN["canonical-user"], ("`NotPrincipal` CanonicalUser 79a5",), id="principal-not-modelled"
        ),
        pytest.param(
            policy(
                deny(also(StringNotEquals={"aws:ResourceTag/x": "y"}, StringLike={"aws:Referer": "*"})),
                deny(also(Null={"aws:Referer": "true"})),
            ),
            ("condition key `aws:ResourceTag/`",),
            id="the-one-key-in-doubt",
        ),
        pytest.param(
            UNKNOWN["unheard-of-key"],
            ("condition `StringNotEquals` on `s3:NeverHeardOf`: x",),
            id="key-never-heard-of",
        ),
        pytest.param(
            policy(deny(also(StringNotLikeIfExists={"s3:NeverHeardOf": ["x, y", "a"]}))),
            ('condition `StringNotLikeIfExists` on `s3:NeverHeardOf`: a, "x, y"',),
            id="key-never-heard-of-if-exists",
        ),
        pytest.param(
            policy(deny(also(StringNotEquals={"x:y": "${aws:username}"})), version="2008-10-17"),
            ("condition `StringNotEquals` on `x:y`: ${aws:username} as text",),
            id="what-was-no-variable-in-the-old-version",
        ),
        pytest.param(
            policy(deny(also(StringNotEquals={"x:y": "${aws:username}"}))),
            ("condition `StringNotEquals` on `x:y`: ${aws:username}",),
            id="variable",
        ),
        pytest.param(
            policy(deny(also(NumericLessThan={"aws:EpochTime": "${aws:PrincipalTag/until}"}))),
            ("condition `NumericLessThan` on `aws:EpochTime`: ${aws:PrincipalTag/until}",),
            id="moment-by-a-variable",
        ),
        pytest.param(
            policy(deny(also(ForAnyValue__NumericLessThan={"aws:EpochTime": "1900000000"}))),
            ("condition `ForAnyValue:NumericLessThan` on `aws:EpochTime`: 1900000000",),
            id="moments-at-once",
        ),
        pytest.param(
            UNKNOWN["wildcard-in-a-service"],
            ("`NotPrincipal` Service *.amazonaws.com",),
            id="wildcard-in-a-service",
        ),
    ],
)
def test_what_is_not_modelled_is_named_and_nothing_else(
    document: PolicyDocument, named: tuple[str, ...]
) -> None:
    """So that its author knows what to write otherwise."""
    assert prove(document, OFFICE, now=NOW).unmodelled == named


def test_whose_bucket_it_is_may_be_unknown() -> None:
    """Then neither a proof nor an escape rests on the account that the policy names."""
    document = policy(deny(also(StringEquals={"aws:ResourceAccount": ACCOUNT})))
    proof = prove(document, replace(OFFICE, account=None), now=NOW)
    assert (proof.verdict, proof.unmodelled) == ("unknown", ("condition key `aws:ResourceAccount`",))


@pytest.mark.parametrize("document", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_is_not_documented_is_never_leaned_on(document: PolicyDocument) -> None:
    """Without a witness and without a proof, the verdict is unknown."""
    proof = prove(document, OFFICE, now=NOW)
    assert (proof.verdict, proof.escapes) == ("unknown", ())
    assert proof.undecided


@pytest.mark.parametrize(("document", "channels"), IN_DOUBT.values(), ids=IN_DOUBT.keys())
def test_a_doubt_is_reported_for_the_channels_that_have_it(
    document: PolicyDocument, channels: tuple[str, ...]
) -> None:
    """Of the others it is proved that nobody gets through."""
    proof = prove(document, OFFICE, now=NOW)
    assert proof.escapes == ()
    assert tuple(reason.partition(":")[0] for reason in proof.undecided) == channels


@pytest.mark.parametrize(
    ("key", "value", "actions"),
    [
        pytest.param("s3:prefix", "a", {"s3:ListBucket", "s3:ListBucketVersions"}, id="prefix"),
        pytest.param("s3:x-amz-acl", "private", {"s3:PutObject", "s3:PutObjectAcl"}, id="acl"),
        pytest.param("s3:VersionId", "v", {"s3:GetObjectVersion", "s3:DeleteObjectVersion"}, id="version"),
    ],
)
def test_a_witness_uses_a_parameter_with_an_action_that_takes_it(
    key: str, value: str, actions: set[str]
) -> None:
    """No witness is a request that S3 would never see."""
    escapes = prove(policy(deny(also(StringNotEquals={key: value}))), OFFICE, now=NOW).escapes
    assert escapes
    for witness in escapes:
        assert witness.context[key] == value
        assert witness.action in actions


@pytest.mark.parametrize("document", [document for document, _ in LEAKS.values()], ids=LEAKS.keys())
def test_a_witness_asks_of_the_bucket_or_of_an_object_what_can_be_asked_of_it(
    document: PolicyDocument,
) -> None:
    """Or for something to come, which no action of today is called."""
    existing = {action.name.lower() for action in s3_actions()}
    for witness in prove(document, OFFICE, now=NOW).escapes:
        sort = ActionResource.BUCKET if witness.resource == BUCKET else ActionResource.OBJECT
        assert witness.action in select_actions(sort) or witness.action.lower() not in existing


def test_a_witness_reads_an_object_where_any_request_would_do() -> None:
    """By somebody of the owner's account, which everybody understands."""
    fence = replace(OFFICE, account="444455556666")
    witness, *_ = prove(policy({**deny(), "Effect": "Allow"}), fence, now=NOW).escapes
    assert (witness.action, witness.resource) == ("s3:GetObject", f"{BUCKET}/key")
    assert witness.principal == "arn:aws:iam::444455556666:user/someone"


@pytest.mark.parametrize(
    ("document", "account", "principal"),
    [
        pytest.param(
            policy(deny(Principal={"AWS": ACCOUNT})), ACCOUNT, "999988887777", id="of-another-account"
        ),
        pytest.param(
            policy(deny(Principal={"AWS": "999988887777"})),
            "999988887777",
            ACCOUNT,
            id="of-yet-another-account",
        ),
        pytest.param(
            policy(
                deny(also(StringNotEquals={"aws:PrincipalAccount": "123456789012"})),
                deny(also(Null={"aws:Referer": "false"}), Principal={"AWS": "123456789012"}),
            ),
            ACCOUNT,
            "123456789012",
            id="of-the-account-that-is-named",
        ),
    ],
)
def test_a_witness_has_a_name_that_reads_well(document: PolicyDocument, account: str, principal: str) -> None:
    """Whatever account it has to be of."""
    witness, *_ = prove(document, replace(OFFICE, account=account), now=NOW).escapes
    assert witness.principal == f"arn:aws:iam::{principal}:user/someone"


def test_a_witness_over_plain_http_has_no_version_of_tls() -> None:
    """As the request would not have one."""
    for witness in prove(policy(deny(also(Bool={"aws:SecureTransport": "true"}))), OFFICE, now=NOW).escapes:
        assert witness.context["aws:SecureTransport"] == "false"
        assert "s3:TlsVersion" not in witness.context


def test_a_witness_holds_no_answer_for_the_value_of_a_key() -> None:
    """What `Null` says is whether the key is there."""
    witness, *_ = prove(policy(deny(also(Null={"aws:PrincipalTag/team": "true"}))), OFFICE, now=NOW).escapes
    assert witness.context["aws:PrincipalTag/team"] not in ("true", "false")


def test_a_witness_spells_the_key_of_a_tag_as_aws_does() -> None:
    """However the policy spells it; the tag's own name follows."""
    escapes = prove(
        policy(deny(also(StringNotEquals={"AWS:principaltag/team": "ops"}))), OFFICE, now=NOW
    ).escapes
    assert [witness.context["aws:PrincipalTag/team"] for witness in escapes] == ["ops"] * 3


def test_a_witness_asks_for_what_comes_first_of_all_that_gets_through() -> None:
    """The best known action, and no other than need be."""
    document = policy(deny(Action="s3:Put*"), deny(Action="s3:Get*", Resource=BUCKET))
    assert {witness.action for witness in prove(document, OFFICE, now=NOW).escapes} == {"s3:GetObject"}


def test_a_witness_comes_at_a_whole_second() -> None:
    """Clocks of services need not know any others."""
    document = policy(deny(also(DateLessThanEquals={"aws:CurrentTime": "2030-01-01T00:00:00Z"})))
    for witness in prove(document, OFFICE, now=NOW).escapes:
        assert witness.context["aws:CurrentTime"] == "2030-01-01T00:00:01Z"


def test_a_time_without_a_zone_is_refused() -> None:
    """It would be another moment on every machine, and the proof another one."""
    with pytest.raises(ValueError, match="`now` needs a time zone, such as UTC"):
        prove(policy(deny()), OFFICE, now=NOW.replace(tzinfo=None))


def test_a_witness_that_the_evaluator_denies_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is the channel called sealed: one of the two is wrong."""
    document = policy(deny(Resource=BUCKET))
    (escape, *_) = prove(document, OFFICE, now=NOW).escapes
    denied = evaluate(policy(deny({})), escape.request)
    monkeypatch.setattr(import_module("s3_perimeter.proof.attempts"), "evaluate", lambda *_: denied)
    proof = prove(document, OFFICE, now=NOW)
    assert (proof.verdict, proof.escapes, len(proof.undecided)) == ("unknown", (), len(EVERY))
    assert all(
        "the evaluator denies the witness that was found: this is a bug, please report it" in reason
        for reason in proof.undecided
    )


PATTERNS = {"aws:Referer": [f"*{letter}{'?' * 18}" for letter in "abcdefgh"]}
VALUES = {"aws:Referer": [str(number) for number in range(700)]}
TAGS = {"s3:RequestObjectTagKeys": [str(number) for number in range(60)]}
TOO_MUCH = {
    "too many ways in which the patterns": [also(StringNotLike=PATTERNS), also(StringLike=PATTERNS)],
    "too many values in the conditions": [also(StringNotEquals=VALUES), also(StringEquals=VALUES)],
    "too many values of `s3:RequestObjectTagKeys`": [
        also(ForAnyValue__StringEquals=TAGS),
        also(ForAllValues__StringNotEquals=TAGS),
    ],
    "too many values of `aws:CalledVia` to try all sets": [
        also(**{operator: {"aws:CalledVia": [f"{name}.amazonaws.com" for name in names]}})
        for names in ("abcdefg", "hijklmn")
        for operator in ("ForAnyValue__StringEquals", "ForAllValues__StringNotEquals")
    ],
}


@pytest.mark.parametrize(("reason", "conditions"), TOO_MUCH.items(), ids=TOO_MUCH.keys())
def test_work_past_the_bound_is_unknown(reason: str, conditions: list[dict[str, object]]) -> None:
    """What would take for ever is given up, and said so."""
    proof = prove(policy(*map(deny, conditions)), OFFICE, now=NOW)
    assert proof.verdict is Verdict.UNKNOWN
    assert any(reason in each for each in proof.undecided)
