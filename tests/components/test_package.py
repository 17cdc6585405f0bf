"""The component as a Pulumi package: a typed, described schema, and the reference page made of it."""

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML

from components.reference import PAGE, ROOT, configuration_page, package_schema
from s3_perimeter.settings import KEYS
from s3_perimeter.settings.organization import EXEMPT, ORGANIZATION_KEYS

COMPONENT = package_schema()["resources"]["s3-perimeter:index:PrivateBucket"]


ORGANIZATION = package_schema()["resources"]["s3-perimeter:index:OrganizationPerimeter"]


def described() -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything in the schema that a person reads about."""
    for name, component in (("PrivateBucket", COMPONENT), ("OrganizationPerimeter", ORGANIZATION)):
        yield name, component
        for where in ("properties", "inputProperties"):
            yield from component[where].items()
    for token, declared in package_schema()["types"].items():
        yield token, declared
        yield from declared["properties"].items()


def test_everything_in_the_schema_is_described() -> None:
    """No resource, type, argument or output is without a sentence on what it is."""
    silent = [name for name, declared in described() if not declared.get("description", "").strip()]
    assert not silent


def test_only_the_allow_list_is_required() -> None:
    """A bucket needs an allow-list and nothing else; everything else has a default."""
    assert COMPONENT["requiredInputs"] == ["allowedNetworks"]


def test_what_stack_config_can_say_a_program_can_say() -> None:
    """Every config key has its argument; those with several forms have an argument for each."""
    renamed = {
        "encryption": {"encryption", "kmsKeyArn"},
        "accessLogs": {"accessLogBucket", "accessLogPrefix", "accessLogRetentionDays"},
        "allowedNetworks": {"allowedNetworks", "temporaryNetworks"},
    }
    wanted = set().union(*(renamed.get(key, {key}) for key in KEYS))
    assert wanted <= set(COMPONENT["inputProperties"])


def test_what_an_organization_s_stack_config_can_say_a_program_can_say() -> None:
    """Under the same names."""
    assert set(ORGANIZATION_KEYS) | {"temporaryNetworks"} == set(ORGANIZATION["inputProperties"])
    assert set(EXEMPT) == set(package_schema()["types"]["s3-perimeter:index:AlsoExempt"]["properties"])
    assert ORGANIZATION["requiredInputs"] == ["allowedNetworks", "targets"]


def test_a_list_of_objects_is_an_input() -> None:
    """Pulumi's generator of Go SDKs writes `[]RemotePersonArgs` for a plain one, and no such type."""
    types = package_schema()["types"]
    lists = {
        name: declared
        for name, declared in COMPONENT["inputProperties"].items()
        if declared.get("items", {}).get("$ref", "").removeprefix("#/types/") in types
    }
    assert lists.keys() == {"temporaryNetworks", "users", "roles"}
    assert not [name for name, declared in lists.items() if declared.get("plain")]


def test_networks_may_come_from_other_resources() -> None:
    """An address or endpoint that another resource will have can be given as its output."""
    for name in ("allowedNetworks", "temporaryNetworks", "vpcEndpoints", "breakGlassPrincipals"):
        assert "plain" not in COMPONENT["inputProperties"][name], name


def test_the_reference_page_is_up_to_date() -> None:
    """The page is what `python -m components.reference` writes now."""
    project = YAML(typ="safe").load((ROOT / "Pulumi.yaml").read_text())
    assert PAGE.read_text() == configuration_page(project, package_schema())
