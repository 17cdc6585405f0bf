"""One type of resource through its life: what declares it, and what is done to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.conftest import Aws
from tests.local.provider.conftest import READ, Things
from tests.local.provider.engine import Props

WRITE = READ.replace("GetObject", "PutObject")


@dataclass(frozen=True, slots=True)
class Life:
    """One type's life. Functions get the things that exist already.

    ``inputs`` declare it, ``changed`` go on top for an update in place, ``replacing`` for a replacement.
    ``meddle`` changes it behind the provider's back, so that the property ``drifted`` differs.
    """

    token: str
    inputs: Callable[[Things], Props]
    changed: Callable[[Things], Props] | None = None
    replacing: Callable[[Things], Props] | None = None
    meddle: Callable[[Aws, Props], Any] | None = None
    drifted: str = ""
    import_id: Callable[[Props, str], str] = field(default=lambda _outputs, identity: identity)
    unknown: tuple[str, ...] = ()
    """Outputs that a preview of its creation cannot know."""

    not_imported: frozenset[str] = frozenset()
    """Inputs that nothing in AWS shows."""

    stays: bool = False
    """Whether AWS cannot take it away, so that it is there after a delete."""
