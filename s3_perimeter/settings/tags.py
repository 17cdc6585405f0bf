"""`tags`: labels for everything that the stack declares.

Source: AWS Tagging user guide, "Tag naming limits and requirements".
"""

from __future__ import annotations

from collections.abc import Mapping

from s3_perimeter.documents.nodes import clipped
from s3_perimeter.settings.forms import decoded, shown
from s3_perimeter.settings.report import Report

__all__ = ["read_tags"]

MOST = 50
LONGEST_KEY = 128
LONGEST_VALUE = 256
SIGNS = " +-=._:/@"
ALLOWED = f"use letters, digits, spaces and `{SIGNS.strip()}`"


def read_tags(value: object, report: Report) -> dict[str, str]:
    """Return the tags; none where the config says nothing."""
    value = decoded(value, report)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        report.mistake(f"expected an object, found {shown(value)}", 'write `{"team": "storage"}`')
        return {}
    if len(value) > MOST:
        report.mistake(f"there are {len(value)} tags; AWS accepts {MOST}", "remove some")
    tags: dict[str, str] = {}
    for key, content in value.items():
        here = report.at(f"tag {shown(key)}")
        if _key(key, here) and _value(content, here):
            tags[key] = content
    return tags


def _key(key: object, report: Report) -> bool:
    """Whether AWS takes the key."""
    if not isinstance(key, str) or not 1 <= len(key) <= LONGEST_KEY:
        report.mistake("the key has to be a text of 1 to 128 characters", "choose another key")
    elif key.lower().startswith("aws:"):
        report.mistake("keys that start with `aws:` are AWS's own", "choose another key")
    elif not _takes(key):
        report.mistake("the key contains a character that AWS does not accept", ALLOWED)
    else:
        return True
    return False


def _value(value: object, report: Report) -> bool:
    """Whether AWS takes the value."""
    if not isinstance(value, str):
        report.mistake(f"the value is {shown(value)}, and a tag's value is text", "write it in double quotes")
    elif len(value) > LONGEST_VALUE:
        report.mistake(
            f"the value has {len(value)} characters; AWS accepts {LONGEST_VALUE}", "write a shorter one"
        )
    elif not _takes(value):
        report.mistake(f"the value `{clipped(value)}` contains a character that AWS does not accept", ALLOWED)
    else:
        return True
    return False


def _takes(text: str) -> bool:
    return all(character.isalpha() or character.isdigit() or character in SIGNS for character in text)
