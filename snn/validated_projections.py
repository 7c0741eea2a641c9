"""Does a projection make sense? Its synapse, its weights and the order in which it reads, beside its source and its target."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import InvalidNetwork
from spikewright.index_maps import IndexMap
from spikewright.snn.checked import (
    LARGEST,
    LONGEST,
    check_numbers,
    check_whole,
    check_wholes,
    holds_integers,
    is_whole,
    largest_magnitude,
)
from spikewright.snn.synapses import Shape, Synapse, pooled_shape
from spikewright.weights import Expression, leaves, unscaled

if TYPE_CHECKING:
    from spikewright.snn.network import Network
    from spikewright.snn.projections import Projection


def check_projection(network: Network, projection: Projection) -> None:
    """Raise InvalidNetwork with the name of the projection unless its parts fit its source and its target."""
    source, target = network.by_name[projection.source], network.by_name[projection.target]
    synapse: Any = projection.synapse
    if not isinstance(synapse, Synapse) or (synapse.weights is None and synapse.gain is None and not synapse.compares):
        raise InvalidNetwork(
            f"expected a synapse of snn.synapses with weights or a gain in projection {projection.name!r}, got {synapse!r:.60}"
        )
    read = _read_shape(projection, source.shape)
    if synapse.gain is not None:
        _check_gain(network, projection, read[0])
    for name in synapse.matrices:
        if network.numbers == "fixed" and not holds_integers(getattr(synapse, name)):
            raise InvalidNetwork(f"expected integer {name} in projection {projection.name!r}; try network.to_fixed()")
    if synapse.weights is not None:
        _check_weights(network, projection, synapse.weights)
    if not is_whole(projection.shift, 0, 32) or (projection.shift and network.numbers != "fixed"):
        raise InvalidNetwork(
            f"expected a shift of 0 to 32 in fixed point, else 0, got {projection.shift} in {projection.name!r}"
        )
    check_whole(projection.delay, 0, LONGEST, f"the delay in steps of projection {projection.name!r}")
    try:
        shape = projection.synapse.output_shape(pooled_shape(read, projection.pool))
    except InvalidNetwork as error:
        raise InvalidNetwork(f"projection {projection.name!r}: {error}") from error
    channels = (0, target.shape[0]) if projection.channels is None else projection.channels
    check_wholes(channels, 2, f"the channels of projection {projection.name!r}")
    start, stop = channels
    wanted = (stop - start, *target.shape[1:])
    if not 0 <= start < stop <= target.shape[0] or shape != wanted:
        raise InvalidNetwork(
            f"projection {projection.name!r} makes {shape}, expected {wanted} of population {target.name!r}"
        )


def _read_shape(projection: Projection, source: Shape) -> Shape:
    """What is read of a source, after a look at the order in which that is."""
    order: Any = projection.order
    if order is None:
        return source
    name = projection.name
    if not isinstance(order, IndexMap):
        raise InvalidNetwork(f"expected an IndexMap or None as order of projection {name!r}, got {order!r:.60}")
    if order.source != source or not 1 <= len(order.shape) <= 3 or not 1 <= order.size <= LARGEST:
        raise InvalidNetwork(
            f"expected an order of projection {name!r} from its source {source} to (C, H, W), (C, L) or (N,), "
            f"got one from {order.source} to {order.shape}"
        )
    whole = order.addresses.dtype.kind in "iu"
    if not whole or order.addresses.min() < -1 or order.addresses.max() >= prod(source):
        raise InvalidNetwork(
            f"expected whole numbers from -1 to {prod(source) - 1} in the order of projection {name!r}"
        )
    if order.constants.shape != order.shape or order.constants.any():
        raise InvalidNetwork(
            f"expected no constants in the order of projection {name!r}; try them in the bias of its target"
        )
    return order.shape


def _check_weights(network: Network, projection: Projection, weights: Expression) -> None:
    name, (base, scale) = projection.name, unscaled(weights)
    for _, _, leaf in leaves(weights):
        if leaf.real and not np.all(np.isfinite(leaf.array)):
            raise InvalidNetwork(f"expected finite weights in projection {name!r}, got NaN or infinity")
        if network.numbers == "fixed" and leaf.array.dtype == np.uint64 and largest_magnitude(leaf.array) >= 2**63:
            raise InvalidNetwork(f"expected weights below 2**63 in projection {name!r}, got {leaf.array.max()}")
    if network.numbers != "fixed":
        return
    if base.real:
        raise InvalidNetwork(f"expected integer weights in projection {name!r}; try network.to_fixed()")
    if scale is not None:
        raise InvalidNetwork(f"expected no scale beside integer weights in projection {name!r}")


def _check_gain(network: Network, projection: Projection, channels: int) -> None:
    gain = np.asarray(projection.synapse.gain)
    if gain.shape not in {(), (channels,)}:
        raise InvalidNetwork(
            f"expected a gain, one or ({channels},), in projection {projection.name!r}, got {gain.shape}"
        )
    check_numbers(gain, f"the gain of projection {projection.name!r}")
    if network.numbers == "fixed" and not holds_integers(gain):
        raise InvalidNetwork(f"expected an integer gain in projection {projection.name!r}; try network.to_fixed()")
