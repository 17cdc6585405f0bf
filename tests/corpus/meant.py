"""Each policy of the corpus that S3 would accept, with the perimeter that its author seems to have meant."""

import re
from functools import cache

from s3_perimeter import AddressError, AddressSet, Perimeter, PolicyDocument, PolicyError
from tests.corpus.corpus import CorpusPolicy, corpus
from tests.s3_perimeter.policies import ACCOUNT

ELSEWHERE = ["203.0.113.0/24"]
"""The allow-list for a policy that names no network of its own."""


def meant(entry: CorpusPolicy) -> tuple[PolicyDocument, Perimeter] | None:
    """The bucket that the policy names first, and every network that it writes down; None for a document
    that S3 rejects, and for one whose networks are the whole internet.
    """
    try:
        document = PolicyDocument.parse(entry.text)
    except PolicyError:
        return None
    allowed = AddressSet.nothing()
    for network in re.findall(r'"([0-9a-fA-F:.]+/\d+)"', entry.text):
        try:
            allowed |= AddressSet.parse([network])
        except AddressError:
            continue  # its author's slip: what the others say is a perimeter like any
    if not ~allowed:
        return None
    named = re.search(r"arn:aws:s3:::([^/*?$\"\\]+)", entry.text)
    bucket = named[1] if named else "b"
    return document, Perimeter(bucket, allowed or AddressSet.parse(ELSEWHERE), account=ACCOUNT)


@cache
def readable() -> tuple[tuple[str, PolicyDocument, Perimeter], ...]:
    """File name, policy and perimeter of each, sorted by file name."""
    found = ((entry.file, meant(entry)) for entry in corpus())
    return tuple((file, *both) for file, both in found if both)
