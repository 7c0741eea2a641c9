"""From the nodes of a NIR graph that another tool wrote to a `Network`.

Nodes with a state (Input, IF, LIF, I) become populations. The nodes between two of them, pools, Flatten, Scale, Delay, an
Affine or a convolution, become one projection; see `snn.interop.nir_chain`. A neuron's r goes into the weights that feed it.
NIR fires at v > v_threshold, so thresholds are the next float32 above; a rest or reset that is not zero shifts the potential
(`snn.interop.laws`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.optional import require
from spikewright.snn.files import LARGEST_COUNT
from spikewright.snn.interop.laws import Law, Placed, least, placed
from spikewright.snn.interop.nir_chain import Chain, Step
from spikewright.snn.interop.nir_export import per_channel
from spikewright.snn.interop.nir_reading import Reading, numbers, one_for_all, snapped
from spikewright.snn.network import Network, Population, Projection
from spikewright.snn.neurons import Integrator, Source

STATEFUL = ("Input", "IF", "LIF", "I")
STATELESS = ("Affine", "Linear", "Conv1d", "Conv2d", "SumPool2d", "AvgPool2d", "Flatten", "Scale", "Delay")
MOST_CHAINS = 10_000


def network_of(graph: Any, reading: Reading) -> Network:
    """The network that `graph` is under `reading`. Raises InvalidNetwork naming the node that has no counterpart."""
    return _Reader(graph, reading).network()


@dataclass
class _Reader:
    graph: Any
    reading: Reading
    before: dict[str, list[str]] = field(default_factory=dict)
    populations: dict[str, Population] = field(default_factory=dict)
    projections: list[Projection] = field(default_factory=list)

    def network(self) -> Network:
        """Populations in the order of the spikes, each with what feeds it."""
        self._check()
        (entry,) = self._named("Input")
        (exit_,) = self._named("Output")
        shape = tuple(int(n) for n in np.asarray(self.graph.nodes[entry].input_type["input"]).reshape(-1))
        if not shape or min(shape) < 1 or prod(shape) > LARGEST_COUNT:
            raise InvalidNetwork(f"expected the shape of one input at node {entry!r}, got {shape}")
        self.populations[entry] = Population(entry, shape, Source())
        self._read_all()
        outputs = self.before[exit_]
        if len(outputs) != 1 or outputs[0] not in self.populations:
            raise InvalidNetwork(f"expected one population in front of the output, got {outputs}; end with a neuron")
        answer = self.populations[outputs[0]].neuron
        readout = self.reading.readout or ("potential" if isinstance(answer, Integrator) else "count")
        return Network(
            tuple(self.populations.values()),
            tuple(self.projections),
            entry,
            outputs[0],
            self.reading.code,
            self.reading.schedule,
            readout,
        )

    def _check(self) -> None:
        """Edges between nodes that exist, one input and output, and only nodes with a counterpart."""
        known = (*STATEFUL, *STATELESS, "Output")
        for name, node in self.graph.nodes.items():
            if not isinstance(node, require("nir").NIRNode) or type(node).__name__ not in known:
                raise InvalidNetwork(
                    f"node {name!r}: a {type(node).__name__} has no counterpart here; try {', '.join(known)}"
                )
        self.before = {name: [] for name in self.graph.nodes}
        for start, end in self.graph.edges:
            if start not in self.before or end not in self.before:
                raise InvalidNetwork(f"expected edges between nodes of the graph, got {start!r} to {end!r}")
            if start in self.before[end]:
                raise InvalidNetwork(f"expected each edge once, got {start!r} to {end!r} twice")
            self.before[end].append(start)
        for kind in ("Input", "Output"):
            if len(self._named(kind)) != 1:
                raise InvalidNetwork(f"expected one {kind} node, got {len(self._named(kind))}")

    def _named(self, kind: str) -> list[str]:
        return [name for name, node in self.graph.nodes.items() if type(node).__name__ == kind]

    def _read_all(self) -> None:
        waiting = {n: list(self._chains(n)) for n, node in self.graph.nodes.items() if self._stateful(node)}
        waiting = {name: chains for name, chains in waiting.items() if name not in self.populations}
        while waiting:
            ready = [n for n, chains in waiting.items() if all(c[0] in self.populations or c[0] == n for c in chains)]
            if not ready:
                raise InvalidNetwork(
                    f"nodes {', '.join(sorted(waiting))} form a cycle; NIR says no delay, and a cycle without one has no "
                    "order; only loops of a population onto itself can be given one"
                )
            for name in ready:
                self._read(name, waiting.pop(name))

    def _stateful(self, node: Any) -> bool:
        return type(node).__name__ in STATEFUL

    def _chains(self, target: str) -> Iterator[tuple[str, ...]]:
        """Every way into `target` from a population: its name and the nodes between, in the order of the signal."""
        open_ends: list[tuple[str, ...]] = [(name,) for name in self.before[target]]
        found = 0
        while open_ends:
            chain = open_ends.pop()
            found += 1
            if found > MOST_CHAINS or len(set(chain)) < len(chain):
                raise InvalidNetwork(
                    f"expected a way from a population to {target!r}, got a cycle through {chain[0]!r}"
                )
            if self._stateful(self.graph.nodes[chain[0]]):
                yield chain
            elif not self.before[chain[0]] or type(self.graph.nodes[chain[0]]).__name__ == "Output":
                raise InvalidNetwork(f"expected something to feed node {chain[0]!r}, got nothing")
            else:
                open_ends += [(name, *chain) for name in self.before[chain[0]]]

    def _read(self, name: str, chains: list[tuple[str, ...]]) -> None:
        """The population `name` and its projections."""
        if not chains:
            raise InvalidNetwork(f"expected something to feed node {name!r}, got nothing")
        steps = [self._step(name, chain) for chain in chains if chain[0] != name]
        if not steps:
            raise InvalidNetwork(f"expected something but itself to feed node {name!r}, got nothing")
        shape = steps[0].shape
        loops = [self._loop(name, chain, shape) for chain in chains if chain[0] == name]
        law, gain = self._neuron(name, shape)
        biases: dict[str, NDArray[np.float64]] = {}
        for step in (*steps, *loops):
            if step.shape != shape:
                raise InvalidNetwork(f"expected one shape into node {name!r}, got {shape} and {step.shape}")
            biases.update({step.owner: step.bias} if step.owner else {})
            self.projections.append(step.projection(name, len(self.projections), gain))
        flowing: Any = sum((per_channel(bias, shape) for bias in biases.values()), np.zeros(()))
        current = per_channel(law.bias, shape)
        self.populations[name] = Population(
            name, shape, law.neuron, least(current + gain * flowing, shape), law.initial
        )

    def _step(self, target: str, chain: tuple[str, ...]) -> Step:
        nodes = [(name, self.graph.nodes[name]) for name in chain[1:]]
        return Chain(chain[0], self.populations[chain[0]].shape, self.reading.convention.dt).through(nodes)

    def _loop(self, name: str, chain: tuple[str, ...], shape: tuple[int, ...]) -> Step:
        """A population onto itself."""
        nodes = [(inner, self.graph.nodes[inner]) for inner in chain[1:]]
        step = Chain(name, shape, self.reading.convention.dt).through(nodes)
        if not step.delay and not self.reading.loop_delay:
            raise InvalidNetwork(
                f"node {name!r} feeds itself in the same step; a recurrent projection needs a delay, try loop_delay=1"
            )
        return step.delayed(self.reading.loop_delay)

    def _neuron(self, name: str, shape: tuple[int, ...]) -> tuple[Placed, Any]:
        """The record with its current and initial potential, and what a unit of input adds to V, which broadcasts."""
        node, convention = self.graph.nodes[name], self.reading.convention
        kind = type(node).__name__
        # beta = 1: nothing leaks, and tau and r are infinite
        endless = kind == "LIF" and bool(np.all(np.isinf(np.asarray(node.tau, dtype=np.float64))))
        gain = np.ones(()) if endless else snapped(self._spread(name, node, "r", shape) * self._unit(name, node))
        if kind == "I":
            return Placed(Integrator(), 0.0, 0.0, 1.0), gain
        leak = self._leak(name, node) if kind == "LIF" and not endless else 0.0
        rest = self._spread(name, node, "v_leak" if leak else "v_reset", shape)
        law = Law(
            self._spread(name, node, "v_threshold", shape).astype(np.float32),
            1.0 - leak,
            current=leak * rest if leak else 0.0,
            reset="by" if self.reading.reset == "subtract" else "to",
            value=self._value(name, node, shape),
            start=rest if convention.start == "rest" else 0.0,
            strict=convention.fires == "above",
        )
        return placed(law, name, shape), gain

    def _value(self, name: str, node: Any, shape: tuple[int, ...]) -> Any:
        """What potentials are set to; None where the threshold is taken off instead."""
        value = self._spread(name, node, "v_reset", shape)
        if self.reading.reset == "zero":
            return value
        if np.any(value):
            raise InvalidNetwork(f"expected v_reset = 0 in node {name!r} for a reset by subtraction, got another")
        return None

    def _unit(self, name: str, node: Any) -> float:
        """What a current of one, with r = 1, adds to V in a step."""
        convention = self.reading.convention
        if type(node).__name__ == "LIF":
            return self._leak(name, node) if convention.lif_current == "membrane" else 1.0
        return convention.dt if convention.if_current == "time" else 1.0

    def _leak(self, name: str, node: Any) -> float:
        """The share of V that is lost in a step."""
        convention = self.reading.convention
        tau = one_for_all(numbers(node, name, "tau"), name, "time constant")
        ratio = convention.dt / tau if tau > 0 else np.inf
        leak = ratio if convention.decay == "euler" else -np.expm1(-ratio)
        if not 0.0 < leak < 1.0:
            raise InvalidNetwork(f"expected a leak in (0, 1) in node {name!r}, got {leak:.3g}; try another dt")
        return float(leak)

    def _spread(self, name: str, node: Any, attribute: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """One number for each neuron; one that stands for all is spread out."""
        array = numbers(node, name, attribute)
        if array.size == 1:
            array = array.reshape(())
        elif array.shape != shape:
            raise InvalidNetwork(f"expected {attribute} of node {name!r} with the shape {shape}, got {array.shape}")
        return np.broadcast_to(array, shape)
