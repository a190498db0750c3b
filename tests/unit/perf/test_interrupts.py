"""Ctrl-C and SIGTERM, in this process."""

import os
import signal

import pytest

from perf.bench.interrupts import sigterm_interrupts, undisturbed

pytestmark = pytest.mark.unit


def test_sigterm_is_an_interrupt():
    """Whoever ends the benchmark politely has everything ended that it started."""
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), sigterm_interrupts():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_ends_processes_is_let_finish(number: signal.Signals):
    """A second Ctrl-C does not leave half of them running."""
    done = False
    with sigterm_interrupts(), undisturbed():
        os.kill(os.getpid(), number)
        done = True
    assert done


def test_interrupts_come_again_afterwards():
    """Only the block is protected."""
    with undisturbed():
        pass
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
