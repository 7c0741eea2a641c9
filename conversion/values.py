"""What a tensor of the model is in spiking terms: a view of a population's activations, or a sum of currents.

    Signal:  y = gain * (sum of a population's activations over windows `pool`) + offset
    Current: y = sum over terms of W x + bias

Only these two occur. Affine layers turn a Signal into a Current, activations a Current into a new population.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conversion.activations import RELU, Activation
from snn.synapses import Pair, Shape

Floats = NDArray[np.float64]
ONE: Floats = np.ones((), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Signal:
    """Activations as the graph sees them. `shape` is the view's, `(C, H, W)` or flat `(N,)`.

    `gain`: () or `(shape[0],)`. `offset`: array of `shape`, or None. `positive`: no value can be below zero.
    """

    source: str
    shape: Shape
    pool: Pair = (1, 1)
    gain: Floats = field(default_factory=lambda: ONE)
    offset: Floats | None = None
    positive: bool = False

    @property
    def plain(self) -> bool:
        """True when it is the population itself, at most flattened."""
        return self.pool == (1, 1) and self.offset is None and bool(np.all(self.gain == 1))


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
class Term:
    """One projection in the making. `op`: "conv2d", "linear", "avgpool" or "identity"; `args`: stride, padding, ...

    `gain_in` scales the inputs (() or one for each input channel, for each column of a linear layer), `gain_out` the
    outputs (() or `(out,)`); both are in the model's units.
    """

    source: str
    op: str
    pool: Pair = (1, 1)
    kernel: Kernel | None = None
    gain_in: Floats = field(default_factory=lambda: ONE)
    gain_out: Floats = field(default_factory=lambda: ONE)
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Current:
    """A sum of terms. `shape` is that of the neurons, `bias` an array of it; `flat`: the graph sees it as a vector.

    `positive`: a sum of activations that cannot be below zero.
    """

    terms: tuple[Term, ...]
    bias: Floats
    shape: Shape
    name: str
    flat: bool = False
    positive: bool = False

    @property
    def view(self) -> Shape:
        """The shape that the graph sees."""
        return (prod(self.shape),) if self.flat else self.shape


@dataclass(frozen=True, eq=False)
class Answer:
    """The output after a softmax, which changes no prediction; nothing may follow it."""

    value: "Signal | Current"


Value = Signal | Current | Answer


@dataclass(frozen=True, eq=False)
class Unit:
    """A population to be. `node`: the graph node whose value it carries. `answers`: it integrates and never fires."""

    name: str
    node: str
    shape: Shape
    terms: tuple[Term, ...]
    bias: Floats
    activation: Activation = RELU
    answers: bool = False
