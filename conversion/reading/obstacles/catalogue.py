"""What each operation without a rule is, and what to use instead: chosen by the operation, whatever letters its name has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from torch import nn

from spikewright.compress import GraphNode

GoesOn = Literal["relu", "same", "own"]
"""What stands behind an obstacle is judged as if its substitute stood there: a ReLU of what it reads, what it reads itself,
or a value of its own."""


@dataclass(frozen=True)
class Advice:
    """What an operation is, why it has no spiking form, and its substitute; `goes_on`: what what is behind it reads."""

    what: str
    reason: str
    substitute: str
    goes_on: GoesOn = "own"


_TRAIN = "ReLU, and train again"
_SMOOTH = "a smooth function, which no sum of spikes gives exactly"
_NORM = "each image is divided by a number of its own, and spikes are not divided"
_FOLDS = "BatchNorm2d, which folds"
_TIME = "values that are fed back from step to step of a sequence"
_OVER_TIME = "convolutions over time, or a spiking network trained with recurrence of its own"
_PRODUCT = "activations times activations, and weights of a spiking network are fixed"
_PICKS = "which numbers are read depends on the data, and connections are fixed"
_FIXED = "slices and indices with fixed numbers"
_ORDER = "numbers are compared or put in order by their size"


def _activation(name: str, substitute: str = _TRAIN) -> Advice:
    return Advice(name, _SMOOTH, substitute, "relu")


def _norm(name: str) -> Advice:
    return Advice(name, _NORM, _FOLDS, "same")


CATALOGUE: Mapping[str, Advice] = {
    "silu": _activation("SiLU"),
    "gelu": _activation("GELU"),
    "mish": _activation("Mish"),
    "elu": _activation("ELU"),
    "selu": _activation("SELU"),
    "celu": _activation("CELU"),
    "softplus": _activation("Softplus"),
    "sigmoid": _activation("sigmoid", "ReLU or ReLU6 inside, and train again, or a sigmoid at the very end only"),
    "logsigmoid": _activation("logsigmoid", "ReLU inside, and train again, or a logsigmoid at the very end only"),
    "tanh": _activation("tanh", "ReLU inside, and train again, or a tanh at the very end only"),
    "hardsigmoid": _activation("Hardsigmoid", "ReLU or ReLU6, and train again"),
    "hardswish": _activation("Hardswish", "ReLU or ReLU6, and train again"),
    "softsign": _activation("Softsign"),
    "tanhshrink": _activation("Tanhshrink"),
    "exp": _activation("exp"),
    "log": _activation("log"),
    "sqrt": _activation("sqrt"),
    "rsqrt": _activation("rsqrt"),
    "erf": _activation("erf"),
    "sin": _activation("sin"),
    "cos": _activation("cos"),
    "reciprocal": _activation("reciprocal"),
    "pow": _activation("power"),
    "square": _activation("square"),
    "written": _activation("activation written out"),
    "softmax": Advice(
        "softmax",
        "each value is divided by a sum of others",
        "a softmax over the classes at the very end, and ReLU inside",
        "same",
    ),
    "layernorm": _norm("layer norm"),
    "groupnorm": _norm("group norm"),
    "instancenorm1d": _norm("instance norm"),
    "instancenorm2d": _norm("instance norm"),
    "instancenorm": _norm("instance norm"),
    "rmsnorm": _norm("RMS norm"),
    "localresponsenorm": _norm("local response norm"),
    "normalize": _norm("norm of each image"),
    "batchnorm": Advice(
        "batch norm of the batch", "its statistics are those of the batch", "BatchNorm with running statistics", "same"
    ),
    "attention": Advice("softmax attention", f"{_PRODUCT}: queries, keys and values", "convolutions"),
    "attentionpooling": Advice("attention pooling", _PRODUCT, "a mean over height and width, (2, 3)"),
    "gate": Advice("gate", _PRODUCT, "no gate, or a constant one, and train again", "same"),
    "channelgate": Advice("squeeze-excite gate", _PRODUCT, "no gate, or a constant one, and train again", "same"),
    "product": Advice("product of two activations", _PRODUCT, "a sum, or torch.cat and a convolution"),
    "glu": Advice("gated linear unit", _PRODUCT, "a convolution and ReLU"),
    "bilinear": Advice("product of two activations", _PRODUCT, "torch.cat and a linear layer"),
    "lstm": Advice("LSTM", _TIME, _OVER_TIME),
    "gru": Advice("GRU", _TIME, _OVER_TIME),
    "rnn": Advice("RNN", _TIME, _OVER_TIME),
    "index": Advice("data-dependent index", _PICKS, _FIXED),
    "sort": Advice("order of values", _ORDER, "MaxPool2d, or a layer with weights"),
    "comparison": Advice("comparison", _ORDER, "ReLU"),
    "maximum": Advice("maximum of two activations", _ORDER, "a sum, or max pooling over windows"),
    "embedding": Advice("embedding", "numbers of a table are picked by the data", "vectors as inputs"),
    "conv3d": Advice("Conv3d", "spikes have maps of two dimensions", "Conv2d, with depth as channels"),
    "displaced": Advice(
        "parts of an image as images", "the batch is no longer dimension 0", "convolutions, whose windows are fixed"
    ),
}
"""By operation (`GraphNode.operation`) or by the name of a pattern that spans several steps."""

_ALIASES: Mapping[str, str] = {
    "scaleddotproductattention": "attention",
    "multiheadattention": "attention",
    "multiheadattentionforward": "attention",
    "transformerencoderlayer": "attention",
    "transformerdecoderlayer": "attention",
    "transformerencoder": "attention",
    "shiftedwindowattention": "attention",
    "lstmcell": "lstm",
    "grucell": "gru",
    "rnncell": "rnn",
    "rnntanh": "rnn",
    "rnnrelu": "rnn",
    "batchnorm1d": "batchnorm",
    "batchnorm2d": "batchnorm",
    "syncbatchnorm": "batchnorm",
    "expit": "sigmoid",
    "softmin": "softmax",
    "logsoftmax": "softmax",
    "softmax2d": "softmax",
    "matmul": "product",
    "bmm": "product",
    "mm": "product",
    "mul": "product",
    "div": "product",
    "einsum": "product",
    "baddbmm": "product",
    "outer": "product",
    **dict.fromkeys(("gather", "takealongdim", "indexselect", "getitem", "scatter", "where", "maskedfill"), "index"),
    **dict.fromkeys(("indexput", "maskedselect", "scatteradd", "gridsample", "nonzero", "onehot"), "index"),
    **dict.fromkeys(("topk", "sort", "argsort", "argmax", "argmin", "median", "kthvalue", "max", "min"), "sort"),
    **dict.fromkeys(("gt", "lt", "ge", "le", "eq", "ne", "sign", "floor", "round", "ceil"), "comparison"),
    **dict.fromkeys(("maximum", "minimum"), "maximum"),
    "embeddingbag": "embedding",
    "convtranspose3d": "conv3d",
    "maxpool3d": "conv3d",
    "avgpool3d": "conv3d",
    "adaptiveavgpool3d": "conv3d",
    "batchnorm3d": "conv3d",
}

_RULED: Mapping[str, str] = {
    "conv2d": "the module nn.Conv2d with zero padding and weights of its own",
    "conv1d": "the module nn.Conv1d with zero padding and weights of its own",
    "convtranspose2d": "nn.ConvTranspose2d without output_size, and zero padding",
    "convtranspose1d": "nn.ConvTranspose2d over one row",
    "linear": "a 1x1 convolution, or flatten(1) before the layer",
    "clamp": "clamp(0, a), ReLU6 or ReLU",
    "hardtanh": "clamp(0, a), ReLU6 or ReLU",
    "leakyrelu": "a fixed slope above 0, or ReLU",
    "prelu": "one slope for the layer, or ReLU",
    "interpolate": "nearest upsampling by a whole factor, or nn.ConvTranspose2d",
    "upsample": "nearest upsampling by a whole factor, or nn.ConvTranspose2d",
    "upsamplingbilinear2d": "nearest upsampling by a whole factor, or nn.ConvTranspose2d",
    "adaptivemaxpool1d": "an output size that divides the map, or global pooling",
    "adaptivemaxpool2d": "an output size that divides the map, or global pooling",
    "maxpool1d": "MaxPool1d without dilation or indices",
    "maxpool2d": "MaxPool2d without dilation or indices",
    "amax": "torch.amax over height and width, or MaxPool2d",
    "mean": "a mean over height and width, (2, 3)",
    "sum": "a sum over height and width, (2, 3)",
    "pad": "zero padding",
    "stack": "torch.cat over dimension 1",
    "expandas": "expand(-1, -1, height, width) with fixed numbers",
    "cat": "torch.cat over dimension 1",
    "concat": "torch.cat over dimension 1",
    "dropout": "nn.Dropout, which stops in evaluation mode",
    "add": "values of one shape, without alpha",
    "sub": "values of one shape, without alpha",
    "lppool2d": "AvgPool2d, MaxPool2d or AdaptiveAvgPool2d",
}
"""Operations that have rules, when none of them fits."""

_ANY = "Conv2d, Linear, ReLU, pooling, BatchNorm, sums, concatenation and flatten"


def advice_of(node: GraphNode) -> Advice:
    """What to say of a node that no rule fits."""
    if node.module is not None and (node.module._forward_hooks or node.module._forward_pre_hooks):
        way = "handle.remove() for each hook, and what it computes as a step of forward()"
        return Advice(node.operation, node.detail, way)
    key = named(node)
    if key is not None:
        return CATALOGUE[key]
    return Advice(node.operation or node.kind, node.detail, _RULED.get(node.operation, _ANY))


def advice_of_layer(layer: nn.Module) -> Advice | None:
    """What to say of a layer of torch.nn without a spiking form, None for others."""
    name = type(layer).__name__.lower()
    return CATALOGUE.get(_ALIASES.get(name, name)) if type(layer).__module__.startswith("torch.nn") else None


def named(node: GraphNode) -> str | None:
    """The place of the node's operation in the catalogue, None where it has none."""
    key = _ALIASES.get(node.operation, node.operation)
    return key if key in CATALOGUE else None
