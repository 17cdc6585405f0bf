"""Write who owns this repository's home into the files that name it: ``python -m local.owner OWNER``.

Until somebody has, those files say OWNER, and ``python -m local.owner --check``, which the release workflow
runs, fails and names them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"(?P<team>@)OWNER\b|\bOWNER(?=/s3-perimeter\b)")
"""OWNER where it stands for the account or organization on GitHub, and not in a sentence about it."""
OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}(?:/[A-Za-z0-9._-]+)?")


def placeholders(root: Path) -> dict[Path, int]:
    """Return how often each tracked file still says OWNER."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True)
    found = {}
    for name in filter(None, listed.stdout.split("\0")):
        file = root / name
        if file.suffix in (".md", ".yml") or file.name == "CODEOWNERS":
            count = len(PLACEHOLDER.findall(file.read_text(encoding="utf-8")))
            if count:
                found[file] = count
    return found


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Write the owner, or check; gives the exit code."""
    match arguments:
        case ["--check"]:
            left = placeholders(root)
            for file, count in left.items():
                print(f"{file.relative_to(root)}: OWNER stands {count} times", file=sys.stderr)
            if left:
                print("\nhint: write who owns this repository with `make owner NAME=...`", file=sys.stderr)
            return 1 if left else 0
        case [owner] if OWNER.fullmatch(owner):
            account = owner.partition("/")[0]
            for file in placeholders(root):
                text = file.read_text(encoding="utf-8")
                written = PLACEHOLDER.sub(lambda found: f"@{owner}" if found["team"] else account, text)
                file.write_text(written, encoding="utf-8")
                print(f"wrote {file.relative_to(root)}")
            return 0
        case _:
            print(
                "error: name the account or organization that owns the repository on GitHub\n\n"
                "hint: make owner NAME=acme (or NAME=acme/team, whom CODEOWNERS then asks)",
                file=sys.stderr,
            )
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
