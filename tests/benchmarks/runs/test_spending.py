"""What a process has is read from the system, and the processes below it are found."""

import subprocess
import sys

from benchmarks.runs.spending import descendants, processor_seconds, resident_mb, spending


def test_a_child_is_seen_and_counted_until_it_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in descendants() and processor_seconds(child.pid) >= 0
        child.communicate(b"\n")
    assert child.pid not in descendants() and processor_seconds(child.pid) == resident_mb(child.pid) == 0


def test_the_most_memory_of_a_block() -> None:
    with spending() as spent:
        held = bytearray(b"x") * (64 * 2**20)
        assert len(held)
    assert spent.most_mb > 60 and spent.wall_s >= 0 and spent.workers_s == 0
