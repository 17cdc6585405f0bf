"""The probe of `perimeter verify`: a request to end waits for the clean-up, and is not forgotten by it."""

from __future__ import annotations

import signal

import pytest

from s3_perimeter.commands.verify.probe import ends_in_order, undisturbed

ENDS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
def test_a_request_to_end_that_comes_during_the_clean_up_is_heard_after_it(number: signal.Signals) -> None:
    """Dropped, it would let an interrupted run end with exit code 0."""
    cleaned = False
    with pytest.raises(KeyboardInterrupt), ends_in_order(), undisturbed():
        signal.raise_signal(number)
        cleaned = True
    assert cleaned


@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
def test_the_handlers_from_before_are_back_afterwards(number: signal.Signals) -> None:
    """Nothing of the command stays in a process that goes on."""
    before = signal.getsignal(number)
    with ends_in_order(), undisturbed():
        pass
    assert signal.getsignal(number) is before
