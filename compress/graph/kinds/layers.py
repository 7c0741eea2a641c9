"""The rules that name layers with weights, batch norms, dropout and what a model ends in; one for module and function alike."""

from math import prod
from typing import Any

import torch
from torch.nn import functional as F

from spikewright.compress.graph.kinds.call import Found, GraphCall, Rule, unsupported
from spikewright.index_maps import IndexMap


def conv(kind: str) -> Rule:
    """Kernel, stride, padding (numbers), dilation and groups; `less`: by how much padding is narrower at the beginning.

    Borders of other numbers than zeros are no padding but an order in which the input is read: `around`, its index map.
    """

    def rule(call: GraphCall) -> Found:
        conv = call.module
        padding, less = _padding(conv)
        args = {"kernel": conv.kernel_size, "stride": conv.stride, "padding": padding, "less": less}
        args |= {"dilation": conv.dilation, "groups": conv.groups}
        if conv.padding_mode == "zeros":
            return Found(kind, args)
        none = (0,) * len(padding)
        return Found(kind, {**args, "padding": none, "less": none, "around": _around(conv, call.sources[0])})

    return rule


def linear(call: GraphCall) -> Found:
    """A linear layer on flat inputs `(features,)`; "linear_map" over the last axis of others."""
    if len(call.sources[0]) != 1:
        return Found("linear_map")
    return Found("linear")


def _padding(conv: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Padding at the end of each axis, and how much less there is at its beginning ('same' with even kernels)."""
    none = (0,) * len(conv.kernel_size)
    if not isinstance(conv.padding, str):
        return tuple(conv.padding), none
    if conv.padding == "valid":
        return none, none
    totals = [step * (size - 1) for step, size in zip(conv.dilation, conv.kernel_size, strict=True)]
    return tuple(total - total // 2 for total in totals), tuple(total % 2 for total in totals)


def _around(conv: Any, source: tuple[int, ...]) -> IndexMap:
    """The order in which a convolution reads a value whose borders are reflected, repeated or taken from the other side."""
    numbers = torch.arange(prod(source), dtype=torch.float64).reshape(1, *source)
    padded = F.pad(numbers, conv._reversed_padding_repeated_twice, mode=conv.padding_mode)
    return IndexMap.of(source, padded[0].numpy())


def conv_transpose(call: GraphCall) -> Found:
    """Transposed convolution with the arguments of its module."""
    conv = call.module
    if conv.padding_mode != "zeros" or len(call.node.args) + len(call.node.kwargs) != 1:
        return unsupported("a transposed convolution with an output_size or a padding mode")
    names = ("stride", "padding", "output_padding", "dilation")
    return Found("conv_transpose2d", {**{name: getattr(conv, name) for name in names}, "groups": conv.groups})


def batchnorm(call: GraphCall) -> Found:
    """Batch norm with running statistics."""
    if call.module.running_mean is None:
        return unsupported("batch norm without running statistics depends on the rest of the batch")
    return Found("batchnorm", {"eps": call.module.eps})


def ending(name: str) -> Rule:
    """A function that rises strictly: at the end it changes no order."""
    return lambda call: Found("rising", {"name": name})


def dropout(call: GraphCall) -> Found:
    """Dropout that does nothing in evaluation."""
    if call.module is None and call.bind("p", "training", "inplace", training=True)["training"]:
        return unsupported("dropout that stays on in evaluation; try F.dropout(x, p, self.training)")
    return Found("dropout")
