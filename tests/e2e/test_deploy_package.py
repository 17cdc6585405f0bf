"""The component as a Pulumi package: another project uses it through the engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.stand import Stand
from tests.conftest import Aws
from tests.e2e.stacks import INSIDE, OUTSIDE, ROOT, credentials, program_stack

pytestmark = pytest.mark.e2e

CONSUMER = '''"""What a generated SDK does: registers the component by its token, with the names of the schema."""

import pulumi


class PrivateBucket(pulumi.ComponentResource):
    """The component of the package; it runs in the package's own process."""

    def __init__(self, name: str, props: dict) -> None:
        outputs = ("bucket", "users", "accessKeyIds", "secretAccessKeys")
        blank = {output: None for output in outputs}
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


def test_another_project_uses_the_component_through_the_engine(stand: Stand, tmp_path: Path) -> None:
    """Declared from outside by its token, the bucket is fenced alike, and its secrets stay secrets."""
    stack = program_stack(stand, tmp_path, "consumer", CONSUMER)
    plugins = f"plugins:\n  providers:\n    - name: s3-perimeter\n      path: {ROOT / 'components'}\n"
    project = stack.directory / "Pulumi.yaml"
    project.write_text(project.read_text() + plugins)
    stack.up()
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
    stack("destroy", "--yes", "--skip-preview")


def test_get_schema_describes_the_component(stand: Stand, tmp_path: Path) -> None:
    """`pulumi package get-schema` prints the typed schema of the package."""
    stack = program_stack(stand, tmp_path, "schema", "")
    schema = json.loads(stack.pulumi("package", "get-schema", str(ROOT / "components")).out)
    component = schema["resources"]["s3-perimeter:index:PrivateBucket"]
    assert component["isComponent"] is True
    assert component["inputProperties"]["allowedNetworks"]["type"] == "array"
