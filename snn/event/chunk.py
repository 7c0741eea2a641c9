"""A chunk of samples on its way through steps and populations: what it holds of them, and what becomes of those that stop."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.history import History
from spikewright.snn.kernels.events import SLACK, Events, no_values
from spikewright.snn.kernels.levels import Levels, list_levels
from spikewright.snn.kernels.masks import Masks, list_masks

Array = NDArray[Any]


@dataclass(eq=False)
class Chunk:
    """Samples by their numbers, the buffers of the thread, the steps at hand and what arrives in them of each population.

    `arrived`: what arrives of each population from the steps `when`, the last that it took; `sent`: the same as masks, of those
    that fire into masks, `levels`: of those that send levels; both are listed when somebody asks for events. `past`: those
    events, and earlier ones, that somebody may still ask for. `state`: arrays with one row for each sample, by population and
    role.
    `quiet`: samples in which no population but the input sent anything in the steps at hand.
    """

    samples: NDArray[np.int64]
    buffers: Buffers
    steps: slice = field(default_factory=lambda: slice(0, 0))
    arrived: dict[str, Events] = field(default_factory=dict)
    when: dict[str, slice] = field(default_factory=dict)
    sent: dict[str, Masks] = field(default_factory=dict)
    levels: dict[str, Levels] = field(default_factory=dict)
    state: dict[tuple[str, str], Array] = field(default_factory=dict)
    past: dict[str, History] = field(default_factory=dict)
    quiet: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    @property
    def count(self) -> int:
        """Samples in the chunk."""
        return int(self.samples.size)

    @property
    def length(self) -> int:
        """Steps at hand."""
        return int(self.steps.stop - self.steps.start)

    def take(self, owner: str, role: str, shape: tuple[int, ...], kind: DTypeLike) -> Array:
        """A buffer with a row of `shape` for each sample, its contents undefined."""
        return self.buffers.take(owner, role, (self.count, *shape), kind)

    def remember(self, owner: str, role: str, shape: tuple[int, ...], kind: DTypeLike, first: Any = 0) -> Array:
        """The state of `owner` for `role`; it begins as `first`."""
        if (owner, role) not in self.state:
            array = self.state[owner, role] = self.take(owner, role, shape, kind)
            array[:] = first
        return self.state[owner, role]

    def begin(self) -> None:
        """Before the first population sends in the steps at hand."""
        self.quiet = np.ones(self.count, bool)
        for history in self.past.values():
            history.begin(self.steps)

    def arrive(self, name: str, events: Events) -> None:
        """Keep what arrives of a population in the steps at hand, for its targets."""
        self.arrived[name], self.when[name] = events, self.steps
        self.sent.pop(name, None)
        self.levels.pop(name, None)
        if name in self.past:
            self.past[name].append(events, self.steps.start)

    def arrive_masks(self, name: str, masks: Masks) -> None:
        """The same for masks, as they are."""
        self.arrived.pop(name, None)
        self.sent[name], self.when[name] = masks, self.steps

    def arrive_levels(self, name: str, levels: Levels) -> None:
        """The same for levels."""
        self.arrived.pop(name, None)
        self.levels[name], self.when[name] = levels, self.steps

    def masks(self, source: str, delay: int) -> Masks | None:
        """What arrives of `source` in the steps at hand as masks; None where there are none of just these steps."""
        return None if delay or self.when.get(source) != self.steps else self.sent.get(source)

    def is_graded(self, source: str) -> bool:
        """Whether a source sends values that are held."""
        return source in self.levels or (source in self.arrived and self.arrived[source].graded)

    def listed(self, name: str, masks: Masks) -> Events:
        """Masks as events."""
        places = masks.words.shape[1] * masks.channels * masks.steps + SLACK
        address = self.take(name, "address", (places,), np.int32)
        ends = self.take(name, "ends", (masks.steps + 1,), np.int32)
        list_masks(masks, address, ends)
        return Events(address, ends, no_values(self.count))

    def listed_levels(self, name: str, levels: Levels) -> Events:
        """Levels as events."""
        places = (levels.values.shape[1] + SLACK,)
        address, value = (self.take(name, role, places, np.int32) for role in ("address", "value"))
        ends = self.take(name, "ends", (2,), np.int32)
        list_levels(levels.values, address, value, ends)
        return Events(address, ends, value, True)

    def arriving(self, source: str, delay: int) -> Events:
        """What arrives of `source` in the steps at hand after `delay`: a part, where it took more steps at once."""
        if source in self.sent and source not in self.arrived:
            self.arrived[source] = self.listed(source, self.sent[source])
        elif source in self.levels and source not in self.arrived:
            self.arrived[source] = self.listed_levels(source, self.levels[source])
        events = self.arrived.get(source)
        if events is not None and not delay and (events.graded or self.when[source] == self.steps):
            return events
        if source in self.past:
            return self.past[source].window(self.steps, delay)
        first = self.steps.start - self.when[source].start
        return self.arrived[source].part(first, first + self.length)

    def keep(self, going: NDArray[np.bool_]) -> None:
        """Go on with these samples only."""
        rows = np.flatnonzero(going)
        for key, array in self.state.items():
            array[: rows.size] = array[rows]
            self.state[key] = array[: rows.size]
        for history in self.past.values():
            history.keep(rows)
        self.samples = self.samples[rows]
