"""When two policy documents mean the same, whatever their spelling."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

ACCOUNT_ROOT = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):root")


def meaning(document: Any, key: str = "") -> Any:
    """Return the document in a form in which equal policies are equal.

    One value and a list of it are the same, values and statements have no order, booleans and numbers are
    their texts, and an account's id is its root's ARN, which AWS writes in its place.
    """
    match document:
        case Mapping():
            found = {name: meaning(item, name) for name, item in document.items()}
            return [found] if key == "Statement" else found
        case list():
            items = sorted((meaning(item) for item in document), key=in_order)
            return items[0] if len(items) == 1 and key != "Statement" else items
        case bool():
            return "true" if document else "false"
        case int() | float():
            return str(document)
        case str():
            root = ACCOUNT_ROOT.fullmatch(document)
            return root[1] if root else document
    return document


def in_order(item: Any) -> str:
    """Return a text to sort by."""
    return json.dumps(item, sort_keys=True)
