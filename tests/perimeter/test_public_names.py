"""What `import perimeter` offers: the list, the namespace, and the time it costs."""

import ast
import subprocess
import sys
import types
from pathlib import Path

import pytest

import perimeter
from perimeter import Verdict, compare, evaluate, prove


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after the statement."""
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; {statement}; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(ran.stdout.split())


def test_the_public_list_and_the_namespace_agree() -> None:
    """Everything that `perimeter` shows is in `__all__`, sorted, and everything in `__all__` is there."""
    shown = {
        name
        for name in dir(perimeter)
        if not name.startswith("_") and not isinstance(getattr(perimeter, name), types.ModuleType)
    }
    assert shown == set(perimeter.__all__)
    assert list(perimeter.__all__) == sorted(perimeter.__all__)


def test_type_checkers_see_the_names_where_they_are_loaded_from() -> None:
    """The imports for type checkers and the table that is used at run time say the same."""
    tree = ast.parse(Path(perimeter.__file__).read_text(encoding="utf-8"))
    (guarded,) = (node for node in tree.body if isinstance(node, ast.If))
    imported = {
        str(node.module).removeprefix("perimeter."): tuple(sorted(alias.name for alias in node.names))
        for node in guarded.body
        if isinstance(node, ast.ImportFrom)
    }
    (homes,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_HOMES"
    )
    assert imported == {home: tuple(sorted(names)) for home, names in homes.items()}


def test_importing_perimeter_loads_no_engine_and_no_aws_client() -> None:
    """The core stands on the standard library alone, with every name of it loaded."""
    loaded = loaded_by("from perimeter import *")
    assert "perimeter.prove" in loaded
    roots = {name.partition(".")[0] for name in loaded}
    assert not roots & {"pulumi", "pulumi_aws", "boto3", "botocore", "grpc"}


def test_importing_perimeter_does_not_wait_for_the_prover() -> None:
    """A name's module is loaded when the name is asked for."""
    assert {name for name in loaded_by("import perimeter") if name.startswith("perimeter.")} == set()
    assert "perimeter.prove" not in loaded_by("from perimeter import AddressSet, PolicyDocument, Perimeter")


@pytest.mark.parametrize("name", ["prove", "compare", "evaluate"])
def test_a_function_is_not_shadowed_by_the_module_of_its_name(name: str) -> None:
    """Whatever was imported before it."""
    loaded_by(
        f"import perimeter.{name}, perimeter.prove.decide; from perimeter import {name}; {name}.__call__"
    )
    assert all(isinstance(function, types.FunctionType) for function in (prove, compare, evaluate))
    assert Verdict("proved")


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="module 'perimeter' has no attribute 'proof_of'"):
        perimeter.proof_of  # type: ignore[attr-defined]  # noqa: B018
