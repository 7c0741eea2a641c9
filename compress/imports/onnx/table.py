"""The table of ONNX operators: name -> rule. A new operator is a line here and, if need be, its rule."""

import operator

import torch
from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.onnx import activation_rules as active
from spikewright.compress.imports.onnx import arranging_rules as arranged
from spikewright.compress.imports.onnx import combining_rules as combining
from spikewright.compress.imports.onnx import layer_rules as made
from spikewright.compress.imports.onnx import normalising_rules as normal
from spikewright.compress.imports.onnx import placing_rules as placed
from spikewright.compress.imports.onnx import pooling_rules as pooled
from spikewright.compress.imports.onnx import reducing_rules as reduced
from spikewright.compress.imports.onnx import repeating_rules as repeated
from spikewright.compress.imports.onnx import sampling_rules as sampled
from spikewright.compress.imports.onnx import selecting_rules as selected
from spikewright.compress.imports.onnx.call import OnnxRule
from spikewright.compress.imports.onnx.deforming_rules import deformed_conv
from spikewright.compress.imports.onnx.product_rules import einsum
from spikewright.compress.imports.onnx.resizing_rules import resize

_EACH = {
    "Neg": operator.neg,
    **{
        name: getattr(torch, name.lower())
        for name in (
            *("Abs", "Sqrt", "Exp", "Log", "Erf", "Reciprocal", "Floor", "Ceil", "Round", "Sign"),
            *("Sin", "Cos", "Tan", "Sinh", "Cosh", "Asin", "Acos", "Atan", "Asinh", "Acosh", "Atanh"),
        )
    },
}
"""Functions of each number."""

ONNX_RULES: dict[str, OnnxRule] = {
    **{name: active.each(function) for name, function in _EACH.items()},
    "Conv": made.conv,
    "ConvTranspose": made.conv_transpose,
    "Col2Im": made.laid_down,
    "Gemm": made.gemm,
    "MatMul": made.matmul,
    "Einsum": einsum,
    "BatchNormalization": normal.batch_norm,
    "InstanceNormalization": normal.instance_norm,
    "GroupNormalization": normal.group_norm,
    "LayerNormalization": normal.layer_norm,
    "RMSNormalization": normal.rms_norm,
    "LpNormalization": normal.lp_norm,
    "MeanVarianceNormalization": normal.standardised,
    "LRN": normal.local_response,
    "Softmax": normal.softmax(log=False),
    "LogSoftmax": normal.softmax(log=True),
    "Relu": active.layer(lambda call: nn.ReLU()),
    "Clip": active.clip,
    "HardSigmoid": active.hard_sigmoid,
    "Selu": active.selu,
    "Celu": active.layer(lambda call: nn.CELU(float(call.attr("alpha", 1.0)))),
    "ThresholdedRelu": active.layer(lambda call: layers.threshold(float(call.attr("alpha", 1.0)), 0.0)),
    "Shrink": active.shrink,
    "Max": active.bound("maximum"),
    "Min": active.bound("minimum"),
    "LeakyRelu": active.layer(active.leaky),
    "PRelu": active.prelu,
    "Sigmoid": active.layer(lambda call: nn.Sigmoid()),
    "Tanh": active.layer(lambda call: nn.Tanh()),
    "Gelu": active.layer(active.gelu),
    "HardSwish": active.layer(lambda call: nn.Hardswish()),
    "Swish": active.swish,
    "SwiGLU": active.gated_swish,
    "Elu": active.layer(lambda call: nn.ELU(float(call.attr("alpha", 1.0)))),
    "Softplus": active.layer(lambda call: nn.Softplus()),
    "Softsign": active.layer(lambda call: nn.Softsign()),
    "Mish": active.layer(lambda call: nn.Mish()),
    "Dropout": active.dropout,
    "Identity": active.same,
    "Cast": active.cast,
    "MaxPool": pooled.max_pool,
    "AveragePool": pooled.average_pool,
    "LpPool": pooled.norm_pool,
    "GlobalAveragePool": pooled.whole_pool("mean"),
    "GlobalMaxPool": pooled.whole_pool("max"),
    "GlobalLpPool": reduced.whole_norm,
    **{
        f"Reduce{kind}": reduced.reduce
        for kind in ("Mean", "Max", "Min", "Sum", "Prod", "L1", "L2", "SumSquare", "LogSum", "LogSumExp")
    },
    "CumSum": reduced.running(torch.cumsum, 0.0),
    "CumProd": reduced.running(torch.cumprod, 1.0),
    "Add": combining.arithmetic(operator.add),
    "Sub": combining.arithmetic(operator.sub),
    "Mul": combining.arithmetic(operator.mul),
    "Div": combining.arithmetic(operator.truediv),
    "Pow": combining.arithmetic(operator.pow),
    "Sum": combining.arithmetic(operator.add),
    "Mean": combining.mean,
    "Mod": combining.modulo,
    "Greater": combining.compared(operator.gt),
    "GreaterOrEqual": combining.compared(operator.ge),
    "Less": combining.compared(operator.lt),
    "LessOrEqual": combining.compared(operator.le),
    "Equal": combining.compared(operator.eq),
    "And": combining.logical(torch.logical_and),
    "Or": combining.logical(torch.logical_or),
    "Xor": combining.logical(torch.logical_xor),
    "Not": combining.negated,
    "IsNaN": combining.asked(torch.isnan),
    "IsInf": combining.infinite,
    "Where": combining.where,
    "CastLike": combining.cast_like,
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
    "Compress": selected.kept,
    "CenterCropPad": selected.centred,
    "Trilu": selected.triangle,
    "GatherElements": placed.gather_elements,
    "GatherND": placed.gather_nd,
    "Scatter": placed.scatter_elements,
    "ScatterElements": placed.scatter_elements,
    "ScatterND": placed.scatter_nd,
    "ReverseSequence": placed.reverse_sequence,
    "DepthToSpace": selected.depth_to_space,
    "SpaceToDepth": selected.space_to_depth,
    "Tile": repeated.tile,
    "Expand": repeated.expand,
    "GridSample": sampled.grid_sample,
    "AffineGrid": sampled.affine_grid,
    "DeformConv": deformed_conv,
    "Resize": resize,
    "Upsample": resize,
}


