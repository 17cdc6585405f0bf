"""bucket-policy-denies-outside: start sealed, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from policies.rules import bucket_policy_denies_outside
from s3_perimeter import AddressSet, Perimeter, bucket_policy, log_bucket_policy
from tests.policies.engine import UNKNOWN, Res, judge, secret
from tests.policies.programs import (
    ALLOWED,
    CONFIG,
    FORMS,
    LOG_EXEMPT,
    LOGS,
    NAME,
    bucket,
    deny,
    deny_plain_http,
    document,
    part,
    text,
    with_inline,
    with_part,
)

RULE = bucket_policy_denies_outside.judge

Form = Callable[[object], list[Res]]
forms = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


@forms
@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(text(deny()), id="text"),
        pytest.param(document(deny()), id="object"),
        pytest.param(secret(text(deny())), id="secret"),
        pytest.param(
            bucket_policy(Perimeter(bucket=NAME, allowed=AddressSet.parse(ALLOWED))), id="built-by-perimeter"
        ),
        pytest.param(
            text(deny(Condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/25"}})), id="narrower"
        ),
    ],
)
def test_accepts_a_sealed_bucket(form: Form, policy: object) -> None:
    """A policy that denies everything outside is proved, whatever resource holds it."""
    assert judge([RULE], form(policy), config=CONFIG) == []


@forms
@pytest.mark.parametrize(
    ("broken", "reasons"),
    [
        pytest.param(text(deny(Effect="Allow")), ["request that gets through", "s3:"], id="allow-for-deny"),
        pytest.param(
            text(deny(Effect="Allow"), deny_plain_http()),
            [
                "statement 1 (`Outside`, line 1) is an Allow; it blocks nobody\nrequest that gets through "
                "(public-signed): ",
                "; others get through by public-anonymous, forward-access, vpc-endpoint, aws-service",
                'fix: in statement 1 (`Outside`, line 1): write `"Effect": "Deny"`',
            ],
            id="allow-for-deny-next-to-a-deny-of-plain-http",
        ),
        pytest.param(
            text(deny(Resource=f"arn:aws:s3:::{NAME}/*")), [f"arn:aws:s3:::{NAME} "], id="objects-only"
        ),
        pytest.param(text(deny(Action="s3:GetObject")), ["request that gets through"], id="one-action"),
        pytest.param(
            text(deny(Condition={"NotIpAddress": {"aws:SourceIp": [*ALLOWED, "198.51.100.0/24"]}})),
            ["198.51.100."],
            id="wider-list",
        ),
        pytest.param(
            text(deny(Condition={**deny()["Condition"], "Bool": {"aws:ViaAWSService": "false"}})),
            ["forward-access"],
            id="services-let-in",
        ),
        pytest.param(
            text(deny(Condition={**deny()["Condition"], **LOG_EXEMPT})),
            ["aws-service"],
            id="log-service-let-in",
        ),
        pytest.param(
            text(deny(Resource=["arn:aws:s3:::other", "arn:aws:s3:::other/*"])),
            ["gets through"],
            id="other-bucket",
        ),
        pytest.param("{", ["S3 would reject its policy"], id="not-json"),
        pytest.param(UNKNOWN, ["not known during preview", "explicit name"], id="unknown"),
        pytest.param("[secret]", ["secret that cannot be read"], id="redacted"),
    ],
)
def test_refuses_an_open_bucket(form: Form, broken: object, reasons: list[str]) -> None:
    """One thing wrong is one mandatory violation with the bucket, the reason, the witness and the fix."""
    (found,) = judge([RULE], form(broken), config=CONFIG)
    assert f"bucket `{NAME}`" in found.message
    assert "\nfix: " in found.message
    assert found.level == "MANDATORY"
    for reason in reasons:
        assert reason in found.message


def test_what_a_policy_says_stands_in_one_line() -> None:
    """No Sid forges a violation, or a command to the CI."""
    leaking = text(deny(Sid="a\n::notice::b\x1b[2J", Action="s3:GetObject"))
    (found,) = judge([RULE], with_inline(leaking), config=CONFIG)
    assert "a\\n::notice::b\\x1b[2J" in found.message
    assert "\x1b" not in found.message
    assert not any(line.lstrip().startswith("::") for line in found.message.splitlines())


def test_refuses_an_object_with_an_unknown_inside() -> None:
    """A document of which one value is unknown is not known."""
    broken = document(deny(Resource=[UNKNOWN]))
    (found,) = judge([RULE], with_part(broken), config=CONFIG)
    assert "not known during preview" in found.message


@pytest.mark.parametrize("empty", [{}, {"policy": ""}], ids=["none", "empty"])
def test_refuses_a_bucket_without_policy(empty: dict[str, Any]) -> None:
    """No policy at all shows only over the whole stack."""
    (found,) = judge([RULE], [bucket(**empty)], config=CONFIG)
    assert "it has no bucket policy" in found.message
    assert found.urn == bucket().urn


def test_an_output_policy_is_no_inline_policy() -> None:
    """A bucket's own `policy` output can be stale: only what the program declares counts."""
    stale = bucket()
    stale.outputs["policy"] = text(deny())
    (found,) = judge([RULE], [stale], config=CONFIG)
    assert "it has no bucket policy" in found.message


