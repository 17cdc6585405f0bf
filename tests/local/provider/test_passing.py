"""Which errors of AWS pass by themselves, so that the provider asks again."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local.provider.types import iam_part
from local.provider.types.s3_settings import BucketPolicy


def answer(code: str, message: str) -> ClientError:
    """An error as boto3 raises it."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "PutSomething")


UNKNOWN = 'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:user/new"'
QUOTED = (
    'Partition "Invalid principal in policy" is not valid for resource "arn:Invalid principal in policy:s3"'
)


@pytest.mark.parametrize(
    ("code", "message", "passes"),
    [
        pytest.param("MalformedPolicyDocument", UNKNOWN, True, id="a principal that was just made"),
        pytest.param("MalformedPolicyDocument", QUOTED, False, id="the same words in the user's own text"),
        pytest.param("MalformedPolicyDocument", "Syntax errors in policy.", False, id="another mistake"),
        pytest.param("ValidationError", UNKNOWN, False, id="another error"),
        pytest.param("ConcurrentModification", "Please try again", True, id="somebody else's change"),
    ],
)
def test_iam_is_asked_again_only_for_what_it_will_know_soon(code: str, message: str, passes: bool) -> None:
    assert iam_part.passing(answer(code, message)) is passes


@pytest.mark.parametrize(
    ("code", "message", "passes"),
    [
        pytest.param("MalformedPolicy", "Invalid principal in policy", True, id="a new principal"),
        pytest.param("MalformedPolicy", "Policy has invalid action", False, id="another mistake"),
        pytest.param(
            "AccessDenied",
            "User: arn:aws:iam::111122223333:user/Invalid principal is not authorized",
            False,
            id="the same words in a name",
        ),
        pytest.param("OperationAborted", "A conflicting operation is in progress", True, id="a conflict"),
    ],
)
def test_s3_is_asked_again_only_for_what_it_will_know_soon(code: str, message: str, passes: bool) -> None:
    assert BucketPolicy.passing(BucketPolicy.__new__(BucketPolicy), answer(code, message)) is passes
