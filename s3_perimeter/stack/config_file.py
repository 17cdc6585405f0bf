"""A stack's config file, edited as a careful person would: comments, order and quotes stay."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final

from s3_perimeter.reporting.errors import CommandError

__all__ = ["ConfigFile", "find_config_file", "project_file"]

KEY: Final = "s3-perimeter:allowedNetworks"
# How people indent lists below a key: (step of a mapping, step of a list, place of the dash in that step).
INDENTS: Final = ((2, 4, 2), (2, 2, 0), (4, 4, 2), (4, 6, 4), (4, 4, 0))


def find_config_file(stack: str, directory: Path | None) -> Path:
    """Return the path of `Pulumi.STACK.yaml`, next to the project's file or where that says. Raises
    CommandError.
    """
    project = project_file(directory)
    where = project.parent / str(_load(project).get("stackConfigDir") or "")
    return where / f"Pulumi.{stack.rpartition('/')[2]}{project.suffix}"


def project_file(directory: Path | None) -> Path:
    """Return the project's Pulumi.yaml (or Pulumi.yml), in this folder or the nearest above. Raises
    CommandError where there is none.
    """
    here = (directory or Path()).resolve()
    for folder in (here, *here.parents):
        for name in ("Pulumi.yaml", "Pulumi.yml"):
            if (folder / name).exists():
                return folder / name
    raise CommandError(
        "there is no Pulumi project here", "go to the folder with Pulumi.yaml, or name it with --cwd"
    )


@dataclass(slots=True)
class ConfigFile:
    """One config file as text and as a tree; `save` writes the tree back."""

    path: Path
    text: str
    tree: Any = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> ConfigFile:
        """Read a config file. Raises CommandError where it is missing or no YAML mapping."""
        if not path.exists():
            raise CommandError(
                f"there is no config file `{path.name}` in {path.parent}",
                "is the stack's name right? `pulumi stack ls`",
            )
        tree = _load(path)
        return cls(path, _text_of(path), tree)

    def entries(self) -> Any:
        """Return the list of allowed networks, made where there is none. Raises CommandError where it is no
        list.
        """
        config = self.tree.setdefault("config", {})
        if config is None:
            config = self.tree["config"] = {}
        found = config.setdefault(KEY, [])
        if found is None:
            found = config[KEY] = []
        if not isinstance(found, list):
            raise CommandError(
                f"{self.path.name}: `{KEY}` is not written as a list",
                "write it as a YAML list, then try again",
            )
        return found

    def save(self) -> None:
        """Write the tree back in one step; whoever reads the file meanwhile sees the old or the new one."""
        self.put(_dump(self.tree, _indent_of(self.text)))

    def put(self, text: str) -> None:
        """Write this text in one step. Raises CommandError where it cannot, with the file as it was."""
        temporary = None
        try:
            handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(temporary).chmod(self.path.stat().st_mode & 0o777)
            Path(temporary).replace(self.path)
        except BaseException as error:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise CommandError(f"cannot write `{self.path}`: {error.strerror}") from error
            raise


def _editor(indent: tuple[int, int, int]) -> Any:
    """Return a YAML reader and writer that keeps what a person wrote."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=indent[0], sequence=indent[1], offset=indent[2])
    return yaml


def _text_of(path: Path) -> str:
    """Return the file's text. Raises CommandError where it cannot be read, or is none."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CommandError(f"{path.name} is not UTF-8 text", "is it the right file?") from error
    except OSError as error:
        raise CommandError(f"cannot read `{path}`: {error.strerror}") from error


def _load(path: Path) -> Any:
    """Return the file as a tree. Raises CommandError where it is no YAML mapping."""
    from ruamel.yaml.error import YAMLError

    text = _text_of(path)
    try:
        tree = _editor(INDENTS[0]).load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise CommandError(
            f"{path.name}{place} is not YAML: {getattr(error, 'problem', None) or error}"
        ) from error
    if tree is None:
        tree = _editor(INDENTS[0]).load("{}")
        tree.fa.set_block_style()
    if not isinstance(tree, dict):
        raise CommandError(f"{path.name} contains no keys", "a stack's config file begins with `config:`")
    return tree


def _dump(tree: Any, indent: tuple[int, int, int]) -> str:
    """Return the tree as text."""
    text = StringIO()
    _editor(indent).dump(tree, text)
    return text.getvalue()


def _indent_of(text: str) -> tuple[int, int, int]:
    """Return the indentation with which the text, read and written again, comes out with the fewest lines
    changed.
    """

    def changed(indent: tuple[int, int, int]) -> int:
        again = _dump(_editor(indent).load(text), indent)
        return len(set(text.splitlines()) ^ set(again.splitlines()))

    return min(INDENTS, key=changed) if text.strip() else INDENTS[0]
