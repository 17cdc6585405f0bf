"""`encryption`: how S3 encrypts what is put into the bucket.

Source: AWS KMS Developer Guide, "Key identifiers (KeyId)".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from s3_perimeter.partitions import PARTITIONS
from s3_perimeter.settings.forms import decoded, fields, shown
from s3_perimeter.settings.report import Report

__all__ = ["Encryption", "read_encryption"]


@dataclass(frozen=True, slots=True)
class Encryption:
    """The default encryption; `aws:kms` without a `kms_key_arn` takes a key of the stack's own."""

    algorithm: Literal["AES256", "aws:kms"] = "AES256"
    kms_key_arn: str | None = None


KEY_ARN = re.compile(
    f"arn:(?:{'|'.join(PARTITIONS)})"
    r":kms:[a-z0-9-]+:[0-9]{12}:key/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})",
    re.ASCII,
)
FORMS = 'write `AES256`, `aws:kms` for a key of the stack\'s own, or `{"kms": "KEY-ARN"}`'
ARN_FORM = (
    "write `kms` and the key's ARN, `arn:aws:kms:REGION:ACCOUNT:key/KEY-ID` (`aws kms describe-key` shows it)"
)
MEANT: dict[str, Literal["AES256", "aws:kms"]] = {
    "aes": "AES256",
    "aes256": "AES256",
    "sse-s3": "AES256",
    "s3": "AES256",
    "kms": "aws:kms",
    "awskms": "aws:kms",
    "sse-kms": "aws:kms",
}


def read_encryption(value: object, report: Report) -> Encryption:
    """Return the encryption that the config asks for; S3's own where it says nothing."""
    if value is None:
        return Encryption()
    value = decoded(value, report)
    if value == "AES256" or value is None:
        return Encryption()
    if value == "aws:kms":
        return Encryption("aws:kms")
    if isinstance(value, str):
        letters = re.sub("[: ]", "", value.lower()).replace("_", "-")
        meant = MEANT.get(letters) or MEANT.get(letters.replace("-", ""))
        report.mistake(
            f"{shown(value)} is not a known encryption", f"did you mean `{meant}`?" if meant else FORMS
        )
        return Encryption()
    if not isinstance(value, Mapping):
        report.mistake(f"{shown(value)} is not a known encryption", FORMS)
        return Encryption()
    given = fields(value, report, ("kms",)) or {}
    if "kms" not in given:
        report.mistake("the object names no key", ARN_FORM)
        return Encryption()
    arn = given["kms"]
    if not isinstance(arn, str) or not KEY_ARN.fullmatch(arn):
        report.at("`kms`").mistake(f"{shown(arn)} is not the ARN of a KMS key", ARN_FORM)
        return Encryption()
    return Encryption("aws:kms", arn)
