"""One term in torch, in float64: what `(samples, *source shape)` brings to the target, or to its slice of the target."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from spikewright.conversion.reading.shapes import grid, ungrid
from spikewright.conversion.reading.values import Floats, SourceTerm
from spikewright.conversion.storage import input_gain, real_weights
from spikewright.snn.synapses import Shape

ONE = np.ones(())


def apply_term(term: SourceTerm, values: Tensor, shape: Shape, *, absolute: bool = False) -> Tensor:
    """The contribution of `values (n, *shape)` through `term`; `absolute` takes the magnitude of every weight."""
    x = values if len(shape) == 1 else values.reshape(-1, *grid(shape))
    if term.pool != (1, 1):
        x = F.avg_pool2d(x, term.pool, divisor_override=1)
    weights = _weights(term, shape)
    result: Tensor = _OPS[term.op](term, x, weights.abs() if absolute else weights)
    if result.ndim < 4:
        return result
    _, channels, rows, columns = result.shape
    return result.reshape(len(values), *ungrid((channels, rows, columns), shape))


def mapped(term: SourceTerm, value: Floats, shape: Shape) -> Floats:
    """One array of `shape` through a term, without a bias."""
    result: Floats = apply_term(term, torch.tensor(value).reshape(1, *shape), shape)[0].numpy()
    return result


def copies(term: SourceTerm) -> bool:
    """True when every output of a term is one of its inputs as it is, or zero."""
    if term.pool != (1, 1) or np.any(term.gain_in != 1) or np.any(term.gain_out != 1):
        return False
    if term.op == "identity" or term.op == "upsample":
        return True
    if term.kernel is None or term.op not in ("conv2d", "linear"):
        return False
    rows = term.kernel.real().reshape(len(term.kernel.values), -1)
    return bool(np.all((rows == 0) | (rows == 1)) and np.all(np.count_nonzero(rows, axis=1) <= 1))


def add_term(total: Tensor, term: SourceTerm, part: Tensor) -> Tensor:
    """`total (n, *target shape)` with what a term brings to its slice of the target."""
    if term.channels is None:
        return total + part.reshape(len(part), *total.shape[1:])
    start, stop = term.channels
    whole = total.expand(len(part), *total.shape[1:]).clone()
    whole[:, start:stop] += part.reshape(whole[:, start:stop].shape)
    return whole


def _weights(term: SourceTerm, shape: Shape) -> Tensor:
    """The weights of a term with a kernel, else its gain () or `(channels, 1, 1)`."""
    if term.kernel is not None:
        return torch.tensor(real_weights(term, shape))
    gain = torch.tensor(input_gain(term, ONE, shape))
    return gain.reshape(-1, *[1] * (len(shape) > 1) * 2) if gain.ndim else gain


def _identity(term: SourceTerm, x: Tensor, gain: Tensor) -> Tensor:
    return x * gain


def _linear(term: SourceTerm, x: Tensor, weights: Tensor) -> Tensor:
    return F.linear(x.flatten(1), weights)


def _conv(term: SourceTerm, x: Tensor, weights: Tensor) -> Tensor:
    args = term.args
    return F.conv2d(x, weights, None, args["stride"], args["padding"], args["dilation"], args["groups"])


def _transposed(term: SourceTerm, x: Tensor, weights: Tensor) -> Tensor:
    """Our kernels have the output channel first, PyTorch's the input channel."""
    args, groups = term.args, term.args["groups"]
    grouped = weights.reshape(groups, -1, *weights.shape[1:]).transpose(1, 2)
    turned = grouped.reshape(x.shape[1], -1, *weights.shape[2:])
    geometry = (args["stride"], args["padding"], args["output_padding"], groups, args["dilation"])
    return F.conv_transpose2d(x, turned, None, *geometry)


def _avgpool(term: SourceTerm, x: Tensor, gain: Tensor) -> Tensor:
    return F.avg_pool2d(x, term.args["kernel"], term.args["stride"], divisor_override=1) * gain


def _upsample(term: SourceTerm, x: Tensor, gain: Tensor) -> Tensor:
    rows, columns = term.args["factor"]
    return x.repeat_interleave(rows, dim=2).repeat_interleave(columns, dim=3) * gain


def _windows(term: SourceTerm, x: Tensor, gain: Tensor) -> Tensor:
    args = term.args
    return F.max_pool2d(x, args["kernel"], args["stride"], args["padding"], args["dilation"])


def _map(term: SourceTerm, x: Tensor, gain: Tensor) -> Tensor:
    rows, columns = (
        _matrix(term.args[name], size) for name, size in zip(("rows", "columns"), x.shape[2:], strict=True)
    )
    return torch.einsum("ih,nchw,jw->ncij", rows.to(x), x, columns.to(x)) * gain


def _matrix(windows: tuple[tuple[int, int, float], ...], size: int) -> Tensor:
    matrix = torch.zeros(len(windows), size, dtype=torch.float64)
    for row, (start, stop, weight) in zip(matrix, windows, strict=True):
        row[start:stop] = weight
    return matrix


_OPS: Mapping[str, Callable[[SourceTerm, Tensor, Tensor], Any]] = {
    "identity": _identity,
    "linear": _linear,
    "conv2d": _conv,
    "conv_transpose2d": _transposed,
    "avgpool": _avgpool,
    "upsample": _upsample,
    "windows": _windows,
    "map": _map,
}
