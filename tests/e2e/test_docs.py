"""Every command block of README.md and docs/ runs as it is written, on the embedded AWS."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from s3_perimeter import AddressSet, Perimeter, bucket_policy
from s3_perimeter.commands.reference import command
from s3_perimeter.drift.options import command_line as drift_check
from tests.e2e.checkout import ROOT, Checkout, copied, warmed

pytestmark = pytest.mark.e2e

FENCE = re.compile(r"^ *```(?P<kind>[^\n]*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\s*(?:\$ )?(?:aws|git|make|perimeter|pulumi|python3?|uv|eval) ", re.MULTILINE)
# A command that the page says is refused, as in `aws … || echo "refused"`.
REFUSED = re.compile(r'^(?P<command>.+?) \|\| echo "refused[^"]*"$', re.MULTILINE)
# A command whose exit code the page names, as in `perimeter … || test $? -eq 1`.
ENDS_WITH = re.compile(r"^(?P<command>.+?) \|\| test \$\? -eq (?P<code>\d)$", re.MULTILINE)
PAGES = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
}
COLD = ("README.md", "docs/tutorial-on-aws.md")
"""The pages whose commands are started as a person's are; the others' have a warm process (tests/warm)."""


def commands(page: str) -> str:
    """The page's command blocks as one script, with what the reader brings filled in.

    A block marked `sh on AWS` needs what is not here (a real account, the real plugin, a network), and is
    not run. The reader's stack is `local`, its user `remote-user`, the bucket the deployed one, the policy
    files are built ones; where the CLI would show a preview and ask, the answer is yes; `make test` is what
    runs this test already, and `make up` and `make env` have been typed. What the page
    says is refused has to be refused, and an exit code that it names has to be that one.
    """
    blocks = [found["body"] for found in FENCE.finditer(PAGES[page]) if found["kind"] == "sh"]
    script = "\n".join(blocks)
    script = REFUSED.sub(r"if \g<command>; then echo 'this was not refused' >&2; exit 1; fi", script)
    script = ENDS_WITH.sub(r"ended=0; \g<command> || ended=$?; test $ended -eq \g<code>", script)
    script = re.sub(r"\bBUCKET\b", '"$(pulumi stack output bucket --stack local)"', script)
    script = re.sub(r"--stack (?:dev|prod)\b", "--stack local", script)
    script = re.sub(r"--user kenji\b", "--user remote-user", script)
    script = re.sub(r"\bpulumi (up|destroy|refresh)\b(?! --yes)", r"pulumi \1 --yes --skip-preview", script)
    return re.sub(r'^\s*(?:make (?:test|up)\b|eval "\$\(make -s env\)").*$', "", script, flags=re.MULTILINE)


def changes(page: str) -> bool:
    """Whether it changes what stack `local` declares, and deploys that."""
    return bool(re.search(r"pulumi config .*pulumi up ", commands(page), re.DOTALL))


WITH_COMMANDS = sorted(
    (name for name, text in PAGES.items() if "```sh\n" in text),
    # Those that change what is deployed come last, so that nothing has to be deployed again for the others.
    key=lambda name: (name not in COLD, "\nmake down" in PAGES[name], changes(name)),
)


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


@pytest.fixture(scope="module")
def warm(checkout: Checkout) -> Iterator[Checkout]:
    """The same checkout for pages that need not start everything anew, nor derive a key from a passphrase in
    every command of Pulumi.
    """
    with warmed(checkout) as quick:
        quick.shell(
            "pulumi stack select local\n"  # with the tutorial's own stack the selection goes
            "key=$(aws kms create-key --query KeyMetadata.KeyId --output text)\n"
            'pulumi stack change-secrets-provider --stack local "awskms://$key?region=$AWS_REGION"'
        )
        yield quick


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_the_commands_of_a_page_work(request: pytest.FixtureRequest, page: str) -> None:
    """In the page's order, in one shell, after `make up` and `make env`; the first that fails ends it."""
    checkout: Checkout = request.getfixturevalue("checkout" if page in COLD else "warm")
    config = checkout.directory / "Pulumi.local.yaml"
    before, configured = files(checkout), config.read_bytes()
    script = commands(page)
    # failglob: a pattern that matches no file is not the name of one.
    checkout.run("bash", "-c", f"set -eu -o pipefail\nshopt -s failglob\n{checkout.entry}\n{script}")
    left = sorted(files(checkout) - before)
    assert not unignored(left), "what a page leaves in the checkout is kept out of commits"
    config.write_bytes(configured)  # the next reader starts from the same
    if "make down" in script:
        assert checkout.processes() == [], "nothing is left of what ran"
        assert not (checkout.directory / ".state").exists()


