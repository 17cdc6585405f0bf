"""The resource types that are made, one family a file. A new type is one class: it is found by its token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from local.provider.resource import Resource

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def types(base: type[Resource] = Resource) -> Iterator[type[Resource]]:
    """Yield the types below a class that have a token of their own."""
    for each in base.__subclasses__():
        if "token" in vars(each):
            yield each
        yield from types(each)


RESOURCES: Mapping[str, Resource] = {
    token: each() for each in types() for token in (each.token, *each.aliases)
}
"""Every type by its token and by its older tokens."""
