"""Get the Pulumi engine: the one that is there, else the official release, else a build of its Go module."""

from __future__ import annotations

from local.engine.build import PULUMI, EngineError, Note, build, locked
from local.engine.download import download
from local.engine.find import Engine, find, kept_directory


def find_or_get(path: str, note: Note) -> Engine:
    """Return the engine to use, downloaded or built first where there is none. Raises EngineError.

    :param path: where to look for a ``pulumi`` and for Go, as in the variable PATH.
    :param note: called with each line of progress.
    """
    found = find(path)
    if found:
        return found
    kept = kept_directory()
    kept.mkdir(parents=True, exist_ok=True)
    with locked(kept / "lock", PULUMI, note):
        found = find(path)  # the one who held the lock may have got it
        if found is None:
            if not download(kept, note):
                build(PULUMI, kept, path, note)
            found = find(path)
    if found is None:
        raise EngineError(f"the build left no pulumi in {kept}\n\nhint: see its build.log")
    return found
