"""The circuit of a network: its blocks, and the widths of all that moves in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.hardware.circuit.gates import GateCounts
from spikewright.hardware.circuit.layer_rows import LayerRows
from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes, as_map
from spikewright.hardware.circuit.stepping import left_bits
from spikewright.hardware.circuit.words import MemorySink, address_bits, write_words
from spikewright.hardware.model.bit_widths import signed_bits
from spikewright.hardware.placement import USUAL, PlacingRule
from spikewright.snn import Network, Population, Projection
from spikewright.snn.fixed.bounds import population_bound
from spikewright.snn.traits import computes_values, is_timed, sent

Whole = NDArray[np.int64]
PLAIN, SIGN, UNSIGNED, SIGNED = range(4)
"""The number of an event: always one; plus one, or, with a bit that is set, minus one; without a sign; two's complement."""
QUEUE = 16
"""Events that wait in front of a projection, unless it is said otherwise."""


@dataclass(frozen=True)
class Ends:
    """How a core is reached. `pixels`: levels above 0 of the pixels that `sw_axis` takes, None where it takes events. `loads`:
    whether its memories can be filled at run time."""

    pixels: int | None = None
    loads: bool = False


EVENTS = Ends()
"""Events go in, and memories hold what their files say."""


@dataclass(frozen=True, eq=False)
class Circuit:
    """A fixed-point network with the lanes of each population but the input; its memories go to `store`.

    `storage`: how the rows of weights of a projection lie (`stored_rows.LAYOUTS`), where it is not to be chosen by their bits
    and passes. `rule`: where memories lie. `ends`: what `sw_axis` around the core is like. `queues`: events that wait at most in
    front of a projection, by its name, a power of two; QUEUE where nothing is said. `sink`: what takes the memories, None where
    they are written into `folder`.
    Raises InvalidInput for another depth, or that of no projection.
    """

    network: Network
    lanes: Mapping[str, PhysicalLanes]
    folder: Path
    storage: Mapping[str, str] = field(default_factory=dict)
    rule: PlacingRule = USUAL
    ends: Ends = field(default_factory=Ends)
    queues: Mapping[str, int] = field(default_factory=dict)
    sink: MemorySink | None = None

    def __post_init__(self) -> None:
        names = [projection.name for projection in self.network.projections]
        for name, depth in self.queues.items():
            if name not in names:
                raise InvalidInput(f"expected queues of {', '.join(names)}, got {name!r}")
            if isinstance(depth, bool) or not isinstance(depth, int) or depth < 2 or depth & (depth - 1):
                raise InvalidInput(
                    f"expected a queue of a power of two from 2 on for {name!r}, got {depth!r}; try {QUEUE}"
                )

    @cached_property
    def inner(self) -> tuple[Population, ...]:
        """The populations that are built, sources before their targets."""
        return tuple(p for p in self.network.order if p.name != self.network.input)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Populations by name: their number in the names of wires and files. The input has 0."""
        return {p.name: n for n, p in enumerate(self.network.order)}

    def store(self, file: str, words: Iterable[str]) -> None:
        """Write a memory, its words in hex, or hand it to the sink."""
        if self.sink is not None:
            self.sink(file, words)
        else:
            write_words(self.folder / file, words)

    def queue(self, projection: str) -> int:
        """Events that wait at most in front of a projection."""
        return self.queues.get(projection, QUEUE)

    @property
    def layerwise(self) -> bool:
        """Whether a layer takes all that it gets before its first step; of times there is only one."""
        return self.network.schedule == "layerwise" or is_timed(self.network)

    @property
    def quantised(self) -> bool:
        """Whether it is a MAC core, whose layers send one value for each output; else events travel in it."""
        return computes_values(self.network)

    @property
    def senders(self) -> tuple[Population, ...]:
        """The populations that send, but for the input; in a MAC core also one that only answers."""
        return tuple(p for p in self.inner if self.quantised or p.neuron.sends != "nothing")

    def blocks(self, population: Population) -> LayerBlocks:
        """How the neurons of a population lie in its memory, or follow each other in a MAC core."""
        if self.quantised:
            return LayerBlocks(as_map(population.shape), self.lanes[population.name])
        return self.layer(population).blocks

    def layer(self, population: Population) -> LayerRows:
        """The blocks of a population, and the rows that are stored for all that it reads."""
        name = population.name
        if name not in self._layers:
            self._layers[name] = LayerRows.of(self.network, population, self.lanes[name], self.storage)
        return self._layers[name]

    @cached_property
    def _layers(self) -> dict[str, LayerRows]:
        return {}

    def once(self, name: str) -> bool:
        """Whether a population sends one number for the whole run."""
        return sent(self.network, self.network.by_name[name]).once

    def times(self, name: str) -> int:
        """What a number is multiplied by before it is sent: layerwise, one that is sent once stands for all steps."""
        return self.network.code.charge_steps if self.layerwise and self.once(name) else 1

    def factors(self, name: str) -> tuple[int, ...]:
        """What an event of each step says in place of its number, where its weights are multiplied by that; or nothing."""
        return tuple(int(factor) for factor in self.network.by_name[name].neuron.step_factors)

    def value_bits(self, name: str) -> int:
        """Bits of what an event of a population carries beside its place: see `value_form`."""
        what = sent(self.network, self.network.by_name[name])
        if self._answers(name):
            return self.network.by_name[name].width
        if factors := self.factors(name):
            return signed_bits(factors) if min(factors) < 0 else max(factors).bit_length()
        bits = int(what.most * self.times(name)).bit_length()
        return bits + 1 if self.value_form(name) == SIGNED else bits

    def value_form(self, name: str) -> int:
        """How the number of an event is told: `PLAIN`, `SIGN`, `UNSIGNED` or `SIGNED`, TIMES of `sw_taps`."""
        what = sent(self.network, self.network.by_name[name])
        if self._answers(name):
            return SIGNED
        if factors := self.factors(name):
            return SIGNED if min(factors) < 0 else UNSIGNED
        if what.most * self.times(name) == 1 and not what.once:
            return SIGN if what.signed else PLAIN
        return SIGNED if what.signed else UNSIGNED

    def _answers(self, name: str) -> bool:
        """Whether it is the output of a MAC core that sends its potentials."""
        return self.quantised and self.network.by_name[name].neuron.sends == "nothing"

    def said(self, name: str, values: Whole) -> Whole:
        """The numbers that events of a population say, from the bits of their values."""
        bits, form = self.value_bits(name), self.value_form(name)
        if form in (PLAIN, SIGN) or self.factors(name):
            return 1 - 2 * values if form == SIGN else np.ones_like(values)
        return (values - (values >> (bits - 1) << bits) if form == SIGNED else values) // self.times(name)

    def coordinate_bits(self, name: str) -> tuple[int, int, int]:
        """Bits of (c, y, x) of a population."""
        c, y, x = as_map(self.network.by_name[name].shape)
        return address_bits(c), address_bits(y), address_bits(x)

    def event_bits(self, name: str) -> int:
        """Bits of an event: token, c, y, x and value, the token lowest."""
        return 1 + sum(self.coordinate_bits(name)) + self.value_bits(name)

    def accumulator_bits(self, population: Population) -> int:
        """Bits that hold any S + b of a step; of gates, what reaches them."""
        if population.neuron.compares:
            return GateCounts.of(self.network, population).bits + 1
        return population_bound(self.network, population).bit_length() + 1

    def potential_bits(self, population: Population) -> int:
        """Bits of a potential after a step; of gates, which have none, those of the largest count, with a sign."""
        compares = population.neuron.compares
        return self.accumulator_bits(population) if compares else left_bits(self.network, population)

    def counted(self, projection: Projection) -> GateCounts | None:
        """What reaches the gates behind a projection, where that is counts of what arrives; else None."""
        target = self.network.by_name[projection.target]
        counts = GateCounts.of(self.network, target) if target.neuron.compares else None
        return counts if counts is not None and counts.counted else None

    def pass_bits(self, projection: Projection) -> int:
        """Bits of the number that weights are multiplied by: that of an event, or of a count."""
        counts = self.counted(projection)
        return counts.bits if counts else self.value_bits(projection.source)

    def pass_form(self, projection: Projection) -> int:
        """How that number is told."""
        return UNSIGNED if self.counted(projection) else self.value_form(projection.source)

    def incoming(self, population: Population) -> tuple[tuple[int, Projection], ...]:
        """The projections into a population with their numbers in the network."""
        return tuple((k, q) for k, q in enumerate(self.network.projections) if q.target == population.name)
