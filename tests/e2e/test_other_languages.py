"""The component in a program that is not Python: real YAML, previewed, judged, deployed and enforced."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from ruamel.yaml import YAML

from local.sdk_generator import GENERATOR
from local.stand import Stand
from local.yaml_host import HOST
from tests.conftest import Aws, PulumiIn
from tests.e2e.stacks import INSIDE, OUTSIDE, PACK, ROOT, Stack, credentials

# The first one may have to build the YAML host or the generator of SDKs.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

PROGRAM = (Path(__file__).parent / "programs/component-yaml/Pulumi.yaml").read_text()
ALSO = """
  more:
    type: aws:s3:Bucket
    properties: {bucket: acme-more-of-it}
    options: {parent: "${data}"}
outputs:"""


@pytest.fixture
def yaml_stack(stand: Stand, tmp_path: Path) -> Callable[..., Stack]:
    """Makes a stack of a YAML program that names the folder of components; its config is a region alone."""

    def make(program: str = PROGRAM) -> Stack:
        directory = tmp_path / "component-yaml"
        directory.mkdir()
        program = program.replace("COMPONENTS", str(ROOT / "components"))
        (directory / "Pulumi.yaml").write_text(program)
        cli = PulumiIn(stand, tmp_path)
        path = cli(directory).environment["PATH"]
        host = HOST.find_or_build(path).parent
        stack = Stack("dev", directory, cli(directory, PATH=os.pathsep.join([path, str(host)])))
        stack("stack init")
        stack("config set", "aws:region", "ap-northeast-1")
        return stack

    return make


def test_a_yaml_program_deploys_the_component_and_the_pack_judges_it(
    stand: Stand, yaml_stack: Callable[..., Stack]
) -> None:
    """By the arguments of the component: no config says who may come in. The fence holds when deployed."""
    stack = yaml_stack()
    stack("preview", *PACK)
    stack.up(*PACK)
    outputs = stack.outputs()
    key = credentials(outputs, "ada")
    assert key["aws_secret_access_key"] not in stack("stack output").text
    aws = Aws(stand)
    for address in INSIDE:
        inside = aws("s3", stand.vantage(address), **key)
        inside.put_object(Bucket=outputs["bucket"], Key="x", Body=b"x")
        assert inside.get_object(Bucket=outputs["bucket"], Key="x")["Body"].read() == b"x"
    for address in OUTSIDE:
        with pytest.raises(ClientError) as refused:
            aws("s3", stand.vantage(address), **key).get_object(Bucket=outputs["bucket"], Key="x")
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
    stack.up("--expect-no-changes", *PACK)
    stack("destroy", "--yes", "--skip-preview")


@pytest.mark.parametrize(
    ("program", "said"),
    [
        pytest.param(
            PROGRAM.replace("203.0.113.0/24", "203.0.113.5/24"),
            "`203.0.113.5/24` has host bits set",
            id="a-slip",
        ),
        pytest.param(
            PROGRAM.replace("\noutputs:", ALSO),
            "bucket `acme-more-of-it`: it has no bucket policy",
            id="next-to-it",
        ),
    ],
)
def test_a_yaml_program_that_is_wrong_is_refused(
    yaml_stack: Callable[..., Stack], program: str, said: str
) -> None:
    """In the words that any other program is refused with, before anything is made."""
    refused = yaml_stack(program)("preview", *PACK, expect=None)
    assert refused.code != 0
    assert said in " ".join(refused.text.split())


def test_a_folder_is_added_to_a_yaml_project(yaml_stack: Callable[..., Stack]) -> None:
    """`pulumi package add` writes it into the project file, and the program previews with it."""
    lines = PROGRAM.splitlines(keepends=True)
    stack = yaml_stack(
        "".join(line for line in lines if not line.startswith(("packages:", "  s3-perimeter:")))
    )
    stack.pulumi("package", "add", str(ROOT / "components"))
    project = YAML().load((stack.directory / "Pulumi.yaml").read_text())
    assert project["packages"] == {"s3-perimeter": str(ROOT / "components")}
    stack("preview", *PACK)


ADDED = """\
import pulumi
import pulumi_s3_perimeter as s3_perimeter

data = s3_perimeter.PrivateBucket("data", allowed_networks=["203.0.113.0/24"], protect=False)
pulumi.export("bucket", data.bucket)
"""


def test_a_folder_is_added_to_a_python_project(pulumi: PulumiIn, tmp_path: Path) -> None:
    """`pulumi package add` writes a typed SDK into the project and notes it; the program previews with it."""
    directory = tmp_path / "consumer"
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text("name: consumer\nruntime: python\n")
    (directory / "__main__.py").write_text("")
    cli = pulumi(directory)
    GENERATOR.find_or_build(cli.environment["PATH"])
    added = cli("package", "add", str(ROOT / "components"))
    assert "import pulumi_s3_perimeter" in added.text
    assert (directory / "requirements.txt").read_text() == "sdks/s3-perimeter\n"
    assert (
        "allowed_networks:"
        in (directory / "sdks/s3-perimeter/pulumi_s3_perimeter/private_bucket.py").read_text()
    )
    (directory / "__main__.py").write_text(ADDED)
    stack = Stack("dev", directory, cli)
    stack("stack init")
    stack("config set", "aws:region", "ap-northeast-1")
    assert "s3-perimeter:index:PrivateBucket data create" in stack("preview", *PACK).text
