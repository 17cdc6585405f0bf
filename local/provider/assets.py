"""The content of an asset: given as text, as a file, or at a URL."""

from __future__ import annotations

import urllib.request
from pathlib import Path

from local.provider.failures import ProviderError
from local.provider.values import Asset


def content_of(asset: Asset) -> bytes:
    """The bytes. Raises ProviderError where they cannot be had."""
    wire = asset.wire
    if wire.get("text") is not None:
        return str(wire["text"]).encode()
    if wire.get("path"):
        try:
            return Path(str(wire["path"])).read_bytes()
        except OSError as error:
            raise ProviderError(f"the asset's file cannot be read: {error}") from error
    uri = str(wire.get("uri") or "")
    if uri.startswith(("https://", "http://", "file://")):
        with urllib.request.urlopen(uri, timeout=60) as answer:  # noqa: S310  (the program names it)
            return bytes(answer.read())
    raise ProviderError("the stand-in of the AWS provider takes text, a file or a URL as an object's source")
