"""The rules that name a call: its kind and arguments, or why it has none; one for module and function alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from torch import fx

Found = tuple[str, Mapping[str, Any], str]
"""kind, arguments, and for unsupported nodes what they are."""


@dataclass(frozen=True)
class Call:
    """A graph node with its module, the shapes of its tensor inputs and of its output (no batch dimension)."""

    node: fx.Node
    module: Any
    sources: tuple[tuple[int, ...], ...]
    shape: tuple[int, ...]

    def bind(self, *names: str, **defaults: Any) -> dict[str, Any]:
        """Arguments after the tensor, by name, whether they were given by place, by keyword, or not at all."""
        given = dict(zip(names, self.node.args[1:], strict=False))
        return {**defaults, **given, **{key: value for key, value in self.node.kwargs.items() if key != "input"}}


Rule = Callable[[Call], Found]


def unsupported(detail: str) -> Found:
    """What no rule fits exactly, and why."""
    return "unsupported", {}, detail


def plain(kind: str) -> Rule:
    """A kind without arguments."""
    return lambda call: (kind, {}, "")


def conv(kind: str) -> Rule:
    """Kernel, stride, padding (numbers, equal on both sides), dilation and groups."""

    def rule(call: Call) -> Found:
        conv = call.module
        if conv.padding_mode != "zeros":
            return unsupported(f"padding mode {conv.padding_mode!r}")
        padding = _symmetric_padding(conv)
        if padding is None:
            return unsupported("'same' padding that is larger on one side")
        args = {"kernel": conv.kernel_size, "stride": conv.stride, "padding": padding}
        return kind, {**args, "dilation": conv.dilation, "groups": conv.groups}, ""

    return rule


def linear(call: Call) -> Found:
    """A linear layer on flat inputs `(features,)`."""
    if len(call.sources[0]) != 1:
        return unsupported(f"linear layer over the last axis of {call.sources[0]}")
    return "linear", {}, ""


def _symmetric_padding(conv: Any) -> tuple[int, ...] | None:
    if not isinstance(conv.padding, str):
        return tuple(conv.padding)
    if conv.padding == "valid":
        return (0,) * len(conv.kernel_size)
    totals = [step * (size - 1) for step, size in zip(conv.dilation, conv.kernel_size, strict=True)]
    return None if any(total % 2 for total in totals) else tuple(total // 2 for total in totals)


def batchnorm(call: Call) -> Found:
    """Batch norm with running statistics."""
    if call.module.running_mean is None:
        return unsupported("batch norm without running statistics depends on the rest of the batch")
    return "batchnorm", {"eps": call.module.eps}, ""


def _pair(value: Any) -> tuple[int, int]:
    return (int(value[0]), int(value[-1])) if isinstance(value, tuple | list) else (int(value), int(value))


def _window(given: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    kernel = _pair(given["kernel_size"])
    stride = given.get("stride")
    return {
        "kernel": kernel,
        "stride": kernel if stride is None or stride == [] else _pair(stride),
        "padding": _pair(given.get("padding", 0)),
    }


_AVG = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
_MAX = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")


def _settings(call: Call, names: tuple[str, ...]) -> dict[str, Any]:
    if call.module is not None:
        return {name: getattr(call.module, name) for name in names}
    return call.bind(*names)


def avgpool(call: Call) -> Found:
    """Average pooling whose windows all have the same divisor."""
    given = _settings(call, _AVG)
    window = _window(given)
    if given.get("ceil_mode") or given.get("divisor_override"):
        return unsupported("average pooling with ceil_mode or divisor_override")
    if window["padding"] != (0, 0) and not given.get("count_include_pad", True):
        return unsupported("average pooling whose divisor changes at the border")
    return "avgpool", window, ""


def maxpool(call: Call) -> Found:
    """Max pooling without ceil_mode, dilation or indices."""
    given = _settings(call, _MAX)
    if given.get("ceil_mode") or given.get("return_indices") or _pair(given.get("dilation", 1)) != (1, 1):
        return unsupported("max pooling with ceil_mode, dilation or indices")
    return "maxpool", _window(given), ""


def adaptive(call: Call) -> Found:
    """Adaptive average pooling, as the ordinary pooling that it is for this input size."""
    size, out = call.sources[0][-2:], call.shape[-2:]
    if any(inside % outside for inside, outside in zip(size, out, strict=True)):
        return unsupported(f"adaptive pooling from {size} to {out}: windows of unequal size")
    kernel = (size[0] // out[0], size[1] // out[1])
    return "adaptive_avgpool", {"kernel": kernel, "stride": kernel, "padding": (0, 0), "output_size": out}, ""


def reshape(call: Call) -> Found:
    """Row-major reshapes: the batch stays in front (the tracer checked), so shapes decide what it is."""
    if call.shape == call.sources[0]:
        return "identity", {}, ""
    if call.shape == (prod(call.sources[0]),):
        return "flatten", {}, ""
    return unsupported(f"reshape from {call.sources[0]} to {call.shape}: only flattening all of it is known")


def dropout(call: Call) -> Found:
    """Dropout that does nothing in evaluation."""
    if call.module is None and call.bind("p", "training", "inplace", training=True)["training"]:
        return unsupported("dropout that stays on in evaluation; try F.dropout(x, p, self.training)")
    return "dropout", {}, ""


def add(call: Call) -> Found:
    """The sum of two values of one shape."""
    operands = [value for value in call.node.args if isinstance(value, fx.Node)]
    operands += [value for key, value in call.node.kwargs.items() if isinstance(value, fx.Node)]
    if len(operands) != 2 or any(source != call.shape for source in call.sources):
        return unsupported("addition of a number, or of shapes that differ")
    if call.bind("other", alpha=1)["alpha"] != 1:
        return unsupported("torch.add with alpha")
    return "add", {}, ""


def _axes(call: Call, value: Any) -> tuple[int, ...]:
    rank = len(call.sources[0]) + 1
    dims = range(rank) if value is None else (value if isinstance(value, tuple | list) else (value,))
    return tuple(sorted(int(dim) % rank for dim in dims))


def mean(call: Call) -> Found:
    """A mean over `dims`, counted with the batch as dimension 0."""
    given = call.bind("dim", "keepdim", dim=None, keepdim=False)
    axes = _axes(call, given["dim"])
    if 0 in axes:
        return unsupported("mean over the batch")
    return "mean", {"dims": axes, "keepdim": bool(given["keepdim"])}, ""


def softmax(log: bool) -> Rule:
    """Softmax, or its logarithm, over the classes."""

    def rule(call: Call) -> Found:
        dim = call.module.dim if call.module is not None else call.bind("dim", dim=None)["dim"]
        axes = _axes(call, 1 if dim is None else dim)
        return ("softmax", {"dim": axes[0], "log": log}, "") if axes == (1,) else unsupported("softmax over no class")

    return rule


def clamp(call: Call) -> Found:
    """clamp(min=0) is a ReLU."""
    given = call.bind("min", "max", min=None, max=None)
    return ("relu", {}, "") if given["min"] == 0 and given["max"] is None else unsupported("clamp that is no ReLU")


def concat(call: Call) -> Found:
    """Concatenation along the channels."""
    dim = call.bind("dim", dim=0)["dim"]
    axis = dim % (len(call.shape) + 1)
    return ("concat", {"dim": axis}, "") if axis == 1 else unsupported("concatenation along another axis than 1")
