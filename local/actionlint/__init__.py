"""actionlint on this machine: found in the user's cache or on PATH, or built."""

from __future__ import annotations

from local import programs

ACTIONLINT = programs.pinned(
    __file__,
    "github.com/rhysd/actionlint",
    what="actionlint",
    name="actionlint",
    packages=150,
    takes="about half a minute",
)
