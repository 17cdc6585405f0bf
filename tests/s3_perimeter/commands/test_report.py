"""The report: one page that stands by itself, with nothing in it that its values could run."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from s3_perimeter import AddressSet, Perimeter, bucket_policy, resource_control_policy
from s3_perimeter.commands.main import main
from s3_perimeter.commands.report.facts import Drift, facts_of
from s3_perimeter.commands.report.page import as_page
from s3_perimeter.settings import Settings
from s3_perimeter.stack.deployed import read_stack
from tests.s3_perimeter.commands.engine_answers import answers, resource, state
from tests.s3_perimeter.commands.report_samples import (
    BUCKET,
    ENDPOINT,
    FOUND,
    FULL,
    LONGEST,
    OPEN,
    PLAIN,
    ROLE,
    deployed,
    page_of,
)

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>&'
IN_SYNC = Drift("in-sync")


class Page(HTMLParser):
    """What a page holds: elements, the attributes that load or run something, words, and tables by title."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[tuple[str, str]] = []
        self.loads: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br", "hr", "img"):
            self.open.append((tag, dict(attrs).get("class") or ""))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self.loads += [
            (name, value) for name, value in attrs if name in ("src", "href", "srcset") or name[:2] == "on"
        ]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag, "every element is closed in its turn"

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if any(tag in ("td", "th") for tag, _ in self.open) and ("span", "title") not in self.open:
            self.rows[-1][-1] += data

    def row(self, name: str) -> dict[str, str]:
        """The first row whose heading begins with this, by column."""
        head: list[str] = []
        for row in self.rows:
            head = row if row[0] in ("who", "network") else head
            if row[0].startswith(name):
                return dict(zip(head, row, strict=True))
        raise AssertionError(name)


def test_the_page_shows_both_layers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A leak of the bucket policy that the organization's layer closes is no way in, but for the roles that
    it does not hold.
    """
    fence = Perimeter("example-bucket", AddressSet.parse(PLAIN["allowedNetworks"]))
    leak = json.loads(bucket_policy(fence))
    leak["Statement"][0]["Condition"]["Bool"] = {"aws:ViaAWSService": "false"}
    deployed(monkeypatch, tmp_path, PLAIN, json.dumps(leak))
    rcp, path = tmp_path / "org.json", tmp_path / "report.html"
    rcp.write_text(resource_control_policy([fence]))
    command = ["report", "--stack", "dev", "--no-drift", "-o", str(path)]
    assert main(command) == 1
    assert "by itself" not in path.read_text()
    assert main([*command, "--rcp", str(rcp)]) == 1
    said = " ".join(Page(path.read_text()).words)
    assert "The bucket policy by itself: open by forward-access" in said
    assert "The resource control policies by themselves: open by aws-service" in said
    assert "service-linked roles" in said
    capsys.readouterr()


def test_the_page_stands_by_itself(tmp_path: Path) -> None:
    """No script, nothing loaded, and a policy that would stop either."""
    text = page_of(tmp_path, FULL, Drift("drift", FOUND))
    found = Page(text)
    assert found.open == []
    assert not {"script", "link", "iframe", "img", "object", "form"} & set(found.tags)
    assert found.loads == []
    assert "default-src 'none'" in unescape(text)


@pytest.mark.parametrize("field", ["label", "owner"])
def test_a_label_is_shown_as_it_was_written(tmp_path: Path, field: str) -> None:
    """Not run, not lost."""
    entry = {"cidr": "203.0.113.0/24", field: HOSTILE}
    found = Page(page_of(tmp_path, {**PLAIN, "allowedNetworks": [entry]}, IN_SYNC))
    assert HOSTILE in "".join(found.words)
    assert "script" not in found.tags


def test_the_page_holds_every_part(tmp_path: Path) -> None:
    """In a reviewer's order, with the version that made it, the digest, the owner, and a place to sign."""
    text = page_of(tmp_path, FULL, IN_SYNC)
    assert re.findall(r"<h2>(.*?)</h2>", text) == [
        "Findings",
        "Who can do what from where",
        "Allow-list",
        "Network",
        "Proof and drift",
        "Remaining risks",
        "Sign-off",
        "Appendix",
    ]
    words = " ".join(Page(text).words)
    for part in (f"s3-perimeter {version('s3-perimeter')}", "SHA-256", "Reviewed by", "2099-12-31"):
        assert part in words
    assert words.count("platform-team@example.com") == 2


