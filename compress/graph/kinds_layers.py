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
    """A graph node with its module, the shapes of its tensor inputs and of its output (no batch dimension).

    `several`: it gives a tuple of tensors, of which `shape` is the first.
    """

    node: fx.Node
    module: Any
    sources: tuple[tuple[int, ...], ...]
    shape: tuple[int, ...]
    several: bool = False

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
    """Kernel, stride, padding (numbers), dilation and groups; `less`: by how much padding is narrower at the beginning."""

    def rule(call: Call) -> Found:
        conv = call.module
        if conv.padding_mode != "zeros":
            return unsupported(f"padding mode {conv.padding_mode!r}")
        padding, less = _padding(conv)
        args = {"kernel": conv.kernel_size, "stride": conv.stride, "padding": padding, "less": less}
        return kind, {**args, "dilation": conv.dilation, "groups": conv.groups}, ""

    return rule


def linear(call: Call) -> Found:
    """A linear layer on flat inputs `(features,)`."""
    if len(call.sources[0]) != 1:
        return unsupported(f"linear layer over the last axis of {call.sources[0]}")
    return "linear", {}, ""


def _padding(conv: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Padding at the end of each axis, and how much less there is at its beginning ('same' with even kernels)."""
    none = (0,) * len(conv.kernel_size)
    if not isinstance(conv.padding, str):
        return tuple(conv.padding), none
    if conv.padding == "valid":
        return none, none
    totals = [step * (size - 1) for step, size in zip(conv.dilation, conv.kernel_size, strict=True)]
    return tuple(total - total // 2 for total in totals), tuple(total % 2 for total in totals)


def conv_transpose(call: Call) -> Found:
    """Transposed convolution with the arguments of its module."""
    conv = call.module
    if conv.padding_mode != "zeros" or len(call.node.args) + len(call.node.kwargs) != 1:
        return unsupported("a transposed convolution with an output_size or a padding mode")
    names = ("stride", "padding", "output_padding", "dilation")
    return "conv_transpose2d", {**{name: getattr(conv, name) for name in names}, "groups": conv.groups}, ""


def batchnorm(call: Call) -> Found:
    """Batch norm with running statistics."""
    if call.module.running_mean is None:
        return unsupported("batch norm without running statistics depends on the rest of the batch")
    return "batchnorm", {"eps": call.module.eps}, ""


def reshape(call: Call) -> Found:
    """Row-major reshapes: the batch stays in front (the tracer checked), so shapes decide what it is."""
    if call.shape == call.sources[0]:
        return "identity", {}, ""
    if call.shape == (prod(call.sources[0]),):
        return "flatten", {}, ""
    if prod(call.shape) == prod(call.sources[0]):
        return "reshape", {}, ""
    return unsupported(f"reshape from {call.sources[0]} to {call.shape}, which are not as many numbers")


def ending(name: str) -> Rule:
    """A function that rises strictly: at the end it changes no order."""
    return lambda call: ("rising", {"name": name}, "")


def filled(call: Call) -> Found:
    """Zeros, ones or another number, in a shape that follows the batch."""
    name = str(getattr(call.node.target, "__name__", call.node.target))
    place = 2 if name in ("new_full", "full_like") else 1
    given = call.node.kwargs.get("fill_value", call.node.args[place] if len(call.node.args) > place else None)
    value = 0.0 if "zeros" in name else 1.0 if "ones" in name else given
    if not isinstance(value, int | float):
        return unsupported(f"{name} with a computed value")
    return "filled", {"value": float(value)}, ""


def dropout(call: Call) -> Found:
    """Dropout that does nothing in evaluation."""
    if call.module is None and call.bind("p", "training", "inplace", training=True)["training"]:
        return unsupported("dropout that stays on in evaluation; try F.dropout(x, p, self.training)")
    return "dropout", {}, ""


def add(call: Call) -> Found:
    """The sum of two values of one shape."""
    operands = [value for value in call.node.args if isinstance(value, fx.Node)]
    operands += [value for key, value in call.node.kwargs.items() if isinstance(value, fx.Node)]
    if len(operands) != 2 or any(source != call.shape for source in call.sources) or _reads_constants(call):
        return unsupported("addition of a constant, or of shapes that differ")
    if call.bind("other", alpha=1)["alpha"] != 1:
        return unsupported("torch.add with alpha")
    return "add", {}, ""


def _reads_constants(call: Call) -> bool:
    """True when one of the operands is a parameter or buffer, not a value of the graph."""
    return any(source.op == "get_attr" for source in call.node.all_input_nodes)


def sub(call: Call) -> Found:
    """The difference of two values of one shape."""
    places = [value for value in call.node.args[:2] if isinstance(value, fx.Node)]
    same = len(call.sources) == 2 and all(source == call.shape for source in call.sources)
    if len(places) != 2 or not same or _reads_constants(call):
        return unsupported("subtraction of a constant, of itself, or of shapes that differ")
    if call.bind("other", alpha=1)["alpha"] != 1:
        return unsupported("torch.sub with alpha")
    return "sub", {}, ""


def pad(call: Call) -> Found:
    """Zeros around the map: (top, bottom, left, right), and `channels` of zeros (before, behind)."""
    if call.module is not None:
        widths, mode, value = call.module.padding, "constant", getattr(call.module, "value", 0.0)
    else:
        given = call.bind("pad", "mode", "value", mode="constant", value=None)
        widths, mode, value = given["pad"], given["mode"], given["value"]
    axes = len(call.sources[0])
    widths = tuple(widths) if isinstance(widths, tuple | list) else (widths,) * (2 * axes - 2)
    if mode != "constant" or value not in (None, 0) or not all(isinstance(width, int) for width in widths):
        return unsupported("padding with anything else than a fixed number of zeros")
    if min(widths, default=0) < 0:
        return unsupported("padding that cuts off")
    ends = [*zip(widths[::2], widths[1::2], strict=True), *[(0, 0)] * axes][:axes]  # the last axis first
    pixels = [(0, 0)] * (3 - axes) + ends[:-1][::-1]
    (top, bottom), (left, right) = ([(0, 0)] * 2 + pixels)[-2:]
    return "pad", {"widths": (top, bottom, left, right), "channels": ends[-1]}, ""


def upsample(call: Call) -> Found:
    """Nearest-neighbour upsampling by a whole factor for each axis."""
    names = ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor")
    defaults = {"size": None, "scale_factor": None, "mode": "nearest", "recompute_scale_factor": None}
    owner = call.module
    given = (
        {n: getattr(owner, n, defaults.get(n)) for n in names} if owner is not None else call.bind(*names, **defaults)
    )
    if given["mode"] not in ("nearest", "nearest-exact"):
        return unsupported(f"{given['mode']} upsampling")
    (rows, columns), (high, wide) = call.sources[0][-2:], call.shape[-2:]
    factor = (high // rows, wide // columns)
    asked, ratio = given["scale_factor"], (high / rows, wide / columns)
    fits = asked is None or given["recompute_scale_factor"] or _both(asked) == ratio
    if len(call.shape) != 3 or ratio != _both(factor) or not fits:
        return unsupported(f"upsampling from {call.sources[0]} to {call.shape}: no whole factor")
    return "upsample", {"factor": factor}, ""


def _both(value: Any) -> tuple[float, float]:
    return (float(value[0]), float(value[-1])) if isinstance(value, tuple | list) else (float(value), float(value))


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


def total(call: Call) -> Found:
    """A sum over `dims`, counted with the batch as dimension 0."""
    found, args, _ = mean(call)
    return ("sum", args, "") if found == "mean" else unsupported("sum over the batch")


def softmax(log: bool) -> Rule:
    """Softmax, or its logarithm, over the classes."""

    def rule(call: Call) -> Found:
        dim = call.module.dim if call.module is not None else call.bind("dim", dim=None)["dim"]
        axes = _axes(call, 1 if dim is None else dim)
        return ("softmax", {"dim": axes[0], "log": log}, "") if axes == (1,) else unsupported("softmax over no class")

    return rule


def concat(call: Call) -> Found:
    """Concatenation along the channels."""
    listed: Any = call.node.args[0] if call.node.args else call.node.kwargs["tensors"]
    if not isinstance(listed, tuple | list) or not all(isinstance(one, fx.Node) for one in listed):
        return unsupported("concatenation of a computed list")
    given = call.bind("dim", dim=0)
    dim = given.get("axis", given["dim"])
    axis = dim % (len(call.shape) + 1)
    return ("concat", {"dim": axis}, "") if axis == 1 else unsupported("concatenation along another axis than 1")
