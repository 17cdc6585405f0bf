"""PrivateBucket: every safeguard, known at the first preview, in an order that never leaves it open."""

import json
from typing import Any

import pulumi
import pytest

from components import PrivateBucket, PrivateBucketArgs
from tests.components.engine import ACCOUNT, Declared, Program, run

ALLOWED = ["203.0.113.0/24", "2001:db8:1234::/48"]
KEY = f"arn:aws:kms:ap-northeast-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
LOCAL = {"bucket_name": "example-bucket", "protect": False}


def declare(preview: bool = False, name: str = "data", **args: Any) -> Program:
    """A program that declares one bucket with these arguments and the allow-list."""
    given: Any = {"allowed_networks": ALLOWED, **LOCAL, **args}
    return run(lambda: PrivateBucket(name, given), preview=preview)


def denies(policy: str) -> list[dict[str, Any]]:
    """The policy's Deny statements."""
    return [each for each in json.loads(policy)["Statement"] if each["Effect"] == "Deny"]


def main_parts(program: Program, name: str = "data") -> dict[str, Declared]:
    """The bucket and what is declared with it, by kind."""
    return {each.type.rsplit(":", 1)[1]: each for each in program.resources if each.name == name}


def test_the_bucket_has_every_safeguard() -> None:
    """Public access and ACLs are off, versions are kept, SSE-C is blocked, requests are logged."""
    parts = main_parts(declare())
    block = parts["BucketPublicAccessBlock"].inputs
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert [block[flag] for flag in flags] == [True] * 4
    assert parts["BucketOwnershipControls"].inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert parts["BucketVersioning"].inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert parts["BucketServerSideEncryptionConfiguration"].inputs["rules"] == [
        {
            "applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"},
            "blockedEncryptionTypes": ["SSE-C"],
            "bucketKeyEnabled": False,
        }
    ]
    assert parts["BucketLogging"].inputs["targetBucket"] == "example-bucket-logs"
    assert parts["BucketLogging"].inputs["targetPrefix"] == "access/"


