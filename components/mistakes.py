"""Telling a person's mistakes: all of them, each in the project's form, and no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pulumi

from s3_perimeter import PerimeterError
from s3_perimeter.settings import ConfigWarning, SettingsError

__all__ = ["tell_warnings", "told_plainly"]


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what ``perimeter`` refuses into error messages of the deployment, and end the program.

    Pulumi prints a ``RunError`` as its message alone, each message with an ``error:`` of its own in front.
    """
    try:
        yield
    except SettingsError as error:
        for mistake in error.mistakes:
            pulumi.log.error(str(mistake).removeprefix("error: "))
        tell_warnings(error.warnings)
        count = len(error.mistakes)
        raise pulumi.RunError(
            f"nothing was deployed: the config has {count} mistake{'s' if count > 1 else ''}"
        ) from error
    except PerimeterError as error:
        raise pulumi.RunError(str(error).removeprefix("error: ")) from error


def tell_warnings(warnings: tuple[ConfigWarning, ...], resource: pulumi.Resource | None = None) -> None:
    """Print what is legal and probably not meant."""
    for warning in warnings:
        pulumi.log.warn(str(warning).removeprefix("warning: "), resource)
