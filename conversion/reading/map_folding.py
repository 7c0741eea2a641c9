"""An index map in front of a layer goes into its weights: columns of a matrix, input channels and strides of a convolution.

    W (P x) = (W P) x       P has a one for each number that is moved, so that W P has the columns of W in other places

A convolution takes what picks whole channels and every so many pixels of them: its kernel is set down with gaps.

    y = [p q] over x[::2]       =       [p 0 q] over x, with twice the stride
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.geometry import DENSE, ConvGeometry, Kernel, dilated
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.shapes import Floats, grid, times
from spikewright.conversion.reading.terms import LARGEST, mapped
from spikewright.conversion.reading.values import Flow, Parts, Piece, View
from spikewright.index_maps import ChannelSlices, IndexMap, beside, channel_slices
from spikewright.snn.synapses import Pair, Shape


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


def used(value: Flow, moved: IndexMap) -> tuple[Flow, IndexMap]:
    """A concatenation without the pieces that a map does not read, and the map of what is left."""
    if not isinstance(value, Parts):
        return value, moved
    sizes = [prod(piece.view) for piece in value.pieces]
    ends = np.cumsum(sizes)
    owners = np.searchsorted(ends, moved.addresses, side="right")
    kept = np.unique(owners[moved.addresses >= 0])
    if kept.size in (0, len(sizes)):
        return value, moved
    gone = np.cumsum([0 if place in kept else size for place, size in enumerate(sizes)])
    pieces = tuple(value.pieces[place] for place in kept)
    left = pieces[0] if len(pieces) == 1 else Parts(pieces)
    addresses = np.where(moved.addresses >= 0, moved.addresses - gone[np.minimum(owners, len(sizes) - 1)], -1)
    return left, IndexMap(left.view, addresses, moved.constants)


def joined(values: tuple[Flow | View, ...]) -> tuple[Parts, IndexMap] | None:
    """Values side by side along the channels as pieces, each once, and the map that puts them in their places.

    None where their pieces have not one size.
    """
    maps = [one.map if isinstance(one, View) else IndexMap.identity(one.view) for one in values]
    pieces: list[Piece] = []
    for one in values:
        flow = one.flow
        if flow.view[1:] != values[0].flow.view[1:]:
            return None
        for piece in flow.pieces:
            if not any(piece is other for other in pieces):
                pieces.append(piece)
    total = Parts(tuple(pieces))
    begin = dict(zip(map(id, pieces), np.cumsum([0, *(prod(piece.view) for piece in pieces)])[:-1], strict=True))
    found = []
    for one, moved in zip(values, maps, strict=True):
        places = np.concatenate([begin[id(piece)] + np.arange(prod(piece.view)) for piece in one.flow.pieces])
        found.append(IndexMap.of(total.view, places).then(moved))
    return total, beside(tuple(found))


def flat_pieces(values: Sequence[Flow | View], shapes: dict[str, Shape], name: str) -> tuple[Parts, IndexMap]:
    """All pieces of some values as vectors one behind the other, and the map from these to the values, each row-major."""
    pieces: list[Piece] = []
    maps, begin = [], 0
    total = sum(prod(one.flow.view) for one in values)
    for one in values:
        moved = one.map if isinstance(one, View) else IndexMap.identity(one.view)
        addresses = np.where(moved.addresses >= 0, moved.addresses + begin, -1)
        maps.append(IndexMap((total,), addresses.reshape(-1), moved.constants.reshape(-1)))
        pieces += algebra.flatten(one.flow, shapes, name).pieces
        begin += prod(one.flow.view)
    return Parts(tuple(pieces)), beside(tuple(maps))


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
    groups = _groups(layer.geometry.group_count, moved, found)
    if groups != layer.geometry.group_count and not isinstance(layer.geometry, ConvGeometry):
        return None
    kernel = _set_down(layer, layer.kernel, (moved.source[0], groups), found)
    if kernel is None:
        return None
    geometry = layer.geometry if groups == layer.geometry.group_count else layer.geometry.in_groups(groups)
    return replace(layer, geometry=geometry, kernel=kernel, inputs=moved.source)


def _strided(layer: AffineLayer, moved: IndexMap, found: ChannelSlices) -> AffineLayer | None:
    """Every so many pixels of each channel: gaps in the kernel, and as many times the stride and the padding."""
    plain: Any = layer.geometry
    if not _ends_fit(plain.padding, moved, found):
        return None
    groups = _groups(plain.groups, moved, found)
    stride, padding = times(plain.stride, found.step), times(plain.padding, found.step)
    own = layer.kernel.changed(lambda values: dilated(values, plain.dilation))
    down = _set_down(layer, own, (moved.source[0], groups), found)
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


def _ends_fit(padding: Pair, moved: IndexMap, found: ChannelSlices) -> bool:
    """Whether places beyond the ends of y, which are padded with zeros, lie beyond the ends of x."""
    kept = found.channels >= 0
    sizes, counts = grid(moved.source)[1:], grid(moved.shape)[1:]
    return all(
        not pad or (starts[kept].max() < step and step * count + starts[kept].min() >= size)
        for pad, starts, step, size, count in zip(
            padding, (found.rows, found.columns), found.step, sizes, counts, strict=True
        )
    )


def _groups(groups: int, moved: IndexMap, found: ChannelSlices) -> int:
    """The groups that are left: as before where each reads channels of its own part of the source, else one."""
    total, kept = moved.source[0], np.flatnonzero(found.channels >= 0)
    if total % groups:
        return 1
    same = found.channels[kept] // (total // groups) == kept // (moved.shape[0] // groups)
    return groups if np.all(same) else 1


def _set_down(layer: AffineLayer, kernel: Kernel, target: tuple[int, int], found: ChannelSlices) -> Kernel | None:
    """A kernel over the channels of the source, with gaps. `target`: those channels, and the groups that are left.

    None for integers where two of them would meet.
    """

    def down(values: NDArray[Any]) -> NDArray[Any]:
        return _written_down(values, layer.geometry.group_count, target, found)

    if kernel.integer and np.any(down(np.ones(kernel.shape, np.int32)) > 1):
        return None
    return kernel.changed(down)


def _written_down(values: NDArray[Any], before: int, target: tuple[int, int], found: ChannelSlices) -> NDArray[Any]:
    """The values `(out, in / before, rows, columns)` of so many groups at the places of `found`, zeros elsewhere."""
    (total, groups), (out, width) = target, values.shape[:2]
    spans = [step * (taps - 1) + 1 for step, taps in zip(found.step, values.shape[2:], strict=True)]
    made = np.zeros((out, total // groups, spans[0] + found.rows.max(), spans[1] + found.columns.max()), values.dtype)
    for place in np.flatnonzero(found.channels >= 0):
        group, inner = divmod(int(place), width)
        rows = slice(group * (out // before), (group + 1) * (out // before))
        row, column = int(found.rows[place]), int(found.columns[place])
        spot = (
            rows,
            int(found.channels[place]) % (total // groups),
            slice(row, row + spans[0], found.step[0]),
            slice(column, column + spans[1], found.step[1]),
        )
        made[spot] += values[rows, inner]
    return made


def of_channels(channels: NDArray[np.int64], source: Shape) -> IndexMap:
    """The map that picks whole channels of a value of shape `source`; -1 for channels of zeros."""
    pixels = prod(source[1:])
    places = np.where(channels[:, None] >= 0, channels[:, None] * pixels + np.arange(pixels), -1)
    return IndexMap.of(source, places.reshape(len(channels), *source[1:]))
