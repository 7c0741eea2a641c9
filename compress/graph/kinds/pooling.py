"""The rules that name pooling: windows, what they are divided by, and how far they reach over the border."""

from collections.abc import Mapping
from typing import Any

from spikewright.compress.graph.kinds.call import Found, GraphCall, unsupported

_AVG = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
_MAX = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
Pair = tuple[int, int]
Window = tuple[int, int, float]
"""First place, last place (exclusive), and what the sum over them is multiplied with."""


def avgpool(call: GraphCall) -> Found:
    """Average pooling; "avgpool_map" where windows differ in their divisor, or reach over the end."""
    given = _settings(call, _AVG)
    window = _window(given, len(call.sources[0]))
    sizes, counts = _sizes(call.sources[0]), _sizes(call.shape)
    include, divisor = given.get("count_include_pad", True) is not False, given.get("divisor_override")
    kernel, stride, padding = window["kernel"], window["stride"], window["padding"]
    spans = [
        [(n * step - pad, min(n * step - pad + size, extent + pad)) for n in range(count)]
        for size, step, pad, extent, count in zip(kernel, stride, padding, sizes, counts, strict=True)
    ]
    whole = all(stop - start == size for span, size in zip(spans, kernel, strict=True) for start, stop in span)
    if whole and divisor is None and (include or padding == (0, 0)):
        return Found("avgpool", window)
    rows, columns = (_windows(span, extent, include) for span, extent in zip(spans, sizes, strict=True))
    if divisor is not None:
        rows = [(start, stop, 1.0 / divisor) for start, stop, _ in rows]
        columns = [(start, stop, 1.0) for start, stop, _ in columns]
    return Found("avgpool_map", {**window, "rows": tuple(rows), "columns": tuple(columns)})


def adaptive(call: GraphCall) -> Found:
    """Adaptive average pooling, as the ordinary pooling that it is for this input size."""
    size, out = _sizes(call.sources[0]), _sizes(call.shape)
    if any(inside % outside for inside, outside in zip(size, out, strict=True)):
        rows, columns = (_adapted(*pair) for pair in zip(size, out, strict=True))
        return Found("avgpool_map", {"rows": rows, "columns": columns})
    kernel = (size[0] // out[0], size[1] // out[1])
    return Found("adaptive_avgpool", {"kernel": kernel, "stride": kernel, "padding": (0, 0), "output_size": out})


def maxpool(call: GraphCall) -> Found:
    """Max pooling; `extra`: rows and columns by which the last windows reach over the padded end (ceil_mode)."""
    given = _settings(call, _MAX)
    if given.get("return_indices"):
        return unsupported("max pooling that returns indices")
    window = _window(given, len(call.sources[0]))
    dilation = _pair(given.get("dilation") or 1, len(call.sources[0]))
    sizes, counts = _sizes(call.sources[0]), _sizes(call.shape)
    ends = [
        (count - 1) * step + dil * (size - 1) + 1 - extent - 2 * pad
        for count, step, dil, size, extent, pad in zip(
            counts, window["stride"], dilation, window["kernel"], sizes, window["padding"], strict=True
        )
    ]
    return Found("maxpool", {**window, "dilation": dilation, "extra": tuple(max(end, 0) for end in ends)})


def adaptive_max(call: GraphCall) -> Found:
    """Adaptive max pooling with windows of equal size."""
    size, out = _sizes(call.sources[0]), _sizes(call.shape)
    if any(inside % outside for inside, outside in zip(size, out, strict=True)):
        return unsupported(f"adaptive max pooling from {size} to {out}: windows of unequal size")
    kernel = (size[0] // out[0], size[1] // out[1])
    return Found("maxpool", _plain_window(kernel))


def largest(call: GraphCall) -> Found:
    """torch.amax over height, width or both, or over the length of a sequence: windows of their whole length."""
    given = call.bind("dim", "keepdim", dim=(), keepdim=False)
    shape = call.sources[0]
    dims = given["dim"] if isinstance(given["dim"], tuple | list) else (given["dim"],)
    axes = {dim % (len(shape) + 1) - 1 for dim in dims}
    if len(shape) not in (2, 3) or not axes or not axes <= set(range(1, len(shape))):
        return unsupported(f"a maximum over the dimensions {given['dim']}")
    rows, columns = (*[1] * (3 - len(shape)), *(size if axis in axes else 1 for axis, size in enumerate(shape) if axis))
    return Found("maxpool", _plain_window((rows, columns)))


def _plain_window(kernel: Pair) -> dict[str, Pair]:
    return {"kernel": kernel, "stride": kernel, "padding": (0, 0), "dilation": (1, 1), "extra": (0, 0)}


def _pair(value: Any, rank: int) -> Pair:
    """(rows, columns); of a one-dimensional layer (1, columns)."""
    values = tuple(value) if isinstance(value, tuple | list) else (value,)
    return (1, int(values[-1])) if rank == 2 else (int(values[0]), int(values[-1]))


def _sizes(shape: tuple[int, ...]) -> Pair:
    return (1, shape[-1]) if len(shape) == 2 else (shape[-2], shape[-1])


def _window(given: Mapping[str, Any], rank: int) -> dict[str, Pair]:
    kernel = _pair(given["kernel_size"], rank)
    stride = given.get("stride")
    padding = _pair(given.get("padding") or 0, rank)
    return {
        "kernel": kernel,
        "stride": kernel if stride is None or stride == [] else _pair(stride, rank),
        "padding": (0, padding[1]) if rank == 2 else padding,
    }


def _settings(call: GraphCall, names: tuple[str, ...]) -> dict[str, Any]:
    if call.module is not None:
        return {name: getattr(call.module, name, None) for name in names}
    return call.bind(*names)


def _windows(span: list[Pair], extent: int, include: bool) -> list[Window]:
    """Windows clipped to the map; their divisor counts the padding or not."""
    clipped = [(max(start, 0), min(stop, extent), stop - start) for start, stop in span]
    return [(start, stop, 1.0 / (count if include else max(stop - start, 1))) for start, stop, count in clipped]


def _adapted(size: int, out: int) -> tuple[Window, ...]:
    """floor(n size / out) to ceil((n + 1) size / out)."""
    spans = [(n * size // out, -(-(n + 1) * size // out)) for n in range(out)]
    return tuple((start, stop, 1.0 / (stop - start)) for start, stop in spans)
