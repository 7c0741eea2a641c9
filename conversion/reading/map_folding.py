"""An index map in front of a layer goes into its weights: columns of a matrix, input channels and strides of a convolution.

    W (P x) = (W P) x       P has a one for each number that is moved, so that W P has the columns of W in other places

A convolution takes what picks whole channels and every so many pixels of them: its kernel is set down with gaps.

    y = [p q] over x[::2]       =       [p 0 q] over x, with twice the stride
"""

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.conversion.reading.geometry import DENSE, ConvGeometry, Kernel, dilated
from spikewright.conversion.reading.kernel_places import ends_fit, groups_left, set_down
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.shapes import Floats, grid, times
from spikewright.conversion.reading.terms import LARGEST, mapped
from spikewright.index_maps import ChannelSlices, IndexMap, channel_slices
from spikewright.snn.synapses import Shape


@dataclass(frozen=True, eq=False)
class FoldedLayer:
    """A layer that reads the source of a map itself, and what the constants of the map bring to its outputs, or None."""

    layer: AffineLayer
    offset: Floats | None


def folded(layer: AffineLayer, moved: IndexMap) -> FoldedLayer | None:
    """`layer` of a moved value as a layer of the value, or None where no weights say that."""
    together = _columns(layer, moved) if layer.geometry is DENSE else _kernels(layer, moved)
    if together is None:
        return None
    offset = mapped(layer.term(), moved.constants.reshape(layer.inputs), layer.inputs) if moved.constant else None
    return FoldedLayer(together, offset)


@dataclass(frozen=True, eq=False)
class TurnedLayer:
    """A layer over the source of a map whose outputs stand in another order, and the map `back` to that of the layer."""

    layer: AffineLayer
    back: IndexMap


def depthwise_in_place(layer: AffineLayer, moved: IndexMap) -> TurnedLayer | None:
    """A depthwise convolution of channels in another order as one of the channels where they are; None for other layers.

    Its weights would go into a dense kernel: each output reads another channel than the one at its own place.
    """
    groups = layer.geometry.group_count
    if groups == 1 or groups != layer.inputs[0] or not isinstance(layer.geometry, ConvGeometry) or not moved.one_to_one:
        return None
    found = slices_of(moved)
    if moved.in_order or found is None or not found.whole:
        return None
    count = layer.kernel.shape[0] // groups
    places = np.arange(groups * count).reshape(groups, count)
    rows = places[np.argsort(found.channels)].reshape(-1)
    scale = None if layer.kernel.scale is None else layer.kernel.scale[rows]
    kernel = replace(layer.kernel.changed(lambda values: values[rows]), scale=scale)
    bias = layer.bias[rows] if layer.bias.ndim else layer.bias
    back = of_channels(places[found.channels].reshape(-1), layer.shape)
    return TurnedLayer(replace(layer, kernel=kernel, bias=bias, inputs=moved.source), back)


def picking(name: str, moved: IndexMap) -> FoldedLayer | None:
    """The map itself as a layer: a matrix for vectors, a convolution with single ones for whole channels; else None."""
    if len(moved.shape) != len(moved.source):
        return None
    offset = moved.constants if moved.constant else None
    if len(moved.shape) == 1:
        return None if prod(moved.shape) * prod(moved.source) > LARGEST else FoldedLayer(_rows(name, moved), offset)
    channels = moved.shape[0]
    same = channels == moved.source[0]
    found = slices_of(moved)
    own = found is not None and same and np.array_equal(found.channels, np.arange(channels)) and _alike(found)
    groups = channels if own else 1
    kernel = np.ones((channels, 1, 1, 1)) if own else np.eye(channels).reshape(channels, channels, 1, 1)
    layer = AffineLayer(name, ConvGeometry(groups=groups), Kernel(kernel), np.zeros(()), moved.shape, moved.shape)
    together = _kernels(layer, moved)
    return None if together is None else FoldedLayer(together, offset)


