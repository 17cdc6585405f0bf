"""The Pulumi program: a stack's config in, outputs out, and mistakes reported all at once."""

import json
import runpy
from pathlib import Path
from typing import Any

import pulumi
import pytest
from ruamel.yaml import YAML

from s3_perimeter.settings import KEYS, NAMESPACE
from tests.components.engine import Program, run

ROOT = Path(__file__).resolve().parent.parent.parent
OUTPUTS = [
    "accessKeyIds",
    "allowedNetworks",
    "bucket",
    "bucketArn",
    "commands",
    "logBucket",
    "region",
    "secretAccessKeys",
    "users",
]


def yaml(name: str) -> Any:
    """A YAML file of the checkout's top."""
    return YAML(typ="safe").load((ROOT / name).read_text())


def stack_config(name: str) -> dict[str, str]:
    """What Pulumi would hand to the program: the project's defaults, with the stack's values on top."""
    defaults = {key: declared["default"] for key, declared in yaml("Pulumi.yaml")["config"].items()}
    return as_handed({**defaults, **yaml(f"Pulumi.{name}.yaml")["config"]})


def as_handed(values: dict[str, Any]) -> dict[str, str]:
    """Config values as a program sees them: text, and JSON text for lists and objects."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def program() -> None:
    """Run the program as the language host does."""
    runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")


def test_the_schema_declares_every_key_with_a_description_and_a_default() -> None:
    """Pulumi.yaml and the settings know the same keys; a default lets a stack leave a key out."""
    declared = yaml("Pulumi.yaml")["config"]
    assert set(declared) == {f"{NAMESPACE}:{key}" for key in KEYS}
    for key, schema in declared.items():
        assert schema["description"], key
        assert "default" in schema, key


@pytest.mark.parametrize("name", ["dev", "local"])
def test_the_example_stacks_deploy(name: str) -> None:
    """The stack files that the repository brings are good as they are."""
    deployed = run(program, config=stack_config(name))
    assert deployed.one("BucketPolicy", "private-bucket")
    assert [each.protect for each in deployed.all("Bucket")] == [name == "dev"] * 2


def test_a_stack_has_the_outputs_that_people_and_commands_read() -> None:
    """The stack's outputs are the agreed ones and no more."""
    stack: list[Any] = []

    def watched() -> None:
        program()
        root: Any = pulumi.runtime.get_root_resource()
        stack.append(dict(root.outputs))

    run(watched, config=stack_config("local"))
    assert sorted(stack[0]) == OUTPUTS


def refused(config: dict[str, Any]) -> tuple[list[str], str]:
    """The messages of a stack whose config is refused, and what ends the program."""
    messages: list[str] = []
    with pytest.raises(pulumi.RunError) as error:
        run(program, config=as_handed(config), messages=messages)
    return messages, str(error.value)


def test_every_mistake_of_the_config_is_reported_at_once_with_its_remedy() -> None:
    """Each mistake is one message with the key, the element and a hint, and nothing is declared."""
    messages, final = refused(
        {
            f"{NAMESPACE}:allowedNetworks": ["203.0.113.5/24", "198.51.100.7"],
            f"{NAMESPACE}:allowedNetwork": "x",
            f"{NAMESPACE}:encryption": "aes",
        }
    )
    assert len(messages) == 4
    assert final == "nothing was deployed: the config has 4 mistakes"
    host_bits = next(message for message in messages if "host bits" in message)
    assert host_bits == (
        "config key `s3-perimeter:allowedNetworks`, entry 1: `203.0.113.5/24` has host bits set\n\n"
        "hint: write `203.0.113.0/24` for the network or `203.0.113.5/32` for the one host"
    )
    assert any("`allowedNetworks`?" in message for message in messages)


def test_other_programs_config_is_none_of_ours() -> None:
    """Keys of other namespaces, such as the provider's, are neither read nor complained about."""
    config = {**stack_config("local"), "aws:region": "ap-northeast-1", "other:allowedNetwork": "x"}
    assert isinstance(run(program, config=config), Program)


def test_warnings_are_printed_and_do_not_stop() -> None:
    """What is legal and probably not meant is said, and the deployment goes on."""
    config = {**stack_config("local"), f"{NAMESPACE}:allowedNetworks": json.dumps(["203.0.113.0/24"] * 2)}
    deployed = run(program, config=config)
    assert [message for message in deployed.messages if "entry 2" in message]
