"""Cells one after the other in this process."""

from collections import deque
from collections.abc import Iterator
from typing import ClassVar

from spikewright import Progress, silent
from spikewright.experiments.runs.orders import CellOutcome, Order
from spikewright.experiments.runs.performing import perform
from spikewright.experiments.runs.runners.base import Runner


class HereRunner(Runner):
    """One cell at a time, here; `progress` hears of the stages inside."""

    name: ClassVar[str] = "here"
    slots = 1

    def __init__(self, progress: Progress = silent) -> None:
        self.progress = progress
        self.waiting: deque[Order] = deque()

    @property
    def busy(self) -> int:
        """How many orders wait."""
        return len(self.waiting)

    def start(self, order: Order) -> None:
        """Take an order; it is carried out when outcomes are asked for."""
        self.waiting.append(order)

    def outcomes(self, seconds: float) -> Iterator[CellOutcome]:
        """Carry out one order."""
        if self.waiting:
            yield perform(self.waiting.popleft(), self.progress)

    def close(self) -> None:
        """Forget what waits."""
        self.waiting.clear()
