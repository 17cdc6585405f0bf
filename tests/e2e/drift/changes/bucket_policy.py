"""Changes to the bucket's policy."""

from __future__ import annotations

from typing import Any

from tests.e2e.drift.changes.mutation import ACCOUNT, Target, Undo, edited_policy, fence_of, mutation, sources


@mutation("bucket-policy", "critical", "changed")
def network_added_to_the_fence(t: Target) -> Undo:
    return edited_policy(t, lambda document: sources(fence_of(document)).append("198.51.100.0/24"))


@mutation("bucket-policy", "medium", "changed")
def network_taken_out_of_the_fence(t: Target) -> Undo:
    return edited_policy(t, lambda document: sources(fence_of(document)).pop())


@mutation("bucket-policy", "critical", "changed")
def fence_taken_out(t: Target) -> Undo:
    def edit(document: dict[str, Any]) -> None:
        document["Statement"].remove(fence_of(document))
        document["Statement"].append(
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:DeleteBucketWebsite",
                "Resource": f"arn:aws:s3:::{t.bucket}",
            }
        )

    return edited_policy(t, edit)


@mutation("bucket-policy", "critical", "changed")
def fence_turned_into_an_allow(t: Target) -> Undo:
    def edit(document: dict[str, Any]) -> None:
        fence = fence_of(document)
        fence["Effect"], fence["Principal"] = "Allow", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        fence["Condition"]["IpAddress"] = fence["Condition"].pop("NotIpAddress")

    return edited_policy(t, edit)


@mutation("bucket-policy", "critical", "changed")
def fence_narrowed_to_one_action(t: Target) -> Undo:
    return edited_policy(t, lambda document: fence_of(document).update(Action="s3:PutObject"))


@mutation("bucket-policy", "critical", "changed")
def fence_narrowed_to_objects(t: Target) -> Undo:
    return edited_policy(t, lambda document: fence_of(document).update(Resource=f"arn:aws:s3:::{t.bucket}/*"))


@mutation("bucket-policy", "critical", "changed")
def fence_opened_by_a_second_condition(t: Target) -> Undo:
    return edited_policy(
        t,
        lambda document: fence_of(document)["Condition"].update(
            {"StringNotLike": {"aws:UserAgent": "let-me-in*"}}
        ),
    )


@mutation("bucket-policy", "critical", "missing")
def policy_deleted(t: Target) -> Undo:
    before = t.s3.get_bucket_policy(Bucket=t.bucket)["Policy"]
    t.s3.delete_bucket_policy(Bucket=t.bucket)
    return lambda: t.s3.put_bucket_policy(Bucket=t.bucket, Policy=before)


@mutation("bucket-policy", "critical", "changed")
def policy_of_the_log_bucket_opened(t: Target) -> Undo:
    return edited_policy(t, lambda document: fence_of(document).update(Action="s3:PutObject"), bucket=t.logs)


@mutation("bucket-policy", "high", "changed")
def stranger_allowed_inside_the_fence(t: Target) -> Undo:
    def edit(document: dict[str, Any]) -> None:
        document["Statement"].append(
            {
                "Sid": "Partner",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{t.bucket}/*",
            }
        )

    return edited_policy(t, edit)
