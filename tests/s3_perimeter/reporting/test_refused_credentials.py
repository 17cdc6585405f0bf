"""One cause is one message, whoever ran into it: boto3, the drift check, or the Pulumi CLI."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from s3_perimeter.aws import in_words
from s3_perimeter.drift.facts import Unreadable
from s3_perimeter.drift.identity import unusable
from s3_perimeter.reporting.refused_credentials import CODES, EXCEPTIONS, EXPIRED, MISSING
from s3_perimeter.stack.pulumi import refusal


@pytest.mark.parametrize("code", CODES)
def test_a_code_of_aws_has_one_sentence_and_one_hint(code: str) -> None:
    """The code stands behind the sentence, for those who look it up."""
    problem, hint = CODES[code]
    of_boto = in_words("asking", ClientError({"Error": {"Code": code, "Message": "m"}}, "GetCallerIdentity"))
    assert (of_boto.problem, of_boto.hint) == (f"asking: {problem} ({code})", hint)
    of_drift = unusable(Unreadable(f"GetCallerIdentity: {code}", code))
    assert of_drift == f"{problem} ({code})\n\nhint: {hint}"
    of_pulumi = refusal(f"error: operation error STS: GetCallerIdentity, api error {code}: m", "dev")
    assert (of_pulumi.problem, of_pulumi.hint) == (problem, hint)


@pytest.mark.parametrize("name", [name for name in EXCEPTIONS if hasattr(exceptions, name)])
def test_an_exception_of_botocore_has_the_same(name: str) -> None:
    """With what botocore says of it, as that names the file or the program."""
    problem, hint = EXCEPTIONS[name]
    fields: Any = dict.fromkeys(("provider", "error_msg", "cred_var", "name"), "x")
    error: BotoCoreError = getattr(exceptions, name)(**fields)
    of_boto = in_words("asking", error)
    assert (of_boto.problem, of_boto.hint) == (f"asking: {problem}: {error}", hint)
    of_drift = unusable(Unreadable(f"GetCallerIdentity: {name}: {error}", name, answered=False))
    assert of_drift == f"{problem}: {error}\n\nhint: {hint}"


def test_every_exception_of_botocore_about_credentials_is_known() -> None:
    """A new one would be shown raw by one command, and in words by none."""
    about = ("Credential", "Token", "SSO", "Login")
    found = {
        name
        for name, kind in vars(exceptions).items()
        if isinstance(kind, type) and issubclass(kind, BotoCoreError) and any(word in name for word in about)
    }
    assert found - {"UnknownTokenProviderError"} == {name for name in EXCEPTIONS if hasattr(exceptions, name)}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param("error: the SSO session has expired or is invalid", EXPIRED, id="sso"),
        pytest.param("error: The security token included in the request is expired", EXPIRED, id="token"),
        pytest.param("error: No valid credential sources found.", MISSING, id="provider"),
        pytest.param("error: NoCredentialProviders: no valid providers in chain", MISSING, id="state bucket"),
    ],
)
def test_what_the_cli_says_without_a_code_is_recognized(said: str, words: tuple[str, str]) -> None:
    """As the AWS provider and the backends in buckets write it."""
    found = refusal(said, "dev")
    assert (found.problem, found.hint) == words
