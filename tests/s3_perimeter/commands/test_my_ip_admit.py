"""An address goes into a stack's config, and the rest of the file stays as it was."""

from __future__ import annotations

from datetime import date
from ipaddress import ip_address
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from s3_perimeter.commands.main import main
from s3_perimeter.commands.my_ip.admit import admit, network_of
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.settings import SettingsError
from s3_perimeter.stack.config_file import ConfigFile, find_config_file
from tests.s3_perimeter.test_own_address import says

CONFIG = """\
# The office's stack.  Ask Aiko before you change it.
config:
  aws:region: 'ap-northeast-1'   # Tokyo
  s3-perimeter:allowedNetworks:
    # the office
    - cidr: 203.0.113.0/24
      label: "office"   # both floors

    - 2001:db8:1234::/48
  s3-perimeter:tags: {team: data, cost: "42"}
"""


TODAY = date(2026, 11, 23)


def add(
    path: Path,
    *networks: str,
    label: str = "home",
    replace: bool = False,
    expires: str | None = None,
    owner: str | None = None,
) -> list[str]:
    """Add networks to the config at a path."""
    file = ConfigFile.read(path)
    return admit(file, networks, label=label, expires=expires, owner=owner, replace=replace, today=TODAY)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config file as people write them."""
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(CONFIG)
    path.chmod(0o640)
    return path


def test_only_the_new_entry_is_new(config: Path) -> None:
    """Comments, order, quotes, empty lines and the file's mode stay."""
    assert add(config, "198.51.100.7/32", expires="2026-12-31") == ["198.51.100.7/32 was added (home)"]
    new = '    - cidr: 198.51.100.7/32\n      label: home\n      expires: "2026-12-31"\n'
    assert config.read_text() == CONFIG.replace("  s3-perimeter:tags", new + "  s3-perimeter:tags")
    assert config.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "config:\n  s3-perimeter:allowedNetworks:\n  - 203.0.113.0/24\n  a:b: c\n",
            id="dashes below the key",
        ),
        pytest.param(
            "config:\n    s3-perimeter:allowedNetworks:\n      - 203.0.113.0/24\n", id="four spaces"
        ),
        pytest.param(
            'config:\n  s3-perimeter:allowedNetworks: ["203.0.113.0/24"]\n', id="a list on one line"
        ),
        pytest.param("config:\n  aws:region: eu-west-1\n", id="no allow-list yet"),
        pytest.param("config:\n", id="no config yet"),
        pytest.param("", id="an empty file"),
    ],
)
def test_every_way_to_write_a_list_keeps_its_lines(tmp_path: Path, text: str) -> None:
    """The lines that were there are there afterwards, and the entry is read back."""
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(text)
    add(path, "198.51.100.7/32")
    kept = [line for line in text.splitlines() if "[" not in line]
    assert [line for line in path.read_text().splitlines() if line in kept] == kept
    assert ConfigFile.read(path).entries()[-1]["cidr"] == "198.51.100.7/32"


def test_what_is_allowed_already_is_not_added(config: Path) -> None:
    """The sentence names the entry that holds it."""
    assert add(config, "203.0.113.9/32") == ["203.0.113.9/32 is already allowed, by 203.0.113.0/24 (office)"]
    assert config.read_text() == CONFIG


def test_an_address_that_changed_moves_its_entry(config: Path) -> None:
    """With --replace the entry of the label follows, one for each IP version; without, nothing is lost."""
    add(config, "198.51.100.7/32", "2001:db8:9::/64")
    with pytest.raises(CommandError, match="labeled `home` already"):
        add(config, "198.51.100.8/32")
    assert add(config, "198.51.100.8/32", replace=True) == ["198.51.100.7/32 became 198.51.100.8/32 (home)"]
    networks = [entry["cidr"] for entry in ConfigFile.read(config).entries() if isinstance(entry, dict)]
    assert networks == ["203.0.113.0/24", "198.51.100.8/32", "2001:db8:9::/64"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "config:\n  s3-perimeter:allowedNetworks: '[]'\n", "not written as a list", id="JSON text"
        ),
        pytest.param("config: [\n", "is not YAML", id="half a file"),
        pytest.param("- a\n", "contains no keys", id="a list"),
    ],
)
def test_a_file_that_cannot_be_edited_is_left_alone(tmp_path: Path, text: str, expected: str) -> None:
    """The message says what it is instead."""
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(text)
    with pytest.raises(CommandError, match=expected):
        add(path, "198.51.100.7/32")
    assert path.read_text() == text


def test_the_config_file_is_found_from_below_and_where_the_project_keeps_it(tmp_path: Path) -> None:
    """As Pulumi finds it."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: x\n")
    assert find_config_file("org/proj/dev", tmp_path / "deep") == tmp_path / "Pulumi.dev.yaml"
    (tmp_path / "Pulumi.yaml").write_text("name: x\nstackConfigDir: stacks\n")
    assert find_config_file("dev", tmp_path) == tmp_path / "stacks" / "Pulumi.dev.yaml"


def test_a_missing_config_file_is_reported(tmp_path: Path) -> None:
    """It is not made: the stack's name may be misspelled."""
    with pytest.raises(CommandError, match=r"no config file `Pulumi\.dev\.yaml`"):
        ConfigFile.read(tmp_path / "Pulumi.dev.yaml")


