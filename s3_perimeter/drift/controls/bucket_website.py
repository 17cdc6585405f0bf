"""The bucket serves no website that is not declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend, on
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    part = bucket.part("s3/bucketWebsiteConfiguration")
    observed = view(s3.website(bucket))
    if part is None and bucket.inline("website") is None:
        if observed is not None:
            yield Difference(
                Kind.UNMANAGED,
                Severity.HIGH,
                None,
                observed,
                "the bucket answers as a website, over plain HTTP, or redirects its visitors elsewhere",
                f"aws s3api delete-bucket-website {on(bucket)}",
            )
        return
    if part is None:
        return
    declared = {
        "index": (part.get("indexDocument") or {}).get("suffix"),
        "error": (part.get("errorDocument") or {}).get("key"),
        "redirect": (part.get("redirectAllRequestsTo") or {}).get("hostName"),
    }
    served = observed and {
        "index": (observed.get("IndexDocument") or {}).get("Suffix"),
        "error": (observed.get("ErrorDocument") or {}).get("Key"),
        "redirect": (observed.get("RedirectAllRequestsTo") or {}).get("HostName"),
    }
    if served != declared:
        yield changed(
            Severity.HIGH, declared, served, "visitors are served or sent elsewhere than declared", mend(view)
        )


CONTROL = Control(
    id="bucket-website",
    title="the bucket serves no website that is not declared",
    scope="bucket",
    severity=Severity.HIGH,
    lets="A website endpoint serves over plain HTTP and can redirect every visitor.",
    reads=lambda bucket: [s3.website(bucket)],
    judge=judge,
)
