"""The `perimeter` command: reading access logs next to awk, its start, and a plan next to a preview."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from bench.rows import Row, compared, processor_seconds, seconds_of, turns
from local.stand import Stand
from s3_perimeter import AddressSet, Perimeter, bucket_policy
from tests.e2e.stacks import checkout_stack
from tests.s3_perimeter.access_logs.log_lines import line

ROOT = Path(__file__).resolve().parent.parent
MEGABYTES = 200
LINES = 20_000

# Run in a process of its own, so that processor time and memory are those of the command alone.
DENIED = """
import resource, sys
from pathlib import Path
from s3_perimeter.commands.main import main
main(["denied", "--logs", sys.argv[1], "--since", "2026-11-01", "--jobs", "1", "--format", "json"])
used = resource.getrusage(resource.RUSAGE_SELF)
# On Linux ru_maxrss is at least the size of the process that started this one.
status = Path("/proc/self/status")
peak = status.read_text().partition("VmHWM:")[2].split()[0] if status.exists() else used.ru_maxrss
print(used.ru_utime + used.ru_stime, int(peak) / 1024, file=sys.stderr)
"""


# What `denied` counts, for lines without quotes of a client's own: by caller, with the first and the last
# hour, and the lines that are older or no whole lines. Logs are UTF-8, and are read as such.
SAME_COUNT = r"""
BEGIN { FS = "\""; split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", names, " ")
        for (i in names) month[names[i]] = sprintf("%02d", i) }
{ n = split($1, head, " "); m = split($3, after, " ") }
NF < 7 || n < 8 || m != 6 { unread++; next }
{ hour = substr(head[3], 9, 4) month[substr(head[3], 5, 3)] substr(head[3], 2, 2) substr(head[3], 14, 2) }
hour < since { older++; if (after[1] == 403) older_refused++; next }
after[1] == 403 { group = head[5] " " head[6] " " head[8] " " after[2]
                  if (!(group in count) || hour < first[group]) first[group] = hour
                  if (hour > last[group]) last[group] = hour
                  count[group]++ }
END { for (group in count) print count[group], first[group], last[group], group
      print NR, unread + 0, older + 0, older_refused + 0 }
"""


def rows() -> Iterator[Row]:
    """Yield figures for logs with few and with only refusals, for the start, and for a plan of a deployed
    stack.
    """
    with tempfile.TemporaryDirectory(prefix="perimeter-bench-") as folder:
        yield from log_rows(Path(folder))
        yield from start_rows(Path(folder))
        yield plan_row(Path(folder))


def log_rows(folder: Path) -> Iterator[Row]:
    """Yield the processor time for a log, with awk's for the same count, and the memory, with that for a
    tenth of the log.
    """
    log, tenth = folder / "log", folder / "tenth"
    for name, share, least in (("1 line in 100 refused", 100, 5.0), ("every line refused", 1, 5.0)):
        write_log(log, share, MEGABYTES)
        write_log(tenth, share, MEGABYTES // 10)
        for program, limit in (("gawk", least), ("mawk", 0.5)):
            if shutil.which(program) is None:
                print(f"no `{program}` here: so denied is not compared with it", file=sys.stderr)
                continue
            awk = [program, "-v", "since=2026110100", SAME_COUNT, str(log)]
            ours, theirs = turns(
                lambda: denied(log)[0],
                partial(processor_seconds, awk),
                rounds=1 if program == "gawk" else 3,
            )
            question = f"denied: {MEGABYTES} MB of log, {name}, processor time next to {program}'s"
            yield compared(question, ours, f"{program}, the same count", theirs, least=limit)
        whole, part = (denied(each)[1] for each in (log, tenth))
        question = f"denied: memory of one process for {MEGABYTES} MB of log, {name}"
        yield compared(question, [whole], "for a tenth of it", [part], unit="MB", most=1.5)


def write_log(path: Path, share: int, megabytes: int) -> None:
    """Write a log in which one line in `share` is a refusal; addresses and times vary as in a log of S3."""
    lines = [
        line(
            f"{'198.51.100' if number % share == 0 else '203.0.113'}.{number % 251}",
            when=f"{number // 800 % 28 + 1:02}/Nov/2026:{number // 400 % 24:02}:{number // 7 % 60:02}:00",
            status="403 AccessDenied" if number % share == 0 else "200 -",
            uri=f'"GET /example-bucket/reports/2026/{number:08}.parquet?x-id=GetObject HTTP/1.1"',
        )
        for number in range(LINES)
    ]
    block = b"".join(lines)
    with path.open("wb") as file:
        for _ in range(megabytes * 1_000_000 // len(block)):
            file.write(block)


def denied(log: Path) -> tuple[float, float]:
    """Return the processor seconds and megabytes of one run in one process."""
    command = [sys.executable, "-c", DENIED, str(log)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    seconds, memory = done.stderr.split()[-2:]
    return float(seconds), float(memory)


def start_rows(folder: Path) -> Iterator[Row]:
    """Yield the processor time of whole processes, with that of a bare Python."""
    policy = folder / "policy.json"
    policy.write_text(bucket_policy(Perimeter("my-bucket", AddressSet.parse(["203.0.113.0/24"]))))
    program = str(Path(sys.executable).parent / "perimeter")
    check = [program, "check", str(policy), "--bucket", "my-bucket", "--allow", "203.0.113.0/24"]
    commands = ([sys.executable, "-c", ""], [program, "--help"], check)
    bare, helped, checked = turns(*(partial(processor_seconds, each) for each in commands), rounds=15)
    for name, ours, most in (("perimeter --help", helped, 2.5), ("perimeter check of one file", checked, 6)):
        yield compared(f"{name}, processor time", ours, "python -c ''", bare, unit="ms", scale=1e3, most=most)


def plan_row(folder: Path) -> Row:
    """Return the figure of `perimeter plan` on a deployed stack, with that of the bare preview with the same
    pack.
    """
    with Stand(folder / "stand") as stand:
        stack = checkout_stack(stand, folder, "bench", passphrase=True)
        shutil.copytree(ROOT / "policies", stack.directory / "policies")
        stack.up()
        environment = dict(stack.pulumi.environment)
        pack = ("--policy-pack", str(stack.directory / "policies"))
        program = str(Path(sys.executable).parent / "perimeter")
        command = [program, "plan", "--stack", "bench", "--cwd", str(stack.directory)]
        ours, bare = turns(
            seconds_of(lambda: run(command, environment)),
            seconds_of(lambda: stack("preview", *pack)),
            rounds=4,
        )
        stack("destroy", "--yes", "--skip-preview")
    return compared("perimeter plan", ours, "pulumi preview with the pack", bare, most=1.25)


def run(command: list[str], environment: Mapping[str, str]) -> None:
    """Run a command of this checkout."""
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=True)
