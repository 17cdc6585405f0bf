"""The base of what is configured on a bucket beside the bucket itself: one put, one get, one delete."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from local.provider.failures import eventually, gone
from local.provider.resource import Resource
from local.provider.session import Session
from local.provider.values import Props

PASSING = frozenset({"NoSuchBucket", "OperationAborted", "ServiceUnavailable", "SlowDown"})
"""What S3 answers while a bucket that was just made is not known everywhere, or is being changed."""


class BucketPart(Resource):
    """A setting of a bucket, whose id is the bucket's name.

    A subclass names the API calls; where one call takes the whole setting as one argument, it names this as
    ``body`` and translates its properties in ``to_body`` and ``from_body``.
    """

    put: ClassVar[str]
    get: ClassVar[str]
    remove: ClassVar[str | None] = None
    body: ClassVar[str]
    absent: ClassVar[frozenset[str]] = frozenset()
    """The codes that say: the bucket has none."""

    def create(self, session: Session, inputs: Props) -> str:
        self.write(session, inputs)
        return str(inputs["bucket"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        del identity
        if old:
            self.write(session, new)

    def write(self, session: Session, inputs: Props) -> None:
        """Put the whole setting."""
        s3 = session.client("s3", inputs.get("region"))
        arguments = self.arguments(inputs)
        eventually(
            lambda: getattr(s3, self.put)(Bucket=inputs["bucket"], **owner(inputs), **arguments),
            self.passing,
            session.cancelled,
        )

    def passing(self, error: BaseException) -> bool:
        """Whether the error of a put passes by itself."""
        return isinstance(error, ClientError) and error.response["Error"]["Code"] in PASSING

    def arguments(self, inputs: Props) -> Props:
        """What put takes beside the bucket."""
        return {self.body: self.to_body(inputs)}

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        bucket, _, expected = identity.partition(",")
        s3 = session.client("s3", state.get("region"))
        try:
            answer = getattr(s3, self.get)(Bucket=bucket, **owner(state))
        except ClientError as error:
            if gone(error, self.absent | {"NoSuchBucket"}):
                return None
            raise
        found = self.from_body(answer)
        named = {"bucket": bucket, **({"expectedBucketOwner": expected} if expected else {})}
        return None if found is None else {**named, **found}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        s3 = session.client("s3", state.get("region"))
        try:
            self.clear(s3, identity.partition(",")[0], state)
        except ClientError as error:
            if not gone(error, self.absent | {"NoSuchBucket"}):
                raise

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        """Take the setting away."""
        if self.remove is None:
            raise NotImplementedError
        getattr(s3, self.remove)(Bucket=bucket, **owner(state))

    def to_body(self, inputs: Props) -> Any:
        """The API's form of the properties."""
        raise NotImplementedError

    def from_body(self, answer: Props) -> Props | None:
        """The properties in get's answer; None where it says that there is nothing."""
        raise NotImplementedError


def owner(properties: Props) -> dict[str, str]:
    """The account that the bucket has to belong to, where the program names one."""
    expected = properties.get("expectedBucketOwner")
    return {"ExpectedBucketOwner": expected} if expected else {}
