"""How many additions two convolutions would take as one, from their shapes: before a kernel is composed that nobody wants.

(6, 1, 3, 3) in 6 groups, then (8, 6, 1, 1)     8 x 6 kernels of 3 x 3 for every pixel, where the two had 6 of 3 x 3 and 8 x 6
"""

from math import prod
from typing import Any

import numpy as np

from spikewright.conversion.reading.geometry import ConvGeometry, Kernel
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.shapes import grid
from spikewright.conversion.reading.source_term import SourceTerm


def known_additions(term: SourceTerm, layer: AffineLayer) -> float:
    """Additions of the merger of a convolution with the one behind it, for one spike of every input, borders aside.

    0 where that is not known before: for other geometries, integers, and most weights that are zero in places.
    """
    before: Any = term.geometry
    first, second = term.kernel, layer.kernel
    convolutions = isinstance(before, ConvGeometry) and isinstance(layer.geometry, ConvGeometry)
    if first is None or not convolutions or first.integer or second.integer:
        return 0.0
    pixels = prod(grid(layer.shape)[1:])
    one_each = before.depthwise(first) and before.groups == first.shape[0] == second.shape[1]
    if one_each and second.shape[2:] == (1, 1):
        return float(_nonzero(first, (1, 2, 3)) @ _nonzero(second, (0, 2, 3))) * pixels
    if not (first.values.all() and second.values.all()):
        return 0.0
    pairs = _pairs((first, before.groups), (second, layer.geometry.group_count))
    return float(pairs * prod(_spans((first, before), (second, layer.geometry)))) * pixels


def _nonzero(kernel: Kernel, axes: tuple[int, ...]) -> Any:
    """For each output, or each input, how many weights are not zero."""
    return np.count_nonzero(kernel.values, axis=axes).astype(np.float64)


def _pairs(first: tuple[Kernel, int], second: tuple[Kernel, int]) -> int:
    """How many pairs of an input and an output have a way between them, from both kernels and their groups."""
    width, blocks = first[0].shape[1], np.arange(second[1] + 1)
    edges = blocks * first[1] / second[1]  # of the second one's groups, in groups of the first
    reached = np.ceil(edges[1:]) - np.floor(edges[:-1])
    return int(reached.sum() * width * second[0].shape[0] // second[1])


def _spans(first: tuple[Kernel, Any], second: tuple[Kernel, Any]) -> tuple[int, int]:
    """How many taps the merged kernel has along rows and columns, without those in gaps."""
    (one, before), (other, behind) = first, second
    rows, columns = (
        len({tap * gap + step * place * wide for tap in range(size) for place in range(count)})
        for size, gap, step, count, wide in zip(
            one.shape[2:], before.dilation, before.stride, other.shape[2:], behind.dilation, strict=True
        )
    )
    return rows, columns
