"""bucket-encrypted: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import pytest

from policies.rules import bucket_encrypted
from tests.policies.engine import UNKNOWN, Res, judge
from tests.policies.programs import NAME, bucket, native_bucket, part

RULE = bucket_encrypted.judge


def by_default(algorithm: object, **more: object) -> dict[str, object]:
    return {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}, **more}


def encryption(*rules: object) -> Res:
    return part("BucketServerSideEncryptionConfiguration", rules=list(rules))


def inline(rule: object) -> Res:
    return bucket(serverSideEncryptionConfiguration={"rule": rule})


def native(algorithm: object) -> Res:
    rule = {"serverSideEncryptionByDefault": {"sseAlgorithm": algorithm}}
    return native_bucket(bucketEncryption={"serverSideEncryptionConfiguration": [rule]})


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param([bucket(), encryption(by_default("AES256"))], id="part-aes"),
        pytest.param([bucket(), encryption(by_default("aws:kms", bucketKeyEnabled=True))], id="part-kms"),
        pytest.param(
            [bucket(), encryption(by_default("AES256", blockedEncryptionTypes=["SSE-C"]))], id="blocked"
        ),
        pytest.param([inline(by_default("AES256"))], id="inline"),
        pytest.param([native("aws:kms")], id="native"),
        pytest.param(
            [
                bucket(
                    serverSideEncryptionConfigurations=[
                        {"rules": [{"applyServerSideEncryptionByDefaults": [{"sseAlgorithm": "AES256"}]}]}
                    ]
                )
            ],
            id="bucket-v2",
        ),
    ],
)
def test_accepts(resources: list[Res]) -> None:
    """A declared default, AES-256 or KMS, is compliant however it is declared."""
    assert judge([RULE], resources) == []


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        pytest.param([bucket()], "no default encryption", id="none"),
        pytest.param([bucket(), encryption(by_default("rot13"))], "`rot13`", id="no-such-algorithm"),
        pytest.param([bucket(), encryption(by_default(UNKNOWN))], "not known", id="unknown-algorithm"),
        pytest.param([bucket(), encryption({"bucketKeyEnabled": True})], "sets no default", id="key-only"),
        pytest.param(
            [bucket(), part("BucketServerSideEncryptionConfiguration", rules=UNKNOWN)],
            "not known",
            id="unknown-rules",
        ),
        pytest.param(
            [bucket(), encryption(by_default("AES256", blockedEncryptionTypes=["NONE"]))],
            "`NONE`",
            id="sse-c",
        ),
        *(
            pytest.param(
                [bucket(), encryption(by_default("AES256", blockedEncryptionTypes=blocked))],
                "`blockedEncryptionTypes` are not known",
                id=f"sse-c-unknown-{name}",
            )
            for name, blocked in (
                ("list", UNKNOWN),
                ("element", [UNKNOWN]),
                ("native", {"encryptionType": [UNKNOWN]}),
            )
        ),
        pytest.param([inline(by_default(UNKNOWN))], "not known", id="inline-unknown"),
        pytest.param([native("rot13")], "`rot13`", id="native"),
    ],
)
def test_refuses(resources: list[Res], reason: str) -> None:
    """Anything else is one violation that names the bucket and the reason."""
    (found,) = judge([RULE], resources)
    assert f"`{NAME}`" in found.message
    assert reason in found.message
