"""What a population and a projection become in fixed point: grids, and integers on them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.projections import Projection
from spikewright.snn.report import ReportRow

Reals = NDArray[np.float64]
WIDEST = 32
"""Bits of the widest grid of a threshold, for weights, inputs and times of eight bits."""
MOST_FRACTIONAL = 12
"""The most bits of a grid below the unit of the weights."""


@dataclass(frozen=True, eq=False)
class Grid:
    """One unit of the potential for each channel, the shift of the leading projection, and the declared width.

    `snapped`: integer weights are multiplied by whole numbers only, see `snn.fixed.snapping`. `faint`: channels whose weights are
    rounded onto a coarser grid than their own, since theirs would be lost beside the threshold; None: none.
    """

    unit: Reals
    shift: int
    bits: int
    snapped: bool = False
    faint: NDArray[np.bool_] | None = None

    def like(self, value: object, shape: tuple[int, ...]) -> Reals:
        """The unit, shaped to divide a value that is a scalar, per channel or per neuron."""
        full = np.ndim(np.asarray(value)) == len(shape)
        return self.unit.reshape(-1, *[1] * (len(shape) - 1)) if full else self.unit


@dataclass(frozen=True, eq=False)
class Incoming:
    """A projection, its integers, and the unit of one integer `(channels,)` in float32 terms; None: not integers yet.

    `lost (channels,)`: what rounding took from the weights of each faint channel, sum |W - W'|, in units of its grid.
    """

    projection: Projection
    integers: NDArray[np.generic] | None
    unit: Reals | None
    sent: float
    rows: tuple[ReportRow, ...] = ()
    lost: Reals | None = None


def gain_size(one: Incoming) -> Reals:
    """The magnitude of the gain of a projection, 1 without one."""
    gain = one.projection.synapse.gain
    return np.abs(np.asarray(1.0 if gain is None else gain, dtype=np.float64))


def integers(value: object, unit: Reals) -> NDArray[np.int64]:
    """floor(value / unit + 1/2) as int64."""
    return np.asarray(np.floor(np.asarray(value, dtype=np.float64) / unit + 0.5).astype(np.int64))
