"""Send: between a population that fires and those that it reaches: limits, stuck neurons, the record, noise on the way."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from spikewright.snn.disturb.noise import Noise, SpikeDeletion, SpikeInsertion, SpikeJitter, StuckAt, acts_on
from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.event.ledger import Ledger
from spikewright.snn.kernels import transmit
from spikewright.snn.kernels.draws import Drawing, chance_of, draw_rows, keys_of
from spikewright.snn.kernels.events import Events, no_values
from spikewright.snn.kernels.levels import Levels, count_levels
from spikewright.snn.kernels.masks import Masks, count_masks
from spikewright.snn.populations import Population
from spikewright.snn.simulation import Request
from spikewright.snn.traits import sent

Change = Callable[[Events, Events], None]
"""Reads events and writes what becomes of them."""


def _delete(one: SpikeDeletion, sent: Events, drawing: Drawing, chunk: Chunk, out: Events) -> None:
    transmit.delete(sent, chance_of(one.probability), drawing, out)


def _insert(one: SpikeInsertion, sent: Events, drawing: Drawing, chunk: Chunk, out: Events) -> None:
    transmit.insert(sent, chance_of(one.probability), drawing, out)


def _jitter(one: SpikeJitter, sent: Events, drawing: Drawing, chunk: Chunk, out: Events) -> None:
    arrived = chunk.buffers.take("", "arrived", (chunk.length, drawing.public.size), np.int32)
    transmit.jitter(sent, int(one.width), drawing, arrived, out)


DISTURBANCES: dict[type, tuple[int, Callable[[Any, Events, Drawing, Chunk, Events], None]]] = {
    SpikeDeletion: (0, _delete),
    SpikeInsertion: (2, _insert),
    SpikeJitter: (1, _jitter),
}
"""Noise on the way of spikes: its record -> the kind of its draws, and what it does."""


class Sender:
    """Takes what populations send to where it arrives. Threads share it. `public`: each population's public addresses."""

    def __init__(self, request: Request, ledger: Ledger, public: Mapping[str, Array]) -> None:
        self.network, self.ledger, self.public = request.network, ledger, public
        self.places = {p.name: place for place, p in enumerate(self.network.populations)}
        noise = {p.name: self._acting(p, request.noise) for p in self.network.populations}
        self.stuck = {name: self._stuck(name, of) for name, of in noise.items()}
        self.on_the_way = {name: [one for one in of if not isinstance(one, StuckAt)] for name, of in noise.items()}

    def send(self, name: str, events: Events, chunk: Chunk) -> None:
        """Record what is sent; what arrives is then with `chunk.arriving`."""
        for number, change in enumerate(self._own(name, chunk)):
            events = self._through(name, f"own {number}", events, change, chunk)
        self.ledger.sent(name, self.public[name], events, chunk.samples, chunk.steps.start)
        if name != self.network.input:
            chunk.quiet &= events.ends[:, -1] == 0
        for number, one in enumerate(self.on_the_way[name]):
            change, sums = self._disturbance(name, one, chunk), isinstance(one, SpikeJitter)
            events = self._through(name, f"noise {number}", events, change, chunk, sums)
        chunk.arrive(name, events)

    def send_masks(self, name: str, masks: Masks, chunk: Chunk) -> None:
        """The same for masks; they are listed where somebody has to look at each spike."""
        if self._is_looked_at(name, chunk):
            self.send(name, chunk.listed(name, masks), chunk)
        else:
            self._count(name, count_masks, masks.words, chunk)
            chunk.arrive_masks(name, masks)

    def send_levels(self, name: str, levels: Levels, chunk: Chunk) -> None:
        """The same for levels."""
        if self._is_looked_at(name, chunk):
            self.send(name, chunk.listed_levels(name, levels), chunk)
        else:
            self._count(name, count_levels, levels.values, chunk)
            chunk.arrive_levels(name, levels)

    def _is_looked_at(self, name: str, chunk: Chunk) -> bool:
        """Whether somebody needs a list of what a population sends."""
        disturbed = self._own(name, chunk) or self.on_the_way[name]
        return bool(disturbed) or self.ledger.wants_raster(name) or name in chunk.past

    def _count(self, name: str, count: Callable[[Array, Array], None], sent: Array, chunk: Chunk) -> None:
        """Add up what each sample sends; `count(sent, total)` sets the totals."""
        total = np.zeros(chunk.count, np.int64)
        count(sent, total)
        self.ledger.spikes[name][chunk.samples] += total
        chunk.quiet &= total == 0

    def _acting(self, population: Population, noise: tuple[Noise, ...]) -> tuple[Any, ...]:
        """The noise on what a population sends."""
        if not noise or sent(self.network, population).kind != "spikes":
            return ()
        return tuple(one for one in noise if type(one) in (StuckAt, *DISTURBANCES) and acts_on(one, population.name))

    def _stuck(self, name: str, noise: tuple[Any, ...]) -> Array | None:
        """For each neuron the number that it is stuck at, -1 where it is whole; None where nothing is stuck."""
        chosen = [one for one in noise if isinstance(one, StuckAt)]
        if not chosen:
            return None
        stuck = np.full(self.public[name].size, -1, np.int8)
        for one in chosen:
            words, chance = np.empty((1, stuck.size), np.uint64), chance_of(one.fraction)
            keys = keys_of(one.seed, self.places[name], 3)
            draw_rows(Drawing(keys, np.zeros(1, np.int64), 0, self.public[name]), words)
            stuck[chance.certain | (words[0] < chance.limit)] = one.value
        return stuck

    def _own(self, name: str, chunk: Chunk) -> list[Change]:
        """What changes the spikes themselves, before they are recorded."""
        changes: list[Change] = []
        code: Any = self.network.code
        hidden, stuck = self.network.by_name[name].neuron.fires and name != self.network.output, self.stuck[name]
        if hidden and code.inside == "first spikes":
            passed = chunk.remember(name, "passed", self.public[name].shape, np.int32)
            changes.append(lambda sent, out: transmit.first_only(sent, passed, code.limit, out))
        if stuck is not None:
            changes.append(lambda sent, out: transmit.override(sent, stuck, out))
        return changes

    def _disturbance(self, name: str, one: Any, chunk: Chunk) -> Change:
        """What a noise makes of spikes on their way."""
        kind, change = DISTURBANCES[type(one)]
        keys = keys_of(one.seed, self.places[name], kind)
        drawing = Drawing(keys, chunk.samples, chunk.steps.start, self.public[name])
        return lambda sent, out: change(one, sent, drawing, chunk, out)

    def _through(
        self, name: str, role: str, events: Events, change: Change, chunk: Chunk, sums: bool = False
    ) -> Events:
        """Events after a change; `sums`: it makes numbers of spikes of what was single ones."""
        places = chunk.length * self.public[name].size + 1
        value = no_values(chunk.count)
        if events.valued or sums:
            kind = np.int32 if sums else events.value.dtype
            value = chunk.take(name, f"{role} value", (places,), kind)
        address = chunk.take(name, f"{role} address", (places,), np.int32)
        out = Events(address, chunk.take(name, f"{role} ends", (chunk.length + 1,), np.int32), value)
        change(events, out)
        return out
