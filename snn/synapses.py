"""Synapse records: what a projection does to the spikes that enter it, as parameters, and the shapes that follow."""

from dataclasses import dataclass

from snn.neurons import PerChannel
from snn.weights import Storage, with_shape
from spikewright import InvalidNetwork

Pair = tuple[int, int]
Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Linear:
    """S = W x with W `(out, in)`; an input `(C, H, W)` is read flat, row-major."""

    weights: Storage


@dataclass(frozen=True, eq=False)
class Conv2d:
    """Cross-correlation with W `(out, in / groups, kernel height, kernel width)`; zeros are padded."""

    weights: Storage
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1


@dataclass(frozen=True, eq=False)
class Conv1d:
    """Cross-correlation of `(channels, length)` with W `(out, in / groups, kernel)`; zeros are padded."""

    weights: Storage
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1


@dataclass(frozen=True, eq=False)
class ConvTranspose2d:
    """out[o, y stride - padding + i dilation, ...] += W[o, c, i, ...] x[c, y, ...].

    W is `(out, in / groups, kernel height, kernel width)`.
    The output channel comes first, as everywhere here (PyTorch puts the input channel first). Rows and columns that
    `output_padding` adds at the end receive what reaches them.
    """

    weights: Storage
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    output_padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1


@dataclass(frozen=True, eq=False)
class Upsample:
    """Nearest neighbour: out[c, y, x] = gain in[c, y // factor, x // factor]; `gain` scalar or `(channels,)`."""

    factor: Pair
    gain: PerChannel = 1.0


@dataclass(frozen=True, eq=False)
class Windows:
    """Which inputs a `MaxGate` compares: windows of `kernel` at `stride`, with `padding` by nothing (padded places never win).

    A sequence `(C, L)` is a map of one row: kernel (1, n), stride (1, m), padding (0, p).
    """

    kernel: Pair
    stride: Pair
    padding: Pair = (0, 0)


@dataclass(frozen=True, eq=False)
class AvgPool2d:
    """Sums over windows times `gain` (scalar or `(channels,)`); 1 / (kernel area) makes it the average. No padding."""

    kernel: Pair
    stride: Pair
    gain: PerChannel


@dataclass(frozen=True, eq=False)
class Identity:
    """S = gain x, neuron by neuron; `gain` scalar or `(channels,)`. A residual sum is two projections into one population."""

    gain: PerChannel = 1.0


Synapse = Linear | Conv1d | Conv2d | ConvTranspose2d | AvgPool2d | Upsample | Identity | Windows
WEIGHTED = (Linear, Conv1d, Conv2d, ConvTranspose2d)
GAINED = (AvgPool2d, Upsample, Identity)


def output_shape(synapse: Synapse, shape: Shape) -> Shape:
    """The shape that `synapse` makes of an input `shape`, (C, H, W), (C, L) or (N,).

    Raises InvalidNetwork when they do not fit.
    """
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


def as_conv2d(synapse: Conv1d) -> Conv2d:
    """The same convolution over `(channels, 1, length)`."""
    return Conv2d(
        with_shape(synapse.weights, (*synapse.weights.shape[:2], 1, *synapse.weights.shape[2:])),
        (1, synapse.stride),
        (0, synapse.padding),
        (1, synapse.dilation),
        synapse.groups,
    )


def pooled_shape(shape: Shape, pool: Pair) -> Shape:
    """`shape` after sums over non-overlapping windows `pool`; rows and columns that fill no window are dropped."""
    if pool == (1, 1):
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
