"""What a tensor of the model is in spiking terms: a view of a population's activations, or a sum of currents.

    Signal:  y = gain * border(sum of a population's activations over windows `pool`) + offset
    Current: y = sum over terms of W x + bias
    Parts:   several of them side by side, along the channels

Affine layers turn a Signal into a Current, activations a Current into a new population.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.conversion.reading.activations import RELU, Activation
from spikewright.snn.synapses import Pair, Shape

Floats = NDArray[np.float64]
ONE: Floats = np.ones((), dtype=np.float64)
Border = tuple[int, int, int, int]
"""Rows and columns of zeros: (top, bottom, left, right)."""


@dataclass(frozen=True, eq=False)
class Signal:
    """Activations as the graph sees them. `shape` is the view's, `(C, H, W)`, `(C, L)` or flat `(N,)`.

    `gain`: () or `(shape[0],)`. `offset`: array of `shape`, or None. `positive`: no value can be below zero. `border`:
    zeros around the map, after the pool and before the offset; never on a flat view.
    """

    source: str
    shape: Shape
    pool: Pair = (1, 1)
    gain: Floats = field(default_factory=lambda: ONE)
    offset: Floats | None = None
    positive: bool = False
    border: Border = (0, 0, 0, 0)

    @property
    def plain(self) -> bool:
        """True when it is the population itself, at most flattened."""
        unit = self.pool == (1, 1) and not any(self.border)
        return unit and self.offset is None and bool(np.all(self.gain == 1))


@dataclass(frozen=True, eq=False)
class Kernel:
    """The weights of a layer: float64 `values (out, ...)`, or int8 with a positive `scale (out,)`."""

    values: NDArray[Any]
    scale: Floats | None = None

    @property
    def integer(self) -> bool:
        """True when the weights are integers times a scale."""
        return self.scale is not None

    def real(self) -> Floats:
        """values * scale, float64 `(out, ...)`."""
        values = self.values.astype(np.float64)
        return values if self.scale is None else values * self.scale.reshape(-1, *[1] * (values.ndim - 1))


@dataclass(frozen=True, eq=False)
class SourceTerm:
    """One projection in the making.

    `op`: "conv2d", "conv_transpose2d", "linear", "avgpool", "identity", "upsample", "windows", or "map" (windows of any
    size, which no synapse has); `args`: stride, padding, ... as pairs, of a sequence with 1 or 0 for the rows. Kernels
    are `(out, in / groups, rows, columns)`, of a sequence with one row. `gain_in` scales the inputs (() or one for each
    input channel, for each column of a linear layer), `gain_out` the outputs (() or `(out,)`); both are in the model's
    units. `channels`: the slice of the target's channels that it drives, None for all.
    """

    source: str
    op: str
    pool: Pair = (1, 1)
    kernel: Kernel | None = None
    gain_in: Floats = field(default_factory=lambda: ONE)
    gain_out: Floats = field(default_factory=lambda: ONE)
    args: Mapping[str, Any] = field(default_factory=dict)
    channels: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Current:
    """A sum of terms. `shape` is that of the neurons, `bias` an array of it; `flat`: the graph sees it as a vector.

    `positive`: a sum of activations that cannot be below zero. `node`: the graph node that has these very values, or
    None when there is none.
    """

    terms: tuple[SourceTerm, ...]
    bias: Floats
    shape: Shape
    name: str
    flat: bool = False
    positive: bool = False
    node: str | None = None

    @property
    def view(self) -> Shape:
        """The shape that the graph sees."""
        return (prod(self.shape),) if self.flat else self.shape


@dataclass(frozen=True, eq=False)
class Parts:
    """A concatenation along the channels (of vectors along their only axis)."""

    parts: tuple["Signal | Current", ...]
    node: str | None = None

    @property
    def views(self) -> tuple[Shape, ...]:
        """The shape of each part as the graph sees it."""
        return tuple(part.view if isinstance(part, Current) else part.shape for part in self.parts)

    @property
    def view(self) -> Shape:
        """The shape that the graph sees."""
        views = self.views
        return (sum(view[0] for view in views), *views[0][1:])

    @property
    def positive(self) -> bool:
        """True when no part can be below zero."""
        return all(part.positive for part in self.parts)


Flow = Signal | Current | Parts


@dataclass(frozen=True, eq=False)
class View:
    """The same numbers in another shape, row-major, that no population has: a map without the axes of one pixel."""

    value: Flow
    shape: Shape


@dataclass(frozen=True, eq=False)
class Ended:
    """The output after an `ending` that changes no prediction, such as "softmax" or "sigmoid"; nothing may follow it."""

    value: "Flow | View"
    ending: str


Value = Flow | View | Ended


@dataclass(frozen=True, eq=False)
class Unit:
    """A population to be. `node`: the graph node whose value it carries. `answers`: it integrates and never fires."""

    name: str
    node: str
    shape: Shape
    terms: tuple[SourceTerm, ...]
    bias: Floats
    activation: Activation = RELU
    answers: bool = False
