"""Steps of drawn graphs that read and write at constant places: gathers, scatters, regions, sampling, windows laid down."""

import numpy as np

from tests.onnx_check.drawing import DrawnGraph, DrawnValue

Shape = tuple[int, ...]


def for_each_image(graph: DrawnGraph, row: np.ndarray) -> str:
    """A constant `(1, ...)` for each image: as many rows where the file has three, or expanded to the size of the batch."""
    if graph.batch == 3 and graph.chance(0.5):
        return graph.constant(np.repeat(row, 3, axis=0))
    batch = graph.op("Slice", graph.op("Shape", "x"), graph.ints(0), graph.ints(1))
    return graph.op("Expand", graph.constant(row), graph.op("Concat", batch, graph.ints(*row.shape[1:]), axis=0))


def _indices(graph: DrawnGraph, shape: Shape, axis: int, *, once: bool) -> np.ndarray:
    """Places along an axis, `(1, ...)`, of all or some places of the others; `once`: no place twice."""
    size = shape[axis]
    sizes = [one if graph.chance(0.5) else int(graph.rng.integers(1, one + 1)) for one in shape]
    sizes[axis] = int(graph.rng.integers(1, size + 1))
    if once:
        drawn = np.argsort(graph.rng.random((*sizes[:axis], *sizes[axis + 1 :], size)), axis=-1)[..., : sizes[axis]]
        found = np.moveaxis(drawn, -1, axis)
    else:
        found = graph.rng.integers(0, size, sizes)
    return (found - size * (graph.rng.random(found.shape) < 0.3))[None].astype(np.int64)