def test_who_answers_for_the_bucket_can_be_named(tmp_path: Path) -> None:
    """By argument, else by the tag `owner`, else the page says that nobody is."""
    assert "Somebody else" in page_of(tmp_path, FULL, IN_SYNC, owner="Somebody else")
    assert "<dt>Owner</dt><dd>not named</dd>" in page_of(tmp_path, PLAIN, IN_SYNC)


def test_each_cell_of_the_matrix_is_the_evaluator_s(tmp_path: Path) -> None:
    """The user reads from an allowed address, writes from none, and nobody does anything from outside."""
    found = Page(page_of(tmp_path, PLAIN, IN_SYNC))
    kenji = found.row("kenji")
    assert kenji.pop("allow-list, IPv4 and IPv6") == "✓ list, read\u2013 write, delete, change policy"
    assert kenji.pop("who") == "kenjiremote user"
    assert set(kenji.values()) == {"✕ all"}
    assert found.row("an administrator")["allow-list, IPv4 and IPv6"] == "○ all"
    assert found.row("anonymous")["allow-list, IPv4 and IPv6"] == "\u2013 all"
    assert "Deny: DenyOutsideAllowedNetworks" in "".join(found.words)


def test_a_person_has_one_row(tmp_path: Path) -> None:
    """With the prefix that they are held to, and without saying break-glass twice."""
    names = [row[0] for row in Page(page_of(tmp_path, FULL, IN_SYNC)).rows]
    assert names[1:7] == [
        "kenjiremote user, only below team-a/incoming/",
        "an administratorof this account",
        "break-glass-administratorbreak-glass principal, exempt",
        "another accountsigned in elsewhere",
        "anonymousnot signed in",
        "an AWS servicefor itself, exempt",
    ]


def test_a_role_has_a_row_like_a_user(tmp_path: Path) -> None:
    """By the access levels and the prefix that the config gives it."""
    analyst = {"name": "analyst", "assumedBy": [ROLE], "access": ["list"], "prefix": "reports/"}
    row = Page(page_of(tmp_path, {**PLAIN, "roles": [analyst]}, IN_SYNC)).row("analyst")
    assert row.pop("who") == "analystrole, only below reports/"
    assert row.pop("allow-list, IPv4 and IPv6") == "✓ list\u2013 read, write, delete, change policy"
    assert set(row.values()) == {"✕ all"}


def test_an_exemption_stands_next_to_what_is_denied(tmp_path: Path) -> None:
    """Exempt endpoints have a column of their own, in another color than access from inside."""
    text = page_of(tmp_path, FULL, IN_SYNC)
    kenji = Page(text).row("kenji")
    endpoints = f"VPC endpoint, {ENDPOINT} and vpce-0a1b2c3d4e5f67891"
    assert kenji[endpoints].startswith("✓ list, read, write, delete")
    assert kenji["any other VPC endpoint"] == "✕ all"
    assert "any VPC endpoint" not in text
    assert Page(text).row("break-glass-admin")["any other address, IPv4 and IPv6"] == "○ all"
    assert 'class="answer exempt"' in text


def test_a_cell_that_is_not_decided_is_neither_access_nor_denial(tmp_path: Path) -> None:
    """A list with a value that is no network says nothing certain about any address."""
    settings = Settings.parse(PLAIN, project="p", stack="local", today=date(2026, 11, 23))
    policy = bucket_policy(settings.perimeter(account="111122223333", bucket="example-bucket"))
    text = page_of(tmp_path, PLAIN, IN_SYNC, policy.replace("203.0.113.0/24", "203.0.113.0/33"))
    rows = [Page(text).row(who) for who in ("kenji", "an administrator", "anonymous")]
    for row in rows:
        assert row["allow-list, IPv4 and IPv6"] == "? all"
    assert "AWS does not document whether the bucket policy denies it" in text


def test_a_denial_that_is_wanted_is_not_in_red(tmp_path: Path) -> None:
    """Where the config and the policy agree, no cell is marked."""
    for values in (PLAIN, FULL):
        assert 'class="answer bad"' not in page_of(tmp_path, values, IN_SYNC)


