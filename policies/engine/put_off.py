"""Parts of the Pulumi SDK that a policy pack never uses, which are not read unless something asks for them.

``import pulumi`` reads the Automation API and dynamic providers as well: a fifth of what the pack imports
before it answers the engine.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType
from typing import Final

PARTS: Final = ("pulumi.automation", "pulumi.dynamic")


class _PutOff:
    """Finds these modules as they are, and reads each at the first use of something in it."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in PARTS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


def put_off() -> None:
    """Put off these parts in this process; does nothing to what is imported already."""
    sys.meta_path.insert(0, _PutOff())
