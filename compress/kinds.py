"""What each node of a traced graph is: the canonical kinds that compression and conversion speak."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional as F

from compress.quantizers import QuantReLU

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


def classify(call: Call) -> Found:
    """Kind, arguments and detail of a node; "unsupported" with a reason when no rule fits it exactly."""
    if call.node.op == "placeholder":
        return "input", {}, ""
    if call.node.op == "get_attr":
        return _unsupported(f"parameter or constant {call.node.target} used outside a layer")
    if call.node.op == "call_module":
        return _classify_module(call)
    rule = _CALLS.get(call.node.target)
    name = getattr(call.node.target, "__name__", call.node.target)
    return rule(call) if rule else _unsupported(f"{name} has no rule")


def _classify_module(call: Call) -> Found:
    module, name = call.module, type(call.module).__name__
    if module._forward_hooks or module._forward_pre_hooks:
        return _unsupported(f"{name} with forward hooks, which may change what it computes")
    for kind, rule in _MODULES.items():
        if keeps_forward(module, kind):
            return rule(call)
    return _unsupported(f"{name} has no rule")


def keeps_forward(module: Any, kind: Any) -> bool:
    """True for a layer of that kind, or of a subclass that computes the same."""
    return isinstance(module, kind) and type(module).forward is kind.forward


def is_inplace(node: fx.Node, root: nn.Module) -> bool:
    """True when the node overwrites its first argument."""
    if node.op == "call_module":
        return bool(getattr(root.get_submodule(str(node.target)), "inplace", False)) and bool(node.args)
    if not node.args or node.op not in ("call_function", "call_method"):
        return False
    name = str(getattr(node.target, "__name__", node.target))
    named = name.endswith("_") and not name.endswith("__")
    return named or name in ("iadd", "isub", "imul") or bool(node.kwargs.get("inplace", False))


def _unsupported(detail: str) -> Found:
    return "unsupported", {}, detail


def _plain(kind: str) -> Callable[[Call], Found]:
    return lambda call: (kind, {}, "")


def _conv(kind: str) -> Callable[[Call], Found]:
    def rule(call: Call) -> Found:
        conv = call.module
        if conv.padding_mode != "zeros":
            return _unsupported(f"padding mode {conv.padding_mode!r}")
        padding = _symmetric_padding(conv)
        if padding is None:
            return _unsupported("'same' padding that is larger on one side")
        args = {"kernel": conv.kernel_size, "stride": conv.stride, "padding": padding}
        return kind, {**args, "dilation": conv.dilation, "groups": conv.groups}, ""

    return rule


def _linear(call: Call) -> Found:
    if len(call.sources[0]) != 1:
        return _unsupported(f"linear layer over the last axis of {call.sources[0]}")
    return "linear", {}, ""


def _symmetric_padding(conv: Any) -> tuple[int, ...] | None:
    if not isinstance(conv.padding, str):
        return tuple(conv.padding)
    if conv.padding == "valid":
        return (0,) * len(conv.kernel_size)
    totals = [step * (size - 1) for step, size in zip(conv.dilation, conv.kernel_size, strict=True)]
    return None if any(total % 2 for total in totals) else tuple(total // 2 for total in totals)


def _batchnorm(call: Call) -> Found:
    if call.module.running_mean is None:
        return _unsupported("batch norm without running statistics depends on the rest of the batch")
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


def _avgpool(call: Call) -> Found:
    given = _settings(call, _AVG)
    window = _window(given)
    if given.get("ceil_mode") or given.get("divisor_override"):
        return _unsupported("average pooling with ceil_mode or divisor_override")
    if window["padding"] != (0, 0) and not given.get("count_include_pad", True):
        return _unsupported("average pooling whose divisor changes at the border")
    return "avgpool", window, ""


def _maxpool(call: Call) -> Found:
    given = _settings(call, _MAX)
    if given.get("ceil_mode") or given.get("return_indices") or _pair(given.get("dilation", 1)) != (1, 1):
        return _unsupported("max pooling with ceil_mode, dilation or indices")
    return "maxpool", _window(given), ""


def _adaptive(call: Call) -> Found:
    size, out = call.sources[0][-2:], call.shape[-2:]
    if any(inside % outside for inside, outside in zip(size, out, strict=True)):
        return _unsupported(f"adaptive pooling from {size} to {out}: windows of unequal size")
    kernel = (size[0] // out[0], size[1] // out[1])
    return "adaptive_avgpool", {"kernel": kernel, "stride": kernel, "padding": (0, 0), "output_size": out}, ""


def _reshape(call: Call) -> Found:
    """Row-major reshapes: the batch stays in front (the tracer checked), so shapes decide what it is."""
    if call.shape == call.sources[0]:
        return "identity", {}, ""
    if call.shape == (prod(call.sources[0]),):
        return "flatten", {}, ""
    return _unsupported(f"reshape from {call.sources[0]} to {call.shape}: only flattening all of it is known")


def _dropout(call: Call) -> Found:
    if call.module is None and call.bind("p", "training", "inplace", training=True)["training"]:
        return _unsupported("dropout that stays on in evaluation; try F.dropout(x, p, self.training)")
    return "dropout", {}, ""


def _add(call: Call) -> Found:
    operands = [value for value in call.node.args if isinstance(value, fx.Node)]
    operands += [value for key, value in call.node.kwargs.items() if isinstance(value, fx.Node)]
    if len(operands) != 2 or any(source != call.shape for source in call.sources):
        return _unsupported("addition of a number, or of shapes that differ")
    if call.bind("other", alpha=1)["alpha"] != 1:
        return _unsupported("torch.add with alpha")
    return "add", {}, ""


def _axes(call: Call, value: Any) -> tuple[int, ...]:
    rank = len(call.sources[0]) + 1
    dims = range(rank) if value is None else (value if isinstance(value, tuple | list) else (value,))
    return tuple(sorted(int(dim) % rank for dim in dims))


def _mean(call: Call) -> Found:
    given = call.bind("dim", "keepdim", dim=None, keepdim=False)
    axes = _axes(call, given["dim"])
    if 0 in axes:
        return _unsupported("mean over the batch")
    return "mean", {"dims": axes, "keepdim": bool(given["keepdim"])}, ""


def _softmax(log: bool) -> Callable[[Call], Found]:
    def rule(call: Call) -> Found:
        dim = call.module.dim if call.module is not None else call.bind("dim", dim=None)["dim"]
        axes = _axes(call, 1 if dim is None else dim)
        return ("softmax", {"dim": axes[0], "log": log}, "") if axes == (1,) else _unsupported("softmax over no class")

    return rule


def _clamp(call: Call) -> Found:
    given = call.bind("min", "max", min=None, max=None)
    return ("relu", {}, "") if given["min"] == 0 and given["max"] is None else _unsupported("clamp that is no ReLU")


def _concat(call: Call) -> Found:
    dim = call.bind("dim", dim=0)["dim"]
    axis = dim % (len(call.shape) + 1)
    return ("concat", {"dim": axis}, "") if axis == 1 else _unsupported("concatenation along another axis than 1")


_MODULES: dict[type, Callable[[Call], Found]] = {
    nn.Conv2d: _conv("conv2d"),
    nn.Conv1d: _conv("conv1d"),
    nn.Linear: _linear,
    nn.ReLU: _plain("relu"),
    QuantReLU: _plain("quantised_relu"),
    nn.BatchNorm1d: _batchnorm,
    nn.BatchNorm2d: _batchnorm,
    nn.AvgPool2d: _avgpool,
    nn.MaxPool2d: _maxpool,
    nn.AdaptiveAvgPool2d: _adaptive,
    nn.Flatten: _reshape,
    nn.Dropout: _plain("dropout"),
    nn.Dropout2d: _plain("dropout"),
    nn.Identity: _plain("identity"),
    nn.Softmax: _softmax(log=False),
    nn.LogSoftmax: _softmax(log=True),
}
LEAVES = tuple(_MODULES)
"""Layers that tracing does not enter, nor their subclasses that keep `forward`."""


def _table(*rows: tuple[tuple[Any, ...], Callable[[Call], Found]]) -> dict[Any, Callable[[Call], Found]]:
    return {target: rule for targets, rule in rows for target in targets}


_CALLS = _table(
    ((F.relu, F.relu_, torch.relu, torch.relu_, "relu", "relu_"), _plain("relu")),
    ((torch.clamp, torch.clamp_min, "clamp", "clamp_min", "clamp_", "clamp_min_"), _clamp),
    ((torch.flatten, torch.reshape, torch.squeeze, "flatten", "view", "reshape", "squeeze"), _reshape),
    (("contiguous", "clone", "float"), _plain("identity")),
    ((operator.add, operator.iadd, torch.add, "add", "add_"), _add),
    ((torch.cat, torch.concat), _concat),
    ((torch.mean, "mean"), _mean),
    ((F.avg_pool2d,), _avgpool),
    ((F.max_pool2d, torch.max_pool2d), _maxpool),
    ((F.adaptive_avg_pool2d,), _adaptive),
    ((F.dropout, F.dropout2d), _dropout),
    ((F.softmax, torch.softmax, "softmax"), _softmax(log=False)),
    ((F.log_softmax, torch.log_softmax, "log_softmax"), _softmax(log=True)),
)
