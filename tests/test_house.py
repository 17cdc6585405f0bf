"""The house itself: what every file in it has to keep to."""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def tracked(suffix: str) -> list[Path]:
    """Every file of that suffix that git tracks, as absolute paths."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [
        ROOT / name for name in listed.stdout.split("\0") if name.endswith(suffix) and (ROOT / name).exists()
    ]


def test_every_python_file_says_what_it_holds() -> None:
    """A module with code in it opens with a docstring."""
    modules = {path: ast.parse(path.read_text()) for path in tracked(".py")}
    silent = [
        str(path.relative_to(ROOT))
        for path, tree in modules.items()
        if tree.body and not ast.get_docstring(tree)
    ]
    assert not silent, f"these modules have no docstring: {silent}"


def test_no_sentence_breaks_off() -> None:
    """A string that stands alone and documents nothing is the end of a message that lost its parentheses."""
    lost = []
    for path in tracked(".py"):
        lines = path.read_text().splitlines()
        for found in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(found, ast.Expr) and isinstance(found.value, ast.Constant | ast.JoinedStr):
                text = lines[found.lineno - 1].encode()[found.col_offset :].decode()
                lost += [] if text.startswith(('"""', "...")) else [f"{path.relative_to(ROOT)}: {text}"]
    assert not lost
