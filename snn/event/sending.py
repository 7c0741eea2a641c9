"""Between a population that fires and those that it reaches: limits, stuck neurons, the record, noise on the way."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from spikewright.snn.codes import SpikeSelectCode
from spikewright.snn.disturb.noise import Noise, SpikeDeletion, SpikeInsertion, SpikeJitter, StuckAt, acts_on
from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.event.layer import graded
from spikewright.snn.kernels import transmit as transmission
from spikewright.snn.kernels.delays import History
from spikewright.snn.kernels.draws import draw_rows, key_of, limit_of
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.ledger import Ledger
from spikewright.snn.network import Population
from spikewright.snn.neurons import SPIKING, Integrator
from spikewright.snn.simulation import Request

Kernel = Callable[[Any], None]


class Sender:
    """Takes what populations send to where it arrives. Threads share it.

    `remembered`: how many steps back each source of a delay, or on a circle, may be asked for.
    """

    def __init__(self, request: Request, ledger: Ledger, remembered: Mapping[str, int]) -> None:
        self.network, self.ledger = request.network, ledger
        self.places = {p.name: place for place, p in enumerate(self.network.populations)}
        self.public: dict[str, Array] = {}
        self.noise = {p.name: self._acting(p, request.noise) for p in self.network.populations}
        self.stuck: dict[str, Array] = {}
        self.remembered = remembered

    def knows(self, name: str, public: Array) -> None:
        """Tell the sender a population's public addresses; all are to be told before it is used."""
        self.public[name] = public
        chosen = [one for one in self.noise[name] if isinstance(one, StuckAt)]
        stuck = np.full(public.size, -1, np.int8)
        for one in chosen:
            words = np.empty((1, public.size), np.uint64)
            draw_rows(key_of(one.seed, self.places[name], 3), np.zeros(1, np.int64), 0, public, words)
            limit, certainly = limit_of(one.fraction)
            stuck[certainly | (words[0] < limit)] = one.value
        if chosen:
            self.stuck[name] = stuck

    def begin(self, chunk: Chunk, most: int) -> None:
        """Before the first population of a chunk of steps sends; no chunk of the run has more than `most` steps."""
        chunk.quiet = np.ones(chunk.count, bool)
        if not chunk.steps.start:
            chunk.past = {name: History(chunk.count, longest, most) for name, longest in self.remembered.items()}
        for history in chunk.past.values():
            history.begin(chunk.steps)

    def send(self, name: str, events: Events, chunk: Chunk) -> None:
        """Record what is sent; what arrives is then with `chunk.arriving`."""
        for number, change in enumerate(self._own(name, chunk)):
            events = self._through(name, f"own {number}", events, change, chunk)
        self.ledger.sent(name, self.public[name], events, chunk.samples, chunk.steps.start)
        if name != self.network.input:
            chunk.quiet &= events.ends[:, -1] == 0
        for number, one in enumerate(self.noise[name]):
            if not isinstance(one, StuckAt):
                events = self._disturbed(name, number, one, events, chunk)
        chunk.send(name, events)

    def _acting(self, population: Population, noise: tuple[Noise, ...]) -> tuple[Noise, ...]:
        if graded(self.network, population) or isinstance(population.neuron, Integrator):
            return ()
        kinds = (StuckAt, SpikeDeletion, SpikeInsertion, SpikeJitter)
        return tuple(one for one in noise if isinstance(one, kinds) and acts_on(one, population.name))

    def _own(self, name: str, chunk: Chunk) -> list[Callable[[Any, Any], None]]:
        """What changes the spikes themselves, before they are recorded."""
        changes: list[Callable[[Any, Any], None]] = []
        code, neuron = self.network.code, self.network.by_name[name].neuron
        if isinstance(code, SpikeSelectCode) and isinstance(neuron, SPIKING) and name != self.network.output:
            passed = chunk.remember(name, "passed", self.public[name].shape, np.int32)
            changes.append(lambda sent, out: transmission.first_only(sent, passed, code.limit, out))
        if name in self.stuck:
            changes.append(lambda sent, out: transmission.override(sent, self.stuck[name], out))
        return changes

    def _disturbed(self, name: str, number: int, one: Noise, events: Events, chunk: Chunk) -> Events:
        def where(kind: int) -> tuple[Any, ...]:
            return key_of(one.seed, self.places[name], kind), chunk.samples, chunk.steps.start, self.public[name]

        def change(sent: Any, out: Any) -> None:
            if isinstance(one, SpikeDeletion):
                transmission.delete(sent, limit_of(one.probability), where(0), out)
            elif isinstance(one, SpikeInsertion):
                transmission.insert(sent, limit_of(one.probability), where(2), out)
            elif isinstance(one, SpikeJitter):
                arrived = chunk.buffers.take("", "arrived", (chunk.length, self.public[name].size), np.int32)
                transmission.jitter(sent, int(one.width), where(1), arrived, out)

        return self._through(name, f"noise {number}", events, change, chunk, isinstance(one, SpikeJitter))

    def _through(
        self,
        name: str,
        role: str,
        events: Events,
        change: Callable[[Any, Any], None],
        chunk: Chunk,
        sums: bool = False,
    ) -> Events:
        """Events after a kernel; `sums`: it makes numbers of spikes of what was single ones."""
        capacity = chunk.length * self.public[name].size + 1
        index = chunk.take(name, f"{role} index", (capacity,), np.int32)
        ends = chunk.take(name, f"{role} ends", (chunk.length + 1,), np.int32)
        if events.value is None and not sums:
            value = events.values
        else:
            value = chunk.take(name, f"{role} value", (capacity,), np.int32 if sums else events.values.dtype)
        change((events.index, events.ends, events.values), (index, ends, value))
        return Events(index, ends, value if value.shape[1] else None)
