"""Rules that every file in the repository follows."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

AVOIDED = {
    r"rooms?|doors?|gates?|arrows?|houses?": "the repository's own word: folder, package, import",
    r"tells?|told|telling": "report, show, say",
    r"mend(?:s|ed|ing)?": "fix",
    r"beside": "next to, in addition to, compared with",
    r"(?:let|lets|letting)(?: \w+)? in": "allow, give access",
    r"shut(?:s|ting)? (?:\w+ )?out|turned away": "deny, block, lock out",
    r"residual": "remaining",
    r"kinder": "deliberate differences",
    r"spoil(?:t|ed)": "broken",
}
"""Words that pages do not use, as regular expressions, each with what to write instead."""


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


def prose(page: Path) -> list[str]:
    """Return a page's lines with everything blanked that is code or the target of a link."""
    code = r"^ *```.*?^ *```$|`[^`]*`|(?<=\])\([^)]*\)"
    text = re.sub(code, lambda found: re.sub(r"[^\n]", "", found[0]), page.read_text(), flags=re.M | re.S)
    return text.splitlines()


def test_pages_use_the_words_of_the_glossary() -> None:
    """Except the changelog, and pages that are generated from the code, whose words are the code's."""
    used = [
        f"{page.relative_to(ROOT)}:{number}: {found[0]!r}; write: {instead}"
        for page in tracked(".md")
        if page.name != "CHANGELOG.md" and "ritten by `python -m" not in page.read_text()[:300]
        for number, line in enumerate(prose(page), 1)
        for word, instead in AVOIDED.items()
        for found in re.finditer(rf"\b(?:{word})\b", line, re.IGNORECASE)
    ]
    assert not used, "\n".join(used)
