"""Questions about file shares, which a file gateway (AWS Storage Gateway) serves out of buckets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from s3_perimeter.drift.facts import Answer, Call
from s3_perimeter.drift.subjects import Bucket

__all__ = ["SORTS", "described", "descriptions", "file_shares"]

SORTS: Final = {"NFS": "NFSFileShareInfoList", "SMB": "SMBFileShareInfoList"}
"""The protocols of file shares, each with the list in the answer that describes them."""
_AT_ONCE: Final = 10  # as many as one request may name ("DescribeNFSFileShares", Storage Gateway API)


def file_shares(bucket: Bucket) -> Call:
    """Return the question for every file share of the bucket's region and account; it raises those for the
    bucket that each one serves.
    """

    def described(answer: Answer) -> Iterable[Call]:
        return descriptions(bucket, answer)

    return Call(
        service="storagegateway",
        operation="list_file_shares",
        action="storagegateway:ListFileShares",
        region=bucket.region,
        then=described,
    )


def descriptions(bucket: Bucket, answer: Answer) -> Iterator[Call]:
    """Yield the questions that describe all of the listed file shares."""
    for sort in SORTS:
        arns = tuple(
            str(share["FileShareARN"])
            for share in answer.get("FileShareInfoList", ())
            if share.get("FileShareType") == sort
        )
        for start in range(0, len(arns), _AT_ONCE):
            yield described(bucket, sort, arns[start : start + _AT_ONCE])


def described(bucket: Bucket, sort: str, arns: tuple[str, ...]) -> Call:
    """Return the question that describes up to ten file shares of one protocol."""
    return Call(
        service="storagegateway",
        operation=f"describe_{sort.lower()}_file_shares",
        params=(("FileShareARNList", arns),),
        action=f"storagegateway:Describe{sort}FileShares",
        region=bucket.region,
    )
