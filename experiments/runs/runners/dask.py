"""Cells on the workers of a Dask scheduler, on this machine or on many."""

import asyncio
import concurrent.futures
import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic_ns
from typing import Any, ClassVar

from spikewright.experiments.runs.interrupts import unheard
from spikewright.experiments.runs.orders import CellOutcome, Order, fault_of
from spikewright.experiments.runs.performing import perform
from spikewright.experiments.runs.runners.base import Runner, cut_off, lost
from spikewright.experiments.runs.runners.scheduler_link import WAIT_S, SchedulerLink
from spikewright.experiments.runs.threads import KERNELS, share
from spikewright.optional import require

BROKEN = (OSError, asyncio.CancelledError, concurrent.futures.CancelledError)
"""What is raised when the way to a result breaks while it is fetched; the cell itself is stored."""


class DaskRunner(Runner):
    """The workers of the scheduler at `address`, or of a cluster of `workers` processes that is made here.

    adaptive: between one and `workers` processes, as many as there is work for. Raises InvalidInput where no scheduler answers,
    MissingTool without the package distributed.
    """

    name: ClassVar[str] = "dask"

    def __init__(self, address: str | None = None, workers: int = 1, *, adaptive: bool = False) -> None:
        self.address = address
        self.cluster = None if address is not None else _cluster(workers, adaptive=adaptive)
        self.link = SchedulerLink(self.cluster or address, address or "this machine")
        self.running: dict[Any, str] = {}
        self.back: SimpleQueue[Any] = SimpleQueue()
        self.unsent: list[str] = []

    @property
    def slots(self) -> int:
        """How many workers there were a moment ago."""
        return max(1, self.link.workers)

    @property
    def most(self) -> int:
        """Several for each worker: an order takes a while to get there. None while the scheduler does not answer."""
        return 3 * self.slots if self.link.open else 0

    @property
    def trouble(self) -> str:
        """A scheduler that does not answer, or has no workers."""
        return self.link.trouble

    @property
    def busy(self) -> int:
        """How many orders have not come back."""
        return len(self.running) + len(self.unsent)

    def start(self, order: Order) -> None:
        """Send an order to the scheduler."""
        distributed = require("distributed")
        try:
            future = self.link.client.submit(perform, order, key=f"{order.cell.key}-{monotonic_ns()}", pure=False)
        except (OSError, distributed.client.ClosedClientError):  # the scheduler has just gone: `outcomes` sees to it
            self.unsent.append(order.cell.key)
            return
        self.running[future] = order.cell.key
        future.add_done_callback(self.back.put)

    def outcomes(self, seconds: float) -> Iterator[CellOutcome]:
        """What came back, or was cut off. Raises InvalidInput when the scheduler has gone for good."""
        sent = list(self.running)
        if self.link.look():
            yield from (cut_off(self.running.pop(future)) for future in sent)
        while self.unsent:
            yield cut_off(self.unsent.pop())
        with suppress(Empty):
            future = self.back.get(timeout=seconds)
            while True:
                if future in self.running:
                    yield self._outcome(future, self.running.pop(future))
                future = self.back.get_nowait()

    def _outcome(self, future: Any, key: str) -> CellOutcome:
        from distributed.scheduler import KilledWorker

        if future.status == "finished":
            with suppress(*BROKEN):
                made: CellOutcome = future.result(WAIT_S)
                return made
        if future.status != "error":
            return cut_off(key)
        error = future.exception()
        return lost(key) if isinstance(error, KilledWorker) else CellOutcome(key, fault_of(error))

    def close(self) -> None:
        """Take back what has not come back; end the cluster that was made here."""
        try:
            if self.link.open:
                self.link.client.cancel(list(self.running), force=True)
        except Exception:  # the scheduler has gone, and its work with it
            logging.getLogger("spikewright").debug("no scheduler to take orders back from", exc_info=True)
        self.running.clear()
        self.link.close()
        if self.cluster is not None:
            self.cluster.close(timeout=WAIT_S)

    def describe(self) -> Mapping[str, object]:
        """What a run's record says of it."""
        return {"runner": self.name, "workers": self.slots, "scheduler": self.address or "on this machine"}


def _cluster(workers: int, *, adaptive: bool) -> Any:
    """Processes of this machine. A cell that ends its process is not tried again by Dask: the schedule of the run does that."""
    distributed = require("distributed")
    import dask

    environment = {KERNELS: str(share(workers)), "OMP_NUM_THREADS": "1"}
    with unheard(), dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        cluster = distributed.LocalCluster(
            n_workers=1 if adaptive else workers, threads_per_worker=1, processes=True, dashboard_address=":0",
            memory_limit=0, silence_logs=logging.CRITICAL, env=environment,
        )  # fmt: skip
    if adaptive:
        cluster.adapt(minimum=1, maximum=workers)
    return cluster