@pytest.mark.parametrize(
    ("address", "exact", "network"),
    [
        pytest.param("198.51.100.7", False, "198.51.100.7/32", id="IPv4"),
        pytest.param("2001:db8::1:2:3:4", False, "2001:db8::/64", id="IPv6"),
        pytest.param("2001:db8::1:2:3:4", True, "2001:db8::1:2:3:4/128", id="IPv6 exactly"),
    ],
)
def test_a_host_is_admitted_by_its_own_network(address: str, exact: bool, network: str) -> None:
    """One IPv4 address, and the /64 within which an IPv6 host changes its own."""
    assert network_of(ip_address(address), exact=exact) == network


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param({"label": "a\nb"}, "`label`: `a\\nb` contains a character", id="a label of two lines"),
        pytest.param({"label": "x" * 257}, "the limit is 256", id="a label that is too long"),
        pytest.param({"label": "  "}, "`label`: expected text", id="a label of spaces"),
        pytest.param({"label": "\x1b[31mred"}, "cannot be displayed", id="a label with an escape sequence"),
        pytest.param({"owner": "\t"}, "`owner`: expected text", id="an owner of white space"),
        pytest.param({"owner": "o" * 300}, "the limit is 256", id="an owner that is too long"),
        pytest.param({"expires": "2026-11-22"}, "expired 1 day ago", id="yesterday"),
        pytest.param({"expires": "tomorrow"}, "`expires`: `tomorrow` is not a date", id="a word"),
        pytest.param({"expires": "2026-02-30"}, "is not a date", id="no day of the calendar"),
        pytest.param({"expires": "20261231"}, "is not a date", id="another spelling of a day"),
        pytest.param({"expires": "9999-12-31"}, "is not a date", id="the last day there is"),
    ],
)
@pytest.mark.parametrize("replace", [False, True])
def test_an_entry_that_the_config_would_refuse_is_not_written(
    config: Path, written: dict[str, str], expected: str, replace: bool
) -> None:
    """In the config's own words, at the place where it would stand."""
    if replace and "label" not in written:
        add(config, "198.51.100.9/32")
    before = config.read_text()
    with pytest.raises(SettingsError) as refused:
        add(config, "198.51.100.7/32", replace=replace, **written)
    assert expected in str(refused.value)
    assert "config key `s3-perimeter:allowedNetworks`, entry 3" in str(refused.value)
    assert config.read_text() == before


def test_every_mistake_of_an_entry_is_said_at_once(config: Path) -> None:
    """And the day itself is still good."""
    with pytest.raises(SettingsError) as refused:
        add(config, "198.51.100.7/32", label=" ", owner=" ", expires="soon")
    assert [mistake.element for mistake in refused.value.mistakes] == [
        "entry 3, `label`",
        "entry 3, `owner`",
        "entry 3, `expires`",
    ]
    add(config, "198.51.100.7/32", expires="2026-11-23")


def test_a_mistake_of_another_entry_does_not_stop_this_one(tmp_path: Path) -> None:
    """The preview says it; the file is not made worse."""
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text("config:\n  s3-perimeter:allowedNetworks:\n    - office\n")
    assert add(path, "198.51.100.7/32") == ["198.51.100.7/32 was added (home)"]


@pytest.mark.parametrize(
    "option", [["--expires", "2099-01-01"], ["--owner", "me"], ["--replace"], ["--exact"]]
)
def test_an_option_about_the_entry_needs_an_entry(
    option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not passed over, and nobody is asked for an address."""
    assert main(["my-ip", *option]) == 2
    assert f"{option[0]} says how an entry is written" in capsys.readouterr().err


def test_somebody_without_the_stack_gets_lines_for_its_operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In no project at all; what they copy is an entry of the config as it is."""
    monkeypatch.chdir(tmp_path)
    with says("198.51.100.7") as one, says("198.51.100.7") as two:
        assert main(["my-ip", "--url", one, "--url", two]) == 0
        said = capsys.readouterr()
        assert said.out.splitlines() == ["IPv4  198.51.100.7", "IPv6  none"]
        head, _, entry = said.err.rpartition(":\n")
        assert "send this to whoever deploys the bucket" in " ".join(head.split())
        assert YAML(typ="safe").load(entry) == [{"cidr": "198.51.100.7/32", "label": "NAME"}]
        assert main(["my-ip", "--url", one, "--url", two, "--format", "json"]) == 0
        assert capsys.readouterr().err == ""


def test_the_selected_stack_is_the_one_to_add_to(
    monkeypatch: pytest.MonkeyPatch, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As everywhere else, and its name is said; a stack that is named comes first."""
    (config.parent / "Pulumi.yaml").write_text("name: x\n")
    (config.parent / "Pulumi.prod.yaml").write_text(CONFIG)
    monkeypatch.setenv("PULUMI_STACK", "dev")
    with says("198.51.100.7") as one, says("198.51.100.7") as two:
        asked = ["my-ip", "--add", "home", "--cwd", str(config.parent), "--url", one, "--url", two]
        assert main(asked) == 0
        assert "198.51.100.7/32" in config.read_text()
        assert "stack dev, which is selected" in capsys.readouterr().err
        assert main([*asked, "--stack", "prod"]) == 0
        assert "198.51.100.7/32" in (config.parent / "Pulumi.prod.yaml").read_text()
        assert "which is selected" not in capsys.readouterr().err
    with says("198.51.100.8") as one, says("198.51.100.8") as two:
        asked = ["my-ip", "--add", "a\tb", "--cwd", str(config.parent), "--url", one, "--url", two]
        assert main(asked) == 2
        assert "error: config key `s3-perimeter:allowedNetworks`, entry 4, `label`" in capsys.readouterr().err
