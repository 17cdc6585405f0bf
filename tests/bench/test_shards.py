"""The measurement of a fleet over several processes: every stack is in exactly one of them."""

from pathlib import Path

import pytest

from bench.bench_shards import checked
from bench.canned import states


@pytest.mark.slow
def test_a_fleet_is_checked_once_by_all_processes_together(tmp_path: Path) -> None:
    """All but the one whose state cannot be read, which is reported by the exit code."""
    assert len(list(states(tmp_path, 9))) == 9
    assert all(seconds > 0 for seconds in checked(tmp_path, 2, 9))


@pytest.mark.slow
def test_a_stack_that_no_process_checks_ends_the_measurement(tmp_path: Path) -> None:
    """A figure for less work than it says is none."""
    list(states(tmp_path, 9))
    (tmp_path / "s0.json").unlink()
    with pytest.raises(AssertionError, match="7 stacks in sync"):
        checked(tmp_path, 2, 9)