@pytest.mark.parametrize(
    ("command", "works"),
    [
        pytest.param("sh -c 'exit 1' || test $? -eq 1", True, id="the code that the page names"),
        pytest.param("true || test $? -eq 1", False, id="success"),
        pytest.param("sh -c 'exit 2' || test $? -eq 1", False, id="another code"),
        pytest.param('false || echo "refused"', True, id="refused"),
        pytest.param('true || echo "refused"', False, id="not refused"),
    ],
)
def test_a_command_that_does_not_end_as_the_page_says_fails_its_test(
    monkeypatch: pytest.MonkeyPatch, command: str, works: bool
) -> None:
    """A page may expect a failure, and then success is none."""
    monkeypatch.setitem(PAGES, "page", f"```sh\n{command}\n```\n")
    ran = subprocess.run(["bash", "-c", f"set -eu -o pipefail\n{commands('page')}"], capture_output=True)
    assert (ran.returncode == 0) is works


def files(checkout: Checkout) -> set[str]:
    """The files at the checkout's top."""
    return {each.name for each in checkout.directory.iterdir() if each.is_file()}


def unignored(names: list[str]) -> list[str]:
    """Those that git would offer to commit."""
    asked = subprocess.run(
        ["git", "check-ignore", "--stdin"], cwd=ROOT, input="\n".join(names), capture_output=True, text=True
    )
    return sorted(set(names) - set(asked.stdout.split()))


@pytest.mark.parametrize("page", PAGES)
def test_no_documented_command_hides_that_it_failed(page: str) -> None:
    """After `||` stands what the page says of the failure: that it is refused, its one exit code, or a note
    that there is nothing.
    """
    blocks = "\n".join(found["body"] for found in FENCE.finditer(PAGES[page]) if found["kind"] == "sh")
    hiding = [
        line
        for line in blocks.splitlines()
        if re.search(r"\|\| (?!echo \"(?:refused|no )|test \$\? -eq \d$)|; true|set \+e", line)
    ]
    assert not hiding


def documented() -> Iterator[Any]:
    """Every `perimeter` command with options, in blocks of commands and within sentences, of every page."""
    for page, text in PAGES.items():
        blocks = [found["body"] for found in FENCE.finditer(text) if found["kind"].startswith("sh")]
        lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
        typed = [part for line in lines for part in re.split(r"[|>]|&&", line)]
        typed += re.findall(r"`(perimeter [^`\n]+)`", FENCE.sub("", text))
        for each in dict.fromkeys(" ".join(each.split()) for each in typed):
            if re.match(r"perimeter [a-z-]+ (.* )?-", each):
                yield pytest.param(each, id=f"{page}: {each}")


@pytest.mark.parametrize("typed", list(documented()))
def test_a_documented_command_is_one_that_the_parser_takes(typed: str) -> None:
    """Those for a real account too, which are not run: none lacks its stack or has an option of yesterday."""
    _, name, *arguments = shlex.split(typed, comments=True)
    parser = drift_check() if name == "drift" else command(name)
    chosen = parser.parse_args(arguments)
    needs = {"--stack", "--logs", "--url"} & set(parser._option_string_actions)
    if "--stack" in needs and name not in ("check", "my-ip"):
        assert chosen.stack or any(getattr(chosen, each, None) for each in ("logs", "explain")), (
            "name the stack"
        )


@pytest.mark.parametrize("page", PAGES)
def test_python_on_a_page_imports_what_there_is(page: str) -> None:
    """Names that moved are found by the reader first otherwise."""
    blocks = [found["body"] for found in FENCE.finditer(PAGES[page]) if found["kind"] == "python"]
    for line in re.findall(
        r"^\s*(from s3_perimeter\S* import .*|from perimeter.*|import .*)$", "\n".join(blocks), re.M
    ):
        exec(line, {})  # noqa: S102  (a line of our own documentation)


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
