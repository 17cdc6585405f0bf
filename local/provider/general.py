"""Any other type of the SDK: inputs are checked, previews shown and states compared; nothing is made."""

from __future__ import annotations

import functools
from typing import Any, Never

from local.provider.failures import ProviderError
from local.provider.resource import AutoName, Resource
from local.provider.scalars import Text


class General(Resource):
    """A type of which nothing is known but what the SDK declares."""

    def __init__(self, token: str) -> None:
        self.token = self.title = token
        self.regional = "region" in self.properties
        name = self.properties.get("name")
        if isinstance(name, Text) and name.computed:
            self.auto_name = AutoName(longest=255, instead="namePrefix")

    def create(self, *_: Any, **__: Any) -> Never:
        raise self.refusal("make")

    def configure(self, *_: Any, **__: Any) -> Never:
        raise self.refusal("change")

    def read(self, *_: Any, **__: Any) -> Never:
        raise self.refusal("read")

    def delete(self, *_: Any, **__: Any) -> Never:
        raise self.refusal("delete")

    def refusal(self, doing: str) -> ProviderError:
        """Return why nothing is done, and what can be."""
        return ProviderError(
            f"the embedded AWS does not {doing} {self.token}; `pulumi preview` and the policy pack work with "
            "it\n\nhint: docs/reference/provider-stand-in.md lists the types that it creates, and says how "
            "to use the real provider"
        )


@functools.cache
def general(token: str) -> General | None:
    """Return the type with this token; None where the SDK has none."""
    try:
        return General(token)
    except KeyError:
        return None
