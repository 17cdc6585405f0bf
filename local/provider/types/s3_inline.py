"""The settings that can also be declared inside aws.s3.Bucket (deprecated, but programs have them).

Each is the separate type's, in another form. What no separate type here makes is for previews only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.provider.failures import ProviderError
from local.provider.session import Session
from local.provider.types.s3_part import BucketPart
from local.provider.types.s3_settings import (
    BucketEncryption,
    BucketLifecycle,
    BucketLogging,
    BucketPolicy,
    BucketVersioning,
    BucketWebsite,
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
        """What is set now; None where nothing is."""
        found = self.part.read(session, bucket, region)
        return None if found is None else self.from_part(found)

    def write(self, session: Session, bucket: str, region: Props, old: Any, new: Any) -> None:
        """Set it."""
        self.part.write(session, {"bucket": bucket, **region, **self.to_part(new, old)})


def to_versioning(value: Props, old: Props | None) -> Props:
    """A bucket that never had versioning stays so where none is wanted."""
    off = "Suspended" if (old or {}).get("enabled") else "Disabled"
    return {"versioningConfiguration": {"status": "Enabled" if value.get("enabled") else off}}


def from_versioning(found: Props) -> Props:
    """Two switches instead of two words."""
    setting = found["versioningConfiguration"]
    return {"enabled": setting["status"] == "Enabled", "mfaDelete": setting.get("mfaDelete") == "Enabled"}


def from_logging(found: Props) -> Props:
    """Two fields of them."""
    return {key: found[key] for key in ("targetBucket", "targetPrefix")}


DAYS = "abortIncompleteMultipartUploadDays"


def to_lifecycle(value: list[Props], _old: Any) -> Props:
    """Rules with a filter instead of a prefix and tags."""
    rules = []
    for index, rule in enumerate(value):
        prefix, tags = {"prefix": rule.get("prefix") or ""}, rule.get("tags") or {}
        rules.append(
            {
                "id": rule.get("id") or f"rule-{index}",
                "status": "Enabled" if rule["enabled"] else "Disabled",
                "filter": {"and": {**prefix, "tags": tags}} if tags else prefix,
                "expiration": rule.get("expiration"),
                "transitions": rule.get("transitions"),
                "noncurrentVersionExpiration": renamed(rule.get("noncurrentVersionExpiration"), NEWER),
                "noncurrentVersionTransitions": [
                    renamed(each, NEWER) for each in rule.get("noncurrentVersionTransitions") or []
                ],
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": rule[DAYS]}
                if rule.get(DAYS)
                else None,
            }
        )
    return {"rules": rules}


def from_lifecycle(found: Props) -> list[Props]:
    """Rules with a prefix and tags instead of a filter."""
    rules = []
    for rule in found["rules"]:
        chosen = rule.get("filter") or {}
        both = {**chosen, **(chosen.get("and") or {})}
        tag = both.get("tag") or {}
        values = {
            "id": rule.get("id"),
            "enabled": rule["status"] == "Enabled",
            "prefix": both.get("prefix"),
            "tags": both.get("tags") or ({tag["key"]: tag["value"]} if tag else {}),
            "expiration": rule.get("expiration"),
            "transitions": rule.get("transitions"),
            "noncurrentVersionExpiration": renamed(rule.get("noncurrentVersionExpiration"), OLDER),
            "noncurrentVersionTransitions": [
                renamed(each, OLDER) for each in rule.get("noncurrentVersionTransitions") or []
            ],
            DAYS: (rule.get("abortIncompleteMultipartUpload") or {}).get("daysAfterInitiation"),
        }
        rules.append({key: value for key, value in values.items() if value not in (None, "", {}, [])})
    return rules


NEWER, OLDER = {"days": "noncurrentDays"}, {"noncurrentDays": "days"}


def renamed(value: Props | None, names: Mapping[str, str]) -> Props | None:
    """An object with other names for its fields."""
    return None if value is None else {names.get(key, key): each for key, each in value.items()}


def to_website(value: Props, _old: Any) -> Props:
    """Objects instead of texts."""
    protocol, _, host = (value.get("redirectAllRequestsTo") or "").rpartition("://")
    return {
        "errorDocument": {"key": value["errorDocument"]} if value.get("errorDocument") else None,
        "indexDocument": {"suffix": value["indexDocument"]} if value.get("indexDocument") else None,
        "redirectAllRequestsTo": {"hostName": host, "protocol": protocol or None} if host else None,
        "routingRuleDetails": value.get("routingRules"),
    }


def from_website(found: Props) -> Props:
    """Texts instead of objects."""
    redirect = found.get("redirectAllRequestsTo") or {}
    protocol = f"{redirect['protocol']}://" if redirect.get("protocol") else ""
    values = {
        "errorDocument": (found.get("errorDocument") or {}).get("key"),
        "indexDocument": (found.get("indexDocument") or {}).get("suffix"),
        "redirectAllRequestsTo": f"{protocol}{redirect['hostName']}" if redirect else None,
        "routingRules": found.get("routingRuleDetails"),
    }
    return {key: value for key, value in values.items() if value}


INLINE: Mapping[str, Inline] = {
    "lifecycleRules": Inline(BucketLifecycle(), to_lifecycle, from_lifecycle),
    "logging": Inline(BucketLogging(), lambda value, _: {"targetPrefix": "", **value}, from_logging),
    "policy": Inline(BucketPolicy(), lambda value, _: {"policy": value}, lambda found: found["policy"]),
    "serverSideEncryptionConfiguration": Inline(
        BucketEncryption(),
        lambda value, _: {"rules": [value["rule"]]},
        lambda found: {"rule": found["rules"][0]},
    ),
    "versioning": Inline(BucketVersioning(), to_versioning, from_versioning),
    "website": Inline(BucketWebsite(), to_website, from_website),
}
"""By property, in the order in which they are written."""

PREVIEWED = (
    "accelerationStatus",
    "corsRules",
    "grants",
    "objectLockConfiguration",
    "replicationConfiguration",
    "requestPayer",
)


def refuse(bucket: str, wanted: Props) -> None:
    """Raise ProviderError for what is declared inside a bucket and is only previewed."""
    found = ", ".join(f"`{name}`" for name in PREVIEWED if wanted.get(name))
    if found:
        raise ProviderError(
            f"the embedded AWS does not set {found} inside bucket {bucket}; `pulumi preview` and the policy "
            "pack work with it"
        )
