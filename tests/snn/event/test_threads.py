"""Work in chunks over threads: everything once, errors and interrupts stop the rest, nothing spins."""

import threading

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.snn import get_threads, set_threads
from spikewright.snn.event.buffers import Buffers, IdleBuffers
from spikewright.snn.event.threads import over_chunks


@pytest.fixture(autouse=True)
def threads_as_before():
    before = get_threads()
    yield
    set_threads(before)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize(("total", "most"), [(1, 4), (7, 3), (100, 8), (3, 100)])
def test_every_sample_once(threads: int, total: int, most: int) -> None:
    set_threads(threads)
    seen = np.zeros(total, int)

    def work(samples: slice, _: Buffers) -> None:
        assert 0 < samples.stop - samples.start <= most
        seen[samples] += 1

    over_chunks(total, most, work)
    assert (seen == 1).all()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_stops_the_others(error: type[BaseException]) -> None:
    set_threads(2)
    done = []

    def work(samples: slice, buffers: Buffers) -> None:
        if samples.start == 3:
            raise error
        done.append(samples.start)
        while samples.start > 3:  # a long one: it ends when it is told to
            buffers.check()
            threading.Event().wait(0.001)

    with pytest.raises(error):
        over_chunks(1000, 1, work)
    assert set(done) <= {0, 1, 2, 4}


def test_threads_have_their_own_buffers() -> None:
    set_threads(2)
    owners: dict[int, set[int]] = {}
    both = threading.Barrier(2, timeout=240)

    def work(_: slice, buffers: Buffers) -> None:
        if id(buffers) not in owners:
            owners[id(buffers)] = set()
            both.wait()  # neither thread goes on before the other has work, too
        owners[id(buffers)].add(threading.get_ident())

    over_chunks(40, 1, work)
    assert len(owners) == 2
    assert all(len(threads) == 1 for threads in owners.values())


def test_buffers_are_left_for_the_next_run_unless_it_failed() -> None:
    set_threads(2)
    idle, seen = IdleBuffers(), []
    for _ in range(2):
        over_chunks(1, 1, lambda _, buffers: seen.append(buffers), idle)
    assert seen[0] is seen[1]

    def fail(_: slice, buffers: Buffers) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        over_chunks(1, 1, fail, idle)
    over_chunks(1, 1, lambda _, buffers: seen.append(buffers), idle)
    assert seen[2] is not seen[0]


@pytest.mark.parametrize("count", [0, -1, 1.5, True, "2"])
def test_bad_counts(count: object) -> None:
    with pytest.raises(InvalidInput, match="at least 1 thread"):
        set_threads(count)  # type: ignore[arg-type]
