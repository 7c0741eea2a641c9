"""Synapses that multiply by stored weights."""

from dataclasses import dataclass, field
from math import prod

from spikewright import InvalidNetwork
from spikewright.snn.synapses.record import Pair, Shape, Synapse, check_dimensions, check_pairs, dims, windows
from spikewright.weights import Expression, as_weights, reshaped


@dataclass(frozen=True, eq=False)
class Weighted(Synapse):
    """A synapse whose weights are an expression of `spikewright.weights`, made of an array where one is given."""

    weights: Expression = field()

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", as_weights(self.weights))
        super().__post_init__()


@dataclass(frozen=True, eq=False)
class Linear(Weighted):
    """S[o] = sum over i of W[o, i] x[i] with W `(out, in)`; an input `(C, H, W)` is read flat, row-major."""

    def _shape(self, shape: Shape) -> Shape:
        rows, columns = dims(self.weights.shape, 2)
        if prod(shape) != columns:
            raise InvalidNetwork(
                f"expected {columns} inputs for a Linear {rows} x {columns}, got {prod(shape)} from {shape}"
            )
        return (rows,)


@dataclass(frozen=True, eq=False)
class Conv2d(Weighted):
    """Cross-correlation with W `(out, in / groups, kernel height, kernel width)`; zeros are padded.

    S[o, y, x] = sum over c, i, j of W[o, c, i, j] in[G(o, c), y stride + i dilation - padding, x stride + j dilation - padding],
    (extent + 2 padding - dilation (kernel - 1) - 1) // stride + 1 rows and columns. Pairs are (rows, columns).
    """

    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1

    def _shape(self, shape: Shape) -> Shape:
        check_dimensions(self, shape, 3)
        out, per_group, height, width = dims(self.weights.shape, 4)
        if self.groups < 1 or out % self.groups or per_group * self.groups != shape[0]:
            raise InvalidNetwork(
                f"expected {per_group} x {self.groups} groups of input channels and {out} outputs to divide, got input {shape}"
            )
        return (out, *windows(shape, (height, width), self.stride, self.padding, self.dilation))


@dataclass(frozen=True, eq=False)
class Conv1d(Weighted):
    """Cross-correlation of `(channels, length)` with W `(out, in / groups, kernel)`; zeros are padded: a Conv2d of one row."""

    single = True

    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1

    def _shape(self, shape: Shape) -> Shape:
        check_dimensions(self, shape, 2)
        channels, _, columns = self.as_conv2d()._shape((shape[0], 1, shape[1]))
        return (channels, columns)

    def as_conv2d(self) -> Conv2d:
        """The same convolution over `(channels, 1, length)`."""
        return Conv2d(
            reshaped(self.weights, (*self.weights.shape[:2], 1, *self.weights.shape[2:])),
            (1, self.stride),
            (0, self.padding),
            (1, self.dilation),
            self.groups,
        )


@dataclass(frozen=True, eq=False)
class ConvTranspose2d(Weighted):
    """out[o, y stride - padding + i dilation, ...] += W[o, c, i, ...] x[G(o, c), y, ...], what falls outside is dropped.

    W is `(out, in / groups, kernel height, kernel width)`.
    The output channel comes first, as everywhere here (PyTorch puts the input channel first). There are
    (extent - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1 rows and columns; those that `output_padding`
    adds at the end receive what reaches them.
    """

    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    output_padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1

    def _shape(self, shape: Shape) -> Shape:
        check_dimensions(self, shape, 3)
        out, per_group, *kernel = dims(self.weights.shape, 4)
        if self.groups < 1 or out % self.groups or per_group * self.groups != shape[0]:
            raise InvalidNetwork(
                f"expected {per_group} x {self.groups} groups of input channels and {out} outputs to divide, got {shape}"
            )
        check_pairs(self.stride, self.dilation)
        more = zip(self.output_padding, self.stride, self.dilation, strict=True)
        if min(self.padding) < 0 or any(not 0 <= extra < max(step, dil) for extra, step, dil in more):
            raise InvalidNetwork(
                "expected padding >= 0 and output padding below stride or dilation, "
                f"got {self.padding} and {self.output_padding}"
            )
        rows, columns = (
            (shape[axis + 1] - 1) * self.stride[axis]
            - 2 * self.padding[axis]
            + self.dilation[axis] * (kernel[axis] - 1)
            + self.output_padding[axis]
            + 1
            for axis in (0, 1)
        )
        if rows < 1 or columns < 1:
            raise InvalidNetwork(
                f"expected a transposed convolution with an output, got {rows} x {columns} from {shape}"
            )
        return (out, rows, columns)
