"""Synapse records as NIR nodes: each gives the nodes of its projection behind delay and pool, one behind the other.

Weights are written for all channels of the target, zero where the projection does not reach, and for all input channels, zero
outside of the group: the package nir 1.0.8 refuses to read groups that it wrote.
"""

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.interop.laws import column
from spikewright.snn.interop.nir.permissions import bias_carrier
from spikewright.snn.network import Network
from spikewright.snn.projections import Projection
from spikewright.snn.synapses import AvgPool2d, Conv1d, Conv2d, Identity, Linear, Shape
from spikewright.weights import dense

Numbers = NDArray[np.generic]


def nodes_of(nir: Any, network: Network, projection: Projection, shape: Shape) -> list[Any]:
    """The nodes of the synapse of `projection`, which reads `shape`. Raises InvalidNetwork where NIR has none."""
    rule = SYNAPSES.get(type(projection.synapse))
    if rule is None:
        raise InvalidNetwork(f"projection {projection.name!r}: NIR 1.0 has no {type(projection.synapse).__name__}")
    return rule(nir, network, projection, shape)


def without_orders(network: Network) -> Network:
    """The network with the orders of Linear synapses in their columns. Raises InvalidNetwork for other synapses."""
    if not any(q.order for q in network.projections):
        return network
    projections = (_in_columns(q, network.by_name[q.source].shape) for q in network.projections)
    return replace(network, projections=tuple(projections))


def _in_columns(projection: Projection, source: Shape) -> Projection:
    """sum over t of W[o, t] x[a(t)]: the columns of one input added up."""
    order, synapse = projection.order, projection.synapse
    if order is None:
        return projection
    if not isinstance(synapse, Linear) or projection.pool != (1, 1):
        kind = type(synapse).__name__
        raise InvalidNetwork(f"projection {projection.name!r}: NIR 1.0 has no {kind} that reads in the order {order!r}")
    weights, addresses = synapse.weights.values(), order.addresses.reshape(-1)
    read = addresses >= 0
    columns = np.zeros((len(weights), prod(source)), weights.dtype)
    np.add.at(columns.T, addresses[read], weights[:, read].T)
    return replace(projection, synapse=Linear(dense(columns)), order=None)


def sum_pool(nir: Any, kernel: tuple[int, int], stride: tuple[int, int]) -> Any:
    """Sums over windows."""
    return nir.SumPool2d(*(np.array(pair) for pair in (kernel, stride, (0, 0))))


def _plain(values: Any) -> Numbers:
    """`values` as float32, or as float64 where that would round integers."""
    array = np.asarray(values)
    single = array.astype(np.float32)
    exact = array.dtype.kind == "f" or np.array_equal(single, array)
    return single if exact else array.astype(np.float64)


def _weights(network: Network, projection: Projection, groups: int) -> tuple[Numbers, Numbers]:
    """Weights for all channels of the target, and the bias that goes with them."""
    synapse: Any = projection.synapse
    target = network.by_name[projection.target]
    weights = _without_groups(synapse.weights.values(), groups)
    if projection.shift:
        weights = weights.astype(np.int64) << projection.shift
    start, stop = projection.channels or (0, len(weights))
    channels = target.shape[0] if projection.channels else len(weights)
    whole = np.zeros((channels, *weights.shape[1:]), dtype=weights.dtype)
    whole[start:stop] = weights
    taken = bias_carrier(network, target) is projection
    bias = np.broadcast_to(np.asarray(target.bias if taken else 0.0), (channels,))
    return _plain(whole), _plain(bias)


def _without_groups(weights: Numbers, groups: int) -> Numbers:
    """Weights for all input channels, zero outside of the group."""
    if groups == 1:
        return weights
    rows, columns = len(weights) // groups, weights.shape[1]
    whole = np.zeros((len(weights), columns * groups, *weights.shape[2:]), dtype=weights.dtype)
    for group in range(groups):
        place = slice(group * rows, (group + 1) * rows)
        whole[place, group * columns : (group + 1) * columns] = weights[place]
    return whole


def _linear(nir: Any, network: Network, projection: Projection, shape: Shape) -> list[Any]:
    weights, bias = _weights(network, projection, 1)
    node = nir.Affine(weight=weights, bias=bias) if np.any(bias) else nir.Linear(weight=weights)
    if len(shape) == 1:
        return [node]
    return [nir.Flatten({"input": np.array(shape)}, start_dim=0, end_dim=-1), node]


def _convolution(kind: str, number: Callable[[Any], Any]) -> Callable[..., list[Any]]:
    """The rule of nir.Conv1d and nir.Conv2d, whose settings are a number, or a tuple."""

    def rule(nir: Any, network: Network, projection: Projection, shape: Shape) -> list[Any]:
        synapse: Any = projection.synapse
        weights, bias = _weights(network, projection, synapse.groups)
        if len(set(weights.shape[2:])) > 1:
            kernel = " x ".join(map(str, weights.shape[2:]))
            raise InvalidNetwork(f"projection {projection.name!r}: NIR 1.0 takes kernels as square, got {kernel}")
        settings = {name: number(getattr(synapse, name)) for name in ("stride", "padding", "dilation")}
        size = shape[1:] if kind == "Conv2d" else shape[1]
        return [getattr(nir, kind)(input_shape=size, weight=weights, groups=1, bias=bias, **settings)]

    return rule


def _average(nir: Any, network: Network, projection: Projection, shape: Shape) -> list[Any]:
    synapse: Any = projection.synapse
    if not projection.channels and np.all(np.float32(synapse.gain) == np.float32(1 / np.prod(synapse.kernel))):
        return [nir.AvgPool2d(*(np.array(pair) for pair in (synapse.kernel, synapse.stride, (0, 0))))]
    return [sum_pool(nir, synapse.kernel, synapse.stride), *_gain(nir, network, projection, shape)]


def _gain(nir: Any, network: Network, projection: Projection, shape: Shape) -> list[Any]:
    synapse: Any = projection.synapse
    target = network.by_name[projection.target]
    if projection.channels:
        raise InvalidNetwork(f"projection {projection.name!r}: NIR 1.0 has no slice of a population's channels")
    gain = np.broadcast_to(column(synapse.gain, target.shape), target.shape) * 2**projection.shift
    return [nir.Scale(scale=_plain(gain).copy())] if np.any(gain != 1) else []


SYNAPSES: dict[type, Callable[[Any, Network, Projection, Shape], list[Any]]] = {
    Linear: _linear,
    Conv1d: _convolution("Conv1d", int),
    Conv2d: _convolution("Conv2d", tuple),
    AvgPool2d: _average,
    Identity: _gain,
}
"""Record -> the rule that makes its nodes."""