def unknown(op: str) -> Unsupported:
    """Why an operator is not imported, and what to try."""
    for names, why, way in _REFUSED:
        if op in names or any(name.endswith("*") and op.startswith(name[:-1]) for name in names):
            return Unsupported(why, way)
    return Unsupported(
        "an operator that is not imported",
        "an export of torch.nn layers without it, or output='the value in front of it', the name of an input of that node",
    )


_REFUSED = (
    (
        ("LSTM", "GRU", "RNN", "Loop", "Scan", "If", "CausalConvWithState", "TensorScatter"),
        "a recurrence, a loop or a choice, which have a state or another graph inside",
        "a network without recurrence and choices, such as convolutions over time",
    ),
    (
        ("Attention", "LinearAttention", "RotaryEmbedding"),
        "attention, a product of values that depend on the image",
        "convolutions in its place, or an export that writes it out, to prune and quantise it",
    ),
    (
        ("ArgMax", "ArgMin", "TopK", "Hardmax", "NonZero", "Unique", "NonMaxSuppression", "OneHot"),
        "places that depend on the image, as behind the last layer of a network",
        "output='the value in front of it', the name of an input of that node",
    ),
    (
        ("ConvInteger", "MatMulInteger", "DynamicQuantize*"),
        "a product of integers that no constant scale follows",
        "a file of onnxruntime.quantization.quantize_dynamic as it is written, or one of quantize_static",
    ),
    (
        ("MaxUnpool",),
        "places that depend on the image, those of the largest numbers",
        "upsampling instead of unpooling",
    ),
    (
        ("RoiAlign", "MaxRoiPool"),
        "regions of images, one after the other, in the place of a batch",
        "output='the value in front of it', the name of an input of that node",
    ),
    (
        ("Size",),
        "a number of all images together",
        "an export with constants folded",
    ),
    (
        ("DFT", "STFT", "BitCast", "Bitwise*", "BitShift"),
        "complex numbers or bits, which are no activations",
        "features that are computed in front of the network, or fixed convolutions",
    ),
    (
        ("Bernoulli", "Random*", "Multinomial"),
        "numbers that are drawn",
        "an export in evaluation mode",
    ),
    (
        ("Sequence*", "SplitToSequence", "ConcatFromSequence", "Optional*", "String*", "TfIdf*", "RegexFullMatch"),
        "lists or text, which are no tensors of numbers",
        "tensors in their place",
    ),
    (
        ("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"),
        "a loss, which needs labels",
        "output='the value in front of it', the name of an input of that node",
    ),
)
"""Operators ("*" stands for any ending), why they are not imported, and what to try."""
