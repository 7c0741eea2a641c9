"""The circuit of a network: its blocks, and the widths of all that moves in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes, as_map
from spikewright.hardware.circuit.words import address_bits
from spikewright.snn import Network, Population, Projection
from spikewright.snn.fixed.bounds import population_bound
from spikewright.snn.traits import sent


@dataclass(frozen=True, eq=False)
class Circuit:
    """A fixed-point network with the lanes of each population but the input; memories are written into `folder`.

    `storage`: how the rows of weights of a projection lie (`stored_rows.LAYOUTS`), where it is not to be chosen by their bits
    and passes.
    """

    network: Network
    lanes: Mapping[str, PhysicalLanes]
    folder: Path
    storage: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def inner(self) -> tuple[Population, ...]:
        """The populations that are built, sources before their targets."""
        return tuple(p for p in self.network.order if p.name != self.network.input)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Populations by name: their number in the names of wires and files. The input has 0."""
        return {p.name: n for n, p in enumerate(self.network.order)}

    @property
    def layerwise(self) -> bool:
        """Whether a layer takes all that it gets before its first step."""
        return self.network.schedule == "layerwise"

    def blocks(self, population: Population) -> LayerBlocks:
        """How the neurons of a population lie in its memory."""
        return LayerBlocks(as_map(population.shape), self.lanes[population.name])

    def once(self, name: str) -> bool:
        """Whether a population sends one number for the whole run."""
        return sent(self.network, self.network.by_name[name]).once

    def times(self, name: str) -> int:
        """What a number is multiplied by before it is sent: layerwise, one that is sent once stands for all steps."""
        return self.network.code.charge_steps if self.layerwise and self.once(name) else 1

    def value_bits(self, name: str) -> int:
        """Bits of the number that an event of a population carries."""
        most = sent(self.network, self.network.by_name[name]).most
        return int(most * self.times(name)).bit_length() if self.once(name) else 1

    def coordinate_bits(self, name: str) -> tuple[int, int, int]:
        """Bits of (c, y, x) of a population."""
        c, y, x = as_map(self.network.by_name[name].shape)
        return address_bits(c), address_bits(y), address_bits(x)

    def event_bits(self, name: str) -> int:
        """Bits of an event: token, c, y, x and value, the token lowest."""
        return 1 + sum(self.coordinate_bits(name)) + self.value_bits(name)

    def accumulator_bits(self, population: Population) -> int:
        """Bits that hold any S + b of a step."""
        return population_bound(self.network, population).bit_length() + 1

    def incoming(self, population: Population) -> tuple[tuple[int, Projection], ...]:
        """The projections into a population with their numbers in the network."""
        return tuple((k, q) for k, q in enumerate(self.network.projections) if q.target == population.name)
