"""The table of ONNX operators: name -> rule. A new operator is a line here and, if need be, its rule."""

import operator

from torch import nn

from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.onnx import arranging_rules as arranged
from spikewright.compress.imports.onnx import layer_rules as made
from spikewright.compress.imports.onnx import pooling_rules as pooled
from spikewright.compress.imports.onnx import selecting_rules as selected
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.layer_rules import OnnxRule
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


def _neg(call: OnnxCall) -> ImportedValue:
    return call.function(operator.neg, call.any_layout())


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


def _hard_sigmoid(call: OnnxCall) -> nn.Module:
    if abs(call.attr("alpha", 0.2) - 1 / 6) > 1e-6 or call.attr("beta", 0.5) != 0.5:
        raise Unsupported("a hard sigmoid of another slope than 1/6", "nn.ReLU6")
    return nn.Hardsigmoid()


def _gelu(call: OnnxCall) -> nn.Module:
    return nn.GELU(str(call.attr("approximate", "none")))


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
    "MaxPool": pooled.max_pool,
    "AveragePool": pooled.average_pool,
    "GlobalAveragePool": pooled.whole_pool("mean"),
    "GlobalMaxPool": pooled.whole_pool("max"),
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
    "Gather": selected.gather,
    "Slice": selected.sliced,
    "Resize": resize,
    "Upsample": resize,
    "Dropout": _dropout,
    "Identity": _same,
    "Cast": _cast,
    "QuantizeLinear": _quantised,
    "DynamicQuantizeLinear": _quantised,
}
