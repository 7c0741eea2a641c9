"""The windows of convolutions and pools in ONNX, and the zeros that are put around an input for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Damaged
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.steps import ImportedValue

Pads = tuple[list[int], list[int]]
"""Places added at the beginning and at the end of each axis of pixels."""


@dataclass(frozen=True)
class OnnxWindow:
    """Kernel, stride and dilation for each axis of pixels."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]

    @property
    def reach(self) -> tuple[int, ...]:
        """Pixels from the first to the last of a window."""
        return tuple((size - 1) * gap + 1 for size, gap in zip(self.kernel, self.dilation, strict=True))

    @property
    def settings(self) -> dict[str, Any]:
        """As torch.nn names them."""
        return {"stride": self.stride, "dilation": self.dilation}


def window_of(call: OnnxCall, kernel: Sequence[int], source: ImportedValue) -> OnnxWindow:
    """The windows of `kernel` that `call` lays over `source`. Raises Damaged when its attributes contradict each other."""
    kernel, axes = list(kernel), len(kernel)
    declared = call.ints("kernel_shape") or kernel
    stride, dilation = call.ints("strides") or [1] * axes, call.ints("dilations") or [1] * axes
    if not kernel or declared != kernel or not axes == len(stride) == len(dilation) == source.rank - 2:
        raise Damaged(f"a window {declared} with weights {kernel}, steps {stride}, on a value of shape {source.shape}")
    if min(*kernel, *stride, *dilation) < 1:
        raise Damaged(f"a window {kernel} with steps {stride} and gaps {dilation}")
    return OnnxWindow(tuple(kernel), tuple(stride), tuple(dilation))


def pads_of(call: OnnxCall, window: OnnxWindow, source: ImportedValue) -> Pads:
    """Explicit pads, or those of auto_pad for the size of `source`."""
    mode, axes = auto_pad(call), len(window.kernel)
    if mode == "VALID":
        return [0] * axes, [0] * axes
    if mode == "NOTSET":
        pads = call.ints("pads") or [0] * (2 * axes)
        if len(pads) != 2 * axes or min(pads) < 0:
            raise Damaged(f"padding {pads} for {axes} axes")
        return pads[:axes], pads[axes:]
    if mode not in ("SAME_UPPER", "SAME_LOWER"):
        raise Damaged(f"auto_pad {mode!r}")
    sizes = zip(source.shape[1:], window.stride, window.reach, strict=True)
    return _halves(mode, [max((-(-size // step) - 1) * step + reach - size, 0) for size, step, reach in sizes])


def transposed_pads_of(call: OnnxCall, window: OnnxWindow, source: ImportedValue, extra: Sequence[int]) -> Pads:
    """What a transposed convolution cuts off: pads, or what makes its result as large as the file wants it."""
    wanted, mode, sizes = call.ints("output_shape"), auto_pad(call), source.shape[1:]
    if mode in ("NOTSET", "VALID") and wanted is None:
        return pads_of(call, window, source)
    wanted = wanted or [size * step for size, step in zip(sizes, window.stride, strict=True)]
    each = zip(window.stride, sizes, extra, window.reach, wanted[-len(sizes) :], strict=True)
    return _halves(mode, [step * (size - 1) + more + reach - want for step, size, more, reach, want in each])


def auto_pad(call: OnnxCall) -> str:
    """The attribute auto_pad; "NOTSET" means explicit pads."""
    return call.attr("auto_pad", "NOTSET") or "NOTSET"


def _halves(mode: str, totals: Sequence[int]) -> Pads:
    """Each total at both ends; what does not divide by two goes to the end, or with SAME_LOWER to the beginning.

    A total below 0, of a transposed convolution that is wider than its windows reach, is all at the end.
    """
    begin = [max(total // 2 if mode == "SAME_UPPER" else total - total // 2, 0) for total in totals]
    return begin, [total - first for total, first in zip(totals, begin, strict=True)]


def with_zeros(call: OnnxCall, source: ImportedValue, pads: Pads, value: float = 0.0) -> ImportedValue:
    """`source` with zeros, or another `value`, around its pixels, as a layer of its own."""
    widths = [width for pair in reversed(list(zip(*pads, strict=True))) for width in pair]
    return call.layer(layers.pad(widths, value), source, "_pad") if any(widths) else source
