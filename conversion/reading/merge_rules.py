"""The ways in which a term and the layer behind it become one term, as a list of rules; the first that succeeds is taken.

                   layer behind it:   matrix                        convolution
    term: integers wait behind it     behind_averages               behind_averages
    integers that are picked          chosen_rows                   chosen_rows
    identity                          kept_kernel                   kept_kernel
    upsampling                        product_of_matrices           transposed_of_repeated
    pool, convolution                 product_of_matrices           convolved_kernels
    rows and columns                  product_of_matrices           behind_separable
    anything else                     product_of_matrices           none

Each rule takes the term, the layer, and the shape of what enters the term behind its pool, and gives the term that does both,
or None where it cannot be exact.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from spikewright.conversion.reading.geometry import (
    DENSE,
    ConvGeometry,
    DenseGeometry,
    Geometry,
    IdentityGeometry,
    Kernel,
    PoolGeometry,
    SeparableGeometry,
    TransposedGeometry,
    UpsampleGeometry,
    dilated,
    ungrouped,
)
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.repeated_integers import behind_averages, if_fits
from spikewright.conversion.reading.separable_forms import behind_separable
from spikewright.conversion.reading.shapes import ONE, Floats, per_element, times
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import LARGEST, through_rows, unpooled
from spikewright.conversion.storage import input_gain, real_weights
from spikewright.snn.synapses import Pair, Shape

_AT_ONCE = 1 << 21

Merge = Callable[[SourceTerm, AffineLayer, Shape], SourceTerm | None]


@dataclass(frozen=True)
class MergeRule:
    """A way to merge terms of the geometries `before` with layers of the geometries `behind`; none for any."""

    merge: Merge
    before: tuple[type[Geometry], ...] = ()
    behind: tuple[type[Geometry], ...] = ()

    def fits(self, term: SourceTerm, layer: AffineLayer, flat: bool) -> bool:
        """Whether the rule is for these two. `flat`: the layer sees the sum as a vector, which only a matrix can read."""
        known = not self.before or type(term.geometry) in self.before
        return known and type(layer.geometry) in self.behind and not (flat and layer.geometry is not DENSE)


def kept_kernel(term: SourceTerm, layer: AffineLayer, inside: Shape) -> SourceTerm | None:
    """Behind an identity the layer reads the source itself; only the gain has to be that of its own inputs."""
    gain = per_element(term.gain_in, inside) if layer.geometry is DENSE else term.gain_in
    return SourceTerm(term.source, layer.geometry, term.pool, layer.kernel, gain)


def chosen_rows(term: SourceTerm, layer: AffineLayer, inside: Shape) -> SourceTerm | None:
    """Integers of which a layer with single ones, at the place of each output, picks rows: those rows, integers as before."""
    kernel = term.kernel
    same = layer.geometry is DENSE if term.geometry is DENSE else layer.geometry.pointwise(layer.kernel)
    grouped = term.geometry.group_count > 1 or layer.geometry.group_count > 1
    if kernel is None or not term.integer or not same or grouped or not layer.geometry.copies(layer.kernel):
        return None
    ones = layer.kernel.real().reshape(len(layer.kernel.values), -1)
    if ones.shape[1] != len(kernel.values) or not ones.any(axis=1).all():
        return None
    rows = ones.argmax(axis=1)
    scale = None if kernel.scale is None else kernel.scale[rows]
    gain = term.gain_out[rows] if term.gain_out.ndim else term.gain_out
    return replace(term, kernel=Kernel(kernel.values[rows], scale), gain_out=gain, channels=None)


def product_of_matrices(term: SourceTerm, layer: AffineLayer, inside: Shape) -> SourceTerm | None:
    """W2 (W1 x) = (W2 W1) x, for real weights, as long as the product is not too large."""
    if layer.kernel.integer or term.integer or layer.kernel.shape[0] * prod(inside) > LARGEST:
        return None
    return SourceTerm(term.source, DENSE, term.pool, Kernel(_through_parts(layer.kernel, unpooled(term), inside)))


def _through_parts(kernel: Kernel, term: SourceTerm, inside: Shape) -> Floats:
    """`through_rows` of a kernel, at most `_AT_ONCE` numbers at a time: it holds several copies of them in float64."""
    (out, inputs), whole = kernel.shape, Kernel(kernel.values, kernel.scale)
    step = max(1, _AT_ONCE // max(1, inputs, prod(inside)))
    made = np.empty((out, prod(inside)))
    for start in range(0, out, step):
        made[start : start + step] = through_rows(whole.rows(start, start + step).real(), term, inside)
    return made


def transposed_of_repeated(term: SourceTerm, layer: AffineLayer, inside: Shape) -> SourceTerm | None:
    """A convolution of an upsampled map: a transposed one whose kernel is that of the layer, smeared over the factor.

    Twice as many pixels, kernel [p q], in one dimension:    x x y y  *  [p q]   =   [q p+q p] set down at every second place
    """
    geometry: Any = layer.geometry
    repeated: Any = term.geometry
    sizes = layer.kernel.shape[2:]
    narrow = all(pad < size for pad, size in zip(geometry.padding, sizes, strict=True))
    real = not (layer.kernel.integer or term.integer)
    if not real or geometry.stride != (1, 1) or geometry.dilation != (1, 1) or not narrow:
        return None
    turned = torch.tensor(layer.kernel.real()).flip(2, 3)
    out, inputs = turned.shape[:2]
    smeared = F.conv_transpose2d(turned.reshape(out * inputs, 1, *sizes), torch.ones(1, 1, *repeated.factor).double())
    values = smeared.reshape(out, inputs, *smeared.shape[2:]).numpy()
    rows, columns = (size - 1 - pad for size, pad in zip(sizes, geometry.padding, strict=True))
    made = TransposedGeometry(repeated.factor, (rows, columns), groups=geometry.groups)
    return SourceTerm(term.source, made, term.pool, Kernel(values), input_gain(term, ONE, inside))


def convolved_kernels(term: SourceTerm, layer: AffineLayer, inside: Shape) -> SourceTerm | None:
    """conv(conv(x)) as one convolution: the kernels are convolved, strides multiplied.

    In one dimension, with stride 1:     [a b] * ([c d e] * x)   =   [ac ad+bc ae+bd be] * x
    """
    behind: Any = layer.geometry
    if layer.kernel.integer or term.integer:
        return None
    first, before = _as_conv(term, inside)
    pointlike = first.shape[2:] == (1, 1) and before.padding == (0, 0)
    if any(behind.padding) and not pointlike:
        return None
    found = _convolved(first, before, dilated(layer.kernel.real(), behind.dilation), behind.groups)
    if found is None:
        return None
    values, groups = found
    rows, columns = (
        pad + step * more for pad, step, more in zip(before.padding, before.stride, behind.padding, strict=True)
    )
    made = ConvGeometry(times(before.stride, behind.stride), (rows, columns), groups=groups)
    return if_fits(SourceTerm(term.source, made, term.pool, Kernel(values)), inside, layer)


RULES = (
    MergeRule(behind_averages, (PoolGeometry, ConvGeometry), (DenseGeometry, ConvGeometry)),
    MergeRule(chosen_rows, (DenseGeometry, ConvGeometry, TransposedGeometry), (DenseGeometry, ConvGeometry)),
    MergeRule(kept_kernel, (IdentityGeometry,), (DenseGeometry, ConvGeometry)),
    MergeRule(product_of_matrices, (), (DenseGeometry,)),
    MergeRule(transposed_of_repeated, (UpsampleGeometry,), (ConvGeometry,)),
    MergeRule(convolved_kernels, (PoolGeometry, ConvGeometry), (ConvGeometry,)),
    MergeRule(behind_separable, (SeparableGeometry,), (ConvGeometry,)),
)


def _as_conv(term: SourceTerm, inside: Shape) -> tuple[Floats, ConvGeometry]:
    """A pool or a convolution as one with a kernel in the model's units, without gaps."""
    geometry: Any = term.geometry
    if term.kernel is not None:
        values = dilated(real_weights(unpooled(term), inside), geometry.dilation)
        return values, replace(geometry, dilation=(1, 1))
    gain = np.broadcast_to(input_gain(term, ONE, inside), (inside[0],)).reshape(-1, 1, 1, 1)
    values = np.broadcast_to(gain, (inside[0], 1, *geometry.kernel))
    return np.ascontiguousarray(values), ConvGeometry(geometry.stride, groups=inside[0])


