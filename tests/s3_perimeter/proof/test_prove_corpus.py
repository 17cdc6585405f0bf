"""The corpus of real policies: every one is decided, and no witness is one that the evaluator denies."""

from __future__ import annotations

import re

import pytest

from s3_perimeter import AddressSet, Perimeter, PolicyDocument, PolicyError, compare, evaluate, prove
from tests.corpus.corpus import CorpusPolicy, corpus
from tests.hang import ends

ALLOWED = AddressSet.parse(["192.0.2.0/24", "203.0.113.0/24", "2001:db8::/32"])


@pytest.mark.parametrize("entry", corpus(), ids=lambda entry: entry.file)
def test_every_real_policy_is_decided(entry: CorpusPolicy) -> None:
    """Neither crash nor hang; a witness gets through, and a policy equals itself read again in another
    order.
    """
    named = re.search(r"arn:(aws[a-z-]*):s3:::([^/*?$\"\\]+)", entry.text)
    partition, bucket = (named[1], named[2]) if named else ("aws", "b")
    perimeter = Perimeter(bucket, ALLOWED, account="111122223333", partition=partition)
    try:
        document = PolicyDocument.parse(entry.text)
    except PolicyError as error:
        assert error.mistakes
        return
    with ends():
        proof = prove(document, perimeter)
    assert not any(
        "the evaluator denies the witness that was found: this is a bug, please report it" in reason
        for reason in proof.undecided
    )
    for witness in proof.escapes:
        assert evaluate(document, witness.request).surely_not_denied
    turned = PolicyDocument(
        document.version, None, tuple(reversed(document.statements)), document.size, document.text
    )
    found = compare(document, turned, bucket=bucket, partition=partition)
    assert found.equal or "is not compared" in found.undecided[0]
