"""Synapse records: what a projection does to the numbers that enter it, as parameters, and the shapes that follow.

x is what comes out of the projection's pool: numbers of spikes, or values. In fixed point weights and gains are integers, and a
synapse is an exact sum of products: nothing is divided, rounded or saturated
here. x outside its map counts as 0 ("zeros are padded"). With `groups` g, output channel o reads the input channels
G(o, c) = (o // (out / g)) (in / g) + c, c = 0 .. in / g - 1. A synaptic operation is counted for each weight or gain that is not
zero and each spike that it meets at a target that exists, whatever the sign of the spike; of a value, once. Spikes and values
that a pool sums meet it one by one.
"""

from dataclasses import dataclass, fields

from spikewright import InvalidNetwork
from spikewright.snn.checked import Constant, check_wholes
from spikewright.snn.neurons import PerChannel
from spikewright.weights import Expression, as_weights, reshaped

Pair = tuple[int, int]
Shape = tuple[int, ...]


class _Weighted:
    """A synapse whose weights are stored: as an expression of `spikewright.weights`, made of an array where one is given."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", as_weights(getattr(self, "weights")))  # noqa: B009


@dataclass(frozen=True, eq=False)
class Linear(_Weighted):
    """S[o] = sum over i of W[o, i] x[i] with W `(out, in)`; an input `(C, H, W)` is read flat, row-major."""

    weights: Expression


@dataclass(frozen=True, eq=False)
class Conv2d(_Weighted):
    """Cross-correlation with W `(out, in / groups, kernel height, kernel width)`; zeros are padded.

    S[o, y, x] = sum over c, i, j of W[o, c, i, j] in[G(o, c), y stride + i dilation - padding, x stride + j dilation - padding],
    (extent + 2 padding - dilation (kernel - 1) - 1) // stride + 1 rows and columns. Pairs are (rows, columns).
    """

    weights: Expression
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1


@dataclass(frozen=True, eq=False)
class Conv1d(_Weighted):
    """Cross-correlation of `(channels, length)` with W `(out, in / groups, kernel)`; zeros are padded: a Conv2d of one row."""

    weights: Expression
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1


@dataclass(frozen=True, eq=False)
class ConvTranspose2d(_Weighted):
    """out[o, y stride - padding + i dilation, ...] += W[o, c, i, ...] x[G(o, c), y, ...], what falls outside is dropped.

    W is `(out, in / groups, kernel height, kernel width)`.
    The output channel comes first, as everywhere here (PyTorch puts the input channel first). There are
    (extent - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1 rows and columns; those that `output_padding`
    adds at the end receive what reaches them.
    """

    weights: Expression
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    output_padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1


@dataclass(frozen=True, eq=False)
class Upsample(Constant):
    """Nearest neighbour: S[c, y, x] = gain[c] in[c, y // factor[0], x // factor[1]]; `gain` scalar or `(channels,)`."""

    factor: Pair
    gain: PerChannel = 1.0


@dataclass(frozen=True, eq=False)
class Windows:
    """Which inputs a `MaxGate` compares: windows of `kernel` at `stride`, with `padding` by nothing (padded places never win).

    Window (y, x) of channel c holds the inputs (c, y stride + i - padding, x stride + j - padding), i, j in the kernel, that
    exist; there are (extent + 2 padding - kernel) // stride + 1 rows and columns of them. Channel c of the source is channel
    start + c of the gate. A synaptic operation is counted for each window that holds the spike's neuron.

    A sequence `(C, L)` is a map of one row: kernel (1, n), stride (1, m), padding (0, p).
    """

    kernel: Pair
    stride: Pair
    padding: Pair = (0, 0)


@dataclass(frozen=True, eq=False)
class AvgPool2d(Constant):
    """Sums over windows times `gain` (scalar or `(channels,)`); 1 / (kernel area) makes it the average. No padding.

    S[c, y, x] = gain[c] sum over i, j of in[c, y stride + i, x stride + j], (extent - kernel) // stride + 1 rows and columns. In
    fixed point the gain is an integer: the divisor is in the unit of the target's potential, and nothing is rounded.
    """

    kernel: Pair
    stride: Pair
    gain: PerChannel


@dataclass(frozen=True, eq=False)
class Identity(Constant):
    """S = gain x, neuron by neuron, on the same address; `gain` scalar or `(channels,)`, of N neurons one for each.

    A residual sum is two projections into one population.
    """

    gain: PerChannel = 1.0


Synapse = Linear | Conv1d | Conv2d | ConvTranspose2d | AvgPool2d | Upsample | Identity | Windows
WEIGHTED = (Linear, Conv1d, Conv2d, ConvTranspose2d)
GAINED = (AvgPool2d, Upsample, Identity)


def output_shape(synapse: Synapse, shape: Shape) -> Shape:
    """The shape that `synapse` makes of an input `shape`, (C, H, W), (C, L) or (N,).

    Raises InvalidNetwork when they do not fit.
    """
    _check_fields(synapse)
    if isinstance(synapse, Identity):
        return shape
    if isinstance(synapse, Linear):
        return _linear_shape(synapse, shape)
    if isinstance(synapse, Windows):
        return _window_shape(synapse, shape)
    wanted = 2 if isinstance(synapse, Conv1d) else 3
    if len(shape) != wanted:
        form = "(C, L)" if wanted == 2 else "(C, H, W)"
        raise InvalidNetwork(f"expected an input {form} for {type(synapse).__name__}, got {shape}")
    if isinstance(synapse, Conv1d):
        channels, _, columns = _conv_shape(as_conv2d(synapse), (shape[0], 1, shape[1]))
        return (channels, columns)
    if isinstance(synapse, ConvTranspose2d):
        return _transposed_shape(synapse, shape)
    if isinstance(synapse, Upsample):
        _check_pairs(synapse.factor)
        return (shape[0], shape[1] * synapse.factor[0], shape[2] * synapse.factor[1])
    if isinstance(synapse, AvgPool2d):
        return (shape[0], *_windows(shape, synapse.kernel, synapse.stride, (0, 0), (1, 1)))
    return _conv_shape(synapse, shape)


def _check_fields(synapse: Synapse) -> None:
    """Whole numbers, and pairs of them."""
    for name in (field.name for field in fields(synapse) if field.name not in ("weights", "gain")):
        single, value = isinstance(synapse, Conv1d) or name == "groups", getattr(synapse, name)
        check_wholes((value,) if single else value, 1 if single else 2, f"{name} of {type(synapse).__name__}")


def as_conv2d(synapse: Conv1d) -> Conv2d:
    """The same convolution over `(channels, 1, length)`."""
    return Conv2d(
        reshaped(synapse.weights, (*synapse.weights.shape[:2], 1, *synapse.weights.shape[2:])),
        (1, synapse.stride),
        (0, synapse.padding),
        (1, synapse.dilation),
        synapse.groups,
    )


def pooled_shape(shape: Shape, pool: Pair) -> Shape:
    """`shape` after sums over non-overlapping windows `pool`; rows and columns that fill no window are dropped."""
    check_wholes(pool, 2, "the pool")
    if tuple(pool) == (1, 1):
        return shape
    if len(shape) != 3 or min(pool) < 1 or pool[0] > shape[1] or pool[1] > shape[2]:
        raise InvalidNetwork(f"expected a pool that fits into (C, H, W), got pool {pool} on {shape}")
    return (shape[0], shape[1] // pool[0], shape[2] // pool[1])


def _window_shape(synapse: Windows, shape: Shape) -> Shape:
    if any(2 * pad > size for pad, size in zip(synapse.padding, synapse.kernel, strict=True)):
        raise InvalidNetwork(f"expected padding of at most half the kernel {synapse.kernel}, got {synapse.padding}")
    if len(shape) not in (2, 3) or (len(shape) == 2 and synapse.kernel[0] != 1):
        raise InvalidNetwork(f"expected an input (C, H, W), or (C, L) for windows of one row, got {shape}")
    grid = (shape[0], 1, shape[1]) if len(shape) == 2 else shape
    rows, columns = _windows(grid, synapse.kernel, synapse.stride, synapse.padding, (1, 1))
    return (shape[0], columns) if len(shape) == 2 else (shape[0], rows, columns)


def _linear_shape(synapse: Linear, shape: Shape) -> Shape:
    rows, columns = _dims(synapse.weights.shape, 2)
    size = 1
    for extent in shape:
        size *= extent
    if size != columns:
        raise InvalidNetwork(f"expected {columns} inputs for a Linear {rows} x {columns}, got {size} from {shape}")
    return (rows,)


def _conv_shape(synapse: Conv2d, shape: Shape) -> Shape:
    out, per_group, height, width = _dims(synapse.weights.shape, 4)
    groups = synapse.groups
    if groups < 1 or out % groups or per_group * groups != shape[0]:
        raise InvalidNetwork(
            f"expected {per_group} x {groups} groups of input channels and {out} outputs to divide, got input {shape}"
        )
    return (out, *_windows(shape, (height, width), synapse.stride, synapse.padding, synapse.dilation))


def _transposed_shape(synapse: ConvTranspose2d, shape: Shape) -> Shape:
    out, per_group, *kernel = _dims(synapse.weights.shape, 4)
    if synapse.groups < 1 or out % synapse.groups or per_group * synapse.groups != shape[0]:
        raise InvalidNetwork(
            f"expected {per_group} x {synapse.groups} groups of input channels and {out} outputs to divide, got {shape}"
        )
    _check_pairs(synapse.stride, synapse.dilation)
    more = zip(synapse.output_padding, synapse.stride, synapse.dilation, strict=True)
    if min(synapse.padding) < 0 or any(not 0 <= extra < max(step, dil) for extra, step, dil in more):
        raise InvalidNetwork(
            "expected padding >= 0 and output padding below stride or dilation, "
            f"got {synapse.padding} and {synapse.output_padding}"
        )
    rows, columns = (
        (shape[axis + 1] - 1) * synapse.stride[axis]
        - 2 * synapse.padding[axis]
        + synapse.dilation[axis] * (kernel[axis] - 1)
        + synapse.output_padding[axis]
        + 1
        for axis in (0, 1)
    )
    if rows < 1 or columns < 1:
        raise InvalidNetwork(f"expected a transposed convolution with an output, got {rows} x {columns} from {shape}")
    return (out, rows, columns)


def _check_pairs(*pairs: Pair) -> None:
    for pair in pairs:
        if min(pair) < 1:
            raise InvalidNetwork(f"expected strides, dilations and factors >= 1, got {pair}")


def _windows(shape: Shape, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair) -> Pair:
    if min(stride) < 1 or min(dilation) < 1 or min(padding) < 0 or min(kernel) < 1:
        raise InvalidNetwork(
            f"expected stride, dilation, kernel >= 1 and padding >= 0, got {stride}, {dilation}, {kernel}, {padding}"
        )
    rows, columns = (
        (extent + 2 * pad - dil * (size - 1) - 1) // step + 1
        for extent, size, step, pad, dil in zip(shape[1:], kernel, stride, padding, dilation, strict=True)
    )
    if rows < 1 or columns < 1:
        raise InvalidNetwork(f"expected a kernel {kernel} that fits into the padded input {shape}, padding {padding}")
    return rows, columns


def _dims(shape: Shape, count: int) -> Shape:
    if len(shape) != count:
        raise InvalidNetwork(f"expected weights with {count} dimensions, got shape {shape}")
    return shape
