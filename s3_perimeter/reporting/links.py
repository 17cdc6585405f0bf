"""What this release knows of itself: its version, and where its documentation is read."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, metadata, version

__all__ = ["documented", "home", "version_of_this"]

_NAME = "s3-perimeter"


def documented(page: str) -> str:
    """Return where a page of the documentation is read: on the web where this release says where, else in the
    repository.
    """
    return f"{(_urls().get('Documentation') or 'docs/README.md').rpartition('/')[0]}/{page}"


def home() -> str | None:
    """Return the web address of the documentation; None where this release does not know one."""
    return _urls().get("Documentation")


def version_of_this() -> str:
    """Return the version of this package, `0` where it is not installed."""
    try:
        return version(_NAME)
    except PackageNotFoundError:
        return "0"


@cache
def _urls() -> dict[str, str]:
    try:
        given = metadata(_NAME).get_all("Project-URL") or []
    except PackageNotFoundError:
        return {}
    return dict(str(each).split(", ", 1) for each in given)
