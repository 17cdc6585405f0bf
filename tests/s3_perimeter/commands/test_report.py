"""The report: one page that stands by itself, with nothing in it that its values could run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from s3_perimeter import (
    AddressSet,
    ExpiringNetworks,
    Perimeter,
    bucket_policy,
    resource_control_policy,
)
from s3_perimeter.commands.main import main
from s3_perimeter.commands.report.facts import Drift, facts_of
from s3_perimeter.commands.report.page import as_page
from s3_perimeter.settings import Settings
from s3_perimeter.stack.deployed import read_stack
from tests.s3_perimeter.commands.engine_answers import CONFIG, answers, resource, state

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>&'
NETWORKS = ["203.0.113.0/24", "2001:db8:1234::/48"]


class Page(HTMLParser):
    """What a page holds: elements, the attributes that load or run something, and each section's words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.loads: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.cells: list[tuple[str, str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br", "hr", "img"):
            self.open.append(tag)
        self.loads += [
            (name, value) for name, value in attrs if name in ("src", "href", "srcset") or name[:2] == "on"
        ]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "every element is closed in its turn"

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The report on a stack whose labels try to write markup."""
    office = ExpiringNetworks(AddressSet.parse(NETWORKS[:1]), datetime(2100, 1, 1, tzinfo=UTC))
    fence = Perimeter(bucket="example-bucket", allowed=AddressSet.parse(NETWORKS), expiring=(office,))
    write(monkeypatch, tmp_path, bucket_policy(fence))
    path = tmp_path / "report.html"
    assert main(["report", "--stack", "dev", "--no-drift", "-o", str(path)]) == 0
    assert "proved, drift: not asked" in capsys.readouterr().out
    return path


def write(monkeypatch: pytest.MonkeyPatch, folder: Path, policy: str) -> None:
    """A stack with this policy deployed."""
    exported: dict[str, Any] = state()
    exported["deployment"]["resources"].append(
        resource("aws:s3/bucketPolicy:BucketPolicy", "policy", bucket="example-bucket", policy=policy)
    )
    allowed = [{"cidr": NETWORKS[0], "label": HOSTILE, "expires": "2099-12-31"}, NETWORKS[1]]
    config = {
        **CONFIG,
        "s3-perimeter:allowedNetworks": {"value": "", "objectValue": allowed},
        "s3-perimeter:users": {
            "value": "",
            "objectValue": [{"name": "kenji", "access": ["list", "read"], "keys": ["a", "b"]}],
        },
    }
    answers(monkeypatch, folder, export=exported, config=config)


def test_the_page_shows_both_layers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A leak of the bucket policy that the organization's layer closes is no way in."""
    office = ExpiringNetworks(AddressSet.parse(NETWORKS[:1]), datetime(2100, 1, 1, tzinfo=UTC))
    fence = Perimeter(bucket="example-bucket", allowed=AddressSet.parse(NETWORKS), expiring=(office,))
    leak = json.loads(bucket_policy(fence))
    leak["Statement"][0]["Condition"]["Bool"] = {"aws:ViaAWSService": "false"}
    leak["Statement"][0]["Sid"] = "Leak"
    write(monkeypatch, tmp_path, json.dumps(leak))
    rcp = tmp_path / "org.json"
    rcp.write_text(resource_control_policy([fence]))
    path = tmp_path / "report.html"
    command = ["report", "--stack", "dev", "--no-drift", "-o", str(path)]
    assert main(command) == 1
    assert main([*command, "--rcp", str(rcp)]) == 1
    said = " ".join(Page(path.read_text()).words)
    assert "the bucket policy by itself: open by forward-access" in said
    assert "the resource control policies by themselves: open by aws-service" in said
    assert "forward-access: arn" not in said
    assert "service-linked roles" in said
    capsys.readouterr()


def test_the_page_stands_by_itself(page: Path) -> None:
    """No script, nothing loaded, and a policy that would stop either."""
    found = Page(page.read_text())
    assert found.open == []
    assert not {"script", "link", "iframe", "img", "object", "form"} & set(found.tags)
    assert found.loads == []
    assert "default-src 'none'" in unescape(page.read_text())


def test_a_label_is_shown_as_it_was_written(page: Path) -> None:
    """Not run, not lost."""
    assert HOSTILE in "".join(Page(page.read_text()).words)


def test_the_page_holds_every_part(page: Path) -> None:
    """Diagram, allow-list with expiry, matrix, proof with digest, residual risks."""
    text = page.read_text()
    words = " ".join(Page(text).words)
    for part in ("Network", "Allow-list", "Who can do what from where", "Proof", "Drift", "What remains"):
        assert part in words
    assert text.count("<svg") == 2
    assert "2099-12-31" in words
    assert "prefers-color-scheme:dark" in text
    assert "@media print" in text


def test_each_cell_of_the_matrix_is_the_evaluator_s(page: Path) -> None:
    """The user reads from an allowed address, writes from none, and nobody does anything from outside."""
    text = page.read_text()
    rows = [row.partition("</tr>")[0] for row in text.split("<tr>")]
    row = {
        what: next(one for one in rows if f"kenji</td><td>{what}</td>" in one) for what in ("read", "write")
    }
    assert row["read"].count(">allowed<") == 2
    assert row["read"].count(">denied<") == 4
    assert row["write"].count(">no permission<") == 2
    anonymous = [one for one in rows if "nobody (anonymous)" in one]
    assert len(anonymous) == 5
    assert all(one.count(">denied<") == 6 for one in anonymous)
    assert "explicit Deny: DenyOutsideAllowedNetworks" in row["read"]


