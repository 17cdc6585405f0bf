"""The component in programs that are not Python: YAML, TypeScript and Go, previewed, judged, deployed and
enforced; and added from a folder and from a git repository.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from ruamel.yaml import YAML

from local.sdk_generator import GENERATOR
from local.stand import Stand
from local.yaml_host import HOST
from tests.conftest import Aws, PulumiIn
from tests.e2e.checkout import copied
from tests.e2e.git_server import serving
from tests.e2e.stacks import INSIDE, OUTSIDE, PACK, REGION, ROOT, Stack, credentials, new_stack

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
        new_stack(stand, stack.pulumi, stack.name)
        stack.configure(**REGION)
        return stack

    return make


def test_a_yaml_program_deploys_the_component_and_the_pack_judges_it(
    stand: Stand, yaml_stack: Callable[..., Stack]
) -> None:
    """By the arguments of the component: no config says who may come in. The fence holds when deployed."""
    stack = yaml_stack()
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


def test_a_folder_is_added_to_a_python_project(stand: Stand, pulumi: PulumiIn, tmp_path: Path) -> None:
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
    new_stack(stand, cli, stack.name)
    stack.configure(**REGION)
    assert "s3-perimeter:index:PrivateBucket data create" in stack("preview", *PACK).text


PAGE = (ROOT / "docs/how-to/use-in-your-project.md").read_text()
NODE = {
    "package.json": json.dumps(
        {
            "name": "photos",
            "main": "index.ts",
            "dependencies": {"@pulumi/pulumi": "^3.259.0"},
            "devDependencies": {"typescript": "^5.9.0", "@types/node": "^22"},
        }
    ),
    "tsconfig.json": json.dumps(
        {
            "compilerOptions": {
                "strict": True,
                "target": "es2020",
                "module": "commonjs",
                "moduleResolution": "node",
                "skipLibCheck": True,
            },
            "files": ["index.ts"],
        }
    ),
    "index.ts": "export {};\n",
}
GO = {
    "go.mod": "module photos\n\ngo 1.25\n\nrequire github.com/pulumi/pulumi/sdk/v3 v3.259.0\n",
    "main.go": "package main\n\nfunc main() {}\n",
}


@pytest.mark.slow
@pytest.mark.timeout(1800)  # a Go program is compiled with Pulumi's SDK
@pytest.mark.parametrize(
    ("runtime", "files", "block", "program", "commands"),
    [
        pytest.param("nodejs", NODE, "ts", "index.ts", ["npm install --no-audit --no-fund"], id="TypeScript"),
        pytest.param("go", GO, "go", "main.go", ["go mod tidy"], id="Go"),
    ],
)
def test_the_program_of_the_page_is_deployed_and_enforced(
    pulumi: PulumiIn,
    stand: Stand,
    tmp_path: Path,
    runtime: str,
    files: dict[str, str],
    block: str,
    program: str,
    commands: list[str],
) -> None:
    """With an SDK that `pulumi package add` wrote from the folder, and the pack, which needs no config."""
    project = tmp_path / f"photos-{runtime}"
    project.mkdir()
    cli = pulumi(project, GOFLAGS="-mod=mod")
    if not shutil.which(f"pulumi-language-{runtime}", path=cli.environment["PATH"]):
        pytest.skip(f"no pulumi-language-{runtime}: the official Pulumi CLI brings it along")
    files = {**files, "Pulumi.yaml": f"name: photos-{runtime}\nruntime: {runtime}\n"}
    for name, content in files.items():
        (project / name).write_text(content)

    def prepare() -> None:
        for command in commands:
            subprocess.run(command.split(), cwd=project, env=dict(cli.environment), check=True)

    prepare()
    cli("package", "add", str(ROOT / "components"), seconds=900)
    (project / program).write_text(re.findall(rf"^```{block}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)[0])
    prepare()
    stack = Stack("dev", project, cli)
    new_stack(stand, cli, stack.name)
    stack.configure(**REGION)
    stack("preview", *PACK, seconds=900)
    stack("up", "--yes", "--skip-preview", *PACK, seconds=900)
    bucket = stack.outputs()["bucket"]
    aws = Aws(stand)
    aws("s3", stand.vantage("203.0.113.10")).list_objects_v2(Bucket=bucket)
    for address in OUTSIDE:
        with pytest.raises(ClientError) as refused:
            aws("s3", stand.vantage(address)).list_objects_v2(Bucket=bucket)
        assert refused.value.response["Error"]["Code"] == "AccessDenied"


@pytest.mark.slow
def test_a_git_repository_is_added_to_a_yaml_project(
    yaml_stack: Callable[..., Stack], tmp_path: Path
) -> None:
    """By its address and tag, over HTTPS; the program previews with what is then in its project file."""
    source = tmp_path / "source"
    source.mkdir()
    copied(source)
    (source / ".venv").unlink()
    git = ("git", "-C", str(source), "-c", "user.name=a", "-c", "user.email=a@example.com")
    for command in ("init -q", "add -A", "commit -qm all", "tag v0.1.0"):
        subprocess.run([*git, *command.split()], check=True)
    bare = tmp_path / "repositories/acme/s3-perimeter.git"
    subprocess.run(["git", "clone", "-q", "--bare", source, bare], check=True)
    lines = PROGRAM.splitlines(keepends=True)
    stack = yaml_stack(
        "".join(line for line in lines if not line.startswith(("packages:", "  s3-perimeter:")))
    )
    address = "git.example.com/acme/s3-perimeter.git/components@v0.1.0"
    with serving(tmp_path / "repositories", "git.example.com", tmp_path) as environment:
        # The plugin that is fetched stays out of the home that all tests share.
        environment |= {
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "false",
            "PULUMI_HOME": str(tmp_path / "home"),
        }
        online = replace(stack.pulumi, environment={**stack.pulumi.environment, **environment})
        online("package", "add", address, seconds=300)
    project = YAML().load((stack.directory / "Pulumi.yaml").read_text())
    assert project["packages"] == {"s3-perimeter": address}
    there = replace(
        stack,
        pulumi=replace(
            stack.pulumi, environment={**stack.pulumi.environment, "PULUMI_HOME": str(tmp_path / "home")}
        ),
    )
    assert "s3-perimeter:index:PrivateBucket" in there("preview", *PACK).text
