"""What the pack says of a mistake, whole: the reason as a sentence, and advice that helps."""

from __future__ import annotations

import pytest

from policies.judging.rule import Rule
from policies.rules import (
    bucket_policy_allows_only_data,
    bucket_policy_denies_outside,
    log_bucket_accepts_log_delivery,
    tls_required,
    user_policy_least_privilege,
)
from tests.policies.engine import UNKNOWN, Res, judge
from tests.policies.programs import CONFIG, LOGS, NAME, bucket, deny, part, text

SEALING = bucket_policy_denies_outside.judge
ONLY_DATA = bucket_policy_allows_only_data.judge
LOG_DELIVERY = log_bucket_accepts_log_delivery.judge
TLS = tls_required.judge
LEAST_PRIVILEGE = user_policy_least_privilege.judge

ENDPOINT = Res("aws:ec2/vpcEndpoint:VpcEndpoint", "s3-endpoint", {"vpcId": UNKNOWN}, {"id": UNKNOWN})
ADA = Res("aws:iam/user:User", "ada", {"name": "ada"}, {"arn": UNKNOWN})
PET = Res("random:index/randomPet:RandomPet", "suffix", {}, {"id": UNKNOWN}, provider={})
NEW_BUCKET = Res("aws:s3/bucket:Bucket", NAME, {"bucket": NAME}, {"arn": UNKNOWN})
PETS_BUCKET = Res("aws:s3/bucket:Bucket", "pets", {"bucket": UNKNOWN}, links={"bucket": [PET.urn]})


def unknown_policy(*made_of: Res) -> Res:
    return Res(
        "aws:s3/bucketPolicy:BucketPolicy",
        "p",
        {"bucket": NAME, "policy": UNKNOWN},
        links={"policy": [each.urn for each in made_of]},
    )


def user_policy(resource: str) -> Res:
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}
    return Res("aws:iam/userPolicy:UserPolicy", "u", {"policy": text(allow)})


UNKNOWN_POLICY = (
    f"bucket `{NAME}`: its policy is not known during preview, so it cannot be judged before it is in force"
)
NOT_ALL_KNOWN = (
    f"log bucket `{LOGS}`: the names of both buckets and the log prefix are not all known during preview; "
    "what is "
    "missing is"
)


