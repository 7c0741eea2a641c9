"""ATen operators that become layers: convolutions, products, normalisation, activations and pooling."""

from collections.abc import Callable
from math import inf
from typing import Any

import torch
from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.exported_call import AtenCall
from spikewright.compress.imports.steps import Flow

Rule = Callable[[AtenCall], Flow]


def conv(call: AtenCall) -> Flow:
    transposed = bool(call.get("transposed", False)) or call.op.startswith("conv_transpose")
    source, weight = call.flow(), call.weight()
    rank = weight.ndim - 2
    padding = call.get("padding", 0)
    settings: dict[str, Any] = {
        "stride": _each(call.get("stride", 1), rank),
        "padding": padding if isinstance(padding, str) else _each(padding, rank),
        "dilation": _each(call.get("dilation", 1), rank),
        "groups": int(call.get("groups", 1)),
    }
    if source.rank != weight.ndim:
        raise Damaged(f"a convolution of rank {weight.ndim} on a value of shape {source.shape}")
    if not transposed:
        return call.builder.layer(call.name, layers.conv(weight, call.tensor("bias"), settings), source)
    settings["output_padding"] = _each(call.get("output_padding", 0), rank)
    return call.builder.layer(call.name, layers.conv_transpose(weight, call.tensor("bias"), settings), source)


def _each(value: Any, rank: int) -> tuple[int, ...]:
    values = tuple(int(one) for one in value) if isinstance(value, list | tuple) else (int(value),)
    return values * rank if len(values) == 1 else values


def linear(call: AtenCall) -> Flow:
    return call.builder.layer(call.name, layers.linear(call.weight(), call.tensor("bias")), call.flow())


def addmm(call: AtenCall) -> Flow:
    source = call.given.get("mat1")
    if not isinstance(source, Flow):
        raise Unsupported("a product of a constant with a value", "x @ weight")
    bias = call.weight("self") * float(call.get("beta", 1))
    return call.builder.layer(
        call.name, layers.linear(call.weight("mat2").T * float(call.get("alpha", 1)), bias), source
    )


def mm(call: AtenCall) -> Flow:
    other = "mat2" if "mat2" in call.given else "other"
    if isinstance(call.given.get(other), Flow):
        raise Unsupported("a product of two values that depend on the input, as in attention", "convolutions")
    return call.builder.layer(call.name, layers.linear(call.weight(other).T, None), call.flow())


def batch_norm(call: AtenCall) -> Flow:
    if call.get("training", False) or "running_mean" not in call.given:
        raise Unsupported("batch norm in training mode", "model.eval() before the export")
    source = call.flow()
    statistics = call.tensor("running_mean"), call.tensor("running_var")
    affine = call.tensor("weight"), call.tensor("bias")
    eps = call.get("eps", call.get("epsilon", 1e-5))
    return call.builder.layer(call.name, layers.batch_norm(affine, statistics, eps, source.rank - 2), source)


def clamp(call: AtenCall) -> Flow:
    low, high = call.get("min", call.get("min_val", -inf)), call.get("max", call.get("max_val", inf))
    if isinstance(low, torch.Tensor | Flow) or isinstance(high, torch.Tensor | Flow):
        raise Unsupported("a clamp to tensors", "a clamp to numbers")
    if not low < high:
        raise Damaged(f"a clamp from {low} to {high}")
    return call.builder.layer(call.name, layers.clip(float(low), float(high)), call.flow())


def layer(make: Callable[[AtenCall], nn.Module]) -> Rule:
    return lambda call: call.builder.layer(call.name, make(call), call.flow())


def max_pool(call: AtenCall) -> Flow:
    source = call.flow()
    rank = source.rank - 2
    kernel, given = _pooling(call, rank)
    given["dilation"] = _each(call.get("dilation", 1), rank)
    return call.builder.layer(call.name, layers.pool("max", kernel, given), source)


def average_pool(call: AtenCall) -> Flow:
    source = call.flow()
    kernel, given = _pooling(call, source.rank - 2)
    given["count_include_pad"] = bool(call.get("count_include_pad", True))
    if call.get("divisor_override") is not None:
        given["divisor_override"] = int(call.get("divisor_override"))
    return call.builder.layer(call.name, layers.pool("mean", kernel, given), source)


def _pooling(call: Any, rank: int) -> tuple[tuple[int, ...], dict[str, Any]]:
    kernel = _each(call.get("kernel_size"), rank)
    stride = call.get("stride")
    given: dict[str, Any] = {"stride": _each(stride, rank) if stride else kernel}
    given |= {"padding": _each(call.get("padding", 0), rank), "ceil_mode": bool(call.get("ceil_mode", False))}
    return kernel, given


def adaptive(kind: str) -> Rule:
    def rule(call: AtenCall) -> Flow:
        source = call.flow()
        size = _each(call.get("output_size"), source.rank - 2)
        return call.builder.layer(call.name, layers.whole(kind, size), source)

    return rule


def softmax(log: bool) -> Rule:
    return layer(lambda call: layers.softmax(int(call.get("dim")) % call.flow().rank, log=log))


def dropout(call: AtenCall) -> Flow:
    """Kept as a layer: it does nothing now, and is on again in training."""
    if call.get("train", False):
        raise Unsupported("dropout that stays on in evaluation", "model.eval() before the export")
    kept: Flow = call.builder.layer(call.name, nn.Dropout(float(call.get("p", 0.5))), call.flow())
    return kept


def norm(make: Callable[[AtenCall], nn.Module]) -> Rule:
    """Normalisation at run time, imported as it is, so that conversion can say why it refuses it."""

    def rule(call: AtenCall) -> Flow:
        module = make(call)
        given = {"weight": call.tensor("weight"), "bias": call.tensor("bias")}
        module.load_state_dict({name: value for name, value in given.items() if value is not None}, strict=False)
        flow: Flow = call.builder.layer(call.name, module, call.flow())
        return flow

    return rule
