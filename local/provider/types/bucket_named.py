"""The base of what a bucket can have several of, each with a name: the id is ``bucket:name``."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from local.provider.failures import gone
from local.provider.resource import AutoName, Resource
from local.provider.session import Session
from local.provider.values import Props

ABSENT = frozenset({"NoSuchConfiguration", "NoSuchBucket"})


class BucketNamed(Resource):
    """A named configuration of a bucket. ``kind`` is the middle of the API calls' names."""

    kind: ClassVar[str]
    body: ClassVar[str]
    auto_name = AutoName(instead=None)

    def call(self, session: Session, verb: str, region: str | None, **arguments: Any) -> Any:
        """One of the calls put, get and delete."""
        s3 = session.client("s3", region)
        return getattr(s3, f"{verb}_bucket_{self.kind}_configuration")(**arguments)

    def create(self, session: Session, inputs: Props) -> str:
        self.put(session, inputs)
        return f"{inputs['bucket']}:{inputs['name']}"

    def put(self, session: Session, inputs: Props) -> None:
        """Put the whole configuration."""
        wanted = {"Id": inputs["name"], **self.to_body(inputs)}
        self.call(
            session,
            "put",
            inputs.get("region"),
            Bucket=inputs["bucket"],
            Id=inputs["name"],
            **{self.body: wanted},
        )

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if old:
            bucket, _, name = identity.partition(":")
            self.put(session, {**new, "bucket": bucket, "name": name})

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        bucket, _, name = identity.partition(":")
        try:
            answer = self.call(session, "get", state.get("region"), Bucket=bucket, Id=name)
        except ClientError as error:
            if gone(error, ABSENT):
                return None
            raise
        return {"bucket": bucket, "name": name, **self.from_body(answer[self.body])}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        bucket, _, name = identity.partition(":")
        try:
            self.call(session, "delete", state.get("region"), Bucket=bucket, Id=name)
        except ClientError as error:
            if not gone(error, ABSENT):
                raise

    def to_body(self, inputs: Props) -> Props:
        """The API's form of the properties."""
        raise NotImplementedError

    def from_body(self, found: Props) -> Props:
        """The properties in the API's form."""
        raise NotImplementedError


def filter_to_aws(chosen: Props) -> Props:
    """A filter by prefix, tags and access point: several of them are ANDed explicitly."""
    tags = [{"Key": key, "Value": value} for key, value in sorted((chosen.get("tags") or {}).items())]
    single = {
        **({"Prefix": chosen["prefix"]} if chosen.get("prefix") else {}),
        **({"AccessPointArn": chosen["accessPoint"]} if chosen.get("accessPoint") else {}),
    }
    if len(tags) + len(single) > 1:
        return {"And": {**single, **({"Tags": tags} if tags else {})}}
    return {**single, **({"Tag": tags[0]} if tags else {})}


def filter_from_aws(chosen: Props) -> Props:
    """The filter with everything side by side."""
    both = {**chosen, **(chosen.get("And") or {})}
    tags = both.get("Tags") or ([both["Tag"]] if both.get("Tag") else [])
    found = {
        "prefix": both.get("Prefix"),
        "accessPoint": both.get("AccessPointArn"),
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }
    return {key: value for key, value in found.items() if value}
