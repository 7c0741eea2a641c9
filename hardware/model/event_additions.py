"""Additions that one event of each neuron of a source brings: surviving weights that meet a neuron which exists.

Of an input (c, y, x) of a convolution these are, over taps (k, l) that lie inside the map of the target,

    sum over k, l of (weights of c at (k, l) that are not zero) x inside(y, k) x inside(x, l)

and of a fully connected layer the weights of its column that are not zero.
"""

from math import prod

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.shapes import Map, as_map
from spikewright.snn import Conv1d, Conv2d, ConvTranspose2d, Linear, Network, Projection
from spikewright.snn.synapses import pooled_shape
from spikewright.weights import stored_values

Reals = NDArray[np.float64]


def fan_out(network: Network, projection: Projection) -> Reals | None:
    """`(neurons of the source,)`, row-major; None for a synapse without weights of its own, such as a pool.

    A neuron that an order reads at several places has the additions of all of them. Summed with the spikes of each neuron, one a
    word, this is `Activity.synaptic_operations`.
    """
    source, target = (network.by_name[name].shape for name in (projection.source, projection.target))
    read = as_map(projection.reads(source))
    pooled = as_map(pooled_shape(projection.reads(source), projection.pool))
    if isinstance(projection.synapse, Linear):
        found = np.count_nonzero(stored_values(projection.synapse.weights), axis=0).reshape(pooled)
    elif isinstance(projection.synapse, Conv1d | Conv2d | ConvTranspose2d):
        found = _convolved(projection.synapse, pooled, as_map(target))
    else:
        return None
    return _of_source(projection, _in_front_of_pool(found, projection.pool, read))


def _convolved(synapse: Conv1d | Conv2d | ConvTranspose2d, source: Map, target: Map) -> Reals:
    """Additions of each place of the map `source` that a convolution reads."""
    if isinstance(synapse, Conv1d):
        synapse = synapse.as_conv2d()
    weights = stored_values(synapse.weights)
    survivors = np.count_nonzero(weights.reshape(synapse.groups, -1, *weights.shape[1:]), axis=1)
    survivors = survivors.reshape(source[0], *weights.shape[2:])
    down, across = (_inside(synapse, axis, source[1 + axis], target[1 + axis]) for axis in (0, 1))
    return np.asarray(np.einsum("ckl,yk,xl->cyx", survivors, down, across), np.float64)


def _inside(synapse: Conv2d | ConvTranspose2d, axis: int, size: int, targets: int) -> NDArray[np.int64]:
    """`(places, taps)` along rows (0) or columns (1): 1 where a tap of a place meets a place of the target, else 0."""
    taps, stride = synapse.weights.shape[2 + axis], synapse.stride[axis]
    place, tap = np.arange(size)[:, None], np.arange(taps) * synapse.dilation[axis]
    if isinstance(synapse, ConvTranspose2d):
        met = place * stride + tap - synapse.padding[axis]
        return np.asarray((met >= 0) & (met < targets), np.int64)
    met, apart = np.divmod(place + synapse.padding[axis] - tap, stride)
    return np.asarray((apart == 0) & (met >= 0) & (met < targets), np.int64)


def _in_front_of_pool(found: Reals, pool: tuple[int, int], read: Map) -> Reals:
    """Each neuron of a window has the additions of the window; those in none have none."""
    whole = np.zeros(read)
    spread = found.repeat(pool[0], axis=1).repeat(pool[1], axis=2)
    whole[:, : spread.shape[1], : spread.shape[2]] = spread
    return whole


def _of_source(projection: Projection, read: Reals) -> Reals:
    """From places that are read to the neurons that are read there."""
    if projection.order is None:
        return read.reshape(-1)
    addresses, found = projection.order.addresses.reshape(-1), np.zeros(prod(projection.order.source))
    np.add.at(found, addresses[addresses >= 0], read.reshape(-1)[addresses >= 0])
    return found
