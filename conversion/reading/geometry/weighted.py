"""Layers with a kernel: matrices, convolutions and transposed convolutions."""

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from torch import Tensor
from torch.nn import functional as F

from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.geometry.base import Geometry, window_counts
from spikewright.conversion.reading.geometry.kernels import Kernel, dilated
from spikewright.conversion.reading.shapes import Border, grid
from spikewright.snn import Conv1d, Conv2d, ConvTranspose2d, Linear, Synapse
from spikewright.snn.synapses import Pair, Shape
from spikewright.weights import Expression, reshaped


@dataclass(frozen=True)
class DenseGeometry(Geometry):
    """A matrix `(out, in)` times the input, read flat and row-major."""

    word = "linear"
    merges = True

    def apply(self, x: Tensor, weights: Tensor) -> Tensor:
        """W x, `(n, out)`."""
        return F.linear(x.flatten(1), weights)

    def synapse(self, weights: Expression, shape: Shape) -> Synapse:
        """`snn.Linear`."""
        return Linear(weights)

    def per_channel(self, shape: Shape) -> int:
        """Each pixel has a column, and so a factor, of its own."""
        return prod(shape[1:])

    def copies(self, kernel: Kernel | None) -> bool:
        """Whether each row has a single one, or nothing."""
        return kernel is not None and _selects(kernel)

    def additions(self, kernel: Kernel | None, inside: Shape, outside: Shape) -> float:
        """One for each weight that is not zero."""
        return _kept(kernel)


@dataclass(frozen=True)
class ConvGeometry(Geometry):
    """A convolution; zeros are padded, as many at the beginning as at the end (see `framed`). Pairs are (rows, columns)."""

    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1

    word = "conv2d"
    merges = True

    @property
    def group_count(self) -> int:
        """Its groups."""
        return self.groups

    def in_groups(self, groups: int) -> "ConvGeometry":
        """The same with another number of groups."""
        return replace(self, groups=groups)

    def output_shape(self, kernel: Kernel, shape: Shape) -> Shape:
        """What it makes of `shape`, `(C, H, W)` or `(C, L)`."""
        _, height, width = grid(shape)
        out, _, *spans = kernel.shape
        rows, columns = window_counts((height, width), (spans[0], spans[1]), self.stride, self.padding, self.dilation)
        return (out, columns) if len(shape) == 2 else (out, rows, columns)

    def apply(self, x: Tensor, weights: Tensor) -> Tensor:
        """W * x, `(n, out, rows, columns)`."""
        return F.conv2d(x, weights, None, self.stride, self.padding, self.dilation, self.groups)

    def synapse(self, weights: Expression, shape: Shape) -> Synapse:
        """`snn.Conv2d`, of a sequence `snn.Conv1d`, whose kernels have one row here."""
        if len(shape) == 2:
            flat = reshaped(weights, (*weights.shape[:2], weights.shape[3]))
            return Conv1d(flat, self.stride[1], self.padding[1], self.dilation[1], self.groups)
        return Conv2d(weights, self.stride, self.padding, self.dilation, self.groups)

    def depthwise(self, kernel: Kernel | None) -> bool:
        """Whether its kernels have one input channel."""
        return kernel is not None and kernel.shape[1] == 1

    def pointwise(self, kernel: Kernel | None) -> bool:
        """A 1x1 convolution with stride 1 and without padding."""
        taps = None if kernel is None else kernel.shape[2:]
        return taps == (1, 1) and self.stride == (1, 1) and self.padding == (0, 0)

    def disjoint_windows(self, kernel: Kernel | None) -> Pair | None:
        """The taps of a depthwise convolution of one real weight whose stride is its size."""
        if kernel is None or kernel.integer or not self.depthwise(kernel) or self.groups != kernel.shape[0]:
            return None
        rows, columns = kernel.shape[2:]
        plain = (self.stride, self.padding, self.dilation) == ((rows, columns), (0, 0), (1, 1))
        return (rows, columns) if plain and np.all(kernel.values == kernel.values.flat[0]) else None

    def copies(self, kernel: Kernel | None) -> bool:
        """Whether each kernel has a single one, or nothing."""
        return kernel is not None and _selects(kernel)

    def additions(self, kernel: Kernel | None, inside: Shape, outside: Shape) -> float:
        """Each weight once for every pixel of the result."""
        return _kept(kernel) * prod(grid(outside)[1:])

    def framed(self, kernel: Kernel, border: Border, less: Pair = (0, 0)) -> "tuple[Kernel, ConvGeometry]":
        """The convolution that needs no zeros (top, bottom, left, right) around its input, `less` of them at the beginning.

        Padding is the same on both sides, so the kernel is extended by zeros where there is less: with padding a < b it
        grows by b - a taps at the beginning, since the first window then begins at -b and its first tap that counts lies at
        -b + (b - a) = -a. A 3-tap kernel with padding 0 before and 1 behind (x: inputs, 0: padded zeros):

            [a b c]                    [0 a b c]
             x x x x 0        =       0 x x x x 0
        """
        sides = [
            (pad - shy + extra[0], pad + extra[1])
            for pad, shy, extra in zip(self.padding, less, (border[:2], border[2:]), strict=True)
        ]
        moved = replace(self, padding=(max(sides[0]), max(sides[1])))
        wider = [(max(after - before, 0), max(before - after, 0)) for before, after in sides]
        if not any(map(any, wider)):
            return kernel, moved
        around = ((0, 0), (0, 0), *wider)
        padded = kernel.changed(lambda values: np.pad(dilated(values, self.dilation), around))
        return padded, replace(moved, dilation=(1, 1))


@dataclass(frozen=True)
class TransposedGeometry(Geometry):
    """A transposed convolution. Kernels have the output channel first, as everywhere here; PyTorch's have the input's."""

    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    output_padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1

    word = "conv_transpose2d"

    @property
    def group_count(self) -> int:
        """Its groups."""
        return self.groups

    def in_groups(self, groups: int) -> Geometry:
        """Refused."""
        raise Refusal("a grouped transposed convolution of a concatenation", "groups=1")

    def apply(self, x: Tensor, weights: Tensor) -> Tensor:
        """The transpose of a convolution, `(n, out, rows, columns)`."""
        grouped = weights.reshape(self.groups, -1, *weights.shape[1:]).transpose(1, 2)
        turned = grouped.reshape(x.shape[1], -1, *weights.shape[2:])
        around = (self.stride, self.padding, self.output_padding)
        return F.conv_transpose2d(x, turned, None, *around, self.groups, self.dilation)

    def synapse(self, weights: Expression, shape: Shape) -> Synapse:
        """`snn.ConvTranspose2d`."""
        around = (self.stride, self.padding, self.output_padding)
        return ConvTranspose2d(weights, *around, self.dilation, self.groups)

    def depthwise(self, kernel: Kernel | None) -> bool:
        """Whether its kernels have one input channel."""
        return kernel is not None and kernel.shape[1] == 1

    def additions(self, kernel: Kernel | None, inside: Shape, outside: Shape) -> float:
        """Each weight once for every pixel that enters."""
        return _kept(kernel) * prod(grid(inside)[1:])


def _kept(kernel: Kernel | None) -> float:
    return 0.0 if kernel is None else float(np.count_nonzero(kernel.values))


def _selects(kernel: Kernel) -> bool:
    rows = kernel.real().reshape(kernel.shape[0], -1)
    return bool(np.all((rows == 0) | (rows == 1)) and np.all(np.count_nonzero(rows, axis=1) <= 1))


DENSE = DenseGeometry()
