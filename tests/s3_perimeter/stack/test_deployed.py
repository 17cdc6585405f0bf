"""What commands read of a stack, and the one sentence for everything that can be wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.settings import SettingsError
from s3_perimeter.stack.deployed import read_stack
from tests.s3_perimeter.commands.engine_answers import CONFIG, SECRET, USER_ARN, answers, resource, state


def test_a_stack_is_read_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Names, account, users with their keys by slot, the place of the logs, and the config."""
    answers(monkeypatch, tmp_path, export=state())
    stack = read_stack("dev", secrets=True)
    assert (stack.name, stack.project, stack.bucket, stack.account) == (
        "dev",
        "s3-perimeter",
        "example-bucket",
        "111122223333",
    )
    assert stack.log_place == ("example-bucket-logs", "access/", True)
    (user,) = stack.users
    assert (user.name, user.iam_name, user.arn) == ("kenji", "s3-perimeter-dev-kenji", USER_ARN)
    assert [(key.slot, key.secret) for key in user.keys] == [("a", SECRET), ("b", SECRET)]
    assert [entry.cidr for entry in stack.settings.allowed] == ["203.0.113.0/24", "2001:db8:1234::/48"]


def test_secrets_stay_out_of_what_is_printed_of_a_stack(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A log line or a traceback that shows the stack shows no secret."""
    answers(monkeypatch, tmp_path, export=state())
    stack = read_stack("dev", secrets=True)
    assert SECRET not in repr(stack) + repr(stack.users) + repr(stack.state) + repr(stack.state.resources)


@pytest.mark.parametrize(
    ("said", "expected", "hint"),
    [
        pytest.param("error: no stack named 'dev' found", "no stack `dev`", "stack ls", id="no such stack"),
        pytest.param(
            "error: no Pulumi.yaml project file found", "no Pulumi project", "--cwd", id="not a project"
        ),
        pytest.param(
            "error: getting secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE",
            "no passphrase",
            "PULUMI_CONFIG_PASSPHRASE",
            id="no passphrase",
        ),
        pytest.param(
            "error: incorrect passphrase",
            "the passphrase does not decrypt the secrets of stack",
            "PULUMI_CONFIG_PASSPHRASE",
            id="wrong passphrase",
        ),
        pytest.param(
            "error: PULUMI_ACCESS_TOKEN must be set for login", "not logged in", "pulumi login", id="no login"
        ),
        pytest.param(
            "error: api error ExpiredToken: expired",
            "have expired",
            "aws sso login",
            id="expired credentials",
        ),
        pytest.param(
            "error: dial tcp: lookup x: no such host", "cannot be reached", "network", id="no network"
        ),
        pytest.param("error: something new", "pulumi failed: something new", "", id="anything else"),
    ],
)
def test_what_pulumi_refuses_is_one_sentence_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, expected: str, hint: str
) -> None:
    """The sentence says what, the hint what to do."""
    answers(monkeypatch, tmp_path, error=said)
    with pytest.raises(CommandError) as raised:
        read_stack("dev")
    assert expected in raised.value.problem
    assert hint in raised.value.hint


@pytest.mark.parametrize(
    ("export", "expected"),
    [
        pytest.param({"version": 3, "deployment": {}}, "is empty", id="an empty stack"),
        pytest.param(
            {"version": 3, "deployment": {"resources": [resource("pulumi:pulumi:Stack", "x", url="y")]}},
            "was not created by s3-perimeter",
            id="somebody else's stack",
        ),
    ],
)
def test_a_stack_without_our_bucket_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, export: dict[str, object], expected: str
) -> None:
    """Nothing is guessed about it."""
    answers(monkeypatch, tmp_path, export=export)
    with pytest.raises(CommandError, match=expected):
        read_stack("dev")


def test_a_missing_pulumi_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With where to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="no `pulumi` on PATH"):
        read_stack("dev")


NETWORKS = ["8.8.8.0/24"]
TEMPORARY = [{"cidr": "9.9.9.9/32", "expires": "2999-01-01"}]


@pytest.mark.parametrize(
    ("config", "maker", "networks"),
    [
        pytest.param({}, "example-bucket", ["8.8.8.0/24", "9.9.9.9/32"], id="no list in the config"),
        pytest.param(
            CONFIG, "example-bucket", ["203.0.113.0/24", "2001:db8:1234::/48"], id="one in the config"
        ),
        pytest.param({}, "another-bucket", None, id="the arguments of another bucket"),
    ],
)
def test_the_allow_list_is_the_configs_or_else_what_the_component_was_given(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    config: dict[str, Any],
    maker: str,
    networks: list[str] | None,
) -> None:
    """A program of one's own needs no stack config; the arguments count for the component's bucket alone."""
    export = state()
    component = resource("s3-perimeter:index:PrivateBucket", "data")
    component["inputs"] = {
        "allowedNetworks": NETWORKS,
        "temporaryNetworks": TEMPORARY,
        "vpcEndpoints": ["vpce-0a1b2c3d"],
    }
    bucket = resource("aws:s3/bucket:Bucket", "data", bucket=maker) | {"parent": component["urn"]}
    export["deployment"]["resources"] += [component, bucket]
    answers(monkeypatch, tmp_path, export=export, config=config)
    stack = read_stack("dev")
    if networks is None:
        with pytest.raises(SettingsError, match="the allow-list is missing"):
            assert stack.settings
    else:
        assert [entry.cidr for entry in stack.settings.allowed] == networks
        assert stack.settings.vpc_endpoints == (() if config else ("vpce-0a1b2c3d",))


def test_a_mistake_in_an_argument_of_the_component_is_said_of_the_argument(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The config was not read for it; a warning about one is said of it as well."""
    component = resource("s3-perimeter:index:PrivateBucket", "data")
    bucket = resource("aws:s3/bucket:Bucket", "data", bucket="example-bucket") | {"parent": component["urn"]}
    for number, (networks, problem) in enumerate(
        ((["8.8.8.0/33"], "mistakes"), (["203.0.113.0/24"], "warnings"))
    ):
        component["inputs"] = {"allowedNetworks": networks}
        export = state()
        export["deployment"]["resources"] += [component, bucket]
        (tmp_path / str(number)).mkdir()
        answers(monkeypatch, tmp_path / str(number), export=export, config={})
        try:
            found: Any = read_stack("dev").settings
        except SettingsError as error:
            found = error
        (remark,) = getattr(found, problem)
        assert "argument `allowedNetworks` (in Python `allowed_networks`), entry 1" in str(remark)
        assert "config key" not in str(remark)


def test_the_only_user_needs_no_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A misspelled one is reported with those that there are."""
    answers(monkeypatch, tmp_path, export=state())
    stack = read_stack("dev")
    assert stack.user(None).name == stack.user("s3-perimeter-dev-kenji").name == "kenji"
    with pytest.raises(CommandError, match="no user `kenzi`") as raised:
        stack.user("kenzi")
    assert "kenji" in raised.value.hint


def test_users_are_named_without_a_config_for_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """IAM's name serves where the config has none."""
    answers(monkeypatch, tmp_path, export=state(), config={**CONFIG, "s3-perimeter:users": {"value": ""}})
    assert read_stack("dev").users[0].name == "s3-perimeter-dev-kenji"


def test_a_config_file_bears_the_last_part_of_a_stacks_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Organization and project stand in no file's name."""
    answers(monkeypatch, tmp_path, error="error: could not decode the config")
    with pytest.raises(CommandError) as refused:
        read_stack("acme/s3-perimeter/dev")
    assert "fix Pulumi.dev.yaml; `pulumi config --stack acme/s3-perimeter/dev`" in str(refused.value)
