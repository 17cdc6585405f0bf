"""In a checkout `components/` and `policies/` are next to this package; in a wheel they are inside it.

So that a program is the same in both, ``s3_perimeter.components`` means the folder next to this package in a
checkout, and each module in it is one module under both names: no class is there twice. A wheel is made
without this file.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Final

__all__ = ["use_the_checkouts_folder"]

_TOP: Final = Path(__file__).resolve().parent.parent


def use_the_checkouts_folder(name: str) -> None:
    """Make ``name``, a module of this package, the folder of that name at the top of the checkout.

    Where a program has a package of its own under that name, the folder is loaded as ``name`` alone.
    """
    folder = name.rpartition(".")[2]
    file = _TOP / folder / "__init__.py"
    found = find_spec(folder)
    if found is not None and found.origin is not None and Path(found.origin).resolve() == file:
        sys.modules[name] = import_module(folder)
        sys.meta_path.insert(0, _SameModules(name, folder))
        return
    spec = spec_from_file_location(name, file, submodule_search_locations=[str(file.parent)])
    if spec is None or spec.loader is None or not file.exists():
        raise ModuleNotFoundError(f"this checkout has no folder {folder}/", name=name)
    sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])


class _SameModules:
    """Finds modules below one name as those below another.

    The base classes of `importlib.abc` are left out: importing them costs as much as a tenth of a command.
    """

    def __init__(self, name: str, other: str) -> None:
        self._name = f"{name}."
        self._other = f"{other}."

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith(self._name):
            return None
        loader: Any = _Same(self._other + name.removeprefix(self._name))
        return ModuleSpec(name, loader)


class _Same:
    """Gives the module of another name as it is."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._spec: ModuleSpec | None = None

    def create_module(self, _spec: ModuleSpec) -> ModuleType:
        module = import_module(self._name)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec  # the import that goes on here has just put its own there