def test_no_grant_and_no_acl_is_declared() -> None:
    """Nothing in the program speaks of ACLs or of S3's old log-delivery group."""
    program = declare()
    assert not program.all("BucketAcl")
    assert not [key for each in program.resources for key in each.inputs if "acl" in key.lower().split()]
    assert not [each for each in program.resources if "grants" in each.inputs or "acl" in each.inputs]


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])
def test_both_bucket_policies_are_known_and_deny_the_outside(preview: bool) -> None:
    """Even at the first preview, with nothing there yet, each policy's text is known and holds the Deny."""
    for declared in declare(preview).all("BucketPolicy"):
        outside = denies(declared.inputs["policy"])[0]
        assert outside["Principal"] == "*"
        assert outside["Action"] == "s3:*"
        bucket = declared.inputs["bucket"]
        assert outside["Resource"] == [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
        assert outside["Condition"]["NotIpAddress"] == {"aws:SourceIp": ALLOWED}


def test_the_fence_stands_before_anybody_and_outlives_them() -> None:
    """Block before policy, both before every user and key; at destroy they leave only with the bucket."""
    program = declare()
    parts = main_parts(program)
    assert program.comes_after(parts["BucketPolicy"], parts["BucketPublicAccessBlock"])
    for each in program.resources:
        if each.type.startswith("aws:iam/"):
            for part in parts.values():
                if part.type.startswith("aws:s3/"):
                    assert program.comes_after(each, part), (each.name, part.type)
    for name, bucket in (("data", parts["Bucket"]), ("data-logs", program.one("Bucket", "data-logs"))):
        for part in main_parts(program, name).values():
            if part.type.startswith("aws:s3/") and part is not bucket:
                assert part.deleted_with == bucket.urn, part.type


def test_the_fence_is_never_taken_off_a_bucket() -> None:
    """A safeguard that is renamed or replaced is let go, not deleted; the bucket itself is deleted."""
    program = declare()
    for name in ("data", "data-logs"):
        for part in main_parts(program, name).values():
            if part.type.startswith("aws:s3/") and part.type not in (LIFECYCLE, LOGGING):
                assert part.retained == (not part.type.endswith(":Bucket")), part.type


def test_logging_starts_when_the_log_bucket_is_ready() -> None:
    """S3 logs only into a bucket whose policy already takes logs and keeps everybody else out."""
    program = declare()
    logging = program.one("BucketLogging")
    for part in main_parts(program, "data-logs").values():
        if part.type not in ("s3-perimeter:index:AccessLogBucket", LIFECYCLE):
            assert program.comes_after(logging, part), part.type


LOGGING = "aws:s3/bucketLogging:BucketLogging"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"


def test_the_log_bucket_outlives_what_it_logs() -> None:
    """At destroy the bucket goes first: S3 goes on logging requests until it is gone."""
    program = declare()
    assert program.comes_after(program.one("Bucket", "data"), program.one("Bucket", "data-logs"))


def test_the_log_bucket_takes_logs_of_this_bucket_alone() -> None:
    """The log delivery service may write, for this bucket and account, with SSE-S3, and the logs expire."""
    program = declare(access_log_retention_days=30)
    parts = main_parts(program, "data-logs")
    allow = next(
        each
        for each in json.loads(parts["BucketPolicy"].inputs["policy"])["Statement"]
        if each["Effect"] == "Allow"
    )
    assert allow["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert allow["Resource"] == "arn:aws:s3:::example-bucket-logs/access/*"
    assert allow["Condition"] == {
        "ArnEquals": {"aws:SourceArn": "arn:aws:s3:::example-bucket"},
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
    }
    rules = parts["BucketServerSideEncryptionConfiguration"].inputs["rules"]
    assert rules[0]["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    assert parts["BucketLifecycleConfiguration"].inputs["rules"][0]["expiration"] == {"days": 30}


def test_an_existing_log_bucket_is_used_as_it_is() -> None:
    """With a log bucket by config, none is made and nothing of the given one is touched."""
    program = declare(access_log_bucket="central-logs", access_log_prefix="data/")
    assert program.one("BucketLogging").inputs["targetBucket"] == "central-logs"
    assert program.one("BucketLogging").inputs["targetPrefix"] == "data/"
    assert len(program.all("Bucket")) == len(program.all("BucketPolicy")) == 1


def test_kms_means_a_rotating_key_for_this_bucket_alone() -> None:
    """`aws:kms` makes a key that rotates, with a bucket key on, and users' policies stay about S3."""
    program = declare(encryption="aws:kms")
    key = program.one("Key")
    assert key.inputs["enableKeyRotation"] is True
    used = json.loads(key.inputs["policy"])["Statement"][1]["Condition"]
    assert used["StringEquals"] == {"kms:CallerAccount": ACCOUNT}
    assert used["StringLike"]["kms:EncryptionContext:aws:s3:arn"] == [
        "arn:aws:s3:::example-bucket",
        "arn:aws:s3:::example-bucket/*",
    ]
    rule = main_parts(program)["BucketServerSideEncryptionConfiguration"].inputs["rules"][0]
    assert rule["bucketKeyEnabled"] is True
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "aws:kms"
    assert "kms" not in program.one("Policy").inputs["policy"]


def test_a_given_kms_key_is_used_and_granted() -> None:
    """A given key's ARN encrypts the bucket, no key is made, and users get what S3 needs of it."""
    program = declare(kms_key_arn=KEY)
    assert not program.all("Key")
    rule = main_parts(program)["BucketServerSideEncryptionConfiguration"].inputs["rules"][0]
    assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == KEY
    assert KEY in program.one("Policy").inputs["policy"]


def test_protection_keeps_what_holds_data() -> None:
    """Protected, neither bucket nor key can be deleted or emptied; else they go with what is in them."""
    kept = declare(protect=True, encryption="aws:kms")
    assert [each.protect for each in (*kept.all("Bucket"), *kept.all("Key"))] == [True] * 3
    assert not [each for each in kept.all("Bucket") if each.inputs.get("forceDestroy")]
    assert not [each for each in kept.all("AccessKey") if each.protect]
    loose = declare()
    assert [each.inputs["forceDestroy"] for each in loose.all("Bucket")] == [True] * 2
    assert not [each for each in loose.resources if each.protect]


def test_versioning_can_be_suspended() -> None:
    """Without versioning S3 is set so, rather than left as it was."""
    suspended = main_parts(declare(versioning=False))["BucketVersioning"]
    assert suspended.inputs["versioningConfiguration"] == {"status": "Suspended"}


def test_tags_reach_everything_that_takes_tags() -> None:
    """Buckets, key, users and policies carry the tags."""
    program = declare(tags={"team": "x"}, encryption="aws:kms")
    kinds = ("Bucket", "Key", "User", "Policy")
    tagged = [each for kind in kinds for each in program.all(kind)]
    assert len(tagged) == 5
    assert [each.inputs["tags"] for each in tagged] == [{"team": "x"}] * 5


def test_a_name_in_the_accounts_own_namespace_is_declared_so() -> None:
    """S3 has to be asked for an account-regional name, NAME-ACCOUNT-REGION-an, and only then."""
    regional = declare(bucket_name=f"data-{ACCOUNT}-ap-northeast-1-an")
    assert main_parts(regional)["Bucket"].inputs["bucketNamespace"] == "account-regional"
    assert "bucketNamespace" not in main_parts(declare())["Bucket"].inputs


def test_two_buckets_in_one_stack_share_no_name() -> None:
    """Two components in one program have different URNs and different derived names in AWS."""

    def program() -> None:
        for name in ("one", "two"):
            PrivateBucket(name, {"allowed_networks": ALLOWED})

    program_run = run(program)
    assert len({each.urn for each in program_run.resources}) == len(program_run.resources)
    for kind, key in (("Bucket", "bucket"), ("User", "name"), ("Policy", "name")):
        names = [each.inputs[key] for each in program_run.all(kind)]
        assert len(set(names)) == len(names) > 1


def test_changing_the_networks_changes_the_policies_and_nothing_else() -> None:
    """Another allow-list is another text of the bucket policies; every other input stays as it was."""
    before = {each.urn: each.inputs for each in declare().resources}
    after = {each.urn: each.inputs for each in declare(allowed_networks=["198.51.100.0/24"]).resources}
    assert before.keys() == after.keys()
    changed = {urn.split("::")[2].rsplit("$", 1)[-1] for urn in before if before[urn] != after[urn]}
    assert changed == {"aws:s3/bucketPolicy:BucketPolicy", "s3-perimeter:index:PrivateBucket"}


def test_networks_that_are_known_later_are_fenced_when_they_are_known() -> None:
    """An address that another resource will have is unknown at preview, and in the policy at the update."""

    def program() -> None:
        address: pulumi.Output[str] = pulumi.Output.from_input("198.51.100.7/32")
        PrivateBucket(
            "data", {"allowed_networks": [address, "203.0.113.0/24"], "bucket_name": "example-bucket"}
        )

    policy = main_parts(run(program))["BucketPolicy"].inputs["policy"]
    assert denies(policy)[0]["Condition"]["NotIpAddress"]["aws:SourceIp"] == [
        "198.51.100.7/32",
        "203.0.113.0/24",
    ]


def test_temporary_networks_expire_by_the_policy_itself() -> None:
    """A network with a last day is allowed, and denied from the next day on by a Deny with a date."""
    program = declare(temporary_networks=[{"cidr": "198.51.100.7/32", "expires": "2099-12-31"}])
    found = denies(main_parts(program)["BucketPolicy"].inputs["policy"])
    dated = [each for each in found if "DateGreaterThanEquals" in each["Condition"]]
    assert [each["Condition"]["IpAddress"]["aws:SourceIp"] for each in dated] == ["198.51.100.7/32"]
    assert dated[0]["Condition"]["DateGreaterThanEquals"] == {"aws:CurrentTime": "2100-01-01T00:00:00Z"}


def test_an_owners_own_statements_are_added_to_the_denies() -> None:
    """What the policy of an existing bucket allowed can be kept: the Denies are there all the same."""
    own = {"Sid": "Own", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "x"}
    policy = main_parts(declare(additional_statements=[own]))["BucketPolicy"].inputs["policy"]
    plain = main_parts(declare())["BucketPolicy"].inputs["policy"]
    assert json.loads(policy)["Statement"] == [*json.loads(plain)["Statement"], own]


def test_an_existing_bucket_is_imported_not_made() -> None:
    """Taking over imports the bucket itself, by its name, and nothing else."""
    program = declare(take_over=True, protect=True)
    assert {each.imported for each in program.resources} == {"", "example-bucket"}
    assert main_parts(program)["Bucket"].imported == "example-bucket"


def collect(**args: Any) -> tuple[list[str], str]:
    """The messages and the final error of a program that is refused."""
    messages: list[str] = []
    with pytest.raises(pulumi.RunError) as refused:
        run(lambda: PrivateBucket("data", args), messages=messages)  # type: ignore[call-overload]
    return messages, str(refused.value)


def test_every_mistake_in_the_arguments_is_reported_at_once() -> None:
    """A library user's mistakes are reported like those in stack config: all of them, without a traceback."""
    messages, final = collect(allowed_networks=["203.0.113.5/24", "10.0.0.0/8"], bucket_name="Example")
    assert len(messages) == 3
    assert "`203.0.113.5/24` has host bits set" in messages[0]
    assert final == "nothing was deployed: the arguments of `data` have 3 mistakes"


NETWORKS = {"allowed_networks": ALLOWED}
BOTH = "argument `{}` (in Python `{}`)"


@pytest.mark.parametrize(
    ("args", "named"),
    [
        pytest.param(
            {"allowed_networks": ["203.0.113.0/24", "x"]},
            BOTH.format("allowedNetworks", "allowed_networks") + ", entry 2: ",
            id="networks",
        ),
        pytest.param(
            {**NETWORKS, "temporary_networks": [{"cidr": "203.0.113.9/32", "expires": "soon"}]},
            BOTH.format("temporaryNetworks", "temporary_networks") + ", entry 1, `expires`: ",
            id="temporary-networks",
        ),
        pytest.param(
            {**NETWORKS, "temporary_networks": "203.0.113.9/32"},
            BOTH.format("temporaryNetworks", "temporary_networks") + ": the value is not a list",
            id="temporary-networks-as-text",
        ),
        pytest.param({}, BOTH.format("allowedNetworks", "allowed_networks") + ": ", id="no-networks"),
        pytest.param(
            {**NETWORKS, "access_log_retention_days": 0},
            BOTH.format("accessLogRetentionDays", "access_log_retention_days") + ": ",
            id="access-logs",
        ),
        pytest.param(
            {**NETWORKS, "kms_key_arn": "key"}, BOTH.format("kmsKeyArn", "kms_key_arn") + ": ", id="kms-key"
        ),
        pytest.param({**NETWORKS, "users": [{"nam": "x"}]}, "argument `users`, entry 1", id="users"),
        pytest.param(
            {**NETWORKS, "break_glass_principal": ["x"]},
            "argument `break_glass_principal`: PrivateBucket has no such argument\n\n"
            "hint: did you mean `break_glass_principals`?",
            id="misspelled",
        ),
    ],
)
def test_a_mistake_names_the_argument_that_it_is_in(args: dict[str, Any], named: str) -> None:
    """By its name in the package's schema and, where that is another one, by its name in Python."""
    messages, final = collect(**args)
    assert any(message.startswith(named) for message in messages), messages
    assert "config key" not in "".join((*messages, final))


def test_a_mistake_in_what_is_known_later_is_reported_when_it_is_known() -> None:
    """The argument is named as well, and no stand-in is ever in force."""
    messages: list[str] = []

    def program() -> None:
        address: pulumi.Output[str] = pulumi.Output.from_input("198.51.100.7/24")
        PrivateBucket("data", {"allowed_networks": [address], "bucket_name": "example-bucket"})

    with pytest.raises(pulumi.RunError, match="the arguments of `data` have 1 mistake"):
        run(program, messages=messages)
    assert any("argument `allowedNetworks`" in message and "host bits" in message for message in messages)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param(lambda later: {"users": [{"name": later}]}, "argument `users`", id="users"),
        pytest.param(
            lambda later: {"access_log_bucket": later},
            BOTH.format("accessLogBucket", "access_log_bucket"),
            id="log-bucket",
        ),
        pytest.param(
            lambda later: {"name_prefix": later}, BOTH.format("namePrefix", "name_prefix"), id="prefix"
        ),
        pytest.param(
            lambda later: {"additional_statements": [{"Principal": {"AWS": later}}]},
            BOTH.format("additionalStatements", "additional_statements"),
            id="statements",
        ),
    ],
)
def test_what_decides_what_is_declared_has_to_be_known(given: Any, named: str) -> None:
    """What is known only later is refused by name, rather than replaced by a default."""
    messages: list[str] = []

    def program() -> None:
        args: Any = {**NETWORKS, **given(pulumi.Output.from_input("alice"))}
        PrivateBucket("data", args)

    with pytest.raises(pulumi.RunError, match="nothing was deployed"):
        run(program, messages=messages)
    (said,) = [message for message in messages if "known when the program runs" in message]
    assert said.startswith(f"{named}: it is an output of another resource")


def test_a_policy_that_does_not_fit_is_refused_before_anything_is_declared() -> None:
    """With more networks than S3's limit holds nothing is declared, and the message says by how much."""
    many = [f"198.51.{a}.{b}/32" for a in range(16) for b in range(0, 256, 2)]
    _, final = collect(allowed_networks=many, bucket_name="example-bucket")
    assert "bytes over S3's limit" in final


def test_a_user_name_that_iam_would_refuse_is_refused_first() -> None:
    """Names are checked as IAM will see them, with the stack in front."""
    _, final = collect(allowed_networks=ALLOWED, users=[{"name": "a" * 60}])
    assert "IAM takes 64 characters" in final
    assert "hint: shorten" in final


@pytest.mark.parametrize("secret", [False, True], ids=["ids", "secrets"])
def test_outputs_name_keys_by_person_and_slot(secret: bool) -> None:
    """Key ids and secret keys are found by person and slot; the secret ones are secrets as a whole."""
    found: list[Any] = []

    async def program() -> None:
        args: PrivateBucketArgs = {
            "allowed_networks": ALLOWED,
            "users": [{"name": "alice", "keys": ["a", "b"]}, {"name": "bob"}],
        }
        bucket = PrivateBucket("data", args)
        output = bucket.secret_access_keys if secret else bucket.access_key_ids
        found.extend([await output.future(), await output.is_secret()])

    run(program)
    what = "secret-of" if secret else "id-of"
    assert found == [
        {
            "alice": {"a": f"{what}-data-users-alice-a", "b": f"{what}-data-users-alice-b"},
            "bob": {"a": f"{what}-data-users-bob-a"},
        },
        secret,
    ]
