"""The component as a Pulumi package: another project uses it through the engine."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.stand import Stand
from tests.conftest import Aws
from tests.e2e.stacks import INSIDE, OUTSIDE, ROOT, Stack, credentials, program_stack

pytestmark = pytest.mark.e2e

CONSUMER = '''"""What a generated SDK does: registers the component by its token and the schema's names."""

import pulumi


class PrivateBucket(pulumi.ComponentResource):
    """The component of the package; it runs in the package's own process."""

    def __init__(self, name: str, props: dict) -> None:
        outputs = ("bucket", "users", "accessKeyIds", "secretAccessKeys")
        blank = {output: None for output in outputs if output not in props}
        super().__init__("s3-perimeter:index:PrivateBucket", name, {**props, **blank}, None, remote=True)


bucket = PrivateBucket(
    "data",
    {
        "allowedNetworks": ["203.0.113.0/24"],
        "temporaryNetworks": [{"cidr": "2001:db8:1234::/48", "expires": "2099-12-31"}],
        "users": [{"name": "remote-user", "access": ["list", "write"], "keys": ["a"]}],
        "accessLogRetentionDays": 30,
        "protect": False,
    },
)
for output in ("bucket", "users", "accessKeyIds", "secretAccessKeys"):
    pulumi.export(output, getattr(bucket, output))
'''


def use_package(stack: Stack) -> None:
    """Add the package to the project, as `pulumi package add` does."""
    plugins = f"plugins:\n  providers:\n    - name: s3-perimeter\n      path: {ROOT / 'components'}\n"
    project = stack.directory / "Pulumi.yaml"
    project.write_text(project.read_text() + plugins)


@pytest.fixture(scope="module")
def consumer(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The other project, deployed."""
    stack = program_stack(stand, tmp_path_factory.mktemp("consumer"), "consumer", CONSUMER)
    use_package(stack)
    stack.up()
    yield stack
    stack("destroy", "--yes", "--skip-preview")


def test_another_project_uses_the_component_through_the_engine(stand: Stand, consumer: Stack) -> None:
    """Declared from outside by its token, the bucket is fenced alike, and its secrets stay secrets."""
    stack = consumer
    outputs = stack.outputs()
    key = credentials(outputs)
    assert key["aws_secret_access_key"] not in stack("stack output").text
    aws = Aws(stand)
    for address in INSIDE:
        inside = aws("s3", stand.vantage(address), **key)
        inside.put_object(Bucket=outputs["bucket"], Key="x", Body=b"x")
        with pytest.raises(ClientError) as unpermitted:
            inside.get_object(Bucket=outputs["bucket"], Key="x")
        assert unpermitted.value.response["Error"]["Code"] == "AccessDenied"
    for address in OUTSIDE:
        with pytest.raises(ClientError) as refused:
            aws("s3", stand.vantage(address), **key).list_objects_v2(Bucket=outputs["bucket"])
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
    stack.up("--expect-no-changes")


def test_what_is_changed_in_another_project_is_reported_and_undone(stand: Stand, consumer: Stack) -> None:
    """No stack config says anything: the check goes by the state, `check` and `report` by the arguments."""
    stack = consumer
    assert drift(stack) == {}
    judged = stack.run("perimeter", "check", "--stack", stack.name, "--format", "json")
    assert judged.code == 0, judged.text
    report = stack.run("perimeter", "report", "--stack", stack.name, "--output", "report.html")
    assert report.code == 0, report.text

    bucket = stack.outputs()["bucket"]
    root = Aws(stand)("s3", "root", aws_access_key_id="test", aws_secret_access_key="test")
    policy = json.loads(root.get_bucket_policy(Bucket=bucket)["Policy"])
    policy["Statement"][0]["Condition"]["NotIpAddress"]["aws:SourceIp"].append("198.51.100.0/24")
    root.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    root.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "team", "Value": "other"}]})
    fix = f"pulumi up --refresh --stack {stack.name}"
    assert drift(stack) == {"bucket-policy": ("critical", fix), "bucket-tags": ("low", fix)}
    stack.up("--refresh")
    assert drift(stack, "--state", str(stack.exported())) == {}

    root.delete_bucket_policy(Bucket=bucket)
    assert drift(stack) == {"bucket-policy": ("critical", fix)}
    stack.up("--refresh")
    assert drift(stack, "--state", str(stack.exported())) == {}


def drift(stack: Stack, *state: str) -> dict[str, tuple[str, str]]:
    """What the drift check reports: severity and fix by control."""
    ran = stack.run("perimeter", "drift", *(state or ("--stack", stack.name)), "--format", "json")
    report = json.loads(ran.out)
    assert (ran.code, report["status"]) == ((1, "drift") if report["findings"] else (0, "in-sync")), ran.text
    return {each["control"]: (each["severity"], each["fix"]) for each in report["findings"]}


def test_mistakes_are_reported_across_processes_without_our_traceback(stand: Stand, tmp_path: Path) -> None:
    """Another project's mistakes are reported in the same words as a stack's own."""
    stack = program_stack(stand, tmp_path, "consumer", CONSUMER.replace("203.0.113.0/24", "203.0.113.5/24"))
    use_package(stack)
    refused = stack("preview", expect=None)
    assert refused.code != 0
    assert "`203.0.113.5/24` has host bits set" in refused.text
    assert "nothing was deployed: the arguments of `data` have 1 mistake" in refused.text
    # What the other program's own SDK prints of the refused call is not ours to keep quiet.
    assert f'File "{ROOT / "components"}' not in refused.text


def test_get_schema_describes_the_component(stand: Stand, tmp_path: Path) -> None:
    """`pulumi package get-schema` prints the typed schema of the package."""
    stack = program_stack(stand, tmp_path, "schema", "")
    schema = json.loads(stack.pulumi("package", "get-schema", str(ROOT / "components")).out)
    component = schema["resources"]["s3-perimeter:index:PrivateBucket"]
    assert component["isComponent"] is True
    assert component["inputProperties"]["allowedNetworks"]["type"] == "array"


def test_the_folders_of_an_installed_package_serve_as_package_and_as_pack(
    stand: Stand, tmp_path: Path
) -> None:
    """Without this checkout's virtual environment, in the Python environment that is active."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "site" / "s3_perimeter"
    zipfile.ZipFile(wheel).extractall(installed.parent)
    stack = program_stack(
        stand, tmp_path, "bare", "import pulumi_aws as aws\naws.s3.Bucket('data', bucket='acme-bare')\n"
    )
    schema = json.loads(stack.pulumi("package", "get-schema", str(installed / "components")).out)
    assert "s3-perimeter:index:PrivateBucket" in schema["resources"]
    refused = stack("preview", "--policy-pack", str(installed / "policies"), expect=None)
    assert refused.code != 0
    assert "it has no bucket policy" in refused.text
