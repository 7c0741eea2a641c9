"""What a runner does: it takes orders and gives outcomes, in whichever order they come."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar

from spikewright.experiments.runs.orders import CellOutcome, Fault, Order

LOST = (
    "expected the process of the cell to go on, got its end; "
    "try fewer workers or more memory: systems end processes that take too much"
)
CUT_OFF = "expected the scheduler to go on, got its end"


class Runner(ABC):
    """A place where orders are carried out. Used in a `with` block: leaving it stops what still runs."""

    name: ClassVar[str]

    @property
    @abstractmethod
    def slots(self) -> int:
        """How many orders are carried out at once."""

    @property
    def most(self) -> int:
        """How many orders it takes before one has come back."""
        return self.slots

    @property
    @abstractmethod
    def busy(self) -> int:
        """How many orders have not come back."""

    @property
    def trouble(self) -> str:
        """What it waits for before any order can be carried out, in words; "" where it waits for nothing."""
        return ""

    @abstractmethod
    def start(self, order: Order) -> None:
        """Take an order."""

    @abstractmethod
    def outcomes(self, seconds: float) -> Iterator[CellOutcome]:
        """What has come back; waits at most `seconds` for the first."""

    @abstractmethod
    def close(self) -> None:
        """Stop what still runs, and everything that was started for it."""

    def describe(self) -> Mapping[str, object]:
        """What a run's record says of it."""
        return {"runner": self.name, "workers": self.slots}

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def lost(key: str) -> CellOutcome:
    """The outcome of an order whose process has gone."""
    return CellOutcome(key, Fault("lost", LOST))


def cut_off(key: str) -> CellOutcome:
    """The outcome of an order whose process may well be at work, but cannot be heard any more."""
    return CellOutcome(key, Fault("again", CUT_OFF))
