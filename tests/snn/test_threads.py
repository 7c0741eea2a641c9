"""Work in chunks over threads: everything once, errors and interrupts stop the rest, nothing spins."""

import threading

import numpy as np
import pytest

from snn import get_threads, set_threads
from snn.engines.buffers import Buffers
from snn.engines.threads import over_chunks
from spikewright import InvalidInput


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

    def work(samples: slice, _: Buffers) -> None:
        if samples.start == 3:
            raise error
        done.append(samples.start)
        threading.Event().wait(0.002)

    with pytest.raises(error):
        over_chunks(1000, 1, work)
    assert len(done) < 900


def test_threads_have_their_own_buffers() -> None:
    set_threads(2)
    owners: dict[int, set[int]] = {}

    def work(_: slice, buffers: Buffers) -> None:
        owners.setdefault(id(buffers), set()).add(threading.get_ident())
        threading.Event().wait(0.001)

    over_chunks(40, 1, work)
    assert all(len(threads) == 1 for threads in owners.values())


@pytest.mark.parametrize("count", [0, -1, 1.5, True, "2"])
def test_bad_counts(count: object) -> None:
    with pytest.raises(InvalidInput, match="at least 1 thread"):
        set_threads(count)  # type: ignore[arg-type]
