"""One run at a time, and none that is dead."""

import subprocess
import sys
from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.runs.lock import holder, is_held, only_run

HOLD = """
import sys, pathlib
from spikewright.experiments.runs.lock import only_run
with only_run(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_is_held_for_its_block(tmp_path: Path) -> None:
    assert not is_held(tmp_path) and holder(tmp_path) == "an unknown process"
    with only_run(tmp_path):
        assert is_held(tmp_path) and holder(tmp_path).startswith("process ")
    assert not is_held(tmp_path)


def test_a_dead_holder_holds_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    with pytest.raises(InvalidFile, match=f"got one: process {process.pid} on"), only_run(tmp_path):
        pass
    process.kill()
    process.communicate()
    with only_run(tmp_path):
        assert f"process {process.pid}" not in holder(tmp_path)
