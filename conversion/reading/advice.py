"""Reasons and substitutes for what has no rule: a refusal tells what to use instead."""

from collections.abc import Mapping

from spikewright.compress import GraphNode
from spikewright.conversion.errors import Refusal


def refusal(node: GraphNode) -> Refusal:
    """The refusal of a node without a rule, with a substitute that fits what it is."""
    lowered = node.detail.lower()
    advice = next((advice for word, advice in _ADVICE.items() if word in lowered), _ADVICE[""])
    return Refusal(node.detail, advice)


_ADVICE: Mapping[str, str] = {
    "forward hooks": "handle.remove() for each hook, and what it computes as a step of forward()",
    "transposed convolution": "nn.ConvTranspose2d without output_size, and zero padding",
    "conv3d": "Conv2d",
    "conv2d": "the module nn.Conv2d, whose weights are found",
    "conv1d": "the module nn.Conv1d, whose weights are found",
    "linear layer over": "a 1x1 convolution, or flatten(1) before the layer",
    "sigmoid": "ReLU or ReLU6, and train again",
    "gelu": "ReLU, and train again",
    "silu": "ReLU, and train again",
    "swish": "ReLU or ReLU6, and train again",
    "mish": "ReLU, and train again",
    "softplus": "ReLU, and train again",
    "prelu": "one slope for the layer, or ReLU",
    "leaky": "a fixed slope above 0, or ReLU",
    "elu": "ReLU, and train again",
    "clamp": "clamp(0, a), ReLU6 or ReLU",
    "layernorm": "BatchNorm2d, which folds",
    "layer_norm": "BatchNorm2d, which folds",
    "groupnorm": "BatchNorm2d, which folds",
    "group_norm": "BatchNorm2d, which folds",
    "instancenorm": "BatchNorm2d, which folds",
    "instance_norm": "BatchNorm2d, which folds",
    "localresponse": "BatchNorm2d, which folds",
    "batch norm": "BatchNorm with running statistics",
    "attention": "convolutions",
    "lstm": "convolutions over time, or a spiking network trained with recurrence of its own",
    "gru": "convolutions over time, or a spiking network trained with recurrence of its own",
    "rnn": "convolutions over time, or a spiking network trained with recurrence of its own",
    "chunk": "slices with fixed numbers, such as x[:, :2] and x[:, 2:]",
    "split": "slices with fixed numbers, such as x[:, :2] and x[:, 2:]",
    "an index": "slices with fixed numbers behind the batch, such as x[:, :, ::2]",
    "embedding": "vectors as inputs",
    "softmax": "a softmax over the classes at the very end",
    "upsampling": "nearest upsampling by a whole factor, or nn.ConvTranspose2d",
    "adaptive": "an output size that divides the map, or global pooling",
    "max_pool": "MaxPool2d without dilation or indices",
    "max pooling": "MaxPool2d without dilation or indices",
    "a maximum": "torch.amax over height and width, or MaxPool2d",
    "pooling": "AvgPool2d, MaxPool2d or AdaptiveAvgPool2d",
    "padding": "zero padding",
    "concatenation": "torch.cat over dimension 1",
    "dropout": "nn.Dropout, which stops in evaluation mode",
    "addition": "values of one shape, without alpha",
    "subtraction": "values of one shape, without alpha",
    "mul": "sums; a product of two activations has no spiking form",
    "": "Conv2d, Linear, ReLU, pooling, BatchNorm, sums, concatenation and flatten",
}
