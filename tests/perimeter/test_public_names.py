"""What `import perimeter` offers: the list, the namespace, and the time it costs."""

import subprocess
import sys
import types

import perimeter


def test_the_public_list_and_the_namespace_agree() -> None:
    """Everything that `perimeter` shows is in `__all__`, sorted, and everything in `__all__` is there."""
    shown = {
        name
        for name in dir(perimeter)
        if not name.startswith("_") and not isinstance(getattr(perimeter, name), types.ModuleType)
    }
    assert shown == set(perimeter.__all__)
    assert list(perimeter.__all__) == sorted(perimeter.__all__)


def test_importing_perimeter_loads_no_engine_and_no_aws_client() -> None:
    """The core stands on the standard library alone."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, perimeter; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    foreign = {name.partition(".")[0] for name in loaded} & {
        "pulumi",
        "pulumi_aws",
        "boto3",
        "botocore",
        "grpc",
    }
    assert not foreign
