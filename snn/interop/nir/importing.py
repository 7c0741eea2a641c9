"""From a NIR graph that another tool wrote to a `Network`.

Nodes with a state (Input, IF, LIF, I) become populations (`neurons`). The nodes between two of them, pools, Flatten, Scale,
Delay, an Affine or a convolution, become one projection (`nodes`).
"""

from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.files import LARGEST_COUNT
from spikewright.snn.interop.chain import Chain, OpenProjection, Reals
from spikewright.snn.interop.laws import column, least
from spikewright.snn.interop.nir.graph import NirEdges
from spikewright.snn.interop.nir.neurons import neuron_of
from spikewright.snn.interop.nir.nodes import through
from spikewright.snn.interop.nir.reading import Reading
from spikewright.snn.network import Network
from spikewright.snn.neurons import Source
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.synapses import Shape

Way = tuple[str, ...]
"""The name of a population and those of the nodes behind it, in the order of the signal."""


def network_of(graph: Any, reading: Reading) -> Network:
    """The network that `graph` is under `reading`. Raises InvalidNetwork naming the node that has no counterpart."""
    return _GraphReader(NirEdges(graph), reading).network()


@dataclass
class _GraphReader:
    """Populations and projections, as they are read."""

    edges: NirEdges
    reading: Reading
    populations: dict[str, Population] = field(default_factory=dict)
    projections: list[Projection] = field(default_factory=list)

    def network(self) -> Network:
        """Populations in the order of the spikes, each with what feeds it."""
        entry = self.edges.input
        self.populations[entry] = Population(entry, self._input_shape(entry), Source())
        self._read_all()
        outputs = self.edges.before[self.edges.output]
        if len(outputs) != 1 or outputs[0] not in self.populations:
            raise InvalidNetwork(f"expected one population in front of the output, got {outputs}; end with a neuron")
        reading, sums = self.reading, self.populations[outputs[0]].neuron.sends == "nothing"
        readout = reading.readout or ("potential" if sums else "count")
        populations, projections = tuple(self.populations.values()), tuple(self.projections)
        return Network(populations, projections, entry, outputs[0], reading.code, reading.schedule, readout)

    def _input_shape(self, entry: str) -> Shape:
        shape = tuple(int(n) for n in np.asarray(self.edges.nodes[entry].input_type["input"]).reshape(-1))
        if not shape or min(shape) < 1 or prod(shape) > LARGEST_COUNT:
            raise InvalidNetwork(f"expected the shape of one input at node {entry!r}, got {shape}")
        return shape

    def _read_all(self) -> None:
        """Every population once all that feeds it, itself aside, has been read."""
        waiting = {name: list(self.edges.ways_into(name)) for name in self.edges.stateful()}
        waiting = {name: ways for name, ways in waiting.items() if name not in self.populations}
        while waiting:
            ready = [n for n, ways in waiting.items() if all(way[0] in self.populations or way[0] == n for way in ways)]
            if not ready:
                raise InvalidNetwork(
                    f"nodes {', '.join(sorted(waiting))} form a cycle; NIR says no delay, and a cycle without one has no "
                    "order; only loops of a population onto itself can be given one"
                )
            for name in ready:
                self._read(name, waiting.pop(name))

    def _read(self, name: str, ways: list[Way]) -> None:
        """The population `name` and its projections."""
        forward, back = [way for way in ways if way[0] != name], [way for way in ways if way[0] == name]
        if not forward:
            what = "something but itself" if back else "something"
            raise InvalidNetwork(f"expected {what} to feed node {name!r}, got nothing")
        entering = [self._through(way, self.populations[way[0]].shape) for way in forward]
        shape = entering[0].shape
        entering += [self._loop(way, shape) for way in back]
        law, gain = neuron_of(name, self.edges.nodes[name], shape, self.reading)
        biases: dict[str, Reals] = {}
        for projection in entering:
            if projection.shape != shape:
                raise InvalidNetwork(f"expected one shape into node {name!r}, got {shape} and {projection.shape}")
            biases |= {projection.owner: projection.bias} if projection.owner else {}
            self.projections.append(projection.projection(name, len(self.projections), gain))
        flowing: Any = sum((column(bias, shape) for bias in biases.values()), np.zeros(()))
        current = least(column(law.bias, shape) + gain * flowing, shape)
        self.populations[name] = Population(name, shape, law.neuron, current, law.initial)

    def _through(self, way: Way, shape: Shape) -> OpenProjection:
        """What a way makes of what its population of this shape sends."""
        nodes = [(name, self.edges.nodes[name]) for name in way[1:]]
        return through(Chain(way[0], shape), nodes, self.reading.convention.dt)

    def _loop(self, way: Way, shape: Shape) -> OpenProjection:
        """A population onto itself, late."""
        step, delay = self._through(way, shape), self.reading.loop_delay
        if not step.delay and not delay:
            raise InvalidNetwork(
                f"node {way[0]!r} feeds itself in the same step; a recurrent projection needs a delay, try loop_delay=1"
            )
        return step.delayed(delay)
