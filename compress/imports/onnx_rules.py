"""The table of ONNX operators."""

import operator
from collections.abc import Callable

from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports import onnx_layers as made
from spikewright.compress.imports import onnx_parts as parts
from spikewright.compress.imports import onnx_shapes as arranged
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.onnx_call import Call
from spikewright.compress.imports.steps import Flow

Rule = Callable[[Call], Flow]


def _same(call: Call) -> Flow:
    return call.any_flow()


def _quantised(call: Call) -> Flow:
    raise Unsupported(
        "activations that the file quantises",
        "a file with quantised weights only, or one of floats and then compress.quantize with activation_bits",
    )


def _neg(call: Call) -> Flow:
    return call.builder.call(call.name, operator.neg, call.any_flow())


def _cast(call: Call) -> Flow:
    if int(call.attr("to", 1)) not in (1, 10, 11, 16):
        raise Unsupported("a cast of activations to whole numbers", "float activations")
    return call.any_flow()


def _dropout(call: Call) -> Flow:
    training = call.array(2)
    if training is not None and bool(training):
        raise Unsupported("dropout that stays on in evaluation", "an export in evaluation mode")
    share = call.number("ratio", 1, 0.5)
    return call.builder.layer(call.name, nn.Dropout(share), call.any_flow())


def _leaky(call: Call) -> nn.Module:
    return nn.LeakyReLU(float(call.attr("alpha", 0.01)))


def _hard_sigmoid(call: Call) -> nn.Module:
    if abs(call.attr("alpha", 0.2) - 1 / 6) > 1e-6 or call.attr("beta", 0.5) != 0.5:
        raise Unsupported("a hard sigmoid of another slope than 1/6", "nn.ReLU6")
    return nn.Hardsigmoid()


def _gelu(call: Call) -> nn.Module:
    return nn.GELU(str(call.attr("approximate", "none")))


def _instance_norm(call: Call) -> Flow:
    """Imported as it is, so that conversion can say why it refuses it."""
    source, weight, bias = call.flow(), call.weight(1), call.weight(2)
    norm = layers.instance_norm(len(weight), source.rank - 2, float(call.attr("epsilon", 1e-5)))
    norm.load_state_dict({"weight": weight, "bias": bias})
    return call.builder.layer(call.name, norm, source)


def _layer_norm(call: Call) -> Flow:
    source, weight, bias = call.flow(), call.weight(1), call.tensor(2)
    norm = nn.LayerNorm(tuple(weight.shape), eps=float(call.attr("epsilon", 1e-5)), bias=bias is not None)
    norm.load_state_dict({"weight": weight} if bias is None else {"weight": weight, "bias": bias})
    return call.builder.layer(call.name, norm, source)


RULES: dict[str, Rule] = {
    "Conv": made.conv,
    "ConvTranspose": made.conv_transpose,
    "Gemm": made.gemm,
    "MatMul": made.matmul,
    "BatchNormalization": made.batch_norm,
    "InstanceNormalization": _instance_norm,
    "LayerNormalization": _layer_norm,
    "Relu": made.layer(lambda call: nn.ReLU()),
    "Clip": made.clip,
    "Max": made.bound("maximum"),
    "Min": made.bound("minimum"),
    "LeakyRelu": made.layer(_leaky),
    "PRelu": made.prelu,
    "Sigmoid": made.layer(lambda call: nn.Sigmoid()),
    "Tanh": made.layer(lambda call: nn.Tanh()),
    "Gelu": made.layer(_gelu),
    "HardSigmoid": made.layer(_hard_sigmoid),
    "HardSwish": made.layer(lambda call: nn.Hardswish()),
    "Elu": made.layer(lambda call: nn.ELU(float(call.attr("alpha", 1.0)))),
    "Softplus": made.layer(lambda call: nn.Softplus()),
    "Softsign": made.layer(lambda call: nn.Softsign()),
    "Mish": made.layer(lambda call: nn.Mish()),
    "Softmax": made.softmax(log=False),
    "LogSoftmax": made.softmax(log=True),
    "MaxPool": made.max_pool,
    "AveragePool": made.average_pool,
    "GlobalAveragePool": made.whole_pool("mean"),
    "GlobalMaxPool": made.whole_pool("max"),
    "ReduceMean": arranged.mean,
    "ReduceMax": arranged.mean,
    "Add": arranged.arithmetic(operator.add),
    "Sub": arranged.arithmetic(operator.sub),
    "Mul": arranged.arithmetic(operator.mul),
    "Div": arranged.arithmetic(operator.truediv),
    "Neg": _neg,
    "Sum": arranged.total,
    "Concat": arranged.concat,
    "Reshape": arranged.reshape,
    "Flatten": arranged.flatten,
    "Squeeze": arranged.squeeze,
    "Unsqueeze": arranged.unsqueeze,
    "Transpose": arranged.transpose,
    "Pad": arranged.pad,
    "Gather": parts.gather,
    "Slice": parts.sliced,
    "Resize": arranged.resize,
    "Upsample": arranged.resize,
    "Dropout": _dropout,
    "Identity": _same,
    "Cast": _cast,
    "QuantizeLinear": _quantised,
    "DynamicQuantizeLinear": _quantised,
}
