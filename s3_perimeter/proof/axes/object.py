"""The axis of objects: which of them is asked about, or the bucket itself."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property

from s3_perimeter.proof.automaton import classes
from s3_perimeter.proof.axes.axis import Axis, Element
from s3_perimeter.proof.axes.cut import RequestClass
from s3_perimeter.proof.denies import AnalyzedStatement
from s3_perimeter.proof.outside import Scenario
from s3_perimeter.semantics.evaluation import resource_matches
from s3_perimeter.semantics.globs import glob_steps, text_steps
from s3_perimeter.semantics.patterns import widened

__all__ = ["ObjectAxis"]

_LONGEST_KEY = 1_024
"""Bytes of an object's key (Amazon S3 User Guide, "Naming Amazon S3 objects")."""


class ObjectAxis(Axis):
    """Which object, by `Resource` and `NotResource` where a statement covers some of them.

    For the bucket there is one class, where it is not documented whether a statement covers it.
    """

    @cached_property
    def doubts_the_bucket(self) -> bool:
        """Whether it is not documented of some statement if it covers the bucket."""
        return any(each.covers_bucket is None for each in self.statements)

    def counts(self, scenario: Scenario) -> bool:
        """Whether statements distinguish objects, or it is not documented whether they cover the bucket."""
        return self.doubts_the_bucket or (scenario.on_object and self.restricted)

    def variant(self, scenario: Scenario) -> Hashable:
        """Return the resource."""
        return scenario.on_object, scenario.is_for_witness

    def classes(self, scenario: Scenario) -> Sequence[RequestClass]:
        """Return one object of every class that resources distinguish; a key is never empty, and not longer
        than S3 takes.
        """
        bucket_arn = self.outside.bucket.arn
        if not scenario.on_object:
            return [RequestClass(resource=bucket_arn)]
        base = (*text_steps(f"{bucket_arn}/"), *glob_steps("?*", variables=False))
        steps = [
            glob_steps(
                widened(pattern, wildcards=True) if each.statement.variables else pattern,
                variables=each.statement.variables,
            )
            for each in self.statements
            if each.covers_objects is None
            for pattern in each.statement.named_resources
        ]
        found = classes([base], steps, self.budget, preferred=[f"{bucket_arn}/key"])
        # A shortest text of its class that is too long leaves none that is not.
        longest = len(bucket_arn) + 1 + _LONGEST_KEY
        return [RequestClass(resource=text) for text in found if len(text) <= longest]

    def elements(self, analyzed: AnalyzedStatement) -> Iterator[Element]:
        """Yield the statement's element of resources, where it decides."""
        if analyzed.covers_objects is not None and analyzed.covers_bucket is not None:
            return
        patterns, negated = analyzed.statement.named_resources, analyzed.statement.resources is None

        def matches(each: RequestClass) -> bool | None:
            return resource_matches(patterns, each.resource or "", variables=analyzed.statement.variables)

        yield Element.of_patterns("Resource", patterns, matches, negated=negated)
