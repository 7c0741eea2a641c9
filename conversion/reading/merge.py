"""Two affine layers without a ReLU between them as one: exact, because a composition of linear maps is linear.

The padding of the second layer stands between them. It is exact where the first one maps outside zeros to zeros at the
places in question (kernels of one tap without padding), and where the second does not pad; else they do not merge.
"""

from dataclasses import replace
from math import prod

import numpy as np
import torch
from torch.nn import functional as F

from spikewright.conversion.reading.layer import AffineLayer, conv_shape, dilated, restricted, ungrouped
from spikewright.conversion.reading.shapes import grid, per_element, pooled
from spikewright.conversion.reading.terms import apply_term, mapped
from spikewright.conversion.reading.values import Current, Floats, Kernel, Signal, SourceTerm
from spikewright.conversion.storage import input_gain, real_weights
from spikewright.snn.synapses import Shape

DEARER = 6.0
"""Merged layers may take this many times the additions of the two. 1x1 after 1x1, as in an inverted residual whose
middle is six times as wide, takes three to six times as many, and is exact in every code; a depthwise convolution of
nine taps and the pointwise one behind it would take up to nine times as many."""
LARGEST = 1 << 24
"""Weights of a merged layer at most."""


def merged(current: Current, layer: AffineLayer, shapes: dict[str, Shape]) -> Current | None:
    """`layer` of `current` as a sum of terms of its sources, or None when that is not exact or too dear."""
    terms, old = [], _work(layer.op, layer.kernel.values, layer.inputs, layer.shape)
    new = 0.0
    for term in current.terms:
        source = shapes[term.source]
        sub, channels = _for_slice(layer, term, current)
        one = _composed(term, sub, source, current)
        if one is None:
            return None
        old += _work_of(term, source, current.shape)
        # Integers cannot be had in another way, and each spike takes as many additions as through a pool.
        new += 0.0 if one.kernel is not None and one.kernel.integer else _work_of(one, source, sub.shape)
        terms.append(replace(one, channels=channels))
    if new > DEARER * old:
        return None
    plain = SourceTerm("", layer.op, kernel=layer.kernel, args=layer.args)
    bias = layer.bias_map + mapped(plain, current.bias, current.shape)
    return Current(tuple(terms), bias, layer.shape, layer.name)


def read_signal(signal: Signal, layer: AffineLayer) -> Current:
    """`layer` of a Signal without a border; its offset becomes a bias map, exact at zero-padded places."""
    term = SourceTerm(signal.source, layer.op, signal.pool, layer.kernel, signal.gain, args=layer.args)
    bias = layer.bias_map
    if signal.offset is not None:
        plain = SourceTerm("", layer.op, kernel=layer.kernel, args=layer.args)
        bias = bias + mapped(plain, signal.offset, signal.shape)
    return Current((term,), bias, layer.shape, layer.name)


def as_matrix(term: SourceTerm, shape: Shape, limit: int = LARGEST) -> SourceTerm | None:
    """A term of a source of `shape` as a linear one, or None when the matrix were too large."""
    inside = pooled(shape, term.pool)
    probe = _unpooled(term)
    outside = int(apply_term(probe, torch.zeros(1, *inside).double(), inside).numel())
    if outside * prod(inside) > limit:
        return None
    return SourceTerm(term.source, "linear", term.pool, Kernel(_through_rows(np.eye(outside), probe, inside)))


def _for_slice(layer: AffineLayer, term: SourceTerm, current: Current) -> tuple[AffineLayer, tuple[int, int] | None]:
    if term.channels is None:
        return layer, None
    size = prod(current.shape[1:]) if layer.op == "linear" else 1
    return restricted(layer, term.channels[0] * size, term.channels[1] * size)


def _composed(term: SourceTerm, layer: AffineLayer, source: Shape, current: Current) -> SourceTerm | None:
    repeated = _repeated(term, layer, source) if layer.kernel.integer else None
    if repeated is not None or layer.op == "linear":
        return repeated or _into_linear(term, layer, source)
    if layer.op != "conv2d" or current.flat:
        return None
    if term.op == "identity":
        return SourceTerm(term.source, "conv2d", term.pool, layer.kernel, term.gain_in, args=layer.args)
    if layer.kernel.integer or (term.kernel is not None and term.kernel.integer):
        return None
    if term.op == "upsample":
        return _upsampled(term, layer, source)
    return _convolved(term, layer, source) if term.op in ("conv2d", "avgpool") else None


