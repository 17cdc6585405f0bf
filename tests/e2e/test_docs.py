"""Every command block of README.md and docs/ runs as it is written, on the embedded AWS."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest

from s3_perimeter import AddressSet, Perimeter, bucket_policy
from tests.e2e.checkout import ROOT, Checkout, copied

pytestmark = pytest.mark.e2e

FENCE = re.compile(r"^ *```(?P<kind>[^\n]*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\s*(?:\$ )?(?:aws|git|make|perimeter|pulumi|python3?|uv|eval) ", re.MULTILINE)
PAGES = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
}
WITH_COMMANDS = sorted(
    (name for name, text in PAGES.items() if "```sh\n" in text),
    key=lambda name: "\nmake down" in PAGES[name],  # last, so that the others need not deploy again
)


def commands(page: str) -> str:
    """The page's command blocks as one script, with what the reader brings filled in.

    A block marked `sh on AWS` needs what is not here (a real account, the real plugin, a network), and is
    not run. The reader's stack is `local`, the reader's bucket the deployed one, the policy files are built
    ones; where the CLI would show a preview and ask, the answer is yes; `make test` is what runs this test
    already, and `make up` has been typed (tests/e2e/test_make.py has it twice).
    """
    blocks = [found["body"] for found in FENCE.finditer(PAGES[page]) if found["kind"] == "sh"]
    script = "\n".join(blocks)
    script = re.sub(r"\bBUCKET\b", '"$(pulumi stack output bucket --stack local)"', script)
    script = re.sub(r"--stack (?:dev|prod)\b", "--stack local", script)
    script = re.sub(r"\bpulumi (up|destroy|refresh)\b(?! --yes)", r"pulumi \1 --yes --skip-preview", script)
    return re.sub(r"^\s*make (?:test|up)\b.*$", "", script, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout with the fence up, taken down after the last page."""
    made = copied(tmp_path_factory.mktemp("reader"))
    fence = Perimeter("my-bucket", AddressSet.parse(["203.0.113.0/24", "2001:db8:1234::/48"]))
    for name in ("policy.json", "old.json", "new.json"):
        (made.directory / name).write_text(bucket_policy(fence))
    try:
        made.run("make", "up")
        yield made
    finally:
        made.run("make", "down")


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_the_commands_of_a_page_work(checkout: Checkout, page: str) -> None:
    """In the page's order, in one shell, after `make up` and `make env`; the first that fails ends it."""
    script = commands(page)
    checkout.run("bash", "-c", f'set -eu\neval "$(make -s env)"\n{script}')
    config = checkout.directory / "Pulumi.local.yaml"
    if config.read_bytes() != (ROOT / config.name).read_bytes():
        # The next reader starts from the stack as `make up` leaves it.
        shutil.copy2(ROOT / config.name, config)
        if "pulumi up" in script:
            checkout.shell("pulumi up --yes --skip-preview --stack local")


@pytest.mark.parametrize("page", PAGES)
def test_no_command_hides_from_this_test(page: str) -> None:
    """A block of commands is marked `sh`; anything else is output, config or code."""
    hidden = [
        found["body"]
        for found in FENCE.finditer(PAGES[page])
        if not found["kind"] and COMMAND.search(found["body"])
    ]
    assert not hidden, f"mark these blocks of {page} with sh: {hidden}"


@pytest.mark.parametrize("page", PAGES)
def test_no_link_leads_nowhere(page: str) -> None:
    """Links to files of this repository name files that are there."""
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", PAGES[page])
    missing = [target for target in targets if not ((ROOT / page).parent / target).exists()]
    assert not missing


def test_the_index_leads_to_every_page() -> None:
    """A page that docs/README.md does not name is found by nobody."""
    named = set(re.findall(r"\]\(([^)#\s]+)", PAGES["docs/README.md"]))
    assert {name.removeprefix("docs/") for name in PAGES if name.startswith("docs/")} - named == {"README.md"}
