"""Bucket names: S3's rules for them, and the names that a stack gets by itself.

Source: Amazon S3 User Guide, "General purpose bucket naming rules".
"""

from __future__ import annotations

import hashlib
import re

from s3_perimeter.documents.nodes import clipped
from s3_perimeter.fence import OTHER_KINDS
from s3_perimeter.semantics.networks import Advice

__all__ = ["LONGEST_NAME", "advice_on_name", "derived_name", "log_name"]

SHORTEST_NAME = 3
LONGEST_NAME = 63
RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
ACCOUNT_REGIONAL = re.compile(r".+-[0-9]{12}-[a-z]{2,}(?:-[a-z]+)+-[0-9]+-an", re.ASCII)
LOG_SUFFIX = "-logs"
DIGEST_LENGTH = 10
FORM = "use 3 to 63 lower-case letters, digits and hyphens, with a letter or digit at either end"


def advice_on_name(name: str, *, dots: bool = False) -> Advice | None:
    """Return what is wrong with a bucket's name, first things first; None where S3 takes it.

    `dots` lets a name with dots pass: S3 takes it, but its wildcard certificate does not cover such a name,
    so a new bucket should not have one.
    """
    shown = f"`{clipped(name)}`"
    if not SHORTEST_NAME <= len(name) <= LONGEST_NAME:
        return Advice(f"{shown} has {len(name)} characters; a bucket's name has 3 to 63", FORM)
    if re.fullmatch("[0-9]+(?:[.][0-9]+){3}", name, re.ASCII):
        return Advice(f"{shown} looks like an IP address", "choose a name with a letter in it")
    if not re.fullmatch("[a-z0-9.-]+", name, re.ASCII):
        return Advice(f"{shown} contains a character that S3 does not accept in a bucket name", FORM)
    if not (name[0].isalnum() and name[-1].isalnum()):
        return Advice(f"{shown} does not begin and end with a letter or digit", FORM)
    if ".." in name:
        return Advice(f"{shown} has two dots in a row", FORM)
    reserved = _advice_on_reserved(name, shown)
    if reserved:
        return reserved
    if "." in name and not dots:
        return Advice(
            f"{shown} has a dot in it, and S3's TLS certificate does not cover such a name",
            f"write `{name.replace('.', '-')}`",
        )
    return None


def _advice_on_reserved(name: str, shown: str) -> Advice | None:
    """Return what is wrong with the ends of a name, which AWS keeps for names of its own."""
    for prefix in RESERVED_PREFIXES:
        if name.startswith(prefix):
            return Advice(f"{shown} starts with `{prefix}`, which AWS reserves", "choose another beginning")
    for suffix, owner in OTHER_KINDS.items():
        if name.endswith(suffix):
            return Advice(
                f"{shown} ends in `{suffix}`, which AWS reserves for {owner}", "choose another ending"
            )
    if name.endswith("-an") and not ACCOUNT_REGIONAL.fullmatch(name):
        return Advice(
            f"{shown} ends in `-an`, which AWS reserves for the account regional namespace",
            "choose another ending, or write the whole form, `NAME-ACCOUNT-REGION-an`",
        )
    return None


def derived_name(project: str, stack: str, account: str) -> str:
    """Return the name of a bucket that the config does not name: the same every time, and unlikely to be
    taken.

    It shows project and stack and ends in a digest of project, stack and account, so that two stacks or two
    accounts do not meet in S3's one namespace.
    """
    digest = _digest(project, stack, account)
    words = re.sub("[^a-z0-9]+", "-", f"{project}-{stack.rpartition('/')[2]}".lower()).strip("-")
    for prefix in RESERVED_PREFIXES:
        if f"{words}-".startswith(prefix):
            words = f"bucket-{words}"
    space = LONGEST_NAME - len(LOG_SUFFIX) - len(digest) - 1
    return f"{words[:space].rstrip('-') or 'bucket'}-{digest}"


def log_name(bucket: str) -> str:
    """Return the name of the access-log bucket that belongs to a bucket."""
    name = bucket.replace(".", "-") + LOG_SUFFIX
    if len(name) <= LONGEST_NAME:
        return name
    digest = _digest(bucket)
    space = LONGEST_NAME - len(LOG_SUFFIX) - len(digest) - 1
    return f"{name[:space].rstrip('-')}-{digest}{LOG_SUFFIX}"


def _digest(*parts: str) -> str:
    """Some hexadecimal digits that stand for the parts."""
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:DIGEST_LENGTH]
