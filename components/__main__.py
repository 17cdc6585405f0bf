"""The Pulumi package: the components for programs in every Pulumi language (`pulumi package add`)."""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pulumi
from pulumi.provider import main
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

# Started as a folder, Python puts this folder itself first on its path. What belongs there is the one that
# holds s3_perimeter: in a checkout the folder above, in an installation the one above that package.
_above = Path(__file__).resolve().parent.parent
sys.path[0] = str(_above.parent if _above.name == "s3_perimeter" else _above)

from s3_perimeter.components import OrganizationPerimeter, PrivateBucket  # noqa: E402  (the path comes first)


class Package(ComponentProvider):
    """The SDK's provider of components, which reports a user's mistakes without a traceback."""

    def construct(self, *args: Any, **kwargs: Any) -> Any:
        """Construct a component; a mistake in the arguments has already been reported in full."""
        try:
            return super().construct(*args, **kwargs)
        except ComponentInitError as error:
            if isinstance(error.inner, pulumi.RunError):
                raise pulumi.InputPropertiesError(str(error.inner), []) from error
            raise


if __name__ == "__main__":
    main(
        Package([PrivateBucket, OrganizationPerimeter], "s3-perimeter", version=version("s3-perimeter")),
        sys.argv[1:],
    )
