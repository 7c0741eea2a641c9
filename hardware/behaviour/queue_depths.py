"""How deep the queues in front of the projections must be, found by the simulator."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright import InvalidInput
from spikewright.hardware.behaviour.kernels.clock import run
from spikewright.hardware.behaviour.kernels.records import CoreState
from spikewright.hardware.behaviour.planning import begun
from spikewright.hardware.behaviour.sent_words import words_of_all
from spikewright.hardware.behaviour.simulating import MOST_CYCLES, checked_decisions
from spikewright.hardware.circuit.record import Circuit

CHANGED = ("fronts", "layers", "senders", "readout", "sent", "answered", "over", "spent")
"""What a run changes of a `CoreState`."""
UNBOUNDED = 1 << 40
SHALLOWEST = 2


@dataclass(frozen=True)
class QueueChoice:
    """`depths` by projection, powers of two; `cycles` until all answers were found with them, and with queues without a
    bound."""

    depths: Mapping[str, int]
    cycles: int
    unbounded: int

    @property
    def loss(self) -> float:
        """How much longer it takes than with queues without a bound."""
        return self.cycles / self.unbounded - 1


def smallest_queues(
    circuit: Circuit, rasters: Mapping[str, Any], loss: float = 0.01, decisions: Any = None
) -> QueueChoice:
    """The shallowest queues that take no more than `loss` longer than queues without a bound, for these samples one after the
    other (see `behave` for `rasters` and `decisions`).

    From depths that hold all that ever waited, the deepest queue that may be is halved again and again: none of the result
    can be halved alone. Raises InvalidInput for a loss below 0.
    """
    if not loss >= 0:
        raise InvalidInput(f"expected a loss of 0 or more, got {loss!r}; try 0.01")
    samples = rasters[circuit.network.input].shape[1]
    core = begun(circuit, words_of_all(circuit, rasters), checked_decisions(circuit, samples, decisions))
    free = _tried(core, np.full(len(core.fronts), UNBOUNDED))
    limit, depths = _end(free) * (1 + loss), _covering(free.fronts["most"])
    while (
        _end(_tried(core, depths)) > limit
    ):  # a word that comes when another goes finds no room in a queue just so deep
        depths *= 2
    while (less := next(_halved(core, depths, limit), None)) is not None:
        depths = less
    names = [projection.name for projection in circuit.network.projections]
    chosen = dict(zip(names, map(int, depths), strict=True))
    return QueueChoice(chosen, _end(_tried(core, depths)), _end(free))


def _halved(core: CoreState, depths: Any, limit: float) -> Iterator[Any]:
    """Depths of which one is half of what it was, the deepest first, that end in time."""
    for k in np.argsort(-depths, kind="stable"):
        if depths[k] > SHALLOWEST:
            less = depths.copy()
            less[k] //= 2
            if _end(_tried(core, less)) <= limit:
                yield less


def _tried(core: CoreState, depths: Any) -> CoreState:
    """The core at its end with these depths."""
    fresh = core._replace(**{name: getattr(core, name).copy() for name in CHANGED})
    fresh.fronts["depth"] = depths
    run(fresh, MOST_CYCLES)
    return fresh


def _end(core: CoreState) -> int:
    """Cycles until the last answer is found."""
    return int(core.over[-1]) + 1


def _covering(most: Any) -> Any:
    """The powers of two that hold so many words."""
    return np.array([max(SHALLOWEST, 1 << (int(words) - 1).bit_length()) for words in most])
