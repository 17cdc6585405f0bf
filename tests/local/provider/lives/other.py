"""The lives of keys."""

from __future__ import annotations

from tests.local.provider.lives.life import Life

LIVES = [
    Life(
        "aws:kms/key:Key",
        lambda _: {
            "description": "one",
            "enableKeyRotation": True,
            "deletionWindowInDays": 7,
            "tags": {"a": "1"},
        },
        lambda _: {"description": "two", "enableKeyRotation": False, "tags": {"b": "2"}},
        lambda _: {
            "keyUsage": "SIGN_VERIFY",
            "customerMasterKeySpec": "RSA_2048",
            "enableKeyRotation": False,
        },
        lambda aws, o: aws("kms").disable_key(KeyId=o["keyId"]),
        "isEnabled",
        unknown=("arn", "keyId"),
        not_imported=frozenset({"deletionWindowInDays"}),
    ),
    Life(
        "aws:kms/alias:Alias",
        lambda t: {"name": f"alias/{t.bucket}", "targetKeyId": t.key},
        lambda t: {"targetKeyId": t.other_key},
        lambda t: {"name": f"alias/{t.other_bucket}"},
        unknown=("arn", "targetKeyArn"),
    ),
]
