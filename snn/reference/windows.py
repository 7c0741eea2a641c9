"""Windows of values and convolutions by them, dense and plain: place of the kernel by place."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.synapses import Conv2d, ConvTranspose2d, Windows

Values = NDArray[Any]


def each_window(windows: Windows, values: Values, outside: float | int) -> Values:
    """The values at each place of the kernel, `(places, batch, channels, rows, columns)`; a sequence has no rows."""
    if values.ndim == 3:
        return each_window(windows, values[:, :, None], outside)[:, :, :, 0]
    (high, wide), (down, right), (top, left) = windows.kernel, windows.stride, windows.padding
    padded = np.pad(values, ((0, 0), (0, 0), (top, top), (left, left)), constant_values=outside)
    rows, columns = (padded.shape[2] - high) // down + 1, (padded.shape[3] - wide) // right + 1
    places = [(y, x) for y in range(high) for x in range(wide)]
    return np.stack([padded[:, :, y::down, x::right][:, :, :rows, :columns] for y, x in places])


def correlate(conv: Conv2d, weights: Values, values: Values) -> Values:
    """out[o, y, x] = sum over c, i, j of weights[o, c, i, j] padded[c, y step + i dilation, x step + j dilation]."""
    (high, wide), (down, right), (top, left) = weights.shape[2:], conv.stride, conv.padding
    padded = np.pad(values, ((0, 0), (0, 0), (top, top), (left, left)))
    rows = (padded.shape[2] - conv.dilation[0] * (high - 1) - 1) // down + 1
    columns = (padded.shape[3] - conv.dilation[1] * (wide - 1) - 1) // right + 1
    kernels = weights.reshape(conv.groups, -1, *weights.shape[1:])
    out = np.zeros((len(values), *kernels.shape[:2], rows * columns), dtype=values.dtype)
    for i in range(high):
        for j in range(wide):
            y, x = i * conv.dilation[0], j * conv.dilation[1]
            seen = padded[:, :, y : y + down * rows : down, x : x + right * columns : right][:, :, :rows, :columns]
            out += kernels[..., i, j] @ seen.reshape(len(values), conv.groups, -1, rows * columns)
    return out.reshape(len(values), -1, rows, columns)


def spread(conv: ConvTranspose2d, weights: Values, values: Values) -> Values:
    """out[o, y stride - padding + i dilation, ...] += weights[o, c, i, ...] values[c, y, ...]."""
    (batch, _, rows, columns), (high, wide) = values.shape, weights.shape[2:]
    (down, right), (top, left) = conv.stride, conv.padding
    tall = (rows - 1) * down + conv.dilation[0] * (high - 1) + conv.output_padding[0] + 1
    broad = (columns - 1) * right + conv.dilation[1] * (wide - 1) + conv.output_padding[1] + 1
    kernels = weights.reshape(conv.groups, -1, *weights.shape[1:])
    out = np.zeros((batch, len(weights), tall, broad), dtype=values.dtype)
    sources = values.reshape(batch, conv.groups, -1, rows * columns)
    for i in range(high):
        for j in range(wide):
            y, x = i * conv.dilation[0], j * conv.dilation[1]
            sent = (kernels[..., i, j] @ sources).reshape(batch, -1, rows, columns)
            out[:, :, y : y + down * rows : down, x : x + right * columns : right][:, :, :rows, :columns] += sent
    return out[:, :, top : tall - top, left : broad - left]
