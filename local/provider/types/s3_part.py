"""The base of what is configured on a bucket, next to the bucket itself: one put, one get, one delete."""

from __future__ import annotations

import functools
from typing import Any, ClassVar

from local.provider.declared import Details
from local.provider.failures import code, eventually, if_there
from local.provider.resource import Resource
from local.provider.session import Session
from local.provider.structures import Block
from local.provider.values import Props

PASSING = frozenset({"NoSuchBucket", "OperationAborted", "ServiceUnavailable", "SlowDown"})
"""What S3 answers while a bucket that was just made is not known everywhere, or is being changed."""

ABOUT = frozenset({"bucket", "expectedBucketOwner", "mfa", "region", "skipDestroy", "timeouts"})
"""Inputs that say where and how, not what."""


class BucketPart(Resource):
    """A setting of a bucket, whose id is the bucket's name.

    A subclass names the setting as S3's calls do and the argument (``body``) that holds it; as long as it
    says nothing else, its properties are that argument's fields.
    """

    setting: ClassVar[str]
    body: ClassVar[str]
    absent: ClassVar[str] = ""
    """The code that says: the bucket has none."""

    details = Details(replaces="bucket")

    @functools.cached_property
    def fields(self) -> Block:
        """The properties that make up the setting."""
        inputs = {key: each for key, each in self.properties.items() if not each.output}
        return Block(fields={key: each for key, each in inputs.items() if key not in ABOUT})

    def create(self, session: Session, inputs: Props) -> str:
        self.write(session, inputs)
        return str(inputs["bucket"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        del identity
        if old:
            self.write(session, new)

    def write(self, session: Session, inputs: Props) -> None:
        """Put the whole setting."""
        call = getattr(session.client("s3", inputs.get("region")), f"put_{self.setting}")
        arguments = {"Bucket": inputs["bucket"], **owner(inputs), **self.arguments(inputs)}
        eventually(lambda: call(**arguments), self.passing, session.cancelled)

    def passing(self, error: BaseException) -> bool:
        """Whether the error of a put passes by itself."""
        return code(error) in PASSING

    def arguments(self, inputs: Props) -> Props:
        """Return what put takes in addition to the bucket."""
        return {self.body: self.to_body(inputs)}

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        bucket, _, expected = identity.partition(",")
        s3 = session.client("s3", state.get("region"))
        get = functools.partial(getattr(s3, f"get_{self.setting}"), Bucket=bucket, **owner(state))
        answer = if_there(get, self.absent, "NoSuchBucket")
        found = self.from_answer(answer) if answer is not None else None
        named = {"bucket": bucket, **({"expectedBucketOwner": expected} if expected else {})}
        return None if found is None else {**named, **found}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        s3 = session.client("s3", state.get("region"))
        if not state.get("skipDestroy"):
            bucket = identity.partition(",")[0]
            if_there(lambda: self.clear(s3, bucket, state), self.absent, "NoSuchBucket")

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        """Take the setting away."""
        getattr(s3, f"delete_{self.setting}")(Bucket=bucket, **owner(state))

    def to_body(self, inputs: Props) -> Any:
        """Return the API's form of the properties."""
        return self.fields.to_aws(inputs)

    def from_answer(self, answer: Props) -> Props | None:
        """Return the properties in get's answer; None where it says that there is nothing."""
        found: Props = self.fields.from_aws(answer[self.body])
        return found


def owner(properties: Props) -> dict[str, str]:
    """Return the account that the bucket has to belong to, where the program names one."""
    expected = properties.get("expectedBucketOwner")
    return {"ExpectedBucketOwner": expected} if expected else {}