def _repeated(term: SourceTerm, layer: AffineLayer, source: Shape) -> SourceTerm | None:
    """Integers behind averages of windows that neither overlap nor leave gaps: each is there for all of its window."""
    inside, window = pooled(source, term.pool), _window(term)
    if window is None:
        return None
    sizes, values = grid(inside)[1:], layer.kernel.values
    gain = term.gain_in * (1.0 if term.kernel is None else float(term.kernel.values.flat[0])) * term.gain_out
    if layer.op == "linear":
        places = [size // span for size, span in zip(sizes, window, strict=True)]
        wide = np.repeat(np.repeat(values.reshape(len(values), -1, *places), window[0], 2), window[1], 3)
        rest = [(0, size - span * place) for size, span, place in zip(sizes, window, places, strict=True)]
        made = np.pad(wide, ((0, 0), (0, 0), *rest)).reshape(len(values), -1)
        kernel = replace(layer.kernel, values=made)
        return SourceTerm(term.source, "linear", term.pool, kernel, per_element(gain, inside))
    whole = all(size % span == 0 for size, span in zip(sizes, window, strict=True))
    if layer.op != "conv2d" or layer.args["dilation"] != (1, 1) or (any(layer.args["padding"]) and not whole):
        return None
    kernel = replace(layer.kernel, values=np.repeat(np.repeat(values, window[0], 2), window[1], 3))
    args = {**layer.args, **{name: _times(layer.args[name], window) for name in ("stride", "padding")}}
    fits = _fits(kernel, args, inside, layer)
    return SourceTerm(term.source, "conv2d", term.pool, kernel, gain, args=args) if fits else None


def _window(term: SourceTerm) -> tuple[int, int] | None:
    """The windows of a term that averages disjoint ones, with one weight in all."""
    args, kernel = term.args, term.kernel
    if term.op == "avgpool":
        return args["kernel"] if args["kernel"] == args["stride"] else None
    if term.op != "conv2d" or kernel is None or kernel.integer or kernel.values.shape[1] != 1:
        return None
    rows, columns = kernel.values.shape[2:]
    plain = args["stride"] == (rows, columns) and args["padding"] == (0, 0) and args["dilation"] == (1, 1)
    depthwise = args["groups"] == len(kernel.values) and np.ndim(term.gain_out) == 0
    return (rows, columns) if plain and depthwise and np.all(kernel.values == kernel.values.flat[0]) else None


def _times(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] * other[0], one[1] * other[1]


def _into_linear(term: SourceTerm, layer: AffineLayer, source: Shape) -> SourceTerm | None:
    inside = pooled(source, term.pool)
    if term.op == "identity":
        return SourceTerm(term.source, "linear", term.pool, layer.kernel, per_element(term.gain_in, inside))
    rows = layer.kernel.values.shape[0]
    if layer.kernel.integer or (term.kernel is not None and term.kernel.integer) or rows * prod(inside) > LARGEST:
        return None
    weights = _through_rows(layer.kernel.real(), _unpooled(term), inside)
    return SourceTerm(term.source, "linear", term.pool, Kernel(weights))


def _unpooled(term: SourceTerm) -> SourceTerm:
    return replace(term, pool=(1, 1), channels=None)


def _through_rows(rows: Floats, term: SourceTerm, inside: Shape) -> Floats:
    """rows (out, mid) times the matrix of the term: (out, in), as a vector-Jacobian product."""
    x = torch.zeros(len(rows), *inside, dtype=torch.float64, requires_grad=True)
    y = apply_term(term, x, inside)
    (found,) = torch.autograd.grad(y, x, torch.tensor(rows).reshape(y.shape))
    result: Floats = found.reshape(len(rows), -1).numpy()
    return result


def _convolved(term: SourceTerm, layer: AffineLayer, source: Shape) -> SourceTerm | None:
    """conv(conv(x)): the kernels convolved, strides multiplied."""
    inside = pooled(source, term.pool)
    first, stride, padding, groups = _as_conv(term, inside)
    pointlike = first.shape[2:] == (1, 1) and padding == (0, 0)
    if any(layer.args["padding"]) and not pointlike:
        return None
    second, groups_after = dilated(layer.kernel.real(), layer.args["dilation"]), layer.args["groups"]
    if first.shape[0] == groups_after == second.shape[0] and groups_after > 1:  # depthwise: group by group
        values = _kernels(second.swapaxes(0, 1), first, stride, first.shape[0])
        values = values.reshape(first.shape[0], first.shape[1], *values.shape[2:])
    elif first.shape[0] == groups == first.shape[1] * inside[0]:
        values, groups = _kernels(ungrouped(second, groups_after), first, stride, groups), 1
    else:
        dense, second = ungrouped(first, groups), ungrouped(second, groups_after)
        if second.shape[0] * dense.shape[1] * prod(second.shape[2:]) > LARGEST:
            return None
        values, groups = _kernels(second, dense, stride, 1), 1
    outer = tuple(pad + step * more for pad, step, more in zip(padding, stride, layer.args["padding"], strict=True))
    args = {
        "stride": tuple(one * other for one, other in zip(stride, layer.args["stride"], strict=True)),
        **{"padding": outer, "dilation": (1, 1), "groups": groups},
    }
    kernel = Kernel(values)
    return (
        SourceTerm(term.source, "conv2d", term.pool, kernel, args=args) if _fits(kernel, args, inside, layer) else None
    )


def _as_conv(term: SourceTerm, inside: Shape) -> tuple[Floats, tuple[int, int], tuple[int, int], int]:
    """Kernel in the model's units, stride, padding and groups."""
    if term.op == "avgpool":
        gain = np.broadcast_to(input_gain(term, np.ones(()), inside), (inside[0],)).reshape(-1, 1, 1, 1)
        values = np.broadcast_to(gain, (inside[0], 1, *term.args["kernel"]))
        return np.ascontiguousarray(values), term.args["stride"], (0, 0), inside[0]
    args = term.args
    values = dilated(real_weights(_unpooled(term), inside), args["dilation"])
    return values, args["stride"], args["padding"], args["groups"]


def _kernels(second: Floats, first: Floats, stride: tuple[int, int], groups: int) -> Floats:
    """K[o, c] = sum over m and places j of second[o, m, j] first[m, c, . - stride j]."""
    found = F.conv_transpose2d(torch.tensor(second), torch.tensor(first), stride=stride, groups=groups)
    result: Floats = found.numpy()
    return result


def _upsampled(term: SourceTerm, layer: AffineLayer, source: Shape) -> SourceTerm | None:
    """A convolution of an upsampled map: a transposed one whose kernel is that of the layer, smeared over the factor."""
    args, factor, inside = layer.args, term.args["factor"], pooled(source, term.pool)
    sizes = layer.kernel.values.shape[2:]
    narrow = all(pad < size for pad, size in zip(args["padding"], sizes, strict=True))
    if args["stride"] != (1, 1) or args["dilation"] != (1, 1) or not narrow:
        return None
    turned = torch.tensor(layer.kernel.real()).flip(2, 3)
    out, inputs = turned.shape[:2]
    smeared = F.conv_transpose2d(turned.reshape(out * inputs, 1, *sizes), torch.ones(1, 1, *factor).double())
    values = smeared.reshape(out, inputs, *smeared.shape[2:]).numpy()
    padding = tuple(size - 1 - pad for size, pad in zip(sizes, args["padding"], strict=True))
    options = {"stride": factor, "padding": padding, "output_padding": (0, 0), "dilation": (1, 1)}
    options["groups"] = args["groups"]
    gain = input_gain(term, np.ones(()), inside)
    return SourceTerm(term.source, "conv_transpose2d", term.pool, Kernel(values), gain, args=options)


def _fits(kernel: Kernel, args: dict[str, object], inside: Shape, layer: AffineLayer) -> bool:
    return conv_shape(kernel, args, inside) == layer.shape


def _work_of(term: SourceTerm, source: Shape, target: Shape) -> float:
    """Additions when every source neuron of a term sends one spike, borders aside."""
    inside = pooled(source, term.pool)
    if term.kernel is None:
        area = prod(term.args["kernel"]) if term.op == "avgpool" else 1
        return float(prod(target) if term.channels is None else prod(inside)) * area
    return _work(term.op, term.kernel.values, inside, target)


def _work(op: str, values: Floats, inside: Shape, target: Shape) -> float:
    kept = float(np.count_nonzero(values))
    if op == "linear":
        return kept
    return kept * prod(grid(inside if op == "conv_transpose2d" else target)[1:])
