"""The table of ONNX operators: name -> rule. A new operator is a line here and, if need be, its rule."""

import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.onnx import arranging_rules as arranged
from spikewright.compress.imports.onnx import combining_rules as combining
from spikewright.compress.imports.onnx import layer_rules as made
from spikewright.compress.imports.onnx import pooling_rules as pooled
from spikewright.compress.imports.onnx import selecting_rules as selected
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.layer_rules import OnnxRule
from spikewright.compress.imports.onnx.reducing_rules import reduce as reduced
from spikewright.compress.imports.onnx.resizing_rules import resize
from spikewright.compress.imports.steps import ImportedValue


def _same(call: OnnxCall) -> ImportedValue:
    """Numbers stay as they are."""
    return call.any_layout()


def _quantised(call: OnnxCall) -> ImportedValue:
    """Quantised weights are constants and never come here."""
    raise Unsupported(
        "activations that the file quantises",
        "a file with quantised weights only, or one of floats and then compress.quantize with activation_bits",
    )


def _each(function: Callable[..., Any]) -> OnnxRule:
    """The rule of a function of each number, whatever the layout."""
    return lambda call: call.function(function, call.any_layout())


def _cast(call: OnnxCall) -> ImportedValue:
    """Casts between floats, which float32 here stands for."""
    if int(call.attr("to", 1)) not in (1, 10, 11, 16):
        raise Unsupported("a cast of activations to whole numbers", "float activations")
    return call.any_layout()


def _dropout(call: OnnxCall) -> ImportedValue:
    """Kept as a layer: it does nothing now, and is on again in training."""
    training = call.constant(2)
    if training is not None and bool(training):
        raise Unsupported("dropout that stays on in evaluation", "an export in evaluation mode")
    share = call.number("ratio", 1, 0.5)
    return call.layer(nn.Dropout(share), call.any_layout())


def _leaky(call: OnnxCall) -> nn.Module:
    return nn.LeakyReLU(float(call.attr("alpha", 0.01)))


def _hard_sigmoid(call: OnnxCall) -> ImportedValue:
    """max(0, min(1, alpha x + beta)): a layer of torch.nn where alpha is 1/6, else a product, a sum and a clip."""
    source, alpha, beta = call.any_layout(), float(call.attr("alpha", 0.2)), float(call.attr("beta", 0.5))
    if abs(alpha - 1 / 6) < 1e-6 and beta == 0.5:
        return call.layer(nn.Hardsigmoid(), source)
    moved = call.function(operator.add, call.function(operator.mul, source, alpha), beta)
    return call.layer(nn.Hardtanh(0.0, 1.0), moved)


def _selu(call: OnnxCall) -> nn.Module:
    alpha, gamma = call.attr("alpha", 1.67326319217681884765625), call.attr("gamma", 1.05070102214813232421875)
    if abs(alpha - 1.6732632) > 1e-6 or abs(gamma - 1.0507010) > 1e-6:
        raise Unsupported(f"SELU with alpha {alpha} and gamma {gamma}", "nn.SELU")
    return nn.SELU()


def _local_response(call: OnnxCall) -> ImportedValue:
    size = int(call.attr("size", 0))
    if size < 1 or size % 2 == 0:
        raise Unsupported(f"local response normalisation over {size} channels", "an odd number of channels")
    alpha, beta, bias = (float(call.attr(name, value)) for name, value in _RESPONSE.items())
    return call.layer(nn.LocalResponseNorm(size, alpha, beta, bias), call.value())


def _gelu(call: OnnxCall) -> nn.Module:
    return nn.GELU(str(call.attr("approximate", "none")))


_RESPONSE = {"alpha": 1e-4, "beta": 0.75, "bias": 1.0}
"""What LRN takes where the file says nothing."""


