"""The cycles of a circuit in closed form: from what its layers have to do, without going through them.

A layer with R blocks of potentials that settles for S cycles takes, for each sweep, one in each step,

    passes + 2 + R + S     (a pass a cycle; two cycles from the last token to the sweep; a block a cycle)

and R + S once, when it begins; held currents (a direct input) are another such round in front of the first step. Layerwise
all passes come before the first step, and later sweeps take 1 + R + S. That is `working_cycles`. Passes, sweeps and settling
are exactly what a layer spends on them in every circuit, whatever waits and stalls; beside them a layer waits for words, no
less than the cycles above, and stalls when what it sends finds no room.

For an inference behind a reset there are two bounds, which hold at any lanes and depths of queues:

`soonest`. A sweep begins no sooner than two cycles behind all passes, none of which comes before its events do, nor before
the last token has come; its first event leaves six cycles later, one in each cycle, and a cycle for each block without any.
It is the exact number of cycles if no queue is ever full, no sweep stalls, and in each step of each layer either passes
follow each other without a gap from the first event on, or all passes are done when the token comes. A circuit of one layer
is always so.

`latest`. Nothing overlaps: in each cycle some module does something, so that all that is to be done, one after the other, is
an end.

With means over samples `soonest` is no more than the mean latency, since it is convex in what is to be done, and `latest`,
which is linear, no less. `interval` is the least between two answers. On 240 drawn circuits `soonest` was exact for 158; the
median error was 0 and the worst -17 %; `latest` was 157 % above what was measured in the median.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.hardware.behaviour.layer_work import LayerWork, Numbers, work_of
from spikewright.hardware.behaviour.planning import SENT
from spikewright.hardware.circuit.readouts import tallied
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.model.constants import SEEN_CYCLES
from spikewright.snn import Population

AHEAD = 9
"""Blocks at the end of a sweep that may be issued before they are sent on."""


@dataclass(frozen=True, eq=False)
class Pipeline:
    """A circuit with the work of its layers by name, at one choice of lanes or many at a time; `words (steps,)`: events of
    the input in each step. All cycles are arrays over the choices."""

    circuit: Circuit
    works: Mapping[str, LayerWork]
    words: Numbers

    def working_cycles(self, population: Population) -> Numbers:
        """Cycles of an inference in which a layer adds, sweeps and settles, and the least that it waits for tokens."""
        work, steps, held = self.works[population.name], self.circuit.network.steps, self._held(population)
        sweep = work.blocks + work.settles
        waits = SEEN_CYCLES * steps
        if self.circuit.layerwise:
            waits = SEEN_CYCLES + steps - 1
        elif held.all():
            waits = SEEN_CYCLES + steps
        elif held.any():
            waits = SEEN_CYCLES * (steps + 1) - 1  # the first token may be seen in the round before
        rounds = steps + (1 if held.any() else 0)
        found: Numbers = work.passes.sum(axis=(-2, -1)) + rounds * sweep + waits
        return found

    def begin_cycles(self, population: Population) -> Numbers:
        """Cycles once behind a reset."""
        work = self.works[population.name]
        found: Numbers = work.blocks + work.settles
        return found

    @property
    def interval(self) -> Numbers:
        """The least cycles between two answers when inferences follow each other: those of the layer that works longest."""
        found: Numbers = np.max([self.working_cycles(p) for p in self.circuit.inner], axis=0)
        return found

    @property
    def soonest(self) -> Numbers:
        """Cycles from the first word of an inference behind a reset until its class is found, if nothing has to wait for
        room."""
        left: dict[str, Any] = {self.circuit.network.input: _input(self.words)}
        for population in self.circuit.inner:
            left[population.name] = self._layer(population, left)
        out = self.circuit.network.by_name[self.circuit.network.output]
        last, token = left[out.name][0][-1], left[out.name][2][-1]
        work = self.works[out.name]
        done: Numbers = token + 1 if tallied(self.circuit) else last + SENT + 1 + work.late
        return done + out.size + SEEN_CYCLES + 2

    @property
    def latest(self) -> Numbers:
        """Cycles until then if nothing is done at the same time as anything else."""
        network = self.circuit.network
        found: Numbers = self.words.sum() + network.steps
        for population in self.circuit.inner:
            work = self.works[population.name]
            found = found + self.begin_cycles(population) + self.working_cycles(population) + work.taken
            found = found + work.items.sum(axis=-1) + network.steps * (SENT + 4 + work.late)
        size = network.by_name[network.output].size
        found = found + 2 * size + network.steps + SENT + 7
        return found

    def _held(self, population: Population) -> Any:
        """Which projections into a layer are gathered once."""
        once = [self.circuit.once(q.source) for _, q in self.circuit.incoming(population)]
        return np.array(once) & (not self.circuit.layerwise)

    def _layer(self, population: Population, left: Mapping[str, Any]) -> Any:
        """For each step when the last block of a sweep is issued, and when its first word and its token are sent, at the
        soonest."""
        work, held = self.works[population.name], self._held(population)
        at_once = (np.full(self.circuit.network.steps, -np.inf),) * 3  # of a delay nothing is known
        sources = [at_once if q.delay else left[q.source] for _, q in self.circuit.incoming(population)]
        ready, sent, found = self.begin_cycles(population), -np.inf, []
        if held.any():
            begin = _gathered(
                ready, [(s[1][0], s[2][0], work.passes[..., k, 0]) for k, s in enumerate(sources) if held[k]]
            )
            ready = begin + work.blocks + work.settles
        for step in range(self.circuit.network.steps):
            arrivals = self._arrivals(work, sources, held, step)
            early = step == 0 and held.any()  # a token may have been seen while held currents were gathered
            begin = _gathered(ready, arrivals, early) if arrivals else ready + 1
            last, first, token = _swept(work, begin, sent, step)
            found.append((last, first, token))
            ready, sent = last + 1 + work.settles, token
        return tuple(zip(*found, strict=True))

    def _arrivals(self, work: LayerWork, sources: Any, held: Any, step: int) -> list[Any]:
        """Of each projection that is gathered in a step: first word, token and passes."""
        if not self.circuit.layerwise:
            return [(s[1][step], s[2][step], work.passes[..., k, step]) for k, s in enumerate(sources) if not held[k]]
        return (
            [(s[1][0], s[2][-1], work.passes[..., k, :].sum(axis=-1)) for k, s in enumerate(sources)]
            if step == 0
            else []
        )


def pipeline(circuit: Circuit, rasters: Mapping[str, Any]) -> Pipeline:
    """A circuit whose populations send `rasters[name] (rows, samples, neurons)`, the mean of all samples."""
    works = {p.name: work_of(circuit, p, rasters) for p in circuit.inner}
    words = (np.asarray(rasters[circuit.network.input]) != 0).sum(axis=2).mean(axis=1)
    return Pipeline(circuit, works, words)


def _input(words: Numbers) -> Any:
    """A word in each cycle: when the first word and the token of each step are sent."""
    tokens = np.cumsum(words) + np.arange(len(words))
    firsts = np.concatenate([[0], tokens[:-1] + 1])
    return tokens, firsts, tokens


def _gathered(ready: Any, arrivals: list[Any], early: bool = False) -> Any:
    """When a sweep begins: two cycles behind all passes, which begin when the layer is ready and when words have come."""
    whole = sum(passes for _, _, passes in arrivals)
    begin = ready + whole + np.where(early & (np.asarray(whole) == 0), 1, SEEN_CYCLES)
    first = np.min([np.broadcast_to(first, np.shape(whole)) for first, *_ in arrivals], axis=0)
    begin = np.maximum(begin, np.where(whole > 0, first + 2 + whole + SEEN_CYCLES, 0))
    for first, token, passes in arrivals:
        begin = np.maximum(begin, token + 2 + SEEN_CYCLES)
        begin = np.maximum(begin, np.where(passes > 0, first + 2 + passes + SEEN_CYCLES, 0))
    return begin


def _swept(work: LayerWork, begin: Any, sent: Any, step: int) -> tuple[Any, Any, Any]:
    """The last block of a sweep that begins then, its first word, and its token; `sent`: when the token before was."""
    items, late = work.items[..., step], SENT + 2 + work.late
    first = np.maximum(begin + late, sent + 1)
    ahead = np.maximum(items - AHEAD * work.lanes, 0)
    last = np.maximum(begin + work.blocks - 1, np.where((items > 0) & (work.blocks > AHEAD), begin + late + ahead, 0))
    token = np.maximum(first + items, last + late + 1)
    return last, first, token
