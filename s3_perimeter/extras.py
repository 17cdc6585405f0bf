"""The extras of this package, and the sentence for one that is not installed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

__all__ = ["named"]

_EXTRA_OF: Final = {
    "boto3": "aws",
    "botocore": "aws",
    "pyrage": "aws",
    "ruamel": "aws",
    "shtab": "completion",
    "pulumi": "pulumi",
    "pulumi_aws": "pulumi",
    "pulumi_policy": "pulumi",
}


def named(error: ModuleNotFoundError) -> ModuleNotFoundError:
    """Return the error with the extra to install where the module belongs to one, else the error as it is."""
    package = (error.name or "").partition(".")[0]
    extra = _EXTRA_OF.get(package)
    if extra is None:
        return error
    return ModuleNotFoundError(
        f'the package {package} is needed here and not installed: pip install "s3-perimeter[{extra}]"',
        name=error.name,
    )
