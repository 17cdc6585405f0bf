"""aws.s3.BucketReplicationConfig, and the form of it that aws.s3.Bucket can hold."""

from __future__ import annotations

from typing import Any

from local.provider.properties import REGION, block, flag, mapping, table, text, unordered, whole
from local.provider.types.bucket_inline import Inline
from local.provider.types.bucket_part import BucketPart
from local.provider.values import Props

STATUS = block({"status": text(required=True)})
ABSENT = frozenset({"ReplicationConfigurationNotFoundError"})
RULE = block(
    {
        "destination": block(
            {
                "bucket": text(required=True),
                "accessControlTranslation": block({"owner": text(required=True)}),
                "account": text(),
                "encryptionConfiguration": block(
                    {"replicaKmsKeyId": text(required=True, aws="ReplicaKmsKeyID")}
                ),
                "metrics": block(
                    {
                        "status": text(required=True),
                        "eventThreshold": block({"minutes": whole(required=True)}),
                    }
                ),
                "replicationTime": block(
                    {
                        "status": text(required=True),
                        "time": block({"minutes": whole(required=True)}, required=True),
                    }
                ),
                "storageClass": text(),
            },
            required=True,
        ),
        "status": text(required=True),
        "deleteMarkerReplication": STATUS,
        "existingObjectReplication": STATUS,
        "filter": block(
            {
                "and": block({"prefix": text(), "tags": mapping(text(), pairs=True)}),
                "prefix": text(),
                "tag": block({"key": text(required=True), "value": text(required=True)}),
            }
        ),
        "id": text(computed=True, aws="ID"),
        "prefix": text(),
        "priority": whole(computed=True),
        "sourceSelectionCriteria": block({"replicaModifications": STATUS, "sseKmsEncryptedObjects": STATUS}),
    }
)


class BucketReplication(BucketPart):
    """Where S3 copies the objects of a bucket to."""

    token = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"  # noqa: S105
    title = "S3 Bucket Replication Configuration"
    put, get = "put_bucket_replication", "get_bucket_replication"
    remove, body = "delete_bucket_replication", "ReplicationConfiguration"
    absent = ABSENT
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "role": text(required=True),
            "rules": unordered(RULE, required=True),
            "region": REGION,
            "token": text(kept=True),
        }
    )

    def arguments(self, inputs: Props) -> Props:
        token = {"Token": inputs["token"]} if inputs.get("token") else {}
        rules = [RULE.to_aws(rule) for rule in inputs["rules"]]
        return {self.body: {"Role": inputs["role"], "Rules": rules}, **token}

    def from_body(self, answer: Props) -> Props:
        found = answer[self.body]
        return {"role": found.get("Role", ""), "rules": [RULE.from_aws(rule) for rule in found["Rules"]]}


INLINE_RULE = block(
    {
        "destination": block(
            {
                "bucket": text(required=True),
                "accessControlTranslation": block({"owner": text(required=True)}),
                "accountId": text(aws="Account"),
                "metrics": block({"minutes": whole(), "status": text()}),
                "replicaKmsKeyId": text(),
                "replicationTime": block({"minutes": whole(), "status": text()}),
                "storageClass": text(),
            },
            required=True,
        ),
        "status": text(required=True),
        "deleteMarkerReplicationStatus": text(),
        "filter": block({"prefix": text(), "tags": mapping(text())}),
        "id": text(computed=True, aws="ID"),
        "prefix": text(),
        "priority": whole(),
        "sourceSelectionCriteria": block({"sseKmsEncryptedObjects": block({"enabled": flag(required=True)})}),
    }
)
INLINE_FORM = block(
    {"role": text(required=True), "rules": unordered(INLINE_RULE, required=True)}, computed=True
)


def inline_write(s3: Any, bucket: str, value: Props) -> None:
    """Put what the inline form declares."""
    body = {"Role": value["role"], "Rules": [inline_to_aws(rule) for rule in value["rules"]]}
    s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration=body)


def inline_to_aws(rule: Props) -> Props:
    """One rule of the inline form as S3 takes it."""
    body: Props = INLINE_RULE.to_aws(rule)
    target = body["Destination"]
    key = target.pop("ReplicaKmsKeyId", None)
    if key:
        target["EncryptionConfiguration"] = {"ReplicaKmsKeyID": key}
    for name, inner in (("Metrics", "EventThreshold"), ("ReplicationTime", "Time")):
        if name in target:
            minutes = target[name].pop("Minutes", None)
            target[name] = {**target[name], **({inner: {"Minutes": minutes}} if minutes else {})}
    marker = body.pop("DeleteMarkerReplicationStatus", None)
    criteria = body.pop("SourceSelectionCriteria", None)
    if criteria:
        enabled = (criteria.get("SseKmsEncryptedObjects") or {}).get("Enabled")
        status = {"Status": "Enabled" if enabled else "Disabled"}
        body["SourceSelectionCriteria"] = {"SseKmsEncryptedObjects": status}
    chosen = body.pop("Filter", None)
    if chosen is not None:
        tags = [{"Key": key, "Value": item} for key, item in (chosen.get("Tags") or {}).items()]
        prefix = {"Prefix": chosen.get("Prefix", "")}
        body["Filter"] = {"And": {**prefix, "Tags": tags}} if tags else prefix
        body["DeleteMarkerReplication"] = {"Status": marker or "Disabled"}
    return body


def inline_read(s3: Any, bucket: str) -> Any:
    """What is set, in the inline form."""
    found = s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
    return {"role": found.get("Role", ""), "rules": [inline_from_aws(rule) for rule in found["Rules"]]}


def inline_from_aws(rule: Props) -> Props:
    """One rule as S3 gave it, in the inline form."""
    body = {key: value for key, value in rule.items() if key not in ("Filter", "SourceSelectionCriteria")}
    target = dict(rule["Destination"])
    target["ReplicaKmsKeyId"] = (target.get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID")
    for name, inner in (("Metrics", "EventThreshold"), ("ReplicationTime", "Time")):
        if target.get(name):
            target[name] = {"Status": target[name]["Status"], **(target[name].get(inner) or {})}
    found: Props = INLINE_RULE.from_aws({**body, "Destination": target})
    if rule.get("Filter"):
        both = {**rule["Filter"], **(rule["Filter"].get("And") or {})}
        tags = {tag["Key"]: tag["Value"] for tag in both.get("Tags") or []}
        found["filter"] = {"prefix": both.get("Prefix", ""), **({"tags": tags} if tags else {})}
        if (rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled":
            found["deleteMarkerReplicationStatus"] = "Enabled"
    encrypted = (rule.get("SourceSelectionCriteria") or {}).get("SseKmsEncryptedObjects")
    if encrypted:
        enabled = {"enabled": encrypted["Status"] == "Enabled"}
        found["sourceSelectionCriteria"] = {"sseKmsEncryptedObjects": enabled}
    return found


INLINE_REPLICATION = Inline(INLINE_FORM, inline_read, inline_write, ABSENT)
