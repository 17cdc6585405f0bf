"""Credentials that AWS does not accept, or that are not there: one sentence and one hint for each cause,
whether boto3, the drift check or the Pulumi CLI ran into it.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CODES", "EXCEPTIONS", "EXPIRED", "MISSING"]

EXPIRED: Final = ("the AWS credentials have expired", "log in again, for instance with `aws sso login`")
MISSING: Final = ("no usable AWS credentials were found", "set AWS_PROFILE, or log in to AWS")
_UNKNOWN_KEY: Final = ("AWS does not know this access key", "was it deleted, or is it another partition's?")
_NOT_ACCEPTED: Final = (
    "AWS does not accept these credentials",
    "`aws sts get-caller-identity` shows whose they are; configure them again",
)

CODES: Final[dict[str, tuple[str, str]]] = {
    "ExpiredToken": EXPIRED,
    "ExpiredTokenException": EXPIRED,
    "TokenRefreshRequired": EXPIRED,
    "RequestExpired": (EXPIRED[0], "log in again; is this machine's clock right?"),
    "RequestTimeTooSkewed": (
        "this machine's clock is wrong",
        "set the clock; AWS accepts 15 minutes of difference",
    ),
    "InvalidAccessKeyId": _UNKNOWN_KEY,
    "InvalidClientTokenId": _UNKNOWN_KEY,
    "UnrecognizedClientException": _UNKNOWN_KEY,
    "SignatureDoesNotMatch": (
        "the secret access key does not belong to the access key",
        "configure the credentials again",
    ),
    "AuthFailure": _NOT_ACCEPTED,
    "IncompleteSignature": _NOT_ACCEPTED,
    "MissingAuthenticationToken": MISSING,
}
"""AWS's error codes that are about credentials, with what they mean and what to do.

Sources: AWS Security Token Service API Reference, "Common Error Types"; Amazon S3 API Reference, "Error
responses".
"""

EXCEPTIONS: Final[dict[str, tuple[str, str]]] = {
    "NoCredentialsError": MISSING,
    "PartialCredentialsError": MISSING,
    "CredentialRetrievalError": MISSING,
    "NoAuthTokenError": MISSING,
    "UnknownCredentialError": MISSING,
    "SSOError": MISSING,
    "LoginError": MISSING,
    "LoginInsufficientPermissions": MISSING,
    "TokenRetrievalError": EXPIRED,
    "SSOTokenLoadError": EXPIRED,
    "UnauthorizedSSOTokenError": EXPIRED,
    "LoginRefreshRequired": EXPIRED,
    "LoginTokenLoadError": EXPIRED,
    "LoginAuthorizationCodeError": EXPIRED,
}
"""The same for botocore's exceptions, by name: an older botocore does not have all of them."""