def _convolved(first: Floats, before: ConvGeometry, second: Floats, groups: int) -> tuple[Floats, int] | None:
    """The kernel of `second`, of so many `groups`, behind `first`, and its own groups; None where it were too large."""
    if first.shape[0] == groups == second.shape[0] and groups > 1:  # depthwise: group by group
        if second.shape[2:] == (1, 1):  # a scale of each channel
            return first * second, before.groups
        values = _kernels(second.swapaxes(0, 1), first, before.stride, first.shape[0])
        return values.reshape(first.shape[0], first.shape[1], *values.shape[2:]), before.groups
    second = ungrouped(second, groups)
    if first.shape[0] == before.groups and first.shape[1] == 1:
        if second.shape[2:] == (1, 1):  # depthwise, then pointwise: an outer product for each input channel
            return second * first[:, 0], 1
        return _kernels(second, first, before.stride, before.groups), 1
    dense = ungrouped(first, before.groups)
    if second.shape[0] * dense.shape[1] * prod(second.shape[2:]) > LARGEST:
        return None
    return _kernels(second, dense, before.stride, 1), 1


def _kernels(second: Floats, first: Floats, stride: Pair, groups: int) -> Floats:
    """K[o, c] = sum over m and places j of second[o, m, j] first[m, c, . - stride j]."""
    found = F.conv_transpose2d(torch.tensor(second), torch.tensor(first), stride=stride, groups=groups)
    result: Floats = found.numpy()
    return result
