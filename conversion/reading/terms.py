"""One term in torch, in float64: what `(samples, *source shape)` brings to the target, or to its slice of the target."""

from dataclasses import replace
from math import prod

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from spikewright.conversion.reading.geometry import DENSE, Kernel
from spikewright.conversion.reading.shapes import ONE, Floats, grid, pooled, ungrid
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.storage import input_gain, real_weights
from spikewright.snn.synapses import Shape

LARGEST = 1 << 24
"""Weights of a matrix or of a merged layer at most."""


def apply_term(term: SourceTerm, values: Tensor, shape: Shape, *, absolute: bool = False) -> Tensor:
    """The contribution of `values (n, *shape)` through `term`; `absolute` takes the magnitude of every weight."""
    x = values if len(shape) == 1 else values.reshape(-1, *grid(shape))
    if term.pool != (1, 1):
        x = F.avg_pool2d(x, term.pool, divisor_override=1)
    weights = _weights(term, shape)
    geometry = term.geometry.magnitudes() if absolute else term.geometry
    result = geometry.apply(x, weights.abs_() if absolute else weights)
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
    return term.geometry.copies(term.kernel)


def add_term(total: Tensor, term: SourceTerm, part: Tensor) -> Tensor:
    """`total (n, *target shape)` with what a term brings to its slice of the target."""
    if term.channels is None:
        return total + part.reshape(len(part), *total.shape[1:])
    start, stop = term.channels
    whole = total.expand(len(part), *total.shape[1:]).clone()
    whole[:, start:stop] += part.reshape(whole[:, start:stop].shape)
    return whole


def as_matrix(term: SourceTerm, shape: Shape, limit: int = LARGEST) -> SourceTerm | None:
    """A term of a source of `shape` as a matrix, or None when that were larger than `limit` numbers."""
    inside = pooled(shape, term.pool)
    probe = unpooled(term)
    outside = int(apply_term(probe, torch.zeros(1, *inside).double(), inside).numel())
    if outside * prod(inside) > limit:
        return None
    return SourceTerm(term.source, DENSE, term.pool, Kernel(through_rows(np.eye(outside), probe, inside)))


def unpooled(term: SourceTerm) -> SourceTerm:
    """What a term does behind its pool, to a target of its own."""
    return replace(term, pool=(1, 1), channels=None)


def through_rows(rows: Floats, term: SourceTerm, inside: Shape) -> Floats:
    """rows (out, mid) times the matrix of the term: (out, in), as a vector-Jacobian product."""
    x = torch.zeros(len(rows), *inside, dtype=torch.float64, requires_grad=True)
    y = apply_term(term, x, inside)
    (found,) = torch.autograd.grad(y, x, torch.tensor(rows).reshape(y.shape))
    result: Floats = found.reshape(len(rows), -1).numpy()
    return result


def _weights(term: SourceTerm, shape: Shape) -> Tensor:
    """The weights of a term with a kernel, else its gain () or `(channels, 1, 1)`."""
    if term.kernel is not None:
        return torch.from_numpy(real_weights(term, shape))
    gain = torch.tensor(input_gain(term, ONE, shape))
    return gain.reshape(-1, *[1] * (len(shape) > 1) * 2) if gain.ndim else gain
