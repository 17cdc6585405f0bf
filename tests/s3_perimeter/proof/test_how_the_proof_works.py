"""The page that explains the proof, held against the code: its files, its words, and its example."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from s3_perimeter import AddressSet, Channel, Perimeter, PolicyDocument, prove
from s3_perimeter.proof.axes.cut import RequestClass
from s3_perimeter.proof.denies import denies_of
from s3_perimeter.proof.outside import Outside
from s3_perimeter.proof.space import Space
from s3_perimeter.proof.work import Budget
from tests.s3_perimeter.policies import NOW

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/explanation/how-the-proof-works.md").read_text(encoding="utf-8")
FILES = sorted(set(re.findall(r"`(s3_perimeter/[a-z_/]+(?:\.py|/))`", PAGE)))
WORDS = re.findall(r"`(\w+)` in `(s3_perimeter/[a-z_/]+\.py)`", PAGE)
MENTIONED = (
    "prove",
    "compare",
    "analyzed",
    "Attempts",
    "Boxes",
    "AnalyzedStatement",
    "DOCUMENTED",
    "EVERYTHING",
)
POLICY = PolicyDocument.parse(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
PERIMETER = Perimeter("reports", AddressSet.parse(["203.0.113.0/24"]), account="111122223333")


@pytest.mark.parametrize("file", FILES)
def test_every_file_that_the_page_names_exists(file: str) -> None:
    """A file that moves takes its mention along."""
    assert (ROOT / file).exists()


@pytest.mark.parametrize(("word", "file"), WORDS, ids=[word for word, _ in WORDS])
def test_every_word_of_the_glossary_is_defined_in_its_file(word: str, file: str) -> None:
    """As a class, a function or a type."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    typed = [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
    defined |= {target.id for target in typed if isinstance(target, ast.Name)}
    assert word in defined


@pytest.mark.parametrize("word", MENTIONED)
def test_the_page_uses_the_words_of_the_code(word: str) -> None:
    """Each is on the page and somewhere in the proof or what it uses."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "s3_perimeter").glob("**/*.py"))
    assert f"`{word}" in PAGE
    assert re.search(rf"(class|def) {word}\b|^ +{word} = ", code, re.MULTILINE)


def shown(each: RequestClass) -> str:
    """A class by the values of its keys."""
    return " ".join(value for values in each.context.values() for value in values or ())


def test_the_example_has_the_axes_the_boxes_and_the_remainder_of_the_page() -> None:
    """In the scenario that the page draws."""
    outside = Outside.of(PERIMETER, NOW)
    space = Space(denies_of(POLICY), outside, Budget())
    (scenario,) = space.scenarios(Channel.PUBLIC_SIGNED)
    boxes = space.boxes(scenario)
    referer, address, transport = ([shown(each) for each in cut.classes] for cut in boxes.cuts)
    assert referer == ["", "https://example.com/", "https://intranet.example/"]
    assert address == ["198.51.100.7", ""]
    assert [text.split()[0] for text in transport] == ["true", "false"]
    assert boxes.universe == (0b111, 0b1, 0b11)
    assert boxes.covered == {0: (0b011, 0b1, 0b11), 1: (0b111, 0b1, 0b10)}


def test_the_example_has_the_witness_of_the_page() -> None:
    """And every value that the page shows of it."""
    escape = prove(POLICY, PERIMETER, now=NOW).escapes[0]
    assert (escape.channel, escape.principal) == ("public-signed", "arn:aws:iam::111122223333:user/someone")
    for shown_on_the_page in (
        escape.principal,
        escape.action,
        escape.resource,
        *(escape.context[key] for key in ("aws:SourceIp", "aws:Referer", "aws:SecureTransport")),
    ):
        assert f"`{shown_on_the_page}`" in PAGE
