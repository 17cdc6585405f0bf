"""Rules that every file in the repository follows."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

AMERICAN = "the American spelling: color, license, organization"
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
    r"spar(?:es|ed|ing)": "exempt",
    r"\w*(?:colour|behaviour|neighbour|honour|favour)\w*|licence[sd]?|catalogues?": AMERICAN,
    r"(?:un)?labell(?:ed|ing)|(?:mis)?spelt|judgements?|grey": AMERICAN,
    r"\w*(?:organ|author|recogn|normal|initial|summar|minim|optim|custom)is(?:e[sd]?|ing|ations?)": AMERICAN,
}
"""Words that nothing here uses, as regular expressions, each with what to write instead."""
ANY = re.compile(rf"\b(?:{'|'.join(AVOIDED)})\b".replace(" ", r"\s+"), re.IGNORECASE)
"""Any of them, also where a line ends within it."""
SAYING = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
"""Tokens that hold text; before Python 3.12 an f-string is one string."""
JSON_FIELDS = {'"residual"'}
"""Strings that are the names of fields in JSON output, which do not change."""


@cache
def tracked(suffix: str) -> list[Path]:
    """Every file of that suffix that git tracks, as absolute paths."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [
        ROOT / name for name in listed.stdout.split("\0") if name.endswith(suffix) and (ROOT / name).exists()
    ]


class Faults(NamedTuple):
    """What is wrong with modules: those without a docstring, and what is wrong with their strings."""

    silent: list[str]
    broken_off: list[str]
    seams: list[str]
    names: list[str]


@cache
def faults() -> Faults:
    """Return the faults of every module, found in one reading: to keep the trees would cost more."""
    found = Faults([], [], [], [])
    for path in tracked(".py"):
        where, text = path.relative_to(ROOT), path.read_text()
        lines, tree = text.split("\n"), ast.parse(text)
        if tree.body and not ast.get_docstring(tree):
            found.silent.append(str(where))
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.JoinedStr):
                written = lines[node.lineno - 1].encode()[node.col_offset :].decode()
                if not written.startswith(('"""', "...")):
                    found.broken_off.append(f"{where}: {written}")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                if re.search(r'\s" "\w|\w" "\w', ast.get_docstring(node) or ""):
                    found.seams.append(f"{where}:{node.lineno}")
            elif isinstance(node, ast.JoinedStr):
                texts = [part.value for part in node.values if isinstance(part, ast.Constant)]
                named = [each for each in texts if re.search(r"\{[a-z_.]+\}", str(each))]
                found.names.extend(f"{where}:{node.lineno}: {each!r}" for each in named)
    return found


def test_every_python_file_says_what_it_holds() -> None:
    """A module with code in it opens with a docstring."""
    assert not faults().silent, f"these modules have no docstring: {faults().silent}"


def test_no_sentence_breaks_off() -> None:
    """A string that stands alone and documents nothing is the end of a message that lost its parentheses."""
    assert not faults().broken_off


def test_no_docstring_holds_the_seam_of_two_strings() -> None:
    """As where a string in two parts became one text: `" "` stands in the middle of a sentence."""
    assert not faults().seams, "\n".join(faults().seams)


def test_no_message_prints_the_name_of_a_value_for_the_value() -> None:
    """As where one of the lines of an f-string lost its `f`."""
    assert not faults().names, "\n".join(faults().names)


def prose(text: str) -> str:
    """Return a text with everything blanked, lines kept, that is code or the target of a link."""
    code = r"^ *```.*?^ *```$|``[^`]*``|`[^`]*`|(?<=\])\([^)]*\)"
    return re.sub(code, lambda found: re.sub(r"[^\n]", "", found[0]), text, flags=re.M | re.S)


def sentences(module: str) -> Iterator[tuple[int, str]]:
    """Yield what a module says in strings, docstrings, comments and names of tests, each with its line."""
    previous = ""
    for token in tokenize.generate_tokens(io.StringIO(module).readline):
        if token.type in SAYING and token.string not in JSON_FIELDS:
            yield token.start[0], prose(token.string)
        elif previous in ("def", "class") and token.string.lower().startswith("test"):
            yield token.start[0], token.string.replace("_", " ")
        previous = token.string


def avoided(texts: Iterable[tuple[int, str]]) -> Iterator[str]:
    """Yield each word that is not used here, with its line and what to write instead."""
    for start, text in texts:
        for found in ANY.finditer(text):
            said = " ".join(found[0].split())
            instead = next(AVOIDED[word] for word in AVOIDED if re.fullmatch(word, said, re.IGNORECASE))
            yield f"{start + text.count(chr(10), 0, found.start())}: {said!r}; write: {instead}"


def test_pages_use_the_words_of_the_glossary() -> None:
    """Those that are generated from the code too; the changelog is history."""
    used = [
        f"{page.relative_to(ROOT)}:{each}"
        for page in tracked(".md")
        if page.name != "CHANGELOG.md"
        for each in avoided([(1, prose(page.read_text()))])
    ]
    assert not used, "\n".join(used)


def test_code_uses_the_words_of_the_glossary() -> None:
    """In messages, docstrings, comments and the names of tests; this file names the words themselves."""
    used = [
        f"{path.relative_to(ROOT)}:{each}"
        for path in tracked(".py")
        if path != Path(__file__)
        if ANY.search((text := path.read_text()).replace("_", " "))
        for each in avoided(sentences(text))
    ]
    assert not used, "\n".join(used)


def test_the_words_are_found_wherever_a_module_says_them() -> None:
    """A comment, each line of a docstring, a part of a message and a test's name count; code does not."""
    module = '''def test_it_is_told() -> None:
    """One.

    Two doors, and `doors`, which let
    people in.
    """
    said = f"{one} stands beside"  # kinder
    {"residual": said}
'''
    assert [found.partition(";")[0] for found in avoided(sentences(module))] == [
        "1: 'told'", "4: 'doors'", "4: 'let people in'", "7: 'beside'", "7: 'kinder'",
    ]  # fmt: skip


def test_nothing_refers_to_the_plans_that_the_repository_does_not_hold() -> None:
    """A reader cannot follow them."""
    plans = re.compile(r"\b(?:design|redesign|semantics|prose|engine|style)[.]md\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for kind in (".py", ".md", ".txt", ".toml", ".yaml", ".yml")
        for path in tracked(kind)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if plans.search(line)
    ]
    assert not found, "\n".join(found)