def test_a_bucket_that_is_left_alone_is_judged_by_what_it_has() -> None:
    """For a resource that `--target` keeps there are no inputs; its outputs are what is there."""
    kept = Res("aws:s3/bucket:Bucket", NAME, {}, {"bucket": NAME, "policy": text(deny())}, left_alone=True)
    assert judge([RULE], [kept], config=CONFIG) == []


def test_both_forms_on_one_bucket_must_both_seal() -> None:
    """Inline and part overwrite each other, so either may be the one in force, and one is too many."""
    broken = [*with_inline(text(deny())), part("BucketPolicy", policy=text(deny(Effect="Allow")))]
    second, opened = judge([RULE], broken, config=CONFIG)
    assert second.urn == opened.urn == part("BucketPolicy").urn
    assert "in addition to the bucket's own argument" in second.message
    assert "request that gets through" in opened.message


def test_links_an_unknown_name_by_property_dependencies() -> None:
    """`bucket=b.id` on a first preview links only through the property's dependencies."""
    policy = part("BucketPolicy", policy=text(deny()))
    policy.inputs["bucket"] = UNKNOWN
    policy.links = {"bucket": [bucket().urn]}
    assert judge([RULE], [bucket(), policy], config=CONFIG) == []


def test_refuses_a_policy_that_may_belong_to_either_of_two_buckets() -> None:
    """An ambiguous link protects neither bucket: three violations, the policy's and each bucket's."""
    policy = part("BucketPolicy", policy=text(deny()))
    policy.inputs["bucket"] = UNKNOWN
    policy.links = {"bucket": [bucket().urn, bucket("acme-other").urn]}
    found = judge([RULE], [bucket(), bucket("acme-other"), policy], config=CONFIG)
    assert len(found) == 3
    assert any("its bucket is not known during preview" in one.message for one in found)


def test_judges_the_policy_of_a_bucket_made_elsewhere() -> None:
    """A deployment that only sets an existing bucket's policy answers for that policy."""
    (found,) = judge([RULE], [part("BucketPolicy", policy=text(deny(Effect="Allow")))], config=CONFIG)
    assert f"`{NAME}`" in found.message


