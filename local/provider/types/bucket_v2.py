"""aws.s3.BucketV2: aws.s3.Bucket with a list wherever that has one object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.provider.properties import block, listed, mapping, table, text, unordered
from local.provider.scalars import Property
from local.provider.session import Session
from local.provider.structures import Block, Listed
from local.provider.types.bucket import Bucket
from local.provider.values import Props

PLURAL = {
    "accessControlTranslation": "accessControlTranslations",
    "applyServerSideEncryptionByDefault": "applyServerSideEncryptionByDefaults",
    "defaultRetention": "defaultRetentions",
    "destination": "destinations",
    "expiration": "expirations",
    "filter": "filters",
    "logging": "loggings",
    "metrics": "metrics",
    "noncurrentVersionExpiration": "noncurrentVersionExpirations",
    "replicationConfiguration": "replicationConfigurations",
    "replicationTime": "replicationTimes",
    "rule": "rules",
    "serverSideEncryptionConfiguration": "serverSideEncryptionConfigurations",
    "sourceSelectionCriteria": "sourceSelectionCriterias",
    "sseKmsEncryptedObjects": "sseKmsEncryptedObjects",
    "versioning": "versionings",
    "website": "websites",
}
"""What is a list of one object there, by its name in aws.s3.Bucket."""

MISSING = "blockedEncryptionTypes"
"""The one field that BucketV2 does not have."""


def plural_form(name: str, form: Property) -> Property:
    """The form of a property in BucketV2."""
    match form:
        case Block(fields=fields):
            inner = block(
                {
                    PLURAL.get(key, key): plural_form(key, each)
                    for key, each in fields.items()
                    if key != MISSING
                }
            )
            about: dict[str, Any] = {"required": form.required, "computed": form.computed}
            return listed(inner, **about) if name in PLURAL else block(inner.fields, **about)
        case Listed(item=Block() as item, ordered=ordered):
            make = listed if ordered else unordered
            return make(plural_form("", item), required=form.required, computed=form.computed)
    return form


def plural(fields: Mapping[str, Property], value: Props) -> Props:
    """Values of aws.s3.Bucket as BucketV2 has them."""
    found: Props = {}
    for key, item in value.items():
        if key == MISSING:
            continue
        form = fields.get(key)
        if isinstance(form, Block) and isinstance(item, dict):
            inner = plural(form.fields, item)
            found[PLURAL.get(key, key)] = [inner] if key in PLURAL else inner
        elif isinstance(form, Listed) and isinstance(form.item, Block) and isinstance(item, list):
            found[key] = [plural(form.item.fields, each) for each in item]
        else:
            found[key] = item
    return found


def singular(fields: Mapping[str, Property], value: Props) -> Props:
    """Values of BucketV2 as aws.s3.Bucket has them."""
    found: Props = {}
    for key, form in fields.items():
        name = PLURAL.get(key, key) if isinstance(form, Block) else key
        item = value.get(name)
        if item is None:
            continue
        if isinstance(form, Block):
            if isinstance(item, list):
                if item:
                    found[key] = singular(form.fields, item[0])
            else:
                found[key] = singular(form.fields, item)
        elif isinstance(form, Listed) and isinstance(form.item, Block):
            found[key] = [singular(form.item.fields, each) for each in item]
        else:
            found[key] = item
    return found


def plural_properties() -> dict[str, Property]:
    """Those of aws.s3.Bucket in the plural, and the places where the SDK differs beside that."""
    found = {
        PLURAL.get(key, key) if isinstance(form, Block) else key: plural_form(key, form)
        for key, form in Bucket.properties.items()
    }
    return {**found, "tagsAll": mapping(text(), computed=True)}


class BucketV2(Bucket):
    """A bucket in the form that the provider's version 6 had beside aws.s3.Bucket."""

    token = "aws:s3/bucketV2:BucketV2"  # noqa: S105
    properties = table(plural_properties())

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        forms = Bucket.properties
        super().configure(session, identity, singular(forms, old), singular(forms, new))

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        found = super().read(session, identity, state)
        return None if found is None else plural(Bucket.properties, found)
