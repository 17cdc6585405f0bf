"""A create whose answer never comes: what AWS would make twice is asked for once, and reported."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from local.aws.faults import Fault
from local.stand import Stand
from tests.conftest import Aws
from tests.local.provider.engine import Engine, FailedError

USER, KEY = "aws:iam/user:User", "aws:iam/accessKey:AccessKey"
KMS = "aws:kms/key:Key"
GUIDE = '"Recover an interrupted deployment" (docs/how-to/recover-an-interrupted-deployment.md)'


class Failing:
    """Lets the next request for an operation go wrong."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand

    def __call__(self, operation: str, fault: Fault) -> None:
        """Arm the fault."""
        self.stand.control("/fault", {"at": 1, "fault": fault.value, "operation": operation})

    @property
    def asked(self) -> int:
        """How many requests for that operation came; nothing fails from now on."""
        return int(str(self.stand.control("/fault", {})["seen"]))


@pytest.fixture
def failing(stand: Stand) -> Iterator[Failing]:
    """Faults of the shared stand; none is left armed."""
    faults = Failing(stand)
    yield faults
    assert faults.asked is not None


@pytest.fixture
def user(engine: Engine) -> Iterator[str]:
    """A user of the engine's stack."""
    name = f"user-{uuid.uuid4().hex[:8]}"
    engine.up(USER, "it", {"name": name, "forceDestroy": True})
    yield name
    engine.delete(USER, "it")


def keys(aws: Aws, user: str) -> set[str]:
    """The ids of a user's access keys in AWS."""
    return {each["AccessKeyId"] for each in aws("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]}


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.RESET, Fault.ERROR], ids=lambda fault: str(fault.value))
def test_an_access_key_that_may_have_been_made_is_reported_and_not_asked_for_again(
    engine: Engine, user: str, aws: Aws, failing: Failing, fault: Fault
) -> None:
    """One request, an error with the user's name and the way out; the next run makes a key that works."""
    failing("CreateAccessKey", fault)
    with pytest.raises(FailedError, match=rf"creating IAM Access Key \({user}\): ") as failed:
        engine.up(KEY, "it", {"user": user})
    assert failing.asked == 1
    said = str(failed.value)
    assert f"AWS may have created an access key of user {user} whose secret nobody has" in said
    assert f"aws iam list-access-keys --user-name {user}" in said
    assert f"aws iam delete-access-key --user-name {user} --access-key-id KEY-ID" in said
    assert "drift check reports it as unmanaged" in said
    assert GUIDE in said
    assert failed.value.partial is None
    lost = keys(aws, user)
    assert len(lost) == (fault is Fault.LOST)
    engine.up(KEY, "it", {"user": user})
    assert keys(aws, user) == {*lost, engine.states[KEY, "it"].identity}
    engine.delete(KEY, "it")


def test_an_access_key_is_asked_for_again_where_aws_throttles(
    engine: Engine, user: str, aws: Aws, failing: Failing
) -> None:
    """A throttled request has made nothing: one key, and nothing to report."""
    failing("CreateAccessKey", Fault.THROTTLE)
    engine.up(KEY, "it", {"user": user})
    assert failing.asked == 2
    assert keys(aws, user) == {engine.states[KEY, "it"].identity}
    engine.delete(KEY, "it")


def test_an_access_key_that_is_refused_raises_no_doubt(engine: Engine) -> None:
    """AWS says that there is no such user: no key can have been made, and no more is said."""
    with pytest.raises(FailedError, match="api error NoSuchEntity") as failed:
        engine.up(KEY, "it", {"user": "nobody-of-this-name"})
    assert "may have created" not in str(failed.value)


@pytest.mark.parametrize(
    ("operation", "token", "inputs", "look"),
    [
        pytest.param("CreateKey", KMS, {"description": "lost"}, "aws kms list-keys", id="kms-key"),
    ],
)
def test_what_aws_gives_an_id_is_asked_for_once(
    engine: Engine, failing: Failing, operation: str, token: str, inputs: dict[str, str], look: str
) -> None:
    """A second request would make a second one."""
    failing(operation, Fault.LOST)
    with pytest.raises(FailedError, match=f"AWS may have created(.|\n)*hint: `{look}") as failed:
        engine.up(token, "it", inputs)
    assert failing.asked == 1
    assert GUIDE in str(failed.value)
    engine.up(token, "it", inputs)
    engine.delete(token, "it")


@pytest.mark.parametrize(
    ("operation", "token", "prop"),
    [
        pytest.param("CreateUser", USER, "name", id="user"),
        pytest.param("CreateGroup", "aws:iam/group:Group", "name", id="group"),
        pytest.param("PUT /{name}", "aws:s3/bucket:Bucket", "bucket", id="bucket"),
    ],
)
def test_a_name_that_a_lost_request_took_is_reported(
    engine: Engine, failing: Failing, operation: str, token: str, prop: str
) -> None:
    """The second request meets what the first one made: the error says so and leads to the guide."""
    name = f"lost-{uuid.uuid4().hex[:8]}"
    failing(operation.format(name=name), Fault.LOST)
    with pytest.raises(FailedError, match="Already") as failed:
        engine.up(token, "it", {prop: name})
    assert failing.asked == 2
    assert "a deployment may have created it" in str(failed.value)
    assert GUIDE in str(failed.value)