def test_refuses_a_bucket_whose_name_is_unknown() -> None:
    """Without a name no ARN in a policy can be judged."""
    unnamed = bucket(policy=text(deny()))
    unnamed.inputs["bucket"] = unnamed.outputs["id"] = UNKNOWN
    (found,) = judge([RULE], [unnamed], config=CONFIG)
    assert "its name is not known during preview" in found.message


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("eusc-de-east-1", "aws-eusc")], ids=["china", "eu"]
)
def test_the_region_decides_the_partition(region: str, partition: str) -> None:
    """In China the ARNs begin with arn:aws-cn, and others seal nothing."""
    resources = with_part(text(deny()))
    for resource in resources:
        resource.provider = {"region": region}
    (found,) = judge([RULE], resources, config=CONFIG)
    assert f"arn:{partition}:s3:::{NAME}" in found.message


class TestLogBucket:
    """The bucket that access logs go to: S3's log delivery is exempt there, and nobody else."""

    def resources(self, policy: object, *, logging: bool = True) -> list[Res]:
        log_bucket = with_part(policy, LOGS)
        data = with_part(text(deny()))
        delivery = part("BucketLogging", targetBucket=LOGS, targetPrefix="access/")
        return [*log_bucket, *data, *([delivery] if logging else [])]

    def test_accepts_the_log_service(self) -> None:
        """A Deny that steps aside for log delivery seals a log bucket."""
        assert judge([RULE], self.resources(text(deny(LOGS, Condition=LOG_EXEMPT))), config=CONFIG) == []

    def test_accepts_the_policy_that_perimeter_builds(self) -> None:
        """The core's own log-bucket policy passes."""
        perimeter = Perimeter(bucket=LOGS, allowed=AddressSet.parse(ALLOWED))
        built = log_bucket_policy(perimeter, NAME, "111122223333", "access/")
        assert judge([RULE], self.resources(built), config=CONFIG) == []

    def test_refuses_the_log_service_where_no_logs_go(self) -> None:
        """The same policy is open on a bucket that receives no logs."""
        resources = self.resources(text(deny(LOGS, Condition=LOG_EXEMPT)), logging=False)
        (found,) = judge([RULE], resources, config=CONFIG)
        assert f"`{LOGS}`" in found.message

    def test_refuses_every_other_service(self) -> None:
        """An exemption for all AWS services is more than log delivery needs."""
        wide = {
            "NotIpAddress": {"aws:SourceIp": ALLOWED},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        }
        (found,) = judge([RULE], self.resources(text(deny(LOGS, Condition=wide))), config=CONFIG)
        assert "aws-service" in found.message


