"""Cells on the workers of a Dask scheduler, on this machine or on many."""

import asyncio
import concurrent.futures
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, ClassVar

from spikewright import InvalidInput
from spikewright.experiments.runs.interrupts import unheard
from spikewright.experiments.runs.orders import CellOutcome, Order, fault_of
from spikewright.experiments.runs.performing import perform
from spikewright.experiments.runs.runners.base import Runner, cut_off, lost
from spikewright.experiments.runs.threads import KERNELS, share
from spikewright.optional import require

WAIT_S = 10
"""How long a scheduler may take to answer."""
GONE_S = 60
"""How long a scheduler that was killed may take to be there again."""
COUNTED_EVERY_S = 1.0
BROKEN = (OSError, asyncio.CancelledError, concurrent.futures.CancelledError)
"""What is raised when the way to a result breaks while it is fetched; the cell itself is stored."""


class DaskRunner(Runner):
    """The workers of the scheduler at `address`, or of a cluster of `workers` processes that is made here.

    adaptive: between one and `workers` processes, as many as there is work for. Raises InvalidInput where no scheduler answers,
    MissingTool without the package distributed.
    """

    name: ClassVar[str] = "dask"

    def __init__(self, address: str | None = None, workers: int = 1, *, adaptive: bool = False) -> None:
        self.address, self.workers = address, workers
        self.cluster = None if address is not None else _cluster(workers, adaptive=adaptive)
        self.client = _client(self.cluster or address)
        self.counted, self.found = float("-inf"), 0
        self.running: dict[Any, str] = {}
        self.back: SimpleQueue[Any] = SimpleQueue()

    @property
    def slots(self) -> int:
        """How many workers there were a moment ago."""
        now = time.monotonic()
        if now - self.counted > COUNTED_EVERY_S and self.client.status == "running":
            self.counted = now
            with suppress(OSError):  # the scheduler has gone: `outcomes` sees to it
                self.found = len(self.client.scheduler_info(n_workers=-1)["workers"])
        return max(1, self.found)

    @property
    def most(self) -> int:
        """Several for each worker: an order takes a while to get there. None while the scheduler does not answer."""
        return 3 * self.slots if self.client.status == "running" else 0

    @property
    def busy(self) -> int:
        """How many orders have not come back."""
        return len(self.running)

    def start(self, order: Order) -> None:
        """Send an order to the scheduler."""
        future = self.client.submit(perform, order, key=f"{order.cell.key}-{time.monotonic_ns()}", pure=False)
        self.running[future] = order.cell.key
        future.add_done_callback(self.back.put)

    def outcomes(self, seconds: float) -> Iterator[CellOutcome]:
        """What came back. Raises InvalidInput when the scheduler has gone for good."""
        if self.client.status == "closed":
            self._connect_again()
        try:
            future = self.back.get(timeout=seconds)
        except Empty:
            return
        while future is not None:
            if future in self.running:
                yield self._outcome(future, self.running.pop(future))
            future = None if self.back.empty() else self.back.get()

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

    def _connect_again(self) -> None:
        """Look for the scheduler after ever longer pauses. Raises InvalidInput when it has gone for good."""
        pause, end = 1.0, time.monotonic() + GONE_S
        while self.cluster is None and time.monotonic() < end:
            with suppress(InvalidInput):
                self.client = _client(self.address)
                return
            time.sleep(pause)
            pause *= 2
        raise InvalidInput(
            f"expected the scheduler at {self.address or 'this machine'} to answer, got its end; "
            "start it again, and run the same command: what is finished is stored"
        )

    def close(self) -> None:
        """Take back what has not come back; end the cluster that was made here."""
        try:
            self.client.cancel(list(self.running), force=True)
        except Exception:  # the scheduler has gone, and its work with it
            logging.getLogger("spikewright").debug("no scheduler to take orders back from", exc_info=True)
        self.running.clear()
        self.client.close(timeout=WAIT_S)
        if self.cluster is not None:
            self.cluster.close(timeout=WAIT_S)

    def describe(self) -> Mapping[str, object]:
        """What a run's record says of it."""
        return {"runner": self.name, "workers": self.slots, "scheduler": self.address or "on this machine"}


def _cluster(workers: int, *, adaptive: bool) -> Any:
    distributed = require("distributed")
    environment = {KERNELS: str(share(workers)), "OMP_NUM_THREADS": "1"}
    with unheard():
        cluster = distributed.LocalCluster(
            n_workers=1 if adaptive else workers, threads_per_worker=1, processes=True, dashboard_address=None,
            memory_limit=0, silence_logs=logging.CRITICAL, env=environment,
        )  # fmt: skip
    if adaptive:
        cluster.adapt(minimum=1, maximum=workers)
    return cluster


def _client(place: Any) -> Any:
    distributed = require("distributed")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        return distributed.Client(place, timeout=WAIT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # TypeError: tls without its certificates
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise InvalidInput(
            f"expected a Dask scheduler at {place}, got: {reason}; try `dask scheduler` there first"
        ) from error
