"""From a `Network` to the nodes and edges of NIR 1.0 (Pedersen et al. 2024).

    IF           nir.IF    r = 1
    LIF          nir.LIF   tau = dt / leak, r = 1 / leak, v_leak = 0: one Euler step of dt is our step
    Integrator   nir.I     r = 1
    pool         nir.SumPool2d      Linear  nir.Affine or nir.Linear, after a nir.Flatten where it needs one
    Conv1d, Conv2d   the same       AvgPool2d, Identity  nir.AvgPool2d, nir.SumPool2d, nir.Scale, or an edge alone
    delay        nir.Delay  of d dt     channels   weights of zero for the other channels
    order        columns of a Linear in other places; no node for what else reads in an order

NIR's neurons fire at v > v_threshold and ours at V >= threshold, so a threshold is written as the next float32 below: for
floats that is the same rule. Biases go into the Affine or convolution that feeds the population.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.optional import require
from spikewright.snn.interop.laws import column
from spikewright.snn.interop.nir.synapses import nodes_of, sum_pool, without_orders
from spikewright.snn.network import Network
from spikewright.snn.neurons import IF, LIF, Integrator, Source
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.synapses import Shape, pooled_shape


def build(network: Network, dt: float, metadata: dict[str, Any]) -> Any:
    """The `nir.NIRGraph` of `network`, steps of `dt` seconds. Raises InvalidNetwork for what NIR has no node for."""
    return _GraphBuilder(require("nir"), network, dt).graph(metadata)


class _GraphBuilder:
    """Nodes under names that every tool can turn into attributes, and their edges."""

    def __init__(self, nir: Any, network: Network, dt: float) -> None:
        if network.tail is not None:
            raise InvalidNetwork(
                "expected output neurons that are the answer, got a linear map behind them, which NIR has no place for; "
                "try the model without its last linear layers"
            )
        self.nir, self.network, self.dt = nir, without_orders(network), dt
        self.nodes: dict[str, Any] = {}
        self.edges: list[tuple[str, str]] = []

    def graph(self, metadata: dict[str, Any]) -> Any:
        """Populations in their order, then the nodes of each projection, then the output."""
        keys = {p.name: self._add(p.name, self._population(p)) for p in self.network.populations}
        for projection in self.network.projections:
            self._chain(projection, keys)
        shape = np.array(self.network.by_name[self.network.output].shape)
        self.edges.append((keys[self.network.output], self._add("output", self.nir.Output({"output": shape}))))
        try:
            return self.nir.NIRGraph(self.nodes, self.edges, metadata=metadata)
        except (ValueError, AssertionError, NotImplementedError) as error:
            raise InvalidNetwork(f"expected a graph that NIR's type check accepts, got: {error}") from error

    def _add(self, name: str, node: Any) -> str:
        """`node` under a name like `name`; which one."""
        base = re.sub(r"\W", "_", name, flags=re.ASCII)
        base = base if base[:1].isalpha() else f"n{base}"
        key, number = base, 1
        while key in self.nodes:
            key, number = f"{base}_{number}", number + 1
        self.nodes[key] = node
        return key

    def _population(self, population: Population) -> Any:
        """The node of a population."""
        rule = NEURONS.get(type(population.neuron))
        if rule is None:
            kind = type(population.neuron).__name__
            raise InvalidNetwork(
                f"population {population.name!r}: NIR 1.0 has no {kind}; it has IF, LIF and integrators"
            )
        return rule(self.nir, population.neuron, population.shape, self.dt)

    def _chain(self, projection: Projection, keys: dict[str, str]) -> None:
        """The nodes of a projection, one behind the other."""
        source, last = self.network.by_name[projection.source], keys[projection.source]
        nodes: list[Any] = []
        if projection.delay:
            nodes.append(self.nir.Delay(delay=np.full(source.shape, projection.delay * self.dt)))
        if projection.pool != (1, 1):
            nodes.append(sum_pool(self.nir, projection.pool, projection.pool))
        shape = pooled_shape(source.shape, projection.pool)
        nodes += nodes_of(self.nir, self.network, projection, shape)
        if not nodes and (last, keys[projection.target]) in self.edges:
            nodes.append(self.nir.Scale(scale=np.ones(shape, dtype=np.float32)))
        for node in nodes:
            key = self._add(projection.name, node)
            self.edges.append((last, key))
            last = key
        self.edges.append((last, keys[projection.target]))


def _ones(shape: Shape) -> NDArray[np.float32]:
    return np.ones(shape, dtype=np.float32)


def _below(threshold: Any, shape: Shape) -> NDArray[np.generic]:
    """The largest float32 below each neuron's threshold."""
    full = np.broadcast_to(column(threshold, shape), shape)
    lower: NDArray[np.generic] = np.nextafter(full.astype(np.float32), np.float32(-np.inf))
    return lower


def _input(nir: Any, neuron: Any, shape: Shape, dt: float) -> Any:
    return nir.Input({"input": np.array(shape)})


def _integrator(nir: Any, neuron: Any, shape: Shape, dt: float) -> Any:
    return nir.I(r=_ones(shape))


def _if(nir: Any, neuron: Any, shape: Shape, dt: float) -> Any:
    return nir.IF(r=_ones(shape), v_threshold=_below(neuron.threshold, shape), v_reset=0 * _ones(shape))


def _lif(nir: Any, neuron: Any, shape: Shape, dt: float) -> Any:
    tau, r = (_ones(shape) * np.float32(value) for value in (dt / neuron.leak, 1.0 / neuron.leak))
    threshold, zero = _below(neuron.threshold, shape), 0 * _ones(shape)
    return nir.LIF(tau=tau, r=r, v_leak=zero, v_threshold=threshold, v_reset=0 * _ones(shape))


NEURONS: dict[type, Callable[[Any, Any, Shape, float], Any]] = {
    Source: _input,
    Integrator: _integrator,
    IF: _if,
    LIF: _lif,
}
"""Record -> the rule that makes its node of (nir, record, shape, dt)."""
