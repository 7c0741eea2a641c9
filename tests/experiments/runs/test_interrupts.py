"""What is started for a run does not hear the Ctrl-C of a terminal; who started it does."""

import os
import signal
import subprocess
import sys

import pytest

from spikewright.experiments.runs.interrupts import unheard

CHILD = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"


def test_a_process_of_the_block_never_hears_it() -> None:
    with unheard():
        inside = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True).stdout
    outside = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True).stdout
    assert (inside.strip(), outside.strip()) == ("True", "False")


def test_this_process_hears_it_when_the_block_ends() -> None:
    ended = []
    with pytest.raises(KeyboardInterrupt):
        with unheard():
            os.kill(os.getpid(), signal.SIGINT)
            ended.append("the block")
        ended.append("what is after it")
    assert ended == ["the block"]
