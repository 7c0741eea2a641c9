"""What is the event engine's own: memory, interrupts, the line about compilation, events that are kept for later."""

import logging
import signal
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from spikewright.snn import (
    IF,
    Conv2d,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    TerminateDelta,
    dense,
    simulate,
)
from tests.snn.small import threads

HANG_S = 240
"""How long a test waits for a child before it gives up: a limit against hanging, no measure of speed."""
LONG = """
import signal, sys
import numpy as np
from spikewright.snn import *
from spikewright.snn.event.engine import EventRun

set_threads(int(sys.argv[1]))
random = np.random.default_rng(0)
weights = random.normal(size=(64, 32, 3, 3)).astype(np.float32)
parts = (Population("in", (32, 32, 32), Source()), Population("a", (64, 32, 32), IF(1.0)))
network = Network(
    (*parts, Population("out", (64, 32, 32), SignedIF(4.0))),
    (Projection("in", "a", Conv2d(dense(weights), padding=(1, 1))), Projection("a", "out", Identity())),
    "in", "out", RateCode(20_000), readout="count",
)
images = np.full((int(sys.argv[2]), 32, 32, 32), 0.2, np.float32)
simulate(network, images, steps=64)  # all kernels are loaded: an interrupt inside their loading may be lost
finished, interrupted_at = [], []
answer = EventRun._answer

def counted(self, population, chunk, traced):
    result = answer(self, population, chunk, traced)
    finished.append(population.name)
    if len(finished) == 8:
        print("running", flush=True)
    return result

def interrupt(*_):
    interrupted_at.append(len(finished))
    raise KeyboardInterrupt

EventRun._answer = counted
signal.signal(signal.SIGINT, interrupt)
try:
    simulate(network, images, steps=20_000)
except KeyboardInterrupt:
    print(interrupted_at[0], len(finished), flush=True)
"""


def small(code, neuron=None, **parts) -> Network:
    """Eight inputs, a hidden population of six, three classes; sums are exact."""
    random = np.random.default_rng(0)
    first, last = ((random.integers(-16, 17, shape) / 16).astype(np.float32) for shape in ((6, 8), (3, 6)))
    hidden = Population("a", (6,), neuron or IF(1.0), 0.125)
    return Network(
        (Population("in", (8,), Source()), hidden, Population("out", (3,), Integrator())),
        (Projection("in", "a", Linear(dense(first))), Projection("a", "out", Linear(dense(last)))),
        "in", "out", code, **parts,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("threads", [1, 2])
def test_an_interrupt_stops_a_long_simulation(threads: int) -> None:
    """At the next kernel: of the thousands of answers of populations that are left, each thread gives one or two."""
    samples = 4
    command = [sys.executable, "-c", LONG, str(threads), str(samples)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as child:
        assert child.stdout is not None
        try:
            assert child.stdout.readline() == "running\n"
            child.send_signal(signal.SIGINT)
            before, after = map(int, child.stdout.readline().split())
            assert child.wait(timeout=HANG_S) == 0
        finally:
            child.kill()
    left = samples * 2 * 20_000 // 32 - before
    assert left > 2000
    assert after - before <= 20


def peak(network: Network, images: np.ndarray, steps: int) -> int:
    """Bytes at most while simulating in one thread, but for the logits over time, which are asked for.

    Two threads have buffers of their own, and how many of them get any work is up to the machine.
    """
    simulate(network, images[:2], steps=steps)
    with threads(1):
        tracemalloc.start()
        activity = simulate(network, images, steps=steps)
        bytes_at_most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return bytes_at_most - activity.logits_over_time.nbytes


def test_memory_grows_neither_with_steps_nor_with_batch() -> None:
    random = np.random.default_rng(1)
    kernel, readout = random.normal(size=(16, 3, 3, 3)), random.normal(size=(4, 16 * 30 * 30))
    network = Network(
        (Population("in", (3, 32, 32), Source()), Population("a", (16, 30, 30), IF(1.0)), Population("out", (4,), Integrator())),
        (
            Projection("in", "a", Conv2d(dense(kernel.astype(np.float32)))),
            Projection("a", "out", Linear(dense(readout.astype(np.float32)))),
        ),
        "in", "out", RateCode(32),
    )  # fmt: skip
    images = random.random((64, 3, 32, 32), dtype=np.float32)
    few, many, batch = peak(network, images[:16], 32), peak(network, images[:16], 640), peak(network, images, 32)
    assert many < 1.2 * few
    assert batch < 1.2 * few + 2 * images.nbytes


def test_long_delays_keep_what_was_sent() -> None:
    """A delay longer than any chunk of steps: the same spikes, later."""
    network = small(RateCode(120))
    late = tuple(Projection(q.source, q.target, q.synapse, delay=50 * (q.target == "out")) for q in network.projections)
    delayed = Network(network.populations, late, "in", "out", network.code)
    images = np.random.default_rng(3).random((5, 8), dtype=np.float32)
    prompt, tardy = (simulate(n, images) for n in (network, delayed))
    np.testing.assert_array_equal(tardy.logits_over_time[50:], prompt.logits_over_time[:-50])
    assert not tardy.logits_over_time[:50].any()
    np.testing.assert_array_equal(tardy.spikes["a"], prompt.spikes["a"])


def test_a_decision_ends_the_work_of_a_sample() -> None:
    """What a sample sends and adds is what the same run sends and adds up to that step."""
    images = np.random.default_rng(5).random((9, 8), dtype=np.float32)
    early = simulate(small(RateCode(40), decision=TerminateDelta(3.0)), images, record=["rasters"])
    assert early.decision_step.min() < 40
    for sample, steps in enumerate(early.decision_step):
        alone = simulate(small(RateCode(40)), images[sample : sample + 1], record=["rasters"])
        np.testing.assert_array_equal(early.rasters["a"][:steps, sample], alone.rasters["a"][:steps, 0])
        assert not early.rasters["a"][steps:, sample].any()
        assert early.spikes["a"][sample] == alone.rasters["a"][:steps].sum()
        np.testing.assert_array_equal(early.logits[sample], alone.logits_over_time[steps - 1, 0])


def test_the_library_is_quiet_otherwise(caplog) -> None:
    images = np.random.default_rng(5).random((2, 8), dtype=np.float32)
    simulate(small(RateCode(5)), images)
    with caplog.at_level(logging.DEBUG, logger="snn"):
        simulate(small(RateCode(5)), images)
    assert not caplog.records