@pytest.mark.parametrize(
    ("statement", "who", "where", "cell"),
    [
        pytest.param(None, "kenji", "any other address, IPv4 and IPv6", "✓ list, read", id="an open bucket"),
        pytest.param(
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"},
            "kenji",
            "allow-list, IPv4 and IPv6",
            "✕ list, read",
            id="a user who is locked out",
        ),
    ],
)
def test_what_differs_from_the_config_is_in_red(
    tmp_path: Path, statement: dict[str, Any] | None, who: str, where: str, cell: str
) -> None:
    """Access that nobody declared, and a denial that nobody wants."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}) if statement else OPEN
    text = page_of(tmp_path, PLAIN, IN_SYNC, policy)
    assert 'class="answer bad"' in text
    assert Page(text).row(who)[where].startswith(cell)


def test_the_diagram_draws_every_exemption(tmp_path: Path) -> None:
    """Each is named in full, and only what passes has a second connector."""
    diagram = (
        page_of(tmp_path, FULL, IN_SYNC).partition('<div class="diagram">')[2].partition("</section>")[0]
    )
    for name in (ENDPOINT, "vpce-0a1b2c3d4e5f67891", ROLE, "AWS services", "Everybody else"):
        assert name in diagram
    assert diagram.count('class="connector exempt"') == diagram.count('class="connector on exempt"') == 3
    assert diagram.count('class="connector stop"') == 1
    assert "connector on stop" not in diagram


def test_the_diagram_shows_whoever_gets_in(tmp_path: Path) -> None:
    """It is drawn from the proof, not from what is hoped for."""
    text = page_of(tmp_path, PLAIN, IN_SYNC, OPEN)
    assert 'class="connector on escape"' in text
    assert 'class="connector stop"' not in text


def test_an_escape_is_the_first_finding(tmp_path: Path) -> None:
    """Five channels of one cause are one finding, with its fix; the requests are behind a click."""
    text = page_of(tmp_path, PLAIN, Drift("drift", FOUND), OPEN)
    findings = text.partition("<h2>Findings</h2>")[2].partition("</section>")[0]
    assert re.findall(r'class="chip (\w+)"', findings)[:4] == ["critical", "high", "low", "unknown"]
    assert findings.count("A request from outside gets through") == 1
    assert "public-signed, public-anonymous, forward-access, vpc-endpoint, aws-service" in findings
    assert "198.51.100" in findings
    assert "<details open" not in findings


def test_what_is_not_decided_is_called_so(tmp_path: Path) -> None:
    """*Not judged* is a file that S3 would reject, which no deployed policy is."""
    statement = {
        **json.loads(OPEN)["Statement"][0],
        "Effect": "Deny",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": [*PLAIN["allowedNetworks"], "the office"]}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    text = page_of(tmp_path, PLAIN, IN_SYNC, policy)
    assert "Not decided" in text
    assert "Not judged" not in text


def test_a_fix_that_is_a_command_can_be_copied(tmp_path: Path) -> None:
    """On a line of its own; one that is a sentence stays in the text."""
    text = page_of(tmp_path, PLAIN, Drift("drift", FOUND))
    assert "<pre><code>pulumi up --refresh --stack dev</code></pre>" in text
    assert "allow <code>kms:DescribeKey</code> to the role" in text


@pytest.mark.parametrize(
    ("drift", "policy", "tone", "said"),
    [
        pytest.param(IN_SYNC, None, "good", "Declared policy proved; live bucket in sync.", id="all is well"),
        pytest.param(
            Drift("drift", FOUND),
            None,
            "bad",
            "Declared policy proved; live bucket differs: 1 high, 1 low, 1 unknown.",
            id="the live bucket differs",
        ),
        pytest.param(
            Drift("unknown", error="no answer"),
            None,
            "warn",
            "Declared policy proved; live bucket could not be read in full.",
            id="not read",
        ),
        pytest.param(
            Drift("not asked"),
            None,
            "warn",
            "Declared policy proved; live bucket not checked.",
            id="not asked",
        ),
        pytest.param(
            IN_SYNC,
            OPEN,
            "bad",
            "Declared policy allows requests from outside (5 ways); live bucket in sync.",
            id="an escape",
        ),
    ],
)
def test_the_banner_is_as_bad_as_the_worst_of_proof_and_drift(
    tmp_path: Path, drift: Drift, policy: str | None, tone: str, said: str
) -> None:
    """Nobody reads a green headline above a red list."""
    banner = re.search(
        r'<div class="banner (\w+)".*?</div>', page_of(tmp_path, PLAIN, drift, policy), re.DOTALL
    )
    assert banner
    assert banner[1] == tone
    assert said in banner[0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param(PLAIN, ("Nobody is exempt from the allow-list.",), id="none"),
        pytest.param(
            FULL, (f"VPC endpoint {ENDPOINT}", f"break-glass principal {ROLE}", "AWS services"), id="each"
        ),
    ],
)
def test_who_is_exempt_stands_in_the_banner(
    tmp_path: Path, values: dict[str, Any], said: tuple[str, ...]
) -> None:
    """A proof holds for everybody else only."""
    banner = page_of(tmp_path, values, IN_SYNC).partition("</div>")[0]
    for name in said:
        assert name in banner


@pytest.mark.parametrize("place", ["allowedNetworks", "drift", "fix"])
def test_every_network_is_kept_in_one_piece(tmp_path: Path, place: str) -> None:
    """In tables, sentences and commands."""
    values, drift = PLAIN, IN_SYNC
    if place == "allowedNetworks":
        values = {**PLAIN, "allowedNetworks": [LONGEST]}
    elif place == "drift":
        drift = Drift("unknown", error=f"cannot read {LONGEST} (and 203.0.113.0/24)")
    else:
        drift = Drift("unknown", notes=(f"`aws s3 ls --from {LONGEST}`",))
    text = page_of(tmp_path, values, drift)
    assert f">{LONGEST}<" in text
    assert LONGEST not in re.sub(r' style="--n:\d+">[^<]+<', "", text)


def test_the_command_writes_the_page_and_says_the_verdict(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words and as JSON, with an exit code that a script can go by."""
    path = tmp_path / "report.html"
    command = ["report", "--stack", "dev", "--no-drift", "-o", str(path)]
    deployed(monkeypatch, tmp_path, PLAIN)
    assert main(command) == 0
    assert capsys.readouterr().out == f"{path}: proved, drift: not asked\n"
    assert path.read_text().startswith("<!DOCTYPE html>")
    path.unlink()
    deployed(monkeypatch, tmp_path, PLAIN, OPEN)
    assert main([*command, "--format", "json", "--owner", "Platform team"]) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "escape"
    assert "Platform team" in path.read_text()
    assert datetime.now(UTC).strftime("%Y-%m-%d") in path.read_text()