@pytest.mark.parametrize(
    ("rule", "program", "said"),
    [
        pytest.param(
            LOG_DELIVERY,
            [bucket(), bucket(LOGS), part("BucketLogging", targetBucket=LOGS, targetPrefix="access/")],
            f"log bucket `{LOGS}`: it has no policy that allows logging.s3.amazonaws.com to write, so logs "
            "of "
            f"`{NAME}` are "
            f"lost\nfix: {LOG_DELIVERY.remedy}",
            id="no-log-delivery",
        ),
        pytest.param(
            SEALING,
            [NEW_BUCKET, ENDPOINT, unknown_policy(NEW_BUCKET, ENDPOINT)],
            f"{UNKNOWN_POLICY}: what it takes from VpcEndpoint `s3-endpoint` (such as its id) and Bucket "
            f"`{NAME}` "
            f"(such as its ARN) is known only after they are created\nfix: write the ARN of Bucket `{NAME}` "
            "from an "
            "explicit name (`bucket`) instead of taking it from the `arn` output; deploy VpcEndpoint "
            "`s3-endpoint` "
            "first and this policy with a second `pulumi up`, in whose preview what it takes from there is "
            "known",
            id="unknown-bucket-and-endpoint",
        ),
        pytest.param(
            SEALING,
            [bucket(), ENDPOINT, unknown_policy(bucket(), ENDPOINT)],
            f"{UNKNOWN_POLICY}: what it takes from VpcEndpoint `s3-endpoint` (such as its id) is known only "
            "after it "
            "is created\nfix: deploy VpcEndpoint `s3-endpoint` first and this policy with a second `pulumi "
            "up`, in "
            "whose preview what it takes from there is known",
            id="unknown-endpoint-alone",
        ),
        pytest.param(
            SEALING,
            [bucket(), ADA, unknown_policy(ADA)],
            f"{UNKNOWN_POLICY}: what it takes from User `ada` (such as its ARN) is known only after it is "
            "created\nfix: deploy User `ada` first and this policy with a second `pulumi up`, in whose "
            "preview what it takes from there is known",
            id="unknown-user",
        ),
        pytest.param(
            SEALING,
            [bucket(), unknown_policy()],
            f"{UNKNOWN_POLICY}\nfix: build the document from values known at preview: give the bucket an "
            "explicit "
            "name (`bucket`) and write its ARN from that name instead of from the bucket's `arn` output",
            id="unknown-from-nowhere",
        ),
        *(
            pytest.param(
                rule,
                [
                    PET,
                    PETS_BUCKET,
                    Res(
                        "aws:s3/bucketPolicy:BucketPolicy",
                        "p",
                        {"bucket": UNKNOWN, "policy": text(deny())},
                        links={"bucket": [PETS_BUCKET.urn]},
                    ),
                ],
                "bucket `pets` (its bucket name is not known yet): its name is not known during preview: "
                "it is built from an output of RandomPet `suffix`\nfix: write the name in the program or "
                "in the stack's "
                "config, or "
                "deploy RandomPet `suffix` first and this with a second `pulumi up`",
                id=f"name-from-another-resource-{rule.id}",
            )
            for rule in (SEALING, TLS)
        ),
        pytest.param(
            SEALING,
            [
                PET,
                Res(
                    "aws:s3/bucketPolicy:BucketPolicy",
                    "p",
                    {"bucket": UNKNOWN, "policy": text(deny())},
                    links={"bucket": [PET.urn]},
                ),
            ],
            "bucket policy `p`: its bucket is not known during preview: it is built from an output of "
            "RandomPet `suffix`\nfix: write the name in the program or in the stack's config, or "
            "deploy RandomPet `suffix` first and this with a second `pulumi up`",
            id="policy-of-a-bucket-named-by-another-resource",
        ),
        pytest.param(
            LOG_DELIVERY,
            [
                bucket(),
                bucket(LOGS, policy=text()),
                part("BucketLogging", targetBucket=LOGS, targetPrefix=UNKNOWN),
            ],
            f"{NOT_ALL_KNOWN} the prefix\nfix: write the prefix (`targetPrefix`) in the program or in the "
            "stack's config",
            id="unknown-log-prefix",
        ),
        pytest.param(
            LOG_DELIVERY,
            [
                PET,
                bucket(LOGS, policy=text(deny(LOGS))),
                Res(
                    "aws:s3/bucketLogging:BucketLogging",
                    "l",
                    {"bucket": UNKNOWN, "targetBucket": LOGS, "targetPrefix": "a/"},
                    links={"bucket": [PET.urn]},
                ),
            ],
            f"{NOT_ALL_KNOWN} the name of the bucket of `l` (not known during preview)\nfix: write the name "
            "in the program or in the stack's config, or deploy RandomPet `suffix` first and this with a "
            "second `pulumi up`",
            id="logs-of-a-bucket-that-is-not-known",
        ),
        pytest.param(
            LOG_DELIVERY,
            [
                bucket(LOGS),
                Res(
                    "aws:s3/bucketLogging:BucketLogging",
                    "l",
                    {"bucket": UNKNOWN, "targetBucket": LOGS, "targetPrefix": "a/"},
                ),
            ],
            f"log bucket `{LOGS}`: it has no policy that allows logging.s3.amazonaws.com to write, so logs "
            "of the bucket of `l` (not known during preview) are "
            f"lost\nfix: {LOG_DELIVERY.remedy}",
            id="no-log-delivery-for-a-bucket-that-is-not-known",
        ),
        *(
            pytest.param(
                ONLY_DATA,
                [part("BucketPolicy", "lent", policy=text(deny("lent", Effect="Allow", Action=action)))],
                f"bucket `lent`: its policy allows everybody `{action}`, {said}\nfix: {ONLY_DATA.remedy}",
                id=f"looked-up-bucket-{action}",
            )
            for action, said in (
                (
                    "s3:*",
                    "and with it `s3:PutBucketPolicy`, which is not an action on data: it can remove the "
                    "fence",
                ),
                ("s3:deletebucketpolicy", "which is not an action on data: it can remove the fence"),
                (
                    "s3:PutBucketTagging",
                    "which is not an action on data: it can change the bucket, or send its data elsewhere",
                ),
            )
        ),
        *(
            pytest.param(
                LEAST_PRIVILEGE,
                [*others, user_policy("arn:aws:s3:::lent/*")],
                "policy `u`: it reaches `arn:aws:s3:::lent/*`, beyond the buckets of this deployment: `lent` "
                "is a bucket "
                f"that this program {does} (one that it only looks up counts as such), so nothing here shows "
                "who can "
                "reach it\nfix: declare the bucket in this program (`import` adopts an existing one), or "
                "exempt "
                "this policy with a reason",
                id=name,
            )
            for name, does, others in (
                ("bucket-declared-elsewhere", "does not declare", []),
                (
                    "bucket-only-configured",
                    "configures but does not declare",
                    [part("BucketPolicy", "lent", policy=text(deny("lent")))],
                ),
            )
        ),
        pytest.param(
            LEAST_PRIVILEGE,
            [user_policy("arn:aws:s3:::*")],
            "policy `u`: it reaches `arn:aws:s3:::*`, beyond the buckets of this deployment\nfix: name the "
            "bucket's ARN, "
            "and its objects' as that ARN with `/*`",
            id="any-bucket",
        ),
    ],
)
def test_a_mistake_is_said_in_whole_sentences(rule: Rule, program: list[Res], said: str) -> None:
    """The reason names what is wrong with which value, and the fix is one that changes it."""
    (found,) = judge([rule], program, config=CONFIG)
    assert found.message.partition("\n")[2] == said
