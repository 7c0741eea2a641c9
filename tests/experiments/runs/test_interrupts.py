"""What is started for a run does not hear the Ctrl-C of a terminal; who started it does."""

import subprocess
import sys
from pathlib import Path

import pytest

from spikewright.experiments.runs.interrupts import unheard

ROOT = Path(__file__).parents[3]
CHILD = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"


def test_a_process_of_the_block_never_hears_it() -> None:
    with unheard():
        inside = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True).stdout
    outside = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True).stdout
    assert (inside.strip(), outside.strip()) == ("True", "False")


HEARD = """
import os, signal
from spikewright.experiments.runs.interrupts import unheard
try:
    with unheard():
        os.kill(os.getpid(), signal.SIGINT)
        print("the block")
    print("what is after it")
except KeyboardInterrupt:
    print("heard")
"""


def test_this_process_hears_it_when_the_block_ends() -> None:
    """In a process of its own: threads of other tests would hear it at once."""
    said = subprocess.run([sys.executable, "-c", HEARD], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["the block", "heard"]


SPAWNED = """
import multiprocessing, time
from pathlib import Path
from spikewright.experiments.runs.interrupts import unheard
with unheard():
    process = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,))
    process.start()
status = Path(f"/proc/{process.pid}/status").read_text()
process.kill()
(blocked,) = [int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigBlk")]
print("deaf" if blocked & 2 else "hears it")
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="masks of other processes are read from /proc")
def test_the_first_process_that_multiprocessing_starts_never_hears_it() -> None:
    """The tracker of its resources, which starts with it, lets signals through again."""
    said = subprocess.run([sys.executable, "-c", SPAWNED], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.split("\n")[0] == "deaf"