def slices_of(moved: IndexMap) -> ChannelSlices | None:
    """A map between maps, or between sequences, as slices of channels."""
    if len(moved.shape) not in (2, 3) or len(moved.shape) != len(moved.source):
        return None
    return channel_slices(moved, grid(moved.source), grid(moved.shape))


def _alike(found: ChannelSlices) -> bool:
    return bool(np.all(found.rows == found.rows[0]) and np.all(found.columns == found.columns[0]))


def _rows(name: str, moved: IndexMap) -> AffineLayer:
    weights = np.zeros((moved.addresses.size, prod(moved.source)))
    read = np.flatnonzero(moved.addresses >= 0)
    weights[read, moved.addresses[read]] = 1.0
    return AffineLayer(name, DENSE, Kernel(weights), np.zeros(()), moved.source, moved.shape)


def _columns(layer: AffineLayer, moved: IndexMap) -> AffineLayer | None:
    """W P: each column of W stands where its input lies, those of one input added up."""
    addresses, count = moved.addresses.ravel(), prod(moved.source)
    read = np.flatnonzero(addresses >= 0)
    again = np.unique(addresses[read]).size < read.size
    if layer.kernel.integer and again:
        return None

    def placed(values: NDArray[Any]) -> NDArray[Any]:
        wide = np.zeros((len(values), count), values.dtype)
        np.add.at(wide.T, addresses[read], values[:, read].T)
        return wide

    return replace(layer, kernel=layer.kernel.changed(placed), inputs=(count,))


def _kernels(layer: AffineLayer, moved: IndexMap) -> AffineLayer | None:
    found = slices_of(moved)
    if found is None:
        return None
    if found.whole:
        return _over_channels(layer, moved, found)
    return _strided(layer, moved, found) if isinstance(layer.geometry, ConvGeometry) else None


def _over_channels(layer: AffineLayer, moved: IndexMap, found: ChannelSlices) -> AffineLayer | None:
    """Channels in another order: so are the input channels of the kernel."""
    groups = groups_left(layer.geometry.group_count, moved, found)
    if groups != layer.geometry.group_count and not isinstance(layer.geometry, ConvGeometry):
        return None
    kernel = set_down(layer, layer.kernel, (moved.source[0], groups), found)
    if kernel is None:
        return None
    geometry = layer.geometry if groups == layer.geometry.group_count else layer.geometry.in_groups(groups)
    return replace(layer, geometry=geometry, kernel=kernel, inputs=moved.source)


def _strided(layer: AffineLayer, moved: IndexMap, found: ChannelSlices) -> AffineLayer | None:
    """Every so many pixels of each channel: gaps in the kernel, and as many times the stride and the padding."""
    plain: Any = layer.geometry
    if not ends_fit(plain.padding, moved, found):
        return None
    groups = groups_left(plain.groups, moved, found)
    stride, padding = times(plain.stride, found.step), times(plain.padding, found.step)
    own = layer.kernel.changed(lambda values: dilated(values, plain.dilation))
    down = set_down(layer, own, (moved.source[0], groups), found)
    if down is None:
        return None
    sizes, counts = grid(moved.source)[1:], grid(layer.shape)[1:]
    more = [  # as many taps as make the windows fit just as often as asked
        max(size + 2 * pad - step * count + 1 - taps, 0)
        for size, pad, step, count, taps in zip(sizes, padding, stride, counts, down.shape[2:], strict=True)
    ]
    kernel = down.changed(lambda values: np.pad(values, ((0, 0), (0, 0), (0, more[0]), (0, more[1]))))
    geometry = ConvGeometry(stride, padding, groups=groups)
    fits = geometry.output_shape(kernel, moved.source) == layer.shape
    return replace(layer, geometry=geometry, kernel=kernel, inputs=moved.source) if fits else None


def of_channels(channels: NDArray[np.int64], source: Shape) -> IndexMap:
    """The map that picks whole channels of a value of shape `source`; -1 for channels of zeros."""
    pixels = prod(source[1:])
    places = np.where(channels[:, None] >= 0, channels[:, None] * pixels + np.arange(pixels), -1)
    return IndexMap.of(source, places.reshape(len(channels), *source[1:]))