class TestAllowList:
    """Where the allow-list comes from, and what happens where there is none."""

    sealed = staticmethod(lambda: with_part(text(deny())))

    def test_refuses_without_any(self) -> None:
        """A program that knows nothing of this project is shown which key to set."""
        (found,) = judge([RULE], self.sealed(), config={"aws:region": "ap-northeast-1"})
        assert "`s3-perimeter:allowedNetworks`" in found.message
        assert f"`{RULE.id}`" in found.message

    def test_refuses_a_config_with_a_mistake(self) -> None:
        """A config that cannot be read is no allow-list; the mistake is shown."""
        config = {"s3-perimeter:allowedNetworks": json.dumps(["203.0.113.5/24"])}
        (found,) = judge([RULE], self.sealed(), config=config)
        assert "203.0.113.0/24" in found.message

    def test_the_packs_config_serves_foreign_programs(self) -> None:
        """Without stack config the pack's own list counts."""
        pack_config = {RULE.id: {"allowedNetworks": ALLOWED}}
        assert judge([RULE], self.sealed(), config={}, pack_config=pack_config) == []

    def test_the_stacks_config_goes_before_the_packs(self) -> None:
        """A stack that says what it allows is judged by that."""
        pack_config = {RULE.id: {"allowedNetworks": ["198.51.100.0/24"]}}
        assert judge([RULE], self.sealed(), config=CONFIG, pack_config=pack_config) == []

    def test_a_bucket_can_have_a_list_of_its_own(self) -> None:
        """The pack's config names networks for single buckets; every other bucket keeps the stack's list."""
        partner = deny(Condition={"NotIpAddress": {"aws:SourceIp": [*ALLOWED, "198.51.100.0/25"]}})
        for pattern, expected in (("acme-*", 0), ("other-*", 1)):
            own = {pattern: [*ALLOWED, "198.51.100.0/25"]}
            found = judge(
                [RULE],
                with_part(text(partner)),
                config=CONFIG,
                pack_config={RULE.id: {"allowedNetworksByBucket": own}},
            )
            assert len(found) == expected

    @pytest.mark.parametrize("pattern", ["*", "acme-*", "acme-data", "acme?data"])
    def test_the_packs_list_for_a_bucket_goes_before_the_stacks(self, pattern: str) -> None:
        """A pattern as short as `*` still goes before the list for every bucket."""
        pack_config = {RULE.id: {"allowedNetworksByBucket": {pattern: ["198.51.100.0/24"]}}}
        (found,) = judge([RULE], self.sealed(), config=CONFIG, pack_config=pack_config)
        assert f"`{RULE.id}.allowedNetworksByBucket.{pattern}`" in found.message

    def test_only_star_and_question_mark_are_special_in_a_pattern(self) -> None:
        """A bracket is a character like any other."""
        pack_config = {RULE.id: {"allowedNetworksByBucket": {"acme[-]data": ["198.51.100.0/24"]}}}
        assert judge([RULE], self.sealed(), config=CONFIG, pack_config=pack_config) == []

    def test_lists_of_single_buckets_need_no_other_list(self) -> None:
        """A bucket that has its own list is judged by it; one without is refused."""
        pack_config = {RULE.id: {"allowedNetworksByBucket": {NAME: ALLOWED}}}
        assert judge([RULE], self.sealed(), config={}, pack_config=pack_config) == []
        resources = [*self.sealed(), *with_part(text(deny(LOGS)), LOGS)]
        (found,) = judge([RULE], resources, config={}, pack_config=pack_config)
        assert f"`{LOGS}`" in found.message
        assert "there is no allow-list" in found.message

    def test_other_keys_of_the_stack_leave_the_packs_list_in_force(self) -> None:
        """A stack goes before the pack by a list of its own; exemptions without one count for nothing."""
        pack_config = {RULE.id: {"allowedNetworks": ALLOWED}}
        config = {"s3-perimeter:tags": "{}", "s3-perimeter:trustAwsServices": "true"}
        assert judge([RULE], self.sealed(), config=config, pack_config=pack_config) == []
        services = {**deny()["Condition"], "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
        resources = with_part(text(deny(Condition=services)))
        (found,) = judge([RULE], resources, config=config, pack_config=pack_config)
        assert "(aws-service" in found.message

    @pytest.mark.parametrize(
        ("settings", "place"),
        [
            pytest.param({"allowedNetworks": ["203.0.113.5/24"]}, "allowedNetworks", id="general"),
            pytest.param(
                {"allowedNetworks": ALLOWED, "vpcEndpoints": ["vpc-1"]}, "vpcEndpoints", id="exemption"
            ),
            pytest.param(
                {"allowedNetworksByBucket": {"acme-*": ["203.0.113.5/24"]}},
                "allowedNetworksByBucket.acme-*",
                id="by-bucket",
            ),
        ],
    )
    def test_a_mistake_in_the_packs_list_names_the_packs_config(
        self, settings: dict[str, object], place: str
    ) -> None:
        """Nobody is sent to a key of the stack's config that has no mistake."""
        (found,) = judge([RULE], self.sealed(), config={}, pack_config={RULE.id: settings})
        assert f"the pack's config (`{RULE.id}.{place}`) has a mistake: entry 1: " in found.message
        assert "s3-perimeter:" not in found.message

    def test_says_that_the_partition_was_guessed(self) -> None:
        """A region from the environment does not reach a pack."""
        resources = with_part(text(deny()).replace("arn:aws:", "arn:aws-cn:"))
        for resource in resources:
            resource.provider = {}
        (found,) = judge([RULE], resources, config=CONFIG)
        assert "the partition `aws` was assumed;" in found.message
        (found,) = judge([RULE], with_part(text(deny(Effect="Allow"))), config=CONFIG)
        assert "guessed" not in found.message

    def test_declared_exemptions_count(self) -> None:
        """A VPC endpoint of the config may come in, another may not."""
        condition = {**deny()["Condition"], "StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
        resources = with_part(text(deny(Condition=condition)))
        config = {**CONFIG, "s3-perimeter:vpcEndpoints": '["vpce-0123456789abcdef0"]'}
        assert judge([RULE], resources, config=config) == []
        (found,) = judge([RULE], resources, config=CONFIG)
        assert "vpc-endpoint" in found.message

    @pytest.mark.parametrize(
        ("entry", "condition"),
        [
            pytest.param(
                {"organization": "o-a1b2c3d4e5"},
                {"StringNotEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}},
                id="organization",
            ),
            pytest.param(
                {"account": "999988887777"},
                {"StringNotEquals": {"aws:VpceAccount": "999988887777"}},
                id="account",
            ),
            pytest.param(
                {"vpc": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d"},
                {"ArnNotEquals": {"aws:SourceVpcArn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d"}},
                id="vpc",
            ),
        ],
    )
    @pytest.mark.parametrize("place", ["stack", "pack"])
    def test_an_allow_list_may_be_empty_with_vpc_endpoints(
        self, entry: dict[str, str], condition: dict[str, object], place: str
    ) -> None:
        """Those endpoints alone come in; without them an empty list is a mistake, and proves nothing."""
        resources = with_part(text(deny(Condition=condition)))
        given: dict[str, object] = {"allowedNetworks": [], "vpcEndpoints": [entry]}

        def found(**keys: object) -> list[str]:
            if place == "pack":
                return messages(judge([RULE], resources, config={}, pack_config={RULE.id: keys}))
            config = {f"s3-perimeter:{key}": json.dumps(value) for key, value in keys.items()}
            return messages(judge([RULE], resources, config=config))

        def messages(violations: list[Any]) -> list[str]:
            return [one.message for one in violations]

        assert found(**given) == []
        (message,) = found(allowedNetworks=[])
        assert "the allow-list is empty" in message
        (message,) = found(**{**given, "vpcEndpoints": ["vpce-0123456789abcdef0"]})
        assert "vpc-endpoint" in message

    def test_an_exported_state_is_judged_by_its_own_outputs(self) -> None:
        """`pulumi policy analyze` sends no config: the stack's outputs say what is in force."""
        stack = Res("pulumi:pulumi:Stack", "acme-dev", {}, {"allowedNetworks": ALLOWED})
        assert judge([RULE], [stack, *self.sealed()]) == []
        (found,) = judge([RULE], [stack, *with_part(text(deny(Effect="Allow")))])
        assert "`allowedNetworks`" in found.message

    def test_outputs_do_not_count_where_the_engine_sends_config(self) -> None:
        """During a preview a program cannot widen its own fence by what it exports."""
        stack = Res("pulumi:pulumi:Stack", "acme-dev", {}, {"allowedNetworks": ALLOWED})
        (found,) = judge([RULE], [stack, *self.sealed()], config={})
        assert "there is no allow-list" in found.message


@forms
@pytest.mark.parametrize("ending", ["--x-s3", "-s3alias", "--ol-s3", "--table-s3"])
def test_a_bucket_of_another_kind_is_not_judged_as_a_general_purpose_one(form: Form, ending: str) -> None:
    """Other actions and other ARNs reach it, so its policy proves nothing."""
    name = f"papers{ending}"
    resource = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    violations = judge([RULE], form(text(deny(Resource=resource)), name=name), config=CONFIG)  # type: ignore[call-arg]
    assert len(violations) == 1
    assert f"`{name}` ends in `{ending}`" in str(violations[0])
    assert "name a general purpose bucket" in str(violations[0])
