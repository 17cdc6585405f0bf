"""The settings that can also be declared inside aws.s3.Bucket (deprecated, but programs have them).

Each is the separate type's, in another form. What no separate type here makes is for previews only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from local.provider.failures import ProviderError
from local.provider.session import Session
from local.provider.types.s3_part import BucketPart
from local.provider.types.s3_settings import (
    BucketEncryption,
    BucketLogging,
    BucketPolicy,
    BucketVersioning,
)
from local.provider.values import Props


@dataclass(frozen=True, slots=True)
class Inline:
    """One setting: the type that makes it, and its value in the form of that type and back.

    ``to_part`` gets the value in the state as well.
    """

    part: BucketPart
    to_part: Callable[[Any, Any], Props]
    from_part: Callable[[Props], Any]

    def read(self, session: Session, bucket: str, region: Props) -> Any:
        """Return what is set now; None where nothing is."""
        found = self.part.read(session, bucket, region)
        return None if found is None else self.from_part(found)

    def write(self, session: Session, bucket: str, region: Props, old: Any, new: Any) -> None:
        """Set it."""
        self.part.write(session, {"bucket": bucket, **region, **self.to_part(new, old)})


def to_versioning(value: Props, old: Props | None) -> Props:
    """Return a bucket that never had versioning stays so where none is wanted."""
    off = "Suspended" if (old or {}).get("enabled") else "Disabled"
    return {"versioningConfiguration": {"status": "Enabled" if value.get("enabled") else off}}


def from_versioning(found: Props) -> Props:
    """Two switches instead of two words."""
    setting = found["versioningConfiguration"]
    return {"enabled": setting["status"] == "Enabled", "mfaDelete": setting.get("mfaDelete") == "Enabled"}


def from_logging(found: Props) -> Props:
    """Two fields of them."""
    return {key: found[key] for key in ("targetBucket", "targetPrefix")}


INLINE: Mapping[str, Inline] = {
    "logging": Inline(BucketLogging(), lambda value, _: {"targetPrefix": "", **value}, from_logging),
    "policy": Inline(BucketPolicy(), lambda value, _: {"policy": value}, lambda found: found["policy"]),
    "serverSideEncryptionConfiguration": Inline(
        BucketEncryption(),
        lambda value, _: {"rules": [value["rule"]]},
        lambda found: {"rule": found["rules"][0]},
    ),
    "versioning": Inline(BucketVersioning(), to_versioning, from_versioning),
}
"""By property, in the order in which they are written."""

PREVIEWED = frozenset(
    {"accelerationStatus", "corsRules", "grants", "lifecycleRules", "objectLockConfiguration"}
    | {"replicationConfiguration", "requestPayer", "website"}
)


def refuse(bucket: str, wanted: Collection[str]) -> None:
    """Raise ProviderError for what is declared inside a bucket and is only previewed."""
    found = ", ".join(f"`{name}`" for name in sorted(PREVIEWED.intersection(wanted)))
    if found:
        raise ProviderError(
            f"the embedded AWS does not set {found} inside bucket {bucket}; `pulumi preview` and the policy "
            "pack work with it"
        )
