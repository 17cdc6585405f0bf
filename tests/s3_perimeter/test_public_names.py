"""What `import s3_perimeter` offers: the list, the namespace, and the time it costs."""

import ast
import subprocess
import sys
import types
from pathlib import Path

import pytest

import s3_perimeter


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
    """Everything that `s3_perimeter` shows is in `__all__`, sorted, and everything in `__all__` is there."""
    shown = {
        name
        for name in dir(s3_perimeter)
        if not name.startswith("_") and not isinstance(getattr(s3_perimeter, name), types.ModuleType)
    }
    assert shown == set(s3_perimeter.__all__)
    assert list(s3_perimeter.__all__) == sorted(s3_perimeter.__all__)


def test_type_checkers_see_the_names_where_they_are_loaded_from() -> None:
    """The imports for type checkers and the table that is used at run time say the same."""
    tree = ast.parse(Path(s3_perimeter.__file__).read_text(encoding="utf-8"))
    (guarded,) = (node for node in tree.body if isinstance(node, ast.If))
    imported = {
        str(node.module).removeprefix("s3_perimeter."): tuple(sorted(alias.name for alias in node.names))
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
    loaded = loaded_by("from s3_perimeter import *")
    assert "s3_perimeter.proof" in loaded
    roots = {name.partition(".")[0] for name in loaded}
    assert not roots & {"pulumi", "pulumi_aws", "boto3", "botocore", "grpc"}


def test_importing_perimeter_does_not_wait_for_the_prover() -> None:
    """A name's module is loaded when the name is asked for."""
    assert {name for name in loaded_by("import s3_perimeter") if name.startswith("s3_perimeter.")} == set()
    assert "s3_perimeter.proof" not in loaded_by(
        "from s3_perimeter import AddressSet, PolicyDocument, Perimeter"
    )


def test_no_module_shares_its_name_with_a_public_function() -> None:
    """So that importing a module never replaces a function of the same name."""
    modules = {path.stem for path in Path(s3_perimeter.__file__).parent.iterdir()}
    assert not modules & set(s3_perimeter.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="module 's3_perimeter' has no attribute 'proof_of'"):
        s3_perimeter.proof_of  # type: ignore[attr-defined]  # noqa: B018