def test_an_escape_is_the_first_thing_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the way in, and exit code 1."""
    allow = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::example-bucket/*",
        "Condition": {"IpAddress": {"aws:SourceIp": NETWORKS}},
    }
    write(monkeypatch, tmp_path, json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
    path = tmp_path / "report.html"
    assert main(["report", "--stack", "dev", "--no-drift", "-o", str(path)]) == 1
    assert "escape" in capsys.readouterr().out
    words = " ".join(Page(path.read_text()).words)
    assert "public-signed" in words


def reported(monkeypatch: pytest.MonkeyPatch, folder: Path, **config: Any) -> str:
    """The page of a stack with these keys, and the policy that they ask for."""
    values = {
        "allowedNetworks": NETWORKS,
        "users": [{"name": "kenji", "access": ["list", "read"], "keys": ["a", "b"]}],
        **config,
    }
    settings = Settings.parse(values, project="p", stack="local", today=datetime.now(UTC).date())
    exported: dict[str, Any] = state()
    text = bucket_policy(settings.perimeter(account="111122223333", bucket="example-bucket"))
    exported["deployment"]["resources"].append(
        resource("aws:s3/bucketPolicy:BucketPolicy", "policy", bucket="example-bucket", policy=text)
    )
    given = {f"s3-perimeter:{key}": {"value": "", "objectValue": value} for key, value in values.items()}
    answers(monkeypatch, folder, export=exported, config={**CONFIG, **given})
    assert main(["report", "--stack", "dev", "--no-drift", "-o", str(folder / "r.html")]) == 0
    return (folder / "r.html").read_text()


def test_exemptions_stand_in_the_headline_and_in_the_matrix(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An endpoint that is exempt has a column of its own, beside that of all others."""
    endpoint, role = "vpce-0a1b2c3d4e5f67890", "arn:aws:iam::111122223333:role/break-glass-administrator"
    text = reported(
        monkeypatch, tmp_path, vpcEndpoints=[endpoint], breakGlassPrincipals=[role], trustAwsServices=True
    )
    headline = text.partition('<div class="verdict">')[0]
    for name in (endpoint, role, "AWS services"):
        assert name in headline
    assert f"<th>VPC endpoint {endpoint}</th>" in text
    assert "<th>any other VPC endpoint</th>" in text
    assert "any VPC endpoint" not in text
    assert "break-glass break-glass" not in text
    row = next(one for one in text.split("<tr>") if "kenji</td><td>read" in one).partition("</tr>")[0]
    answers_ = re.findall(r">([^<>]+)</td>", row)[2:]
    assert answers_[-2:] == ["allowed", "denied"]


def test_a_prefix_stands_in_the_matrix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Who may read only part of the bucket is not shown as one who may read it."""
    text = reported(monkeypatch, tmp_path, users=[{"name": "kenji", "prefix": "team/"}])
    assert "<td>kenji (only below team/)</td>" in text


@pytest.mark.parametrize(
    ("drift", "tone", "said"),
    [
        pytest.param(Drift("in-sync"), "good", "proved: every request", id="all is well"),
        pytest.param(
            Drift("drift", ("high: x. Fix: y",), (("high", 1), ("low", 2))),
            "bad",
            "differs from it: 1 high, 2 low",
            id="the live bucket differs",
        ),
        pytest.param(Drift("unknown"), "warn", "could not be read", id="not read"),
        pytest.param(Drift("not asked"), "warn", "was not asked", id="not asked"),
    ],
)
def test_the_banner_is_as_bad_as_the_worst_of_proof_and_drift(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, drift: Drift, tone: str, said: str
) -> None:
    """Nobody reads a green headline above a red list."""
    office = ExpiringNetworks(AddressSet.parse(NETWORKS[:1]), datetime(2100, 1, 1, tzinfo=UTC))
    fence = Perimeter(bucket="example-bucket", allowed=AddressSet.parse(NETWORKS), expiring=(office,))
    write(monkeypatch, tmp_path, bucket_policy(fence))
    text = as_page(facts_of(read_stack("dev"), drift, datetime.now(UTC)))
    first = text[text.index("<strong") :].partition("</strong>")[0]
    assert f'class="{tone}"' in first
    assert said in first


def test_no_network_is_broken_over_lines(page: Path) -> None:
    """Each stands in code that does not wrap, on a line of its own."""
    text = page.read_text()
    assert "<div><code>203.0.113.0/24</code></div>" in text
    rule = text.partition("code{")[2].partition("}")[0]
    assert "white-space:nowrap" in rule
    assert "overflow-wrap" not in rule


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed here; html.parser has read the page")
@pytest.mark.parametrize("size", ["1100,1500", "400,900"])
def test_a_browser_shows_the_page_without_a_complaint(page: Path, size: str) -> None:
    """On a desk and on a telephone: it is laid out, nothing is refused, no script has run."""
    shot = page.with_suffix(".png")
    done = subprocess.run(
        [
            CHROMIUM or "",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            f"--user-data-dir={page.parent / 'profile'}",
            f"--window-size={size}",
            f"--screenshot={shot}",
            f"file://{page}",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"HOME": str(page.parent), "PATH": "/usr/bin:/bin"},
    )
    assert ":CONSOLE" not in done.stderr
    assert shot.read_bytes().startswith(b"\x89PNG")
    assert shot.stat().st_size > 20_000, "an empty page is smaller"
