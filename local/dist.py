"""Make what a release holds: ``python -m local.dist FOLDER``.

That is the wheel and the source archive, the drift check as an archive for ``pulumi plugin install tool``, a
CycloneDX list of what the wheel needs at run time, and the SHA-256 of each file.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
NAME = "s3-perimeter"
PLATFORMS = ("linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64")
"""The engine asks for an archive by platform. The plugin is Python, so that all of them hold the same."""


def main(arguments: list[str]) -> int:
    """Write everything into the folder, which must be empty or not there."""
    if len(arguments) != 1:
        print("usage: python -m local.dist FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        print(f"error: {folder} is not empty\n\nhint: name a folder that does not exist yet", file=sys.stderr)
        return 2
    version = metadata.version(NAME)
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", folder.resolve()], cwd=ROOT, check=True)
    plugin_archives(folder, version)
    (folder / f"{NAME}-{version}.cdx.json").write_text(bill_of_materials())
    sums = "".join(f"{digest(file)}  {file.name}\n" for file in sorted(folder.iterdir()))
    (folder / "SHA256SUMS").write_text(sums)
    return 0


def plugin_archives(folder: Path, version: str) -> None:
    """Write the drift check once for each platform, under the names by which the engine looks for it."""
    with tempfile.TemporaryDirectory() as temporary:
        bundle = Path(temporary) / "bundle"
        subprocess.run([sys.executable, "-m", "s3_perimeter.drift.bundle", bundle], check=True)
        for platform in PLATFORMS:
            archive = folder / f"pulumi-tool-drift-check-v{version}-{platform}.tar.gz"
            with tarfile.open(archive, "w:gz") as packed:
                for file in sorted(bundle.iterdir()):
                    packed.add(file, file.name, filter=anonymous)


def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out of an archive who made it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def needed(name: str, extras: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the names of what ``name`` needs here, directly or not; a name may come more than once."""
    for text in metadata.requires(name) or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            continue
        wanted = canonicalize_name(requirement.name)
        yield wanted
        yield from needed(wanted, frozenset(requirement.extras))


def bill_of_materials() -> str:
    """Return the CycloneDX list of this distribution and of what it needs, in the locked versions."""
    extras = frozenset(metadata.metadata(NAME).get_all("Provides-Extra") or ())
    bom = Bom()
    root = component(NAME)
    bom.metadata.component = root
    parts = [component(name) for name in sorted(set(needed(NAME, extras)))]
    for part in parts:
        bom.components.add(part)
    bom.register_dependency(root, parts)
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def component(name: str) -> Component:
    """Return an installed distribution as a component."""
    version = metadata.version(name)
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{name}@{version}",
        purl=PackageURL("pypi", None, name, version),
    )


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
