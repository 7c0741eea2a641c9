"""Synapse records: what a projection does to the spikes that enter it, as parameters, and the shapes that follow."""

from dataclasses import dataclass

from snn.neurons import PerChannel
from snn.weights import Storage
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
class AvgPool2d:
    """Sums over windows times `gain` (scalar or `(channels,)`); 1 / (kernel area) makes it the average. No padding."""

    kernel: Pair
    stride: Pair
    gain: PerChannel


@dataclass(frozen=True, eq=False)
class Identity:
    """S = gain x, neuron by neuron; `gain` scalar or `(channels,)`. A residual sum is two projections into one population."""

    gain: PerChannel = 1.0


Synapse = Linear | Conv2d | AvgPool2d | Identity
WEIGHTED = (Linear, Conv2d)


def output_shape(synapse: Synapse, shape: Shape) -> Shape:
    """The shape that `synapse` makes of an input `shape` ((C, H, W) or (N,)). Raises InvalidNetwork when they do not fit."""
    if isinstance(synapse, Identity):
        return shape
    if isinstance(synapse, Linear):
        return _linear_shape(synapse, shape)
    if len(shape) != 3:
        raise InvalidNetwork(f"expected an input (C, H, W) for {type(synapse).__name__}, got {shape}")
    if isinstance(synapse, AvgPool2d):
        return (shape[0], *_windows(shape, synapse.kernel, synapse.stride, (0, 0), (1, 1)))
    return _conv_shape(synapse, shape)


def pooled_shape(shape: Shape, pool: Pair) -> Shape:
    """`shape` after sums over non-overlapping windows `pool`; rows and columns that fill no window are dropped."""
    if pool == (1, 1):
        return shape
    if len(shape) != 3 or min(pool) < 1 or pool[0] > shape[1] or pool[1] > shape[2]:
        raise InvalidNetwork(f"expected a pool that fits into (C, H, W), got pool {pool} on {shape}")
    return (shape[0], shape[1] // pool[0], shape[2] // pool[1])


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
