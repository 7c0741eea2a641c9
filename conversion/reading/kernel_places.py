"""Where the taps of a kernel stand once it reads the source of an index map: its groups, gaps and ends."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.conversion.reading.geometry import Kernel
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.shapes import grid
from spikewright.index_maps import ChannelSlices, IndexMap
from spikewright.snn.synapses import Pair


def ends_fit(padding: Pair, moved: IndexMap, found: ChannelSlices) -> bool:
    """Whether places beyond the ends of y, which are padded with zeros, lie beyond the ends of x."""
    kept = found.channels >= 0
    sizes, counts = grid(moved.source)[1:], grid(moved.shape)[1:]
    return all(
        not pad or (starts[kept].max() < step and step * count + starts[kept].min() >= size)
        for pad, starts, step, size, count in zip(
            padding, (found.rows, found.columns), found.step, sizes, counts, strict=True
        )
    )


def groups_left(groups: int, moved: IndexMap, found: ChannelSlices) -> int:
    """The groups that are left: as before where each reads channels of its own part of the source, else one."""
    total, kept = moved.source[0], np.flatnonzero(found.channels >= 0)
    if total % groups:
        return 1
    same = found.channels[kept] // (total // groups) == kept // (moved.shape[0] // groups)
    return groups if np.all(same) else 1


def set_down(layer: AffineLayer, kernel: Kernel, target: tuple[int, int], found: ChannelSlices) -> Kernel | None:
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
