"""Steps of drawn graphs: each takes a value with channels first and gives the next one, or None where it does not fit."""

from collections.abc import Callable

import numpy as np

from tests.onnx_check.drawing import TO_END, TO_FRONT, DrawnGraph, DrawnValue
from tests.onnx_check.jumps import JUMPS

Move = Callable[[DrawnGraph, DrawnValue], DrawnValue | None]


def _window(size: int, kernel: int, stride: int, pads: tuple[int, int], gap: int = 1, ceil: bool = False) -> int:
    """How many windows fit."""
    room = size + sum(pads) - (kernel - 1) * gap - 1
    if room < 0:
        return 0
    count = room // stride + 1
    if ceil and room % stride and count * stride >= size + pads[0]:
        return 0  # it would begin in the padding: runtimes leave it out, but the inference of shapes counts it
    return count + (ceil and room % stride > 0)


def conv(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """Of any groups, gaps, steps and padding."""
    channels, *sizes = x.shape
    groups = graph.pick(1, 1, channels)
    out = groups * int(graph.rng.integers(1, 4))
    kernel = [int(graph.rng.integers(1, min(4, size) + 1)) for size in sizes]
    stride, gaps = [graph.pick(1, 1, 2) for _ in sizes], [graph.pick(1, 1, 2) for _ in sizes]
    settings = {"kernel_shape": kernel, "strides": stride, "dilations": gaps, "group": groups}
    mode = graph.pick("NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")
    pads = [int(graph.rng.integers(0, 3)) for _ in range(2 * len(sizes))]
    if mode.startswith("SAME"):
        settings["auto_pad"], new = mode, [-(-size // step) for size, step in zip(sizes, stride, strict=True)]
        settings.pop("dilations")
    else:
        ends = (
            list(zip(pads[: len(sizes)], pads[len(sizes) :], strict=True))
            if mode == "NOTSET"
            else [(0, 0)] * len(sizes)
        )
        settings["pads" if mode == "NOTSET" else "auto_pad"] = pads if mode == "NOTSET" else mode
        new = [_window(*one) for one in zip(sizes, kernel, stride, ends, gaps, strict=True)]
    if min(new) < 1:
        return None
    bias = [graph.weight(out, scale=0.3)] if graph.chance(0.5) else []
    name = graph.op("Conv", x.name, graph.weight(out, channels // groups, *kernel), *bias, **settings)
    return DrawnValue(name, (out, *new))


def transposed(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """A transposed convolution that cuts off what it likes."""
    channels, *sizes = x.shape
    kernel, stride = graph.pick(2, 3), graph.pick(1, 2, 3)
    pads = [int(graph.rng.integers(0, 2)) for _ in range(4)]
    more = [int(graph.rng.integers(0, stride)) for _ in range(2)]
    new = [
        stride * (size - 1) + extra + kernel - sum(pads[axis::2])
        for axis, (size, extra) in enumerate(zip(sizes, more, strict=True))
    ]
    if min(new) < 1:
        return None
    groups = graph.pick(1, channels)
    settings = {"strides": [stride] * 2, "pads": pads, "output_padding": more, "group": groups}
    name = graph.op("ConvTranspose", x.name, graph.weight(channels, 2, kernel, kernel, scale=0.3), **settings)
    return DrawnValue(name, (2 * groups, *new))


def pool(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """The largest or the mean of windows, the borders counted or not."""
    kernel = [int(graph.rng.integers(1, min(4, size) + 1)) for size in x.shape[1:]]
    stride = [int(graph.rng.integers(1, 4)) for _ in kernel]
    pads = [int(graph.rng.integers(0, size)) for size in (*kernel, *kernel)]
    ceil = graph.chance(0.3)
    ends = zip(pads[:2], pads[2:], strict=True)
    new = [_window(*one, ceil=ceil) for one in zip(x.shape[1:], kernel, stride, ends, strict=True)]
    if min(new) < 1:
        return None
    settings = {"kernel_shape": kernel, "strides": stride, "pads": pads, "ceil_mode": int(ceil)}
    if graph.chance(0.5):
        return DrawnValue(graph.op("MaxPool", x.name, **settings), (x.shape[0], *new))
    counted = graph.chance(0.5) and not ceil  # what counts past the end is told in two ways by runtimes
    return DrawnValue(graph.op("AveragePool", x.name, count_include_pad=int(counted), **settings), (x.shape[0], *new))


def whole_pool(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """Over all pixels, put back beside the others by a product."""
    kind = graph.pick("GlobalAveragePool", "GlobalMaxPool")
    gate = graph.op("Sigmoid", graph.op(kind, x.name))
    return DrawnValue(graph.op("Mul", x.name, gate), x.shape)


def batch_norm(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """With statistics of any sign."""
    count = x.shape[0]
    given = graph.weight(count, scale=0.7), graph.weight(count, scale=0.7), graph.weight(count, scale=0.5)
    return DrawnValue(graph.op("BatchNormalization", x.name, *given, graph.positive(count)), x.shape)


def activation(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """Of each number; functions with jumps are moved off the numbers that others saturate at, where rounding decides."""
    kinds = ["Relu", "Relu", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "HardSigmoid", "Softplus", "Softsign"]
    kinds += ["Abs", "Neg", "Celu", "ThresholdedRelu", "Erf", "Floor", "Round", "Sign", "Sin", "Atan"]
    kinds += ["HardSwish"] * (graph.opset >= 14) + ["Mish"] * (graph.opset >= 18) + ["Gelu"] * (graph.opset >= 20)
    if graph.opset < 12:
        kinds.remove("Celu")
    kind, name = graph.pick(*kinds), x.name
    if kind in JUMPS and kind != "ThresholdedRelu":
        name = graph.op("Add", name, graph.constant(np.float32(0.37)))
    return DrawnValue(graph.op(kind, name), x.shape)


def bounds(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """Clip, Min and Max by constants, PRelu of several shapes, Where."""
    low, high = graph.constant(np.float32(-0.3)), graph.constant(np.float32(graph.pick(0.9, 6.0)))
    kind = graph.pick("Clip", "Max", "Min", "PRelu", "Where", "Three")
    if kind == "Clip":
        return DrawnValue(graph.op("Clip", x.name, graph.pick(low, ""), high), x.shape)
    if kind == "PRelu":
        return DrawnValue(
            graph.op("PRelu", x.name, graph.weight(*graph.pick((x.shape[0], 1, 1), (1,)), scale=0.3)), x.shape
        )
    if kind == "Where":
        return DrawnValue(
            graph.op("Where", graph.op("Greater", x.name, low), x.name, graph.weight(1, scale=1)), x.shape
        )
    if kind == "Three":
        return DrawnValue(graph.op("Max", low, x.name, graph.op("Neg", x.name)), x.shape)
    return DrawnValue(graph.op(kind, *graph.pick((x.name, low), (high, x.name))), x.shape)


def with_constant(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """A sum, difference, product or quotient with a constant of any shape that fits."""
    shapes = ((), (1,), (x.shape[0], 1, 1), (1, x.shape[0], 1, 1), x.shape[2:], x.shape, (x.shape[1], 1))
    constant = graph.positive(*shapes[int(graph.rng.integers(len(shapes)))])
    kind = graph.pick("Add", "Sub", "Mul", "Div")
    return DrawnValue(
        graph.op(kind, *((x.name, constant) if kind == "Div" or graph.chance(0.7) else (constant, x.name))), x.shape
    )


def together(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """With an earlier value of the same shape."""
    others = [one for one in graph.values if one.shape == x.shape and one.name != x.name]
    if not others:
        return None
    other = others[int(graph.rng.integers(len(others)))]
    return DrawnValue(
        graph.op(graph.pick("Add", "Sub", "Mul", "Max", "Min", "Sum", "Mean"), x.name, other.name), x.shape
    )


def beside(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """Concatenation with an earlier value along any axis, counted from either end."""
    axis = int(graph.rng.integers(3))
    rest = x.shape[:axis] + x.shape[axis + 1 :]
    others = [one for one in graph.values if one.shape[:axis] + one.shape[axis + 1 :] == rest and len(one.shape) == 3]
    other = others[int(graph.rng.integers(len(others)))] if others else x
    name = graph.op("Concat", x.name, other.name, axis=graph.pick(axis + 1, axis - 3))
    return DrawnValue(name, (*x.shape[:axis], x.shape[axis] + other.shape[axis], *x.shape[axis + 1 :]))


def sliced(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """Places of one axis, backwards too."""
    axis = int(graph.rng.integers(3))
    size, step = x.shape[axis], graph.pick(1, 1, 2, -1)
    begin, end = sorted(int(one) for one in graph.rng.integers(0, size + 1, 2))
    if step < 0:
        begin, end = end, begin - 1 if begin else -size - 1
    places = range(size)[slice(begin, end, step)]
    if not places:
        return None
    given = (graph.ints(begin), graph.ints(end if end != size else 1 << 40), graph.ints(axis + 1), graph.ints(step))
    return DrawnValue(graph.op("Slice", x.name, *given), (*x.shape[:axis], len(places), *x.shape[axis + 1 :]))


def picked(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """Gather of some places, in any order."""
    axis = int(graph.rng.integers(3))
    count = int(graph.rng.integers(1, x.shape[axis] + 2))
    places = graph.constant(graph.rng.integers(-x.shape[axis], x.shape[axis], count))
    return DrawnValue(graph.op("Gather", x.name, places, axis=axis + 1), (*x.shape[:axis], count, *x.shape[axis + 1 :]))


def split(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """Two parts of an axis, the second of which goes on beside the first's double or alone."""
    axis = int(graph.rng.integers(3))
    size = x.shape[axis]
    if size < 2:
        return None
    first = int(graph.rng.integers(1, size))
    sizes = {"split": [first, size - first]} if graph.opset < 13 else {}
    given = [] if graph.opset < 13 else [graph.ints(first, size - first)]
    one = graph.op("Split", x.name, *given, results=2, axis=axis + 1, **sizes)
    name = graph.op("Concat", one.replace("_0", "_1"), one, one, axis=axis + 1)
    return DrawnValue(name, (*x.shape[:axis], size + first, *x.shape[axis + 1 :]))


def padded(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """Around pixels and channels, in all modes."""
    mode = graph.pick("constant", "constant", "reflect", "edge")
    most = [min(2, size - 1) if mode == "reflect" else 2 for size in x.shape]
    begin, end = ([int(graph.rng.integers(0, one + 1)) for one in most] for _ in range(2))
    value = [graph.constant(np.float32(0.7))] if mode == "constant" and graph.chance(0.5) else []
    name = graph.op("Pad", x.name, graph.ints(0, *begin, 0, *end), *value, mode=mode)
    return DrawnValue(name, tuple(sum(one) for one in zip(x.shape, begin, end, strict=True)))


def resized(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """By sizes or scales, in all modes."""
    mode = graph.pick("nearest", "nearest", "linear", "cubic")
    centre = graph.pick("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")
    sizes = [int(graph.rng.integers(2, 2 * size + 1)) for size in x.shape[1:]]
    settings = {"mode": mode, "coordinate_transformation_mode": centre}
    if mode == "nearest":
        settings["nearest_mode"] = graph.pick("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")
    roi = graph.constant(np.zeros(0, np.float32)) if graph.opset < 13 else ""
    if graph.chance(0.5):
        factors = [graph.pick(1, 2, 3) for _ in sizes]
        scales = graph.constant(np.array([1, 1, *factors], np.float32))
        new = [size * factor for size, factor in zip(x.shape[1:], factors, strict=True)]
        return DrawnValue(graph.op("Resize", x.name, roi, scales, **settings), (x.shape[0], *new))
    none = roi and graph.constant(np.zeros(0, np.float32))
    name = graph.op("Resize", x.name, roi, none, graph.ints(3, x.shape[0], *sizes), **settings)
    return DrawnValue(name, (x.shape[0], *sizes))


def blocks(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """Pixels to channels or back."""
    channels, height, width = x.shape
    if height % 2 == width % 2 == 0:
        return DrawnValue(graph.op("SpaceToDepth", x.name, blocksize=2), (4 * channels, height // 2, width // 2))
    if channels % 4:
        return None
    mode = graph.pick("DCR", "CRD")
    return DrawnValue(graph.op("DepthToSpace", x.name, blocksize=2, mode=mode), (channels // 4, 2 * height, 2 * width))


def shuffled(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """A channel shuffle: reshape, transpose, reshape."""
    channels, height, width = x.shape
    groups = next((one for one in (3, 2) if channels % one == 0), 0)
    if not groups:
        return None
    apart = graph.op("Reshape", x.name, graph.ints(0, groups, channels // groups, height, width))
    return DrawnValue(
        graph.op("Reshape", graph.op("Transpose", apart, perm=[0, 2, 1, 3, 4]), graph.ints(0, -1, height, width)),
        x.shape,
    )


def at_end(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """Something with channels last, between two transposes."""
    channels = x.shape[0]
    name = graph.op("Transpose", x.name, perm=TO_END)
    kind = graph.pick("Mul", "Softmax", "Concat", "Reduce", "MatMul", "Pad")
    new = x.shape
    if kind == "Mul":
        name = graph.op("Mul", name, graph.positive(channels))
    elif kind == "Softmax":
        name = graph.op("Softmax", name, axis=-1) if graph.opset >= 13 else graph.op("Relu", name)
    elif kind == "Concat":
        name, new = graph.op("Concat", name, graph.op("Neg", name), axis=-1), (2 * channels, *x.shape[1:])
    elif kind == "Reduce":
        name, new = (
            graph.axes(graph.pick("ReduceMean", "ReduceMax", "ReduceSum"), name, [graph.pick(3, -1)]),
            (1, *x.shape[1:]),
        )
    elif kind == "MatMul":
        name, new = graph.op("MatMul", name, graph.weight(channels, 3)), (3, *x.shape[1:])
    else:
        name = graph.op("Pad", name, graph.ints(0, 1, 0, 0, 0, 0, 2, 1))
        new = (channels + 1, x.shape[1] + 1, x.shape[2] + 2)
    return DrawnValue(graph.op("Transpose", name, perm=TO_FRONT), new)


def reduced(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """A reduction that is spread out again by a sum."""
    kind = graph.pick("ReduceMean", "ReduceMax", "ReduceMin", "ReduceSum", "ReduceL1", "ReduceL2", "ReduceLogSumExp")
    axes = graph.pick([1], [2, 3], [-1], [1, 2, 3], [3, 1])
    return DrawnValue(graph.op("Add", x.name, graph.axes(kind, x.name, axes, keepdims=1)), x.shape)


def normalised(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """Each image by itself."""
    kind = graph.pick("InstanceNormalization", "LRN", "LpNormalization", "LayerNormalization")
    if kind == "InstanceNormalization" and np.prod(x.shape[1:]) > 1:
        return DrawnValue(
            graph.op(kind, x.name, graph.positive(x.shape[0]), graph.weight(x.shape[0], scale=1)), x.shape
        )
    if kind == "LRN":
        return DrawnValue(graph.op(kind, x.name, size=3, alpha=0.3), x.shape)
    if kind == "LayerNormalization" and graph.opset >= 17 and x.shape[2] > 1:
        return DrawnValue(graph.op(kind, x.name, graph.positive(x.shape[2])), x.shape)
    return DrawnValue(graph.op("LpNormalization", x.name, axis=graph.pick(1, -1)), x.shape)


def by_shape(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """Flattened and back by sizes that are read off the value, as exporters write it."""
    sizes = graph.op("Shape", x.name)
    batch = graph.axes("Unsqueeze", graph.op("Gather", sizes, graph.constant(np.int64(0)), axis=0), [0])
    flat = graph.op("Reshape", x.name, graph.op("Concat", batch, graph.ints(-1), axis=0))
    again = graph.op("Concat", batch, graph.ints(*x.shape), axis=0)
    return DrawnValue(graph.op("Reshape", graph.op(graph.pick("Relu", "Identity"), flat), again), x.shape)


def repeated(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """Tiled along the rows, or expanded from its mean."""
    if graph.chance(0.5):
        return DrawnValue(graph.op("Tile", x.name, graph.ints(1, 1, 2, 1)), (x.shape[0], 2 * x.shape[1], x.shape[2]))
    mean = graph.axes("ReduceMean", x.name, [2, 3])
    return DrawnValue(graph.op("Sub", x.name, graph.op("Expand", mean, graph.ints(1, *x.shape))), x.shape)


MOVES: tuple[Move, ...] = (
    *(conv, conv, conv, transposed, pool, pool, whole_pool, batch_norm, activation, activation, bounds, with_constant),
    *(
        together,
        together,
        beside,
        sliced,
        picked,
        split,
        padded,
        resized,
        blocks,
        shuffled,
        at_end,
        reduced,
        normalised,
    ),
    *(by_shape, repeated),
)


def head(graph: DrawnGraph, x: DrawnValue, last: bool) -> str:
    """The answer: the value itself, a transpose of it, or classes."""
    if graph.chance(0.3):
        return graph.op("Transpose", x.name, perm=TO_END) if graph.chance(0.5) else x.name
    name, count = x.name, int(np.prod(x.shape))
    if last or graph.chance(0.2):
        name = graph.op("Transpose", name, perm=TO_END)
    flat = (
        graph.op("Flatten", name)
        if graph.chance(0.5)
        else graph.op("Reshape", name, graph.ints(graph.pick(0, -1), count))
    )
    if graph.chance(0.5):
        turned = graph.chance(0.5)
        matrix = graph.weight(*((4, count) if turned else (count, 4)), scale=count**-0.5)
        return graph.op("Gemm", flat, matrix, graph.weight(4, scale=1), transB=int(turned), alpha=graph.pick(1.0, 0.5))
    product = graph.op("MatMul", flat, graph.weight(count, 4, scale=count**-0.5))
    return graph.op("Softmax", graph.op("Add", product, graph.weight(4, scale=1)), axis=1)
