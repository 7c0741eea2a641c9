"""An affine layer of the model, before it is known what it reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np

from spikewright.conversion.reading.shapes import bordered, grid
from spikewright.conversion.reading.values import Border, Floats, Kernel
from spikewright.snn.synapses import Pair, Shape


@dataclass(frozen=True, eq=False)
class AffineLayer:
    """y = W x + b. `op`: that of its term; `inputs`, `shape`: of x and y as the graph sees them; `bias ()` or `(out,)`.

    `args` as in `SourceTerm`; padding is the same on both sides, see `padded_conv`.
    """

    name: str
    op: str
    kernel: Kernel
    bias: Floats
    inputs: Shape
    shape: Shape
    args: Mapping[str, Any] = field(default_factory=dict)

    @property
    def bias_map(self) -> Floats:
        """The bias for every neuron."""
        shaped = self.bias.reshape(-1, *[1] * (len(self.shape) - 1)) if self.bias.ndim else self.bias
        return np.broadcast_to(shaped, self.shape)


def padded_conv(kernel: Kernel, args: Mapping[str, Any], border: Border) -> tuple[Kernel, dict[str, Any]]:
    """A convolution with (top, bottom, left, right) more zeros, whose padding is the same on both sides again.

    The kernel is extended by zeros where there is less: with padding a < b it grows by b - a taps at the beginning,
    since the first window then begins at -b and its first tap that counts lies at -b + (b - a) = -a.
    """
    less = args.get("less", (0, 0))
    sides = [
        (pad - shy + extra[0], pad + extra[1])
        for pad, shy, extra in zip(args["padding"], less, (border[:2], border[2:]), strict=True)
    ]
    result = {name: value for name, value in args.items() if name != "less"}
    result["padding"] = tuple(map(max, sides))
    wider = [(max(after - before, 0), max(before - after, 0)) for before, after in sides]
    if not any(map(any, wider)):
        return kernel, result
    values = dilated(kernel.values, args["dilation"])
    values = np.pad(values, ((0, 0), (0, 0), *wider))
    return replace(kernel, values=values), {**result, "dilation": (1, 1)}


def dilated(values: Floats, dilation: Pair) -> Floats:
    """A kernel `(out, in, rows, columns)` with the gaps of its dilation filled with zeros."""
    if dilation == (1, 1):
        return values
    rows, columns = ((size - 1) * step + 1 for size, step in zip(values.shape[2:], dilation, strict=True))
    result = np.zeros((*values.shape[:2], rows, columns), values.dtype)
    result[:, :, :: dilation[0], :: dilation[1]] = values
    return result


def restricted(layer: AffineLayer, start: int, stop: int) -> tuple[AffineLayer, tuple[int, int] | None]:
    """What of a layer reads the inputs start..stop (channels, of a vector elements), and which outputs it drives.

    Groups that are read in part become one layer with zeros for the inputs of other groups.
    """
    if (start, stop) == (0, layer.inputs[0]):
        return layer, None
    inputs = (stop - start, *layer.inputs[1:])
    groups = layer.args.get("groups", 1)
    if groups == 1:
        kernel = replace(layer.kernel, values=layer.kernel.values[:, start:stop])
        return replace(layer, kernel=kernel, bias=np.zeros(()), inputs=inputs), None
    width, rows = layer.inputs[0] // groups, layer.kernel.values.shape[0] // groups
    first, last = start // width, -(-stop // width)
    slice_ = (first * rows, last * rows)
    kernel = _rows(layer.kernel, slice_)
    if start % width or stop % width:
        dense = ungrouped(kernel.values, last - first)
        kernel, left = replace(kernel, values=dense[:, start - first * width : stop - first * width]), 1
    else:
        left = last - first
    shape, args = (slice_[1] - slice_[0], *layer.shape[1:]), {**layer.args, "groups": left}
    return replace(layer, kernel=kernel, bias=np.zeros(()), inputs=inputs, shape=shape, args=args), slice_


def _rows(kernel: Kernel, rows: tuple[int, int]) -> Kernel:
    scale = None if kernel.scale is None else kernel.scale[slice(*rows)]
    return Kernel(kernel.values[slice(*rows)], scale)


def ungrouped(values: Floats, groups: int) -> Floats:
    """The kernel of a grouped convolution as one of a single group, with zeros between."""
    if groups == 1:
        return values
    out, width = values.shape[0] // groups, values.shape[1]
    dense = np.zeros((values.shape[0], width * groups, *values.shape[2:]), values.dtype)
    for group in range(groups):
        rows = slice(group * out, (group + 1) * out)
        dense[rows, group * width : (group + 1) * width] = values[rows]
    return dense


def averaging(name: str, shape: Shape, kernel: Pair, stride: Pair, padding: Pair) -> AffineLayer:
    """Average pooling of a map or sequence of `shape` as a depthwise convolution; padded zeros count."""
    return summing(name, shape, {"kernel": kernel, "stride": stride, "padding": padding}, 1.0 / prod(kernel))


def summing(name: str, shape: Shape, window: Mapping[str, Any], weight: float, extra: Pair = (0, 0)) -> AffineLayer:
    """Sums over windows times `weight`, with `extra` rows and columns of zeros at the end."""
    channels, (rows, columns) = shape[0], window["kernel"]
    args = {"stride": window["stride"], "padding": window["padding"], "dilation": (1, 1), "groups": channels}
    kernel = Kernel(np.full((channels, 1, rows, columns), weight))
    kernel, args = padded_conv(kernel, args, (0, extra[0], 0, extra[1]))
    return AffineLayer(name, "conv2d", kernel, np.zeros(()), shape, conv_shape(kernel, args, shape), args)


def conv_shape(kernel: Kernel, args: Mapping[str, Any], shape: Shape) -> Shape:
    """Shape of a convolution of `shape`, `(C, H, W)` or `(C, L)`."""
    _, *sizes = grid(shape)
    out, _, *spans = kernel.values.shape
    places = [
        (size + 2 * pad - dil * (span - 1) - 1) // step + 1
        for size, pad, dil, span, step in zip(
            sizes, args["padding"], args["dilation"], spans, args["stride"], strict=True
        )
    ]
    return (out, places[1]) if len(shape) == 2 else (out, *places)


def identity_conv(name: str, shape: Shape, border: Border) -> AffineLayer:
    """A map copied into the middle of a larger one, as a depthwise convolution with one weight."""
    args = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "groups": shape[0]}
    kernel, args = padded_conv(Kernel(np.ones((shape[0], 1, 1, 1))), args, border)
    return AffineLayer(name, "conv2d", kernel, np.zeros(()), shape, bordered(shape, border), args)


def selection(name: str, shape: Shape, ranges: tuple[tuple[int, int, int], ...]) -> AffineLayer:
    """y[c, i, j] = x[c0 + c dc, i0 + i di, j0 + j dj], with (first, step, count) for each axis of x.

    A convolution with stride (di, dj) whose kernel has its one at (i0, j0): it is wide enough to fit just as often as asked.
    """
    (first, step, count), pixels = ranges[0], list(ranges[1:])
    channels = np.arange(first, first + step * count, step)
    if not pixels:
        weights = np.zeros((count, shape[0]))
        weights[np.arange(count), channels] = 1.0
        return AffineLayer(name, "linear", Kernel(weights), np.zeros(()), shape, (count,))
    spans = [(0, 1, 1)] * (2 - len(pixels)) + pixels
    sizes = grid(shape)[1:]
    kernel = [max(start + 1, size - many * every + 1) for (start, every, many), size in zip(spans, sizes, strict=True)]
    whole = count == shape[0]
    weights = np.zeros((count, 1 if whole else shape[0], *kernel))
    weights[np.arange(count), 0 if whole else channels, spans[0][0], spans[1][0]] = 1.0
    args = {
        "stride": (spans[0][1], spans[1][1]),
        "padding": (0, 0),
        "dilation": (1, 1),
        "groups": count if whole else 1,
    }
    made = Kernel(weights)
    return AffineLayer(name, "conv2d", made, np.zeros(()), shape, conv_shape(made, args, shape), args)
