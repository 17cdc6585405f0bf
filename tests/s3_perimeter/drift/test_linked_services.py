"""Services that serve or copy a bucket's objects, judged on answers as AWS documents them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from s3_perimeter.drift.calls import datasync, fsx, s3control, storagegateway
from s3_perimeter.drift.check import Options, check
from s3_perimeter.drift.clients import Access, AwsClients, NotOfferedError
from s3_perimeter.drift.controls import CONTROLS, ChoiceError
from s3_perimeter.drift.facts import Call, Value
from s3_perimeter.drift.findings import Kind
from s3_perimeter.drift.options import parse
from s3_perimeter.drift.permissions import actions
from tests.s3_perimeter.drift.facts import ACCOUNT, BUCKET, REGION, findings, resource, state_of

LINK = "dra-0123456789abcdef0"
SYSTEM = "fs-0123456789abcdef0"
LOCATION = f"arn:aws:datasync:{REGION}:{ACCOUNT}:location/loc-0123456789abcdef0"
SHARE = f"arn:aws:storagegateway:{REGION}:{ACCOUNT}:share/share-12345678"
POINT = f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/reports"
ALIAS = "reports-abcdefghijkl0123456789-s3alias"  # pragma: allowlist secret
POINTS = {
    s3control.access_points(BUCKET): {
        "AccessPointList": [
            {
                "Name": "reports",
                "NetworkOrigin": "Internet",
                "Bucket": "data",
                "AccessPointArn": POINT,
                "Alias": ALIAS,
            }
        ]
    }
}


def linked(path: str, **link: Any) -> dict[Call, Any]:
    """A file system linked to this path."""
    given = {"AssociationId": LINK, "DataRepositoryPath": path, **(link or {"FileSystemId": SYSTEM})}
    return {
        fsx.associations(BUCKET): {"Associations": [given]},
        fsx.file_systems(BUCKET): {"FileSystems": []},
    }


def older(**paths: str) -> dict[Call, Any]:
    """A file system that names its bucket itself."""
    lustre = {"LustreConfiguration": {"DataRepositoryConfiguration": paths}} if paths else {}
    system = {"FileSystemId": SYSTEM, "FileSystemType": "LUSTRE" if paths else "WINDOWS", **lustre}
    return {
        fsx.associations(BUCKET): {"Associations": []},
        fsx.file_systems(BUCKET): {"FileSystems": [system]},
    }


def located(uri: str) -> dict[Call, Any]:
    """A DataSync location with this URI."""
    return {
        datasync.locations(BUCKET): {"Locations": [{"LocationArn": LOCATION, "LocationUri": uri}]},
        **POINTS,
    }


def shared(location: str, sort: str = "NFS") -> dict[Call, Any]:
    """A file share of this place."""
    listed = {"FileShareARN": SHARE, "FileShareType": sort}
    share = {
        "FileShareARN": SHARE,
        "LocationARN": location,
        "Role": f"arn:aws:iam::{ACCOUNT}:role/gateway",
    }
    return {
        storagegateway.file_shares(BUCKET): {"FileShareInfoList": [listed]},
        storagegateway.described(BUCKET, sort, (SHARE,)): {f"{sort}FileShareInfoList": [share]},
        **POINTS,
    }


FSX, DATASYNC, GATEWAY = "bucket-data-repositories", "bucket-datasync-locations", "bucket-file-shares"
DECLARED_LINK = resource("aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation", LINK, {})
NATIVE_LINK = resource("aws-native:fsx:DataRepositoryAssociation", LINK, {})
CACHE = resource("aws:fsx/fileCache:FileCache", "fc-0123456789abcdef0", {})
LOOKED_UP = {**DECLARED_LINK, "external": True}

GRANTS, LAMBDAS = "bucket-access-grants", "bucket-object-lambda"
GRANT = {
    s3control.grants(BUCKET): {
        "AccessGrantsList": [
            {
                "AccessGrantId": "grant-1",
                "Permission": "READ",
                "GrantScope": "s3://data/*",
                "Grantee": {"GranteeType": "IAM", "GranteeIdentifier": f"arn:aws:iam::{ACCOUNT}:role/a"},
            }
        ]
    }
}
EDITOR = {
    s3control.object_lambdas(BUCKET): {"ObjectLambdaAccessPointList": [{"Name": "editor"}]},
    s3control.object_lambda(BUCKET, "editor"): {
        "Configuration": {"SupportingAccessPoint": POINT, "TransformationConfigurations": []}
    },
    **POINTS,
}
NATIVE_GRANT = resource("aws-native:s3:AccessGrant", "grant-1", {}, accessGrantId="grant-1")
OTHERS_GRANT = {**resource("aws:s3control/accessGrant:AccessGrant", "grant-1", {}), "external": True}
NATIVE_EDITOR = resource("aws-native:s3objectlambda:AccessPoint", "editor", {})

ROWS: list[Any] = [
    pytest.param(GRANTS, [NATIVE_GRANT], GRANT, None, id="a grant declared by aws-native"),
    pytest.param(GRANTS, [OTHERS_GRANT], GRANT, "role/a may READ", id="a grant that is only looked up"),
    pytest.param(LAMBDAS, [NATIVE_EDITOR], EDITOR, None, id="a function declared by aws-native"),
    pytest.param(
        FSX, [], linked("s3://data/reports/"), f"{SYSTEM} copies objects", id="a linked file system"
    ),
    pytest.param(FSX, [], linked("s3://data"), f"{SYSTEM} copies objects", id="the whole bucket"),
    pytest.param(FSX, [], linked("s3://data-of-others/"), None, id="a bucket whose name begins alike"),
    pytest.param(FSX, [], linked("s3://others/data/"), None, id="a key that is called alike"),
    pytest.param(FSX, [DECLARED_LINK], linked("s3://data/"), None, id="a declared link"),
    pytest.param(FSX, [NATIVE_LINK], linked("s3://data/"), None, id="a link declared by aws-native"),
    pytest.param(FSX, [LOOKED_UP], linked("s3://data/"), "copies", id="a link that is only looked up"),
    pytest.param(
        FSX,
        [CACHE],
        linked("s3://data/", FileCacheId="fc-0123456789abcdef0"),
        None,
        id="a declared cache",
    ),
    pytest.param(FSX, [], older(ImportPath="s3://data"), SYSTEM, id="an older file system that imports"),
    pytest.param(
        FSX,
        [],
        older(ImportPath="s3://others", ExportPath="s3://data/out"),
        SYSTEM,
        id="an older file system that exports",
    ),
    pytest.param(FSX, [], older(), None, id="a file system of another kind"),
    pytest.param(DATASYNC, [], located("s3://data/reports/"), "s3://data/reports/", id="a location"),
    pytest.param(DATASYNC, [], located(f"s3://{REGION}.data/"), "out of the bucket", id="region before name"),
    pytest.param(DATASYNC, [], located(f"s3://{REGION}.others/data/"), None, id="another bucket there"),
    pytest.param(DATASYNC, [], located("nfs://fileserver/data/"), None, id="no bucket at all"),
    pytest.param(DATASYNC, [], located(f"s3://{REGION}.{ALIAS}/"), ALIAS, id="an alias of an access point"),
    pytest.param(DATASYNC, [], located("s3://other-aaaa-s3alias/"), None, id="another bucket's alias"),
    pytest.param(
        DATASYNC,
        [resource("aws:datasync/s3Location:S3Location", LOCATION, {}, arn=LOCATION)],
        located("s3://data/"),
        None,
        id="a declared location",
    ),
    pytest.param(GATEWAY, [], shared("arn:aws:s3:::data/reports/"), "role/gateway", id="an NFS share"),
    pytest.param(GATEWAY, [], shared("arn:aws:s3:::data", "SMB"), "role/gateway", id="an SMB share"),
    pytest.param(GATEWAY, [], shared("arn:aws-cn:s3:::data"), "role/gateway", id="another partition"),
    pytest.param(GATEWAY, [], shared(POINT), "role/gateway", id="by an access point of the bucket"),
    pytest.param(GATEWAY, [], shared(f"{POINT}/reports/"), "role/gateway", id="by a prefix of that"),
    pytest.param(GATEWAY, [], shared(f"{POINT}-2"), None, id="by another access point"),
    pytest.param(GATEWAY, [], shared("arn:aws:s3:::database"), None, id="a share of another bucket"),
    pytest.param(
        GATEWAY,
        [resource("aws:storagegateway/nfsFileShare:NfsFileShare", SHARE, {}, arn=SHARE)],
        shared("arn:aws:s3:::data"),
        None,
        id="a declared share",
    ),
]


@pytest.mark.parametrize(("control", "declared", "answers", "said"), ROWS)
def test_what_serves_the_bucket_is_found_unless_it_is_declared(
    control: str, declared: list[dict[str, Any]], answers: dict[Call, Any], said: str | None
) -> None:
    found = findings(control, state_of(*declared), answers)
    assert [one.kind is Kind.UNMANAGED and said is not None and said in one.detail for one in found] == (
        [True] if said else []
    ), found


@pytest.mark.parametrize(
    ("control", "answers"),
    [
        pytest.param(FSX, {fsx.associations(BUCKET): {"Associations": []}}, id="file systems"),
        pytest.param(DATASYNC, {}, id="locations"),
        pytest.param(
            GATEWAY,
            {call: answer for call, answer in shared("arn:aws:s3:::data").items() if not call.params},
            id="a share that is not described",
        ),
        pytest.param(
            GATEWAY,
            {call: answer for call, answer in shared(POINT).items() if call.service == "storagegateway"},
            id="access points",
        ),
    ],
)
def test_what_could_not_be_read_is_unknown(control: str, answers: dict[Call, Any]) -> None:
    found = findings(control, state_of(), answers)
    assert [one.kind for one in found] == [Kind.UNKNOWN]
    assert f"--skip {control}" in found[0].fix


def test_file_shares_are_described_ten_at_a_time() -> None:
    """As many as one request may name, and each by its own protocol's operation."""
    shares = [{"FileShareARN": f"{SHARE}{n}", "FileShareType": ("NFS", "SMB")[n % 2]} for n in range(24)]
    calls = list(storagegateway.descriptions(BUCKET, {"FileShareInfoList": shares}))
    assert [(call.api, len(dict(call.params)["FileShareARNList"])) for call in calls] == [
        ("DescribeNfsFileShares", 10),
        ("DescribeNfsFileShares", 2),
        ("DescribeSmbFileShares", 10),
        ("DescribeSmbFileShares", 2),
    ]


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> AwsClients:
    """Clients of AWS itself, which nobody asks anything."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    return AwsClients(Access(region=REGION))


@pytest.mark.parametrize("service", ["datasync", "fsx", "storagegateway"])
def test_a_region_without_the_service_is_not_asked(clients: AwsClients, service: str) -> None:
    assert clients.client(service, REGION)
    assert clients.client(service, "cn-north-1")
    with pytest.raises(NotOfferedError, match="in nowhere-1"):
        clients.client(service, "nowhere-1")


def test_an_endpoint_of_ones_own_is_asked_in_every_region(
    clients: AwsClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert clients.client("fsx", "nowhere-1")


class _Nowhere:
    """Clients in a region that lacks the services."""

    def client(self, service: str, region: str | None) -> Any:
        if service.startswith(("s3", "iam")):
            raise ValueError("nobody answers")
        raise NotOfferedError(f"the installed botocore knows no {service} in {region}")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


def test_a_service_that_the_region_lacks_is_listed_as_not_checked(pool: ThreadPoolExecutor) -> None:
    """No finding, since nothing can be there, and no verdict, since nothing was read."""
    options = Options(only=frozenset({FSX, DATASYNC, GATEWAY}))
    caller = Value({"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/ada"})
    report = check(state_of(), _Nowhere(), pool, options, caller=caller)
    reported = [finding for finding in report.findings if finding.control != "bucket-owner"]
    assert reported == []
    assert not [verdict for verdict in report.verdicts if verdict.control in options.only]
    notes = [note for note in report.notes if note.startswith("not checked, because the installed")]
    assert sorted(note.rpartition(": ")[2] for note in notes) == [FSX, DATASYNC, GATEWAY]


def test_a_plain_check_needs_no_permission_for_these_services() -> None:
    """Only with --strict are they asked."""
    services = {"fsx", "datasync", "storagegateway", "s3files"}
    plain = {each for control in CONTROLS if not control.strict for each in actions([control])}
    assert not services & {action.partition(":")[0] for action in plain}
    assert services <= {action.partition(":")[0] for action in actions()}


def test_the_policy_is_printed_for_the_services_that_a_check_asks() -> None:
    """Whoever uses none of them gives no permission for them; a misspelled control is no smaller policy."""
    skipped = parse(["--print-policy", "--skip", f"{FSX},{DATASYNC}", "--skip", GATEWAY])
    assert isinstance(skipped, str)
    assert "s3:GetBucketPolicy" in skipped
    assert not any(f'"{service}:' in skipped for service in ("fsx", "datasync", "storagegateway"))
    narrow = parse(["--print-policy", "--only", GATEWAY])
    assert isinstance(narrow, str)
    assert "storagegateway:ListFileShares" in narrow
    assert "s3:ListAllMyBuckets" in narrow, "whether the bucket is there is always asked"
    assert "s3:GetBucketWebsite" not in narrow
    with pytest.raises(ChoiceError, match="did you mean `bucket-file-shares`"):
        parse(["--print-policy", "--skip", "bucket-file-share"])
