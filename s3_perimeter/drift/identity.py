"""Who we are for AWS, asked before anything else: without an answer nothing else is worth asking."""

from __future__ import annotations

from typing import Final

from s3_perimeter.drift.facts import Fact, Unreadable

__all__ = ["unusable"]

_HINT: Final = "`aws sts get-caller-identity` shows whose credentials these are; --profile names others"
# What AWS says of credentials that it does not accept, in words.
# AWS Security Token Service API Reference, "Common Error Types".
_REFUSED: Final = {
    "AuthFailure": "AWS does not accept these credentials",
    "ExpiredToken": "the AWS credentials have expired",
    "ExpiredTokenException": "the AWS credentials have expired",
    "IncompleteSignature": "AWS cannot read the signature that these credentials make",
    "InvalidAccessKeyId": "AWS does not know this access key",
    "InvalidClientTokenId": "AWS does not know this access key",
    "MissingAuthenticationToken": "the request was sent without credentials",
    "SignatureDoesNotMatch": "the secret access key does not belong to the access key",
    "UnrecognizedClientException": "AWS does not know this access key",
}


def unusable(caller: Fact) -> str | None:
    """Return why nothing can be asked with these credentials or from here, and what to do; None where that is
    not known.

    A refusal that concerns the question alone, or an overload, says nothing about the other calls.
    """
    if not isinstance(caller, Unreadable):
        return None
    if caller.code in _REFUSED:
        return f"{_REFUSED[caller.code]} ({caller.code})\n\nhint: {_HINT}"
    if caller.answered:
        return None
    said = caller.reason.partition(": ")[2]
    if "Credentials" in caller.code or "Token" in caller.code or "Login" in caller.code:
        return f"no usable AWS credentials were found: {said}\n\nhint: {_HINT}"
    return f"AWS cannot be reached: {said}\n\nhint: check the network, --region and --endpoint-url"
