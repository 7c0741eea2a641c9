"""Processes end with the runner that started them."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from spikewright.experiments.runs.orders import Order, bare
from spikewright.experiments.runs.runners.processes import ProcessRunner
from tests.experiments.records.made_records import store_in
from tests.experiments.runs.cheap import cheap

START = """
import os, sys
from spikewright.experiments.runs.runners.processes import end_with
end_with(os.getppid())
print("started", flush=True)
sys.stdin.read()
import threading
threading.Event().wait()
"""
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_what_cannot_be_sent_is_a_fault_and_not_an_end(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    bad = cheap("bad")
    order = Order(bare(bad), {}, str(tmp_path), store.number)
    bad_order = replace(
        order, cell=replace(order.cell, place={"data": (one for one in ())})
    )  # no generator can be sent
    bad_order.cell.__dict__["key"] = bad.key
    with ProcessRunner(1) as runner:
        runner.start(bad_order)
        found = []
        while runner.busy:
            found += list(runner.outcomes(5))
    assert found[0].fault is not None


def test_a_process_ends_when_its_runner_was_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    for _ in range(600):  # it looks once a second
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    raise AssertionError(f"process {child} is still there")