def test_a_lock_out_is_said_in_the_banner(tmp_path: Path) -> None:
    """Proved is not enough: a policy that denies everybody is proved too."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    text = page_of(tmp_path, PLAIN, IN_SYNC, policy)
    assert '<div class="banner warn"' in text
    assert re.search(r"Declared policy proved, with \d lock-outs?; live bucket in sync", text)
    assert "Somebody is locked out" in text


def test_an_allow_that_nobody_can_use_is_a_finding(tmp_path: Path) -> None:
    """It is named, and it is not alarming."""
    allow = {
        "Sid": "Elsewhere",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::example-bucket/*",
        "Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
    }
    settings = Settings.parse(PLAIN, project="p", stack="local", today=datetime.now(UTC).date())
    policy = json.loads(bucket_policy(settings.perimeter(account="111122223333", bucket="example-bucket")))
    policy["Statement"].append(allow)
    text = page_of(tmp_path, PLAIN, IN_SYNC, json.dumps(policy))
    assert "An Allow that nobody can use: Elsewhere" in text


@pytest.mark.parametrize(("of_component", "title"), [(False, "Config key"), (True, "Argument")], ids=str)
def test_a_warning_is_about_the_config_or_an_argument_of_the_component(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, of_component: bool, title: str
) -> None:
    """Where no config key was read, none is named."""
    export, networks = state(), {"allowedNetworks": ["203.0.113.0/24"]}
    component = resource("s3-perimeter:index:PrivateBucket", "data") | {"inputs": networks}
    bucket = resource("aws:s3/bucket:Bucket", "data", bucket="example-bucket") | {"parent": component["urn"]}
    policy = resource("aws:s3/bucketPolicy:BucketPolicy", "policy", bucket="example-bucket", policy=OPEN)
    export["deployment"]["resources"] += [component, bucket, policy]
    given = {"s3-perimeter:allowedNetworks": {"value": "", "objectValue": ["203.0.113.0/24"]}}
    answers(monkeypatch, tmp_path, export=export, config={} if of_component else given)
    stack = read_stack("dev")
    page = as_page(facts_of(stack, Drift("in-sync"), datetime(2030, 1, 2, tzinfo=UTC), ""))
    assert f"{title} allowedNetworks" in " ".join(Page(page).words)