def substitute_for(op: str) -> str:
    """What to try in the place of an operator that is not imported."""
    if op in ("LSTM", "GRU", "RNN", "Loop", "Scan", "If"):
        return "a network without recurrence and choices, such as convolutions over time"
    if op.startswith(("QLinear", "ConvInteger", "MatMulInteger", "Dynamic")):
        return "the file of floats that was quantised, and then compress.quantize"
    return "an export of torch.nn layers without it, or the part of the file in front of it (onnx.utils.extract_model)"


ONNX_RULES: dict[str, OnnxRule] = {
    "Conv": made.conv,
    "ConvTranspose": made.conv_transpose,
    "Gemm": made.gemm,
    "MatMul": made.matmul,
    "BatchNormalization": made.batch_norm,
    "InstanceNormalization": made.instance_norm,
    "LayerNormalization": made.layer_norm,
    "Relu": made.layer(lambda call: nn.ReLU()),
    "Clip": made.clip,
    "HardSigmoid": _hard_sigmoid,
    "Selu": made.layer(_selu),
    "Celu": made.layer(lambda call: nn.CELU(float(call.attr("alpha", 1.0)))),
    "ThresholdedRelu": made.layer(lambda call: layers.threshold(float(call.attr("alpha", 1.0)), 0.0)),
    "LRN": _local_response,
    "Max": made.bound("maximum"),
    "Min": made.bound("minimum"),
    "LeakyRelu": made.layer(_leaky),
    "PRelu": made.prelu,
    "Sigmoid": made.layer(lambda call: nn.Sigmoid()),
    "Tanh": made.layer(lambda call: nn.Tanh()),
    "Gelu": made.layer(_gelu),
    "HardSwish": made.layer(lambda call: nn.Hardswish()),
    "Elu": made.layer(lambda call: nn.ELU(float(call.attr("alpha", 1.0)))),
    "Softplus": made.layer(lambda call: nn.Softplus()),
    "Softsign": made.layer(lambda call: nn.Softsign()),
    "Mish": made.layer(lambda call: nn.Mish()),
    "Softmax": made.softmax(log=False),
    "LogSoftmax": made.softmax(log=True),
    "MaxPool": pooled.max_pool,
    "AveragePool": pooled.average_pool,
    "GlobalAveragePool": pooled.whole_pool("mean"),
    "GlobalMaxPool": pooled.whole_pool("max"),
    "ReduceMean": reduced,
    "ReduceMax": reduced,
    "ReduceMin": reduced,
    "ReduceSum": reduced,
    "ReduceLogSumExp": reduced,
    "Add": combining.arithmetic(operator.add),
    "Sub": combining.arithmetic(operator.sub),
    "Mul": combining.arithmetic(operator.mul),
    "Div": combining.arithmetic(operator.truediv),
    "Pow": combining.arithmetic(operator.pow),
    "Sum": combining.arithmetic(operator.add),
    "Mean": combining.mean,
    "Neg": _each(operator.neg),
    "Abs": _each(torch.abs),
    "Sqrt": _each(torch.sqrt),
    "Exp": _each(torch.exp),
    "Log": _each(torch.log),
    "Erf": _each(torch.erf),
    "Reciprocal": _each(torch.reciprocal),
    "Floor": _each(torch.floor),
    "Ceil": _each(torch.ceil),
    "Round": _each(torch.round),
    "Sign": _each(torch.sign),
    "Sin": _each(torch.sin),
    "Cos": _each(torch.cos),
    "Concat": arranged.concat,
    "Reshape": arranged.reshape,
    "Flatten": arranged.flatten,
    "Squeeze": arranged.squeeze,
    "Unsqueeze": arranged.unsqueeze,
    "Transpose": arranged.transpose,
    "Pad": arranged.pad,
    "Gather": selected.gather,
    "Slice": selected.sliced,
    "Split": selected.split,
    "DepthToSpace": selected.depth_to_space,
    "SpaceToDepth": selected.space_to_depth,
    "Resize": resize,
    "Upsample": resize,
    "Dropout": _dropout,
    "Identity": _same,
    "Cast": _cast,
    "CastLike": combining.cast_like,
    "QuantizeLinear": _quantised,
    "DynamicQuantizeLinear": _quantised,
}
