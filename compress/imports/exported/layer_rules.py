"""ATen operators that become layers: convolutions, products, normalisation, activations and pooling."""

from collections.abc import Callable
from math import inf
from typing import Any

import torch
from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.exported.call import AtenCall
from spikewright.compress.imports.steps import ImportedValue

AtenRule = Callable[[AtenCall], ImportedValue | tuple[ImportedValue, ...]]


def conv(call: AtenCall) -> ImportedValue:
    """convolution, conv1d, conv2d and their transposed forms."""
    source, weight = call.value(), call.weight("weight")
    rank, bias = weight.ndim - 2, call.tensor("bias")
    if source.rank != weight.ndim:
        raise Damaged(f"a convolution of rank {weight.ndim} on a value of shape {source.shape}")
    padding = call.get("padding", 0)
    settings: dict[str, Any] = {
        "stride": _each(call.get("stride", 1), rank),
        "padding": padding if isinstance(padding, str) else _each(padding, rank),
        "dilation": _each(call.get("dilation", 1), rank),
        "groups": int(call.get("groups", 1)),
    }
    if not (call.get("transposed", False) or call.op.startswith("conv_transpose")):
        return call.layer(layers.conv(weight, bias, settings), source)
    settings["output_padding"] = _each(call.get("output_padding", 0), rank)
    return call.layer(layers.conv_transpose(weight, bias, settings), source)


def _each(value: Any, rank: int) -> tuple[int, ...]:
    """One number, or one for each of `rank` axes, as one for each."""
    values = tuple(int(one) for one in value) if isinstance(value, list | tuple) else (int(value),)
    return values * rank if len(values) == 1 else values


def linear(call: AtenCall) -> ImportedValue:
    """linear: input weight^T + bias."""
    return call.layer(layers.linear(call.weight("weight"), call.tensor("bias")), call.value())


def addmm(call: AtenCall) -> ImportedValue:
    """addmm: beta self + alpha mat1 mat2, with a value as mat1."""
    if not isinstance(call.given("mat1"), ImportedValue):
        raise Unsupported("a product of a constant with a value", "x @ weight")
    weight, bias = call.weight("mat2").T * float(call.get("alpha", 1)), call.weight("self") * float(call.get("beta", 1))
    return call.layer(layers.linear(weight, bias), call.value("mat1"))


def mm(call: AtenCall) -> ImportedValue:
    """mm and matmul of a value with a constant matrix."""
    other = "mat2" if "mat2" in call.arguments else "other"
    if isinstance(call.given(other), ImportedValue):
        raise Unsupported("a product of two values that depend on the input, as in attention", "convolutions")
    return call.layer(layers.linear(call.weight(other).T, None), call.value())


def batch_norm(call: AtenCall) -> ImportedValue:
    """Batch norm with running statistics."""
    if call.get("training", False) or "running_mean" not in call.arguments:
        raise Unsupported("batch norm in training mode", "model.eval() before the export")
    source = call.value()
    statistics = call.tensor("running_mean"), call.tensor("running_var")
    affine = call.tensor("weight"), call.tensor("bias")
    eps = call.get("eps", call.get("epsilon", 1e-5))
    return call.layer(layers.batch_norm(affine, statistics, eps, source.rank - 2), source)


def clamp(call: AtenCall) -> ImportedValue:
    """clamp, clip and hardtanh between numbers."""
    low, high = call.get("min", call.get("min_val", -inf)), call.get("max", call.get("max_val", inf))
    if isinstance(low, torch.Tensor | ImportedValue) or isinstance(high, torch.Tensor | ImportedValue):
        raise Unsupported("a clamp to tensors", "a clamp to numbers")
    if not low < high:
        raise Damaged(f"a clamp from {low} to {high}")
    return call.layer(layers.clip(float(low), float(high)), call.value())


def layer(make: Callable[[AtenCall], nn.Module]) -> AtenRule:
    """The rule of an operator that is the layer `make(call)`."""
    return lambda call: call.layer(make(call), call.value())


def max_pool(call: AtenCall) -> ImportedValue:
    """max_pool1d and max_pool2d, also the one that gives indices besides."""
    source = call.value()
    kernel, given = _window(call, source.rank - 2)
    given["dilation"] = _each(call.get("dilation", 1), source.rank - 2)
    return call.layer(layers.pool("max", kernel, given), source)


def average_pool(call: AtenCall) -> ImportedValue:
    """avg_pool1d and avg_pool2d."""
    source = call.value()
    kernel, given = _window(call, source.rank - 2)
    given["count_include_pad"] = bool(call.get("count_include_pad", True))
    if call.get("divisor_override") is not None:
        given["divisor_override"] = int(call.get("divisor_override"))
    return call.layer(layers.pool("mean", kernel, given), source)


def _window(call: AtenCall, rank: int) -> tuple[tuple[int, ...], dict[str, Any]]:
    """The kernel of a pool, and its settings as torch.nn has them."""
    kernel, stride = _each(call.get("kernel_size"), rank), call.get("stride")
    given: dict[str, Any] = {"stride": _each(stride, rank) if stride else kernel}
    given |= {"padding": _each(call.get("padding", 0), rank), "ceil_mode": bool(call.get("ceil_mode", False))}
    return kernel, given


def adaptive(kind: str) -> AtenRule:
    """The rule of adaptive pooling of `kind` "max" or "mean"."""

    def rule(call: AtenCall) -> ImportedValue:
        source = call.value()
        return call.layer(layers.whole(kind, _each(call.get("output_size"), source.rank - 2)), source)

    return rule


def softmax(*, log: bool) -> AtenRule:
    """The rule of softmax, or of its logarithm."""
    return layer(lambda call: layers.softmax(int(call.get("dim")) % call.value().rank, log=log))


def dropout(call: AtenCall) -> ImportedValue:
    """Kept as a layer: it does nothing now, and is on again in training."""
    if call.get("train", False):
        raise Unsupported("dropout that stays on in evaluation", "model.eval() before the export")
    return call.layer(nn.Dropout(float(call.get("p", 0.5))), call.value())


def norm(make: Callable[[AtenCall], nn.Module]) -> AtenRule:
    """The rule of a normalisation at run time, imported as it is, so that conversion can say why it refuses it."""

    def rule(call: AtenCall) -> ImportedValue:
        module = make(call)
        given = {"weight": call.tensor("weight"), "bias": call.tensor("bias")}
        module.load_state_dict({name: value for name, value in given.items() if value is not None}, strict=False)
        return call.layer(module, call.value())

    return rule


def instance_norm(call: AtenCall) -> nn.Module:
    """The layer of instance_norm, without its weights."""
    source = call.value()
    return layers.instance_norm(source.shape[0], source.rank - 2, float(call.get("eps", 1e-5)))
