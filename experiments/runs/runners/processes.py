"""Cells side by side in processes of this machine (loky, never fork), which divide its processors."""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, ClassVar

from spikewright.experiments.runs.interrupts import unheard
from spikewright.experiments.runs.orders import CellOutcome, Order, fault_of
from spikewright.experiments.runs.performing import perform
from spikewright.experiments.runs.runners.base import Runner, lost
from spikewright.experiments.runs.threads import KERNELS, share

LOOKED_EVERY_S = 1.0


class ProcessRunner(Runner):
    """`workers` processes; one that dies takes what the others do with it, and all of that is made again by new ones."""

    name: ClassVar[str] = "processes"

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.running: dict[Future[CellOutcome], str] = {}
        self.pool: Any = None

    @property
    def slots(self) -> int:
        """How many processes there are."""
        return self.workers

    @property
    def most(self) -> int:
        """One more for each process, so that none waits for the next order."""
        return 2 * self.workers

    @property
    def busy(self) -> int:
        """How many orders have not come back."""
        return len(self.running)

    def start(self, order: Order) -> None:
        """Send an order to the processes."""
        with unheard():
            self.pool = self.pool or _pool(self.workers)
            try:
                future = self.pool.submit(perform, order)
            except BrokenProcessPool:  # broken by another order: this one starts in new processes
                self.pool = _pool(self.workers)
                future = self.pool.submit(perform, order)
            self.running[future] = order.cell.key

    def outcomes(self, seconds: float) -> Iterator[CellOutcome]:
        """What came back, what was lost with a process included."""
        if not self.running:
            time.sleep(seconds)
            return
        for future in wait(self.running, seconds, FIRST_COMPLETED).done:
            key = self.running.pop(future)
            try:
                yield future.result()
            except BrokenProcessPool:
                yield lost(key)
            except Exception as error:  # what could not be sent to a process or back
                yield CellOutcome(key, fault_of(error))

    def close(self) -> None:
        """End the processes."""
        if self.pool is not None:
            self.pool.shutdown(wait=True, kill_workers=True)
        self.pool = None
        self.running.clear()


def _pool(workers: int) -> Any:
    from joblib.externals.loky import ProcessPoolExecutor

    threads = str(share(workers))
    environment = {KERNELS: threads, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    return ProcessPoolExecutor(workers, timeout=None, env=environment, initializer=end_with, initargs=(os.getpid(),))


def end_with(runner: int) -> None:
    """End this process when that of the runner has ended, so that nothing works on for nobody."""

    def look() -> None:
        while os.getppid() == runner:
            time.sleep(LOOKED_EVERY_S)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()
