"""Which packs judge a preview: one rule for `perimeter preview` and `perimeter plan`, and each says which."""

from __future__ import annotations

import argparse
import json
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from s3_perimeter import AddressSet
from s3_perimeter.commands import plan, preview
from s3_perimeter.commands.plan.effect import Effect
from s3_perimeter.commands.plan.render import as_markdown, as_text
from s3_perimeter.commands.plan.scripts import effect_json
from s3_perimeter.commands.preview.render import render
from s3_perimeter.previews.packs import Pack, chosen_packs, pack_words
from s3_perimeter.reporting.errors import CommandError

INSTALLED = Path(__file__).resolve().parents[3] / "policies"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without a pack, in the working directory."""
    (tmp_path / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(command: str, *words: str) -> argparse.Namespace:
    """The arguments of a command."""
    parser = argparse.ArgumentParser()
    {"plan": plan, "preview": preview}[command].configure(parser)
    return parser.parse_args(words)


def pack_in(folder: Path) -> Path:
    """Make the folder a policy pack."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\n")
    return folder


both = pytest.mark.parametrize("command", ["plan", "preview"])


@both
@pytest.mark.parametrize("folder", [None, "empty", "documents"])
def test_a_program_without_a_pack_is_judged_by_the_installed_one(
    command: str, folder: str | None, project: Path
) -> None:
    """A folder `policies` that is no pack does not count, as one with policy documents in it."""
    if folder:
        (project / "policies").mkdir()
    if folder == "documents":
        (project / "policies" / "bucket.json").write_text("{}")
    assert chosen_packs(given(command)) == (Pack(INSTALLED, "installed"),)


@both
@pytest.mark.usefixtures("project")
def test_without_any_pack_nothing_is_judged(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout whose own folder was taken away is no reason for an internal error."""
    monkeypatch.delattr("s3_perimeter.policies", raising=False)
    monkeypatch.setitem(sys.modules, "s3_perimeter.policies", None)
    with pytest.raises(CommandError, match="no policy pack judges this") as raised:
        chosen_packs(given(command))
    assert "--policy-pack" in raised.value.hint


@both
@pytest.mark.parametrize("cwd", [(), ("--cwd", "below")], ids=["here", "from-below"])
def test_the_packs_of_the_program_come_before_the_installed_one(
    command: str, cwd: tuple[str, ...], project: Path
) -> None:
    """Next to Pulumi.yaml, wherever in the project the command runs."""
    pack = pack_in(project / "policies")
    assert chosen_packs(given(command, *cwd)) == (Pack(pack, "program"),)


@both
def test_packs_that_are_named_are_the_only_ones(command: str, project: Path) -> None:
    """Each with its config."""
    pack_in(project / "policies")
    packs = [pack_in(project / "a"), pack_in(project / "b")]
    configs = [project / "a.json", project / "b.json"]
    for config in configs:
        config.write_text("{}")
    words = [word for pack in packs for word in ("--policy-pack", str(pack))]
    words += [word for config in configs for word in ("--policy-pack-config", str(config))]
    chosen = chosen_packs(given(command, *words))
    assert [(pack.folder, pack.source, pack.config) for pack in chosen] == [
        (pack, "option", config) for pack, config in zip(packs, configs, strict=True)
    ]
    assert pack_words(chosen) == words


@both
def test_everything_wrong_with_the_packs_is_reported_at_once(command: str, project: Path) -> None:
    """Before anything is started."""
    (project / "list.json").write_text("[]")
    with pytest.raises(CommandError) as refused:
        chosen_packs(
            given(
                command,
                *("--policy-pack", "nowhere"),
                *("--policy-pack-config", "list.json", "--policy-pack-config", "none.json"),
            )
        )
    said = str(refused.value)
    assert "nowhere` contains no PulumiPolicy.yaml" in said
    assert "list.json` is not the config of a pack: it contains no JSON object" in said
    assert "there is no file `" in said
    assert "1 packs and 2 pack configs were given" in said


@pytest.mark.parametrize(
    ("packs", "sentence"),
    [
        pytest.param(
            [Pack(INSTALLED, "installed")],
            f"policy pack: s3-perimeter {version('s3-perimeter')}, installed",
            id="installed",
        ),
        pytest.param([Pack(Path("policies").resolve(), "program")], "policy pack: policies", id="program"),
        pytest.param(
            [Pack(Path("a").resolve(), "option"), Pack(Path("b").resolve(), "option")],
            "policy packs: a; b",
            id="named",
        ),
        pytest.param([], "policy pack: none", id="none"),
    ],
)
def test_both_commands_report_which_pack_ran(packs: list[Pack], sentence: str) -> None:
    """A result without a violation is not taken for that of another pack, or of none."""
    effect = Effect("acme", 0, (), (), True, (), None, None, AddressSet.nothing(), unreachable=(), untold=())
    assert sentence in as_text(effect, [], "dev", packs).splitlines()
    assert f"- {sentence}" in as_markdown(effect, [], "dev", packs).splitlines()
    assert sentence in render([], "text", "Pulumi.yaml", packs).splitlines()
    assert sentence in render([], "markdown", "Pulumi.yaml", packs)
    assert json.loads(effect_json(effect, [], "dev", packs))["policy_packs"] == [
        {"folder": str(pack.folder), "source": pack.source, "config": None} for pack in packs
    ]
