"""Plans of small dense layers: the weights `(sources, targets)` of all routes, by hand."""

import numpy as np

from spikewright.snn.kernels.blocks import WIDTH, Blocks
from spikewright.snn.kernels.lanes import Cost, Lanes, Workspace
from spikewright.snn.kernels.lists import Lists
from spikewright.snn.kernels.rows import WeightRows
from spikewright.snn.kernels.simd import UNIT, VECTOR_BYTES


def drawn(seed, sources, targets, alive=1.0, kind=np.int32):
    """Whole weights from -9 to 9, of which a share is alive."""
    random = np.random.default_rng(seed)
    weights = random.integers(1, 10, (sources, targets)) * random.choice([-1, 1], (sources, targets))
    return (weights * (random.random((sources, targets)) < alive)).astype(kind)


def spikes(seed, samples, steps, sources, density=0.4):
    """Whether each source fires."""
    return (np.random.default_rng(seed).random((samples, steps, sources)) < density).astype(int)


def dense_rows(weights):
    """One tap that goes to all targets."""
    sources, targets = weights.shape
    none, fanout = np.zeros(sources, np.int32), np.count_nonzero(weights, axis=1).astype(np.int64)
    row = np.arange(sources, dtype=np.int32) * targets
    tap = [np.array(one, np.int32) for one in ([0, 1], [0], [0], [targets])]
    return WeightRows(none, row, none.copy(), *tap, fanout, np.ascontiguousarray(weights).reshape(-1))


def dense_blocks(weights):
    """The blocks of each source of which any weight survives."""
    sources, targets = weights.shape
    source, block = np.nonzero(weights.reshape(sources, -1, WIDTH).any(axis=2))
    first = np.searchsorted(source, np.arange(sources + 1))
    parts = (np.arange(sources), first, block * WIDTH, source * targets + block * WIDTH)
    return Blocks(*(part.astype(np.int32) for part in parts))


def dense_lists(weights):
    """The survivors of each source."""
    source, target = np.nonzero(weights)
    first = np.searchsorted(source, np.arange(len(weights) + 1)).astype(np.int64)
    return Lists(first, target.astype(np.int32), weights[source, target], np.diff(first))


def dense_lanes(weights, listed, pay=True):
    """All sources are channels of one pixel; `pay`: lanes cost less than rows, always or never."""
    sources, targets = weights.shape
    lists, one = dense_lists(weights), np.array([0], np.int32)
    return Lanes(
        np.arange(sources, dtype=np.int32), np.array([0, 1], np.int32), one, one.copy(), np.zeros(sources, np.int32),
        lists.first.astype(np.int32) if listed else one.copy(),
        lists.target.astype(np.uint16) if listed else np.zeros(0, np.uint16),
        lists.weight if listed else np.ascontiguousarray(weights).reshape(-1),
        np.uint64(sources), np.uint64(1), np.uint64(targets), np.uint64(targets), 1, listed, True,
        Cost(0.0, 1e9, 0.0) if pay else Cost(1e9, 0.0, 0.0),
    )  # fmt: skip


def workspace(sources, targets, steps, kind=np.int32):
    """What lanes work in."""
    unit = max(UNIT, VECTOR_BYTES // np.dtype(kind).itemsize)
    length = -(-steps // unit) * unit
    return Workspace(
        np.zeros(sources * length, kind), np.zeros(sources, np.uint8), np.empty((1, sources), np.uint16),
        np.zeros(1, np.int32), np.empty(targets * length, kind), np.empty(sources, np.uint64), np.empty(sources, np.uint64),
    )  # fmt: skip
