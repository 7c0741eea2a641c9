"""Samples in parallel: Python threads, each with buffers of its own, running kernels that hold no lock.

No kernel is parallel inside, so nothing waits at barriers, nothing spins beside torch's threads, and a process that has
simulated may still fork. What a sample answers does not depend on who computes it. An interrupt reaches the main thread
while it waits; the others look for it between kernels (`Buffers.check`).
"""

import os
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from queue import Empty, SimpleQueue
from threading import Event

from spikewright import InvalidInput
from spikewright.progress import outermost
from spikewright.snn.event.buffers import Buffers, IdleBuffers, Stopped

EVERY = 0.5
"""Seconds between two words about how far a simulation is."""
_chosen: list[int] = []


def set_threads(count: int) -> None:
    """How many threads simulations use from now on. Raises InvalidInput for fewer than one.

    Until this is called: NUMBA_NUM_THREADS of the environment, else one for each processor that the process may use.
    """
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise InvalidInput(f"expected at least 1 thread, got {count!r}")
    _chosen[:] = [count]


def get_threads() -> int:
    """How many threads simulations use."""
    if _chosen:
        return _chosen[0]
    told = os.environ.get("NUMBA_NUM_THREADS", "")
    if told.isdigit() and int(told) > 0:
        return int(told)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def over_chunks(total: int, most: int, work: Callable[[slice, Buffers], None], idle: IdleBuffers | None = None) -> None:
    """Call `work(samples, buffers)` for chunks of at most `most` samples out of `total`, in threads.

    `idle`: buffers that such work left before; this one leaves its own there.
    An error in one chunk, or an interrupt, stops the others at their next kernel and is raised here.
    """
    threads, idle = min(get_threads(), total), idle or IdleBuffers()
    size = max(1, min(most, -(-total // threads)))
    waiting: SimpleQueue[slice] = SimpleQueue()
    for start in range(0, total, size):
        waiting.put(slice(start, min(start + size, total)))
    if threads == 1:
        _work_off(waiting, work, Event(), idle)
        return
    stop = Event()
    with ThreadPoolExecutor(threads) as pool:
        tasks = [pool.submit(_work_off, waiting, work, stop, idle) for _ in range(threads)]
        try:
            _tell_until_done(tasks, total, lambda: size * (waiting.qsize() + threads))
            for task in tasks:
                task.result()
        finally:
            stop.set()


def _tell_until_done(tasks: "list[Future[None]]", total: int, left: Callable[[], int]) -> None:
    """Wait for all tasks, or for the first that fails, and say meanwhile how many samples are done."""
    while (found := wait(tasks, EVERY, FIRST_EXCEPTION)).not_done and not any(task.exception() for task in found.done):
        outermost("samples", max(0, total - left()), total)
    outermost("samples", total, total)


def _work_off(
    waiting: "SimpleQueue[slice]", work: Callable[[slice, Buffers], None], stop: Event, idle: IdleBuffers
) -> None:
    buffers = idle.take(stop)
    while not stop.is_set():
        try:
            samples = waiting.get_nowait()
        except Empty:
            idle.leave(buffers)
            return
        try:
            work(samples, buffers)
        except Stopped:
            return
        except BaseException:
            stop.set()
            raise
