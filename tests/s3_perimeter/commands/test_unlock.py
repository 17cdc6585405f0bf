"""The ways back in, told from outside of the fence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from s3_perimeter.commands.main import main
from tests.s3_perimeter.commands.engine_answers import CONFIG, answers, state

ROLE = "arn:aws:iam::111122223333:role/break-glass"


def test_every_way_back_is_told_with_its_commands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Root's is there always, a break-glass principal's where the config names one."""
    answers(monkeypatch, tmp_path, export=state())
    assert main(["unlock", "--stack", "dev"]) == 0
    told = capsys.readouterr().out
    command = "aws s3api delete-bucket-policy --bucket example-bucket --expected-bucket-owner 111122223333"
    assert command in told
    assert "203.0.113.0/24" in told
    assert "break-glass" not in told
    config = {**CONFIG, "s3-perimeter:breakGlassPrincipals": {"value": "", "objectValue": [ROLE]}}
    answers(monkeypatch, tmp_path, export=state(), config=config)
    assert main(["unlock", "--stack", "dev", "--format", "json"]) == 0
    ways = json.loads(capsys.readouterr().out)["ways"]
    assert ways[1]["who"] == ROLE
    assert ways[1]["commands"][0].startswith(f"aws sts assume-role --role-arn {ROLE} ")
