"""no-replication-outside: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import pytest

from policies.rules import no_replication_outside
from tests.policies.engine import UNKNOWN, Res, judge
from tests.policies.programs import NAME, bucket, native_bucket, part

RULE = no_replication_outside.judge

COPY = "acme-copy"
COPY_ARN = f"arn:aws:s3:::{COPY}"
FOREIGN_ARN = "arn:aws:s3:::somebody-elses"


def replication(destination: object, **links: list[str]) -> Res:
    found = part("BucketReplicationConfig", rules=[{"destination": {"bucket": destination}}])
    found.links = links
    return found


def inventory(destination: object) -> Res:
    return part("Inventory", destination={"bucket": {"bucketArn": destination}})


def analytics(destination: object) -> Res:
    export = {"dataExport": {"destination": {"s3BucketDestination": {"bucketArn": destination}}}}
    return part("AnalyticsConfiguration", storageClassAnalysis=export)


def lens(
    destination: object, kind: str = "aws:s3control/storageLensConfiguration:StorageLensConfiguration"
) -> Res:
    export = {"dataExport": {"s3BucketDestination": {"arn": destination, "format": "CSV"}}}
    return Res(kind, NAME, {"storageLensConfiguration": export})


def copied(to: str, source: object) -> Res:
    return Res("aws:s3/objectCopy:ObjectCopy", NAME, {"bucket": to, "key": "k", "source": source})


def linked(resource: Res, name: str, *sources: Res) -> Res:
    """The resource, whose property depends on these."""
    resource.links[name] = [source.urn for source in sources]
    return resource


def two(first: object, second: object) -> Res:
    """Replication to two destinations."""
    rules = [{"destination": {"bucket": first}}, {"destination": {"bucket": second}}]
    return part("BucketReplicationConfig", rules=rules)


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param([bucket()], id="none"),
        pytest.param([bucket(), bucket(COPY), lens(COPY_ARN)], id="storage-lens"),
        pytest.param(
            [bucket(), Res("aws-native:s3:StorageLens", "l", {"storageLensConfiguration": {}})],
            id="storage-lens-without-export",
        ),
        pytest.param([bucket(), bucket(COPY), copied(COPY, f"{NAME}/k")], id="object-copy"),
        pytest.param([bucket(), copied(NAME, "somebody-elses/k")], id="object-copy-in"),
        pytest.param([bucket(), copied("somebody-elses", "another/k")], id="object-copy-elsewhere"),
        pytest.param([bucket(), bucket(COPY), replication(COPY_ARN)], id="replication"),
        pytest.param(
            [bucket(), bucket(COPY), replication(UNKNOWN, rules=[bucket(COPY).urn])], id="replication-linked"
        ),
        pytest.param([bucket(), bucket(COPY), inventory(COPY_ARN)], id="inventory"),
        pytest.param(
            [bucket(), linked(inventory(UNKNOWN), "destination", bucket())], id="inventory-into-itself"
        ),
        pytest.param([bucket(), part("AnalyticsConfiguration", filter={"prefix": "a"})], id="analysis-only"),
        pytest.param(
            [
                bucket(replicationConfiguration={"rules": [{"destination": {"bucket": COPY_ARN}}]}),
                bucket(COPY),
            ],
            id="inline",
        ),
    ],
)
def test_accepts(resources: list[Res]) -> None:
    """Copies that stay inside the deployment are compliant."""
    assert judge([RULE], resources) == []


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        pytest.param([bucket(), replication(FOREIGN_ARN)], "somebody-elses", id="replication"),
        pytest.param([bucket(), replication(UNKNOWN)], "not known", id="replication-unknown"),
        pytest.param(
            [bucket(), part("BucketReplicationConfig", rules=UNKNOWN)], "not known", id="rules-unknown"
        ),
        pytest.param(
            [bucket(), part("BucketReplicationConfig", rules=[{"status": "Enabled"}])],
            "not known",
            id="replication-without-destination",
        ),
        pytest.param(
            [bucket(), replication(FOREIGN_ARN), part("BucketObject", "somebody-elses", key="k")],
            "somebody-elses",
            id="replication-to-a-bucket-made-elsewhere",
        ),
        pytest.param(
            [bucket(), bucket(COPY), linked(two(COPY_ARN, UNKNOWN), "rules", bucket(COPY), bucket("x"))],
            "not known",
            id="one-link-of-two-for-one-unknown",
        ),
        pytest.param(
            [bucket(), linked(replication(UNKNOWN), "rules", bucket())],
            "not known",
            id="replication-linked-to-its-source",
        ),
        pytest.param([bucket(), inventory(FOREIGN_ARN)], "inventory", id="inventory"),
        pytest.param([bucket(), analytics(FOREIGN_ARN)], "storage analysis", id="analytics"),
        pytest.param([bucket(), analytics(UNKNOWN)], "not known", id="analytics-unknown"),
        pytest.param(
            [bucket(replicationConfiguration={"rules": [{"destination": {"bucket": FOREIGN_ARN}}]})],
            "somebody-elses",
            id="inline",
        ),
        pytest.param(
            [bucket(replicationConfigurations=[{"rules": [{"destinations": [{"bucket": FOREIGN_ARN}]}]}])],
            "somebody-elses",
            id="bucket-v2",
        ),
        pytest.param([bucket(replicationConfiguration=UNKNOWN)], "not known", id="inline-unknown"),
        pytest.param(
            [native_bucket(inventoryConfigurations=[{"destination": {"bucketArn": FOREIGN_ARN}}])],
            "somebody-elses",
            id="native-inventory",
        ),
        pytest.param([bucket(), lens(FOREIGN_ARN)], "somebody-elses", id="storage-lens"),
        pytest.param([bucket(), lens(UNKNOWN)], "not known", id="storage-lens-unknown"),
        pytest.param(
            [bucket(), lens(FOREIGN_ARN, "aws-native:s3:StorageLens")],
            "somebody-elses",
            id="native-storage-lens",
        ),
        pytest.param([bucket(), copied("somebody-elses", f"{NAME}/k")], "somebody-elses", id="object-copy"),
        pytest.param(
            [bucket(), copied("somebody-elses", f"/{NAME}/k%20l")], "somebody-elses", id="copy-slash"
        ),
        pytest.param(
            [
                bucket(),
                copied("somebody-elses", "arn:aws:s3:eu-west-1:111122223333:accesspoint/ours/object/k"),
            ],
            "somebody-elses",
            id="copy-from-an-access-point",
        ),
        pytest.param([bucket(), copied("somebody-elses", UNKNOWN)], "not known", id="copy-unknown"),
        pytest.param(
            [bucket(), part("BucketMetadataConfiguration", metadataConfiguration={})],
            "table bucket",
            id="metadata",
        ),
        *(
            pytest.param([found], "table bucket", id=f"native-{name}")
            for name, found in (
                ("metadata", native_bucket(metadataConfiguration={"a": "b"})),
                ("metadata-table", native_bucket(metadataTableConfiguration={"a": "b"})),
            )
        ),
        pytest.param([native_bucket(metadataConfiguration=UNKNOWN)], "table bucket", id="metadata-unknown"),
    ],
)
def test_refuses(resources: list[Res], reason: str) -> None:
    """Anything else is one violation that names the bucket and the reason."""
    (found,) = judge([RULE], resources)
    assert f"`{NAME}`" in found.message
    assert reason in found.message


def test_one_link_vouches_for_one_unknown_only() -> None:
    """Of two unknown destinations with one link either may be somewhere else: both are refused."""
    broken = linked(two(UNKNOWN, UNKNOWN), "rules", bucket(COPY))
    assert len(judge([RULE], [bucket(), bucket(COPY), broken])) == 2
