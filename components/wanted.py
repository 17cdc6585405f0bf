"""Wanted: what a PrivateBucket was asked for, and the policies that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pulumi

from components.policy_text import bucket_policy_text
from components.surroundings import Surroundings
from s3_perimeter import log_bucket_policy
from s3_perimeter.settings import Settings

__all__ = ["Wanted"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Settings, and what only a program can ask for.

    ``later`` is there where an address or an id is known only when other resources are: then it holds the
    settings that count, and ``settings`` everything but the networks and exemptions.
    """

    settings: Settings
    name_prefix: str
    later: pulumi.Output[Settings] | None = None
    take_over: bool = False
    additional_statements: Sequence[Mapping[str, object]] = ()

    def bucket_policy(self, place: Surroundings) -> pulumi.Input[str]:
        """Return the bucket's policy; BuildError where it is known by now and does not fit."""
        return self._with_settings(lambda settings: self._bucket_policy(settings, place))

    def log_bucket_policy(self, place: Surroundings) -> pulumi.Input[str]:
        """Return the policy of the access-log bucket."""
        return self._with_settings(lambda settings: self._log_bucket_policy(settings, place))

    def allowed_networks(self) -> pulumi.Output[list[str]]:
        """Return the allow-list in force, as few networks as hold exactly its addresses."""
        found = self._with_settings(lambda settings: list(settings.allowed_addresses.cidrs()))
        return pulumi.Output.from_input(found)

    def _bucket_policy(self, settings: Settings, place: Surroundings) -> str:
        perimeter = settings.perimeter(
            account=place.account, partition=place.partition, bucket=self.settings.bucket(place.account)
        )
        return bucket_policy_text(perimeter, self.additional_statements)

    def _log_bucket_policy(self, settings: Settings, place: Surroundings) -> str:
        log_bucket = self.settings.log_bucket(place.account)
        perimeter = settings.perimeter(account=place.account, partition=place.partition, bucket=log_bucket)
        source = self.settings.bucket(place.account)
        return log_bucket_policy(perimeter, source, place.account, settings.access_logs.prefix)

    def _with_settings(self, build: Callable[[Settings], T]) -> pulumi.Input[T]:
        return build(self.settings) if self.later is None else self.later.apply(build)
