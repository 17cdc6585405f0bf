"""The errors of the core, drawn as a tree.

PerimeterError (ValueError)
├── AddressError     an address or network that cannot be read; lists every mistake of its list
├── PolicyError      a policy document that S3 would reject; lists every mistake with its place
└── SettingsError    a stack's config with mistakes in it; lists every one, each with its remedy
"""

from __future__ import annotations

__all__ = ["PerimeterError"]


class PerimeterError(ValueError):
    """Something given to this package is wrong, and the message says what to write instead."""

    page: str = ""
    """The page of the documentation that explains more, below `docs/`; empty where there is none."""
