"""The parser on policies as people and tools wrote them."""

import json

import pytest

from s3_perimeter import PolicyDocument, PolicyError
from tests.corpus.corpus import CorpusPolicy, corpus

CASES = [pytest.param(policy, id=policy.file) for policy in corpus()]


@pytest.mark.parametrize("policy", CASES)
def test_a_policy_is_read_or_refused_with_places(policy: CorpusPolicy) -> None:
    """The same from text and decoded, and never with another exception."""
    try:
        document = PolicyDocument.parse(policy.text)
    except PolicyError as error:
        assert error.mistakes
        assert all(mistake.line is not None for mistake in error.mistakes)
    else:
        decoded = PolicyDocument.parse(json.loads(policy.text))
        assert len(decoded.statements) == len(document.statements)
        assert decoded.version == document.version
        for one, other in zip(decoded.statements, document.statements, strict=True):
            assert (one.actions, one.resources, one.principals) == (
                other.actions,
                other.resources,
                other.principals,
            )
            assert one.conditions == other.conditions


def test_most_of_the_corpus_is_read() -> None:
    """The rest are templates with holes, identity policies and slips, which S3 refuses too."""
    read = 0
    for policy in corpus():
        try:
            PolicyDocument.parse(policy.text)
        except PolicyError:
            continue
        read += 1
    assert (read, len(corpus())) == (385, 489)
