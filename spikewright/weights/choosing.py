"""Which layout a mask has: the one of fewest bits, chosen once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from spikewright.weights.factors import count
from spikewright.weights.layouts import (
    BLOCKS,
    BitmapLayout,
    BlockLayout,
    DenseLayout,
    Flags,
    GapLayout,
    Layout,
    Places,
    Shape,
    unfolded,
    used_blocks,
)
from spikewright.weights.subsets import SubsetLayout, subsets_of

LARGEST_UNFOLDED = 2**26
"""In larger tensors no blocks and groups are looked for: that takes a flag for each place."""
_PART = 1 << 20
"""Weights whose places are worked out at once."""
_WIDTHS = range(1, 17)


@dataclass(frozen=True)
class LayoutCost:
    """What weights cost in one of the layouts: `stored` of them, some of them zeros, and their index."""

    way: Layout
    stored: int
    weight_bits: int
    index_bits: int


def cheapest(kept: Flags, bits: int) -> LayoutCost:
    """The layout of fewest bits for weights `(out, ...)` of `bits` bits that survive where `kept`; the first of equals."""
    found = min((_cost(way, stored, bits, kept.shape) for way, stored in _single(kept)), key=_total)
    groups = _grouped(kept, lambda way: way.stored(kept.shape) * bits < _total(found))
    return min([found, *(_cost(way, stored, bits, kept.shape) for way, stored in groups)], key=_total)


def cheapest_exact(places: Places, shape: Shape, bits: int) -> Layout:
    """The layout of fewest bits that stores these places, flat and ascending, and no others."""
    if count(shape) <= LARGEST_UNFOLDED:
        kept = unfolded(places, shape)
        ways = (*_single(kept), *_grouped(kept, lambda way: way.stored(shape) <= len(places)))
        costs = [_cost(way, stored, bits, shape) for way, stored in ways if stored == len(places)]
    else:
        large = (BitmapLayout(), *(GapLayout(width) for width in _WIDTHS))
        costs = [_cost(way, len(places), bits, shape) for way in large if way.tells(places, shape)]
    return min(costs, key=_total).way


def named_layout(name: str) -> Layout:
    """The layout of that name. Raises ValueError for none."""
    if name in ("dense", "bitmap"):
        return DenseLayout() if name == "dense" else BitmapLayout()
    if name.startswith("block") and name[5:] in map(str, BLOCKS):
        return BlockLayout(int(name[5:]))
    if name.startswith("gap") and name[3:] in map(str, _WIDTHS):
        return GapLayout(int(name[3:]))
    return subsets_of(name)


def _cost(way: Layout, stored: int, bits: int, shape: Shape) -> LayoutCost:
    return LayoutCost(way, stored, stored * bits, way.index_bits(shape, stored))


def _total(cost: LayoutCost) -> int:
    return cost.weight_bits + cost.index_bits


def _counted(kept: Flags) -> Iterator[tuple[Layout, int]]:
    """Every layout that fits, and how many weights it stores."""
    yield from _single(kept)
    yield from _grouped(kept, lambda way: True)


def _single(kept: Flags) -> Iterator[tuple[Layout, int]]:
    """Those that fit any weights."""
    survivors, folds = int(kept.sum()), bool(kept.ndim and kept.size)
    yield DenseLayout(), kept.size
    yield BitmapLayout(), survivors
    for block in BLOCKS if folds else ():
        used, sizes = used_blocks(kept, block)
        yield BlockLayout(block), int((used.sum(1) * sizes).sum())
    before = _gaps(kept, survivors)
    enough = int(before.max(initial=0)).bit_length()  # wider counts store as many weights
    for width in _WIDTHS[: max(enough, 1)]:
        yield GapLayout(width), survivors + int((before >> width).sum())


def _gaps(kept: Flags, survivors: int) -> Places:
    """How many zeros stand in front of each survivor, part by part: places take twice what weights take."""
    flat, found, last = kept.reshape(-1), 0, -1
    gaps: Places = np.empty(survivors, "i4" if kept.size < 2**31 else "i8")
    for start in range(0, flat.size, _PART):
        places = np.flatnonzero(flat[start : start + _PART]) + start
        if places.size:
            gaps[found : found + places.size] = np.diff(places, prepend=last) - 1
            found, last = found + places.size, int(places[-1])
    return gaps


def _grouped(kept: Flags, worth: Callable[[SubsetLayout], bool]) -> Iterator[tuple[Layout, int]]:
    """N of M channels, where that fits and is `worth` to be counted."""
    for subsets in SubsetLayout.fitting(kept, worth) if kept.ndim and kept.size else ():
        yield subsets, subsets.stored(kept.shape)
