"""Reasons and substitutes for what has no rule: a refusal tells what to use instead."""

from collections.abc import Mapping

from compress import GraphNode
from conversion.errors import Refusal


def refusal(node: GraphNode) -> Refusal:
    """The refusal of a node without a rule, with a substitute that fits what it is."""
    lowered = node.detail.lower()
    advice = next((advice for word, advice in _ADVICE.items() if word in lowered), _ADVICE[""])
    return Refusal(*_REFUSED.get(node.kind, (node.detail, advice)))


_REFUSED: Mapping[str, tuple[str, str]] = {
    "maxpool": ("spikes do not tell the maximum of a window before it is over", "AvgPool2d, or a strided convolution"),
    "conv1d": ("there is no one-dimensional synapse yet", "Conv2d on inputs of height 1"),
    "concat": ("there is no concatenation yet", "a sum of two convolutions"),
}

_ADVICE: Mapping[str, str] = {
    "transpose": "Conv2d, or up-sampling outside the network",
    "relu6": "ReLU, or compress.QuantReLU for a clipped one",
    "sigmoid": "ReLU",
    "tanh": "ReLU",
    "gelu": "ReLU, and train again",
    "silu": "ReLU, and train again",
    "leaky": "ReLU, and train again",
    "elu": "ReLU, and train again",
    "hardtanh": "ReLU, or compress.QuantReLU for a clipped one",
    "layernorm": "BatchNorm2d, which folds",
    "layer_norm": "BatchNorm2d, which folds",
    "groupnorm": "BatchNorm2d, which folds",
    "instancenorm": "BatchNorm2d, which folds",
    "attention": "convolutions",
    "softmax": "a softmax over the classes at the very end",
    "padding": "zero padding of the same width on both sides",
    "same": "zero padding of the same width on both sides",
    "pad": "the padding argument of the convolution",
    "max": "AvgPool2d, or a strided convolution",
    "pooling": "AvgPool2d or AdaptiveAvgPool2d with windows of equal size",
    "mul": "sums; a product of two activations has no spiking form",
    "": "Conv2d, Linear, ReLU, AvgPool2d, BatchNorm, sums and flatten",
}