def gathered(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """GatherElements along any axis."""
    axis = int(graph.rng.integers(3))
    row = _indices(graph, x.shape, axis, once=False)
    name = graph.op("GatherElements", x.name, for_each_image(graph, row), axis=graph.pick(axis + 1, axis - 3))
    return DrawnValue(name, row.shape[1:])


def scattered(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """ScatterElements of constants or of a part of the value itself, with and without a reduction."""
    axis = int(graph.rng.integers(3))
    kind = graph.pick("none", *(["add", "mul"] * (graph.opset >= 16)), *(["max", "min"] * (graph.opset >= 18)))
    row = _indices(graph, x.shape, axis, once=kind == "none")
    if graph.chance(0.5):
        updates = for_each_image(graph, graph.rng.normal(size=row.shape).astype(np.float32))
    else:
        ends, axes = graph.ints(*row.shape[1:]), graph.ints(1, 2, 3)
        updates = graph.op("Slice", graph.op("Neg", x.name), graph.ints(0, 0, 0), ends, axes)
    settings = {} if kind == "none" else {"reduction": kind}
    name = graph.op("ScatterElements", x.name, for_each_image(graph, row), updates, axis=axis + 1, **settings)
    return DrawnValue(name, x.shape)


def listed(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """GatherND of channels, of rows or of single numbers."""
    if graph.opset < 12:
        return None
    depth = graph.pick(1, 2, 3)
    lead = [int(graph.rng.integers(1, 6)) for _ in range(depth)]
    places = np.stack([graph.rng.integers(-size, size, lead) for size in x.shape[:depth]], axis=-1)[None]
    name = graph.op("GatherND", x.name, for_each_image(graph, places), batch_dims=1)
    return DrawnValue(name, (*lead, *x.shape[depth:]))


def written(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """ScatterND of whole channels of three images, in any order of the updates."""
    if graph.batch != 3:
        return None
    kind = graph.pick("none", *(["add", "mul"] * (graph.opset >= 16)), *(["max", "min"] * (graph.opset >= 18)))
    count = int(graph.rng.integers(1, x.shape[0] + 1))
    channels = graph.rng.permutation(x.shape[0])[:count] if kind == "none" else graph.rng.integers(0, x.shape[0], count)
    updates = graph.rng.normal(size=(count, *x.shape[1:])).astype(np.float32)
    places = np.stack([np.repeat(np.arange(3), count), np.tile(channels, 3)], axis=-1)
    order = np.argsort(graph.rng.integers(0, 3, 3 * count), kind="stable") if kind == "none" else np.arange(3 * count)
    given = graph.constant(places[order]), graph.constant(np.tile(updates, (3, 1, 1))[order])
    settings = {} if kind == "none" else {"reduction": kind}
    return DrawnValue(graph.op("ScatterND", x.name, *given, **settings), x.shape)


def region(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """Resize of a region, which may reach beyond the image or be turned around, to another size.

    Of one to its own size runtimes read the whole axis instead, against the standard.
    """
    begin, end = graph.rng.uniform(-0.2, 0.6, 2), graph.rng.uniform(0.4, 1.2, 2)
    if graph.chance(0.2):
        begin, end = end, begin
    roi = graph.constant(np.array([0, 0, *begin, 1, 1, *end], np.float32))
    sizes = [graph.pick(*({*range(1, 2 * size + 1)} - {size})) for size in x.shape[1:]]
    settings = {"mode": graph.pick("nearest", "linear"), "coordinate_transformation_mode": "tf_crop_and_resize"}
    none = "" if graph.opset >= 13 else graph.constant(np.zeros(0, np.float32))
    given = roi, none, graph.ints(3, x.shape[0], *sizes)
    return DrawnValue(graph.op("Resize", x.name, *given, extrapolation_value=0.3, **settings), (x.shape[0], *sizes))


def sampled(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """GridSample of drawn places, some outside."""
    if graph.opset < 16:
        return None
    sizes = [int(graph.rng.integers(1, 8)) for _ in range(2)]
    grid = graph.rng.uniform(-1.3, 1.3, (1, *sizes, 2)).astype(np.float32)
    linear, cubic = ("linear", "cubic") if graph.opset >= 20 else ("bilinear", "bicubic")
    settings = {"mode": graph.pick(linear, "nearest", cubic), "align_corners": graph.pick(0, 1)}
    settings["padding_mode"] = graph.pick("zeros", "border", "reflection")
    return DrawnValue(graph.op("GridSample", x.name, for_each_image(graph, grid), **settings), (x.shape[0], *sizes))


def deformed(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """DeformConv, offsets constant or computed."""
    channels, high, wide = x.shape
    if graph.opset < 19 or min(high, wide) < 2:
        return None
    groups = graph.pick(1, channels)
    if graph.chance(0.5):
        offsets = for_each_image(graph, graph.rng.normal(size=(1, groups * 8, high - 1, wide - 1)).astype(np.float32))
    else:
        offsets = graph.op("Conv", x.name, graph.weight(groups * 8, channels, 2, 2))
    given = graph.weight(3, channels, 2, 2), offsets, graph.weight(3, scale=0.3)
    return DrawnValue(graph.op("DeformConv", x.name, *given, offset_group=groups), (3, high - 1, wide - 1))


def centred(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """CenterCropPad of pixels, or of channels too."""
    if graph.opset < 18:
        return None
    sizes = [int(graph.rng.integers(1, 2 * size)) for size in x.shape]
    first = graph.pick(0, 1)
    name = graph.op("CenterCropPad", x.name, graph.ints(*sizes[first:]), axes=[1, 2, 3][first:])
    return DrawnValue(name, (*x.shape[:first], *sizes[first:]))


def laid(graph: DrawnGraph, x: DrawnValue) -> DrawnValue | None:
    """Windows laid down again (Col2Im): the value itself is that of one channel for each tap, repeated."""
    channels, high, wide = x.shape
    if graph.opset < 18:
        return None
    stride, gap = [graph.pick(1, 2) for _ in range(2)], [graph.pick(1, 2) for _ in range(2)]
    pads = [int(graph.rng.integers(0, 2)) for _ in range(4)]
    sizes = [
        (count - 1) * step + wide_gap + 1 - pads[axis] - pads[axis + 2] + int(graph.rng.integers(0, step))
        for axis, (count, step, wide_gap) in enumerate(zip((high, wide), stride, gap, strict=True))
    ]
    if min(sizes) < 1:
        return None
    taps = graph.op("Concat", *[x.name] * 4, axis=1)
    flat = graph.op("Reshape", taps, graph.ints(0, 4 * channels, high * wide))
    settings = {"strides": stride, "dilations": gap, "pads": pads}
    name = graph.op("Col2Im", flat, graph.ints(*sizes), graph.ints(2, 2), **settings)
    return DrawnValue(name, (channels, *sizes))


def ordered(graph: DrawnGraph, x: DrawnValue) -> DrawnValue:
    """Running sums, triangles, and the first channels backwards."""
    kind = graph.pick("CumSum", "ReverseSequence", *["Trilu"] * (graph.opset >= 14))
    if kind == "CumSum":
        axis = graph.constant(np.array(graph.pick(1, 2, -1), np.int64))
        name = graph.op(kind, x.name, axis, exclusive=graph.pick(0, 1), reverse=graph.pick(0, 1))
    elif kind == "Trilu":
        name = graph.op(kind, x.name, graph.constant(np.array(graph.pick(-1, 0, 1), np.int64)), upper=graph.pick(0, 1))
    else:
        if graph.batch != 3:
            return x
        count = int(graph.rng.integers(1, x.shape[0] + 1))
        name = graph.op(kind, x.name, graph.ints(*[count] * 3), batch_axis=0, time_axis=1)
    return DrawnValue(name, x.shape)


PLACING_MOVES = (gathered, scattered, listed, written, region, sampled, deformed, centred, laid, ordered)
