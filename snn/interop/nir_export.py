"""From a `Network` to the nodes and edges of NIR 1.0 (Pedersen et al. 2024).

    IF           nir.IF    r = 1
    LIF          nir.LIF   tau = dt / leak, r = 1 / leak, v_leak = 0: one Euler step of dt is our step
    Integrator   nir.I     r = 1
    pool         nir.SumPool2d      Linear  nir.Affine or nir.Linear, after a nir.Flatten where it needs one
    Conv1d, Conv2d   the same       AvgPool2d, Identity  nir.AvgPool2d, nir.SumPool2d, nir.Scale, or an edge alone
    delay        nir.Delay  of d dt     channels   weights of zero for the other channels

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
from spikewright.snn.interop.nir_carried import bias_carrier
from spikewright.snn.network import Network, Population, Projection
from spikewright.snn.neurons import IF, LIF, Integrator, Source
from spikewright.snn.synapses import AvgPool2d, Conv1d, Conv2d, Identity, Linear, Shape, pooled_shape
from spikewright.snn.weights import effective_weights

Reals = NDArray[np.generic]


def build(network: Network, dt: float, metadata: dict[str, Any]) -> Any:
    """The `nir.NIRGraph` of `network`, steps of `dt` seconds. Raises InvalidNetwork for what NIR has no node for."""
    return _Builder(require("nir"), network, dt).graph(metadata)


class _Builder:
    """Nodes under names that every tool can turn into attributes, and their edges."""

    def __init__(self, nir: Any, network: Network, dt: float) -> None:
        self.nir, self.network, self.dt = nir, network, dt
        self.nodes: dict[str, Any] = {}
        self.edges: list[tuple[str, str]] = []

    def graph(self, metadata: dict[str, Any]) -> Any:
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
        base = re.sub(r"\W", "_", name, flags=re.ASCII)
        base = base if base[:1].isalpha() else f"n{base}"
        key, number = base, 1
        while key in self.nodes:
            key, number = f"{base}_{number}", number + 1
        self.nodes[key] = node
        return key

    def _population(self, population: Population) -> Any:
        neuron, shape = population.neuron, population.shape
        ones = np.ones(shape, dtype=np.float32)
        if isinstance(neuron, Source):
            return self.nir.Input({"input": np.array(shape)})
        if isinstance(neuron, Integrator):
            return self.nir.I(r=ones)
        if not isinstance(neuron, IF | LIF):
            kind = type(neuron).__name__
            raise InvalidNetwork(
                f"population {population.name!r}: NIR 1.0 has no {kind}; it has IF, LIF and integrators"
            )
        threshold = below(np.broadcast_to(per_channel(neuron.threshold, shape), shape))
        if isinstance(neuron, IF):
            return self.nir.IF(r=ones, v_threshold=threshold, v_reset=0 * ones)
        tau, r = (ones * np.float32(value) for value in (self.dt / neuron.leak, 1.0 / neuron.leak))
        return self.nir.LIF(tau=tau, r=r, v_leak=0 * ones, v_threshold=threshold, v_reset=0 * ones)

    def _chain(self, projection: Projection, keys: dict[str, str]) -> None:
        """The nodes of a projection, one behind the other."""
        source, last = self.network.by_name[projection.source], keys[projection.source]
        nodes: list[Any] = []
        if projection.delay:
            nodes.append(self.nir.Delay(delay=np.full(source.shape, projection.delay * self.dt)))
        shape = pooled_shape(source.shape, projection.pool)
        if projection.pool != (1, 1):
            nodes.append(_sum_pool(self.nir, projection.pool, projection.pool))
        rule = _RULES.get(type(projection.synapse))
        if rule is None:
            raise InvalidNetwork(f"projection {projection.name!r}: NIR 1.0 has no {type(projection.synapse).__name__}")
        nodes += rule(self.nir, self.network, projection, shape)
        if not nodes and (last, keys[projection.target]) in self.edges:
            nodes.append(self.nir.Scale(scale=np.ones(shape, dtype=np.float32)))
        for node in nodes:
            key = self._add(projection.name, node)
            self.edges.append((last, key))
            last = key
        self.edges.append((last, keys[projection.target]))


def below(threshold: Any) -> Reals:
    """The largest float32 below `threshold`."""
    lower: Reals = np.nextafter(np.asarray(threshold, dtype=np.float32), np.float32(-np.inf))
    return lower


def per_channel(value: Any, shape: Shape) -> Reals:
    """A scalar, `(channels,)` or full value so that it broadcasts against `shape`."""
    array = np.asarray(value)
    return array.reshape(-1, *[1] * (len(shape) - 1)) if array.ndim == 1 else array


def plain(values: Any) -> Reals:
    """`values` as float32, or as float64 where that would round integers."""
    array = np.asarray(values)
    single = array.astype(np.float32)
    exact = array.dtype.kind == "f" or np.array_equal(single, array)
    return single if exact else array.astype(np.float64)


def _weights(network: Network, projection: Projection) -> tuple[Reals, Reals]:
    """Weights for all channels of the target, and the bias that goes with them."""
    synapse, target = projection.synapse, network.by_name[projection.target]
    assert isinstance(synapse, Linear | Conv1d | Conv2d)
    weights = _without_groups(effective_weights(synapse.weights), getattr(synapse, "groups", 1))
    if projection.shift:
        weights = weights.astype(np.int64) << projection.shift
    start, stop = projection.channels or (0, len(weights))
    channels = target.shape[0] if projection.channels else len(weights)
    whole = np.zeros((channels, *weights.shape[1:]), dtype=weights.dtype)
    whole[start:stop] = weights
    taken = bias_carrier(network, target) is projection
    bias = np.broadcast_to(np.asarray(target.bias if taken else 0.0), (channels,))
    return plain(whole), plain(bias)


def _linear(nir: Any, network: Network, projection: Projection, shape: Shape) -> list[Any]:
    weights, bias = _weights(network, projection)
    node = nir.Affine(weight=weights, bias=bias) if np.any(bias) else nir.Linear(weight=weights)
    if len(shape) == 1:
        return [node]
    return [nir.Flatten({"input": np.array(shape)}, start_dim=0, end_dim=-1), node]


def _conv(nir: Any, network: Network, projection: Projection, shape: Shape) -> list[Any]:
    synapse = projection.synapse
    assert isinstance(synapse, Conv1d | Conv2d)
    weights, bias = _weights(network, projection)
    if len(set(weights.shape[2:])) > 1:
        kernel = " x ".join(map(str, weights.shape[2:]))
        raise InvalidNetwork(f"projection {projection.name!r}: NIR 1.0 takes kernels as square, got {kernel}")
    node, number = (nir.Conv2d, tuple) if isinstance(synapse, Conv2d) else (nir.Conv1d, int)
    settings: dict[str, Any] = {"stride": synapse.stride, "padding": synapse.padding, "dilation": synapse.dilation}
    settings = {name: number(value) for name, value in settings.items()}
    return [node(input_shape=shape[1] if number is int else shape[1:], weight=weights, groups=1, bias=bias, **settings)]


def _without_groups(weights: Reals, groups: int) -> Reals:
    """Weights for all input channels, zero outside the group: the package nir 1.0.8 refuses to read groups that it wrote."""
    if groups == 1:
        return weights
    rows, columns = len(weights) // groups, weights.shape[1]
    whole = np.zeros((len(weights), columns * groups, *weights.shape[2:]), dtype=weights.dtype)
    for group in range(groups):
        place = slice(group * rows, (group + 1) * rows)
        whole[place, group * columns : (group + 1) * columns] = weights[place]
    return whole


def _average(nir: Any, network: Network, projection: Projection, shape: Shape) -> list[Any]:
    synapse = projection.synapse
    assert isinstance(synapse, AvgPool2d)
    if not projection.channels and np.all(np.float32(synapse.gain) == np.float32(1 / np.prod(synapse.kernel))):
        return [nir.AvgPool2d(*(np.array(pair) for pair in (synapse.kernel, synapse.stride, (0, 0))))]
    return [_sum_pool(nir, synapse.kernel, synapse.stride), *_gain(nir, network, projection, shape)]


def _gain(nir: Any, network: Network, projection: Projection, shape: Shape) -> list[Any]:
    synapse, target = projection.synapse, network.by_name[projection.target]
    assert isinstance(synapse, AvgPool2d | Identity)
    if projection.channels:
        raise InvalidNetwork(f"projection {projection.name!r}: NIR 1.0 has no slice of a population's channels")
    gain = np.broadcast_to(per_channel(synapse.gain, target.shape), target.shape) * 2**projection.shift
    return [nir.Scale(scale=plain(gain).copy())] if np.any(gain != 1) else []


def _sum_pool(nir: Any, kernel: tuple[int, int], stride: tuple[int, int]) -> Any:
    return nir.SumPool2d(*(np.array(pair) for pair in (kernel, stride, (0, 0))))


_RULES: dict[type, Callable[[Any, Network, Projection, Shape], list[Any]]] = {
    Linear: _linear,
    Conv1d: _conv,
    Conv2d: _conv,
    AvgPool2d: _average,
    Identity: _gain,
}
