"""The way of a channel map through a graph, against the flow or with it, to the layers that can take it in.

A value v is to become m(v) = scale*v + shift. Backward, whatever makes v must make m(v) instead: a layer takes the map in,
a sum or difference hands the scale to both operands and the shift to one, concatenation hands out slices. Forward, v is to become
m(v) for its readers: every reader takes it in or hands it on. Windows that average to one, nearest upsampling, flattening,
identity and dropout let a map through as it is; max pooling a scale that is not negative, ReLU and leaky ReLU such a
scale without a shift, since max(0, a x) = a max(0, x). (The paths of arXiv 2203.14646, which meet a layer or do not.)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose, prod
from typing import Any

import torch
from torch import fx

from spikewright.compress.exact.channel_maps import ChannelMap, Edit, Stuck
from spikewright.compress.exact.fold_layers import Uses, check_input, check_own, takes
from spikewright.compress.graph.view import GraphNode

_SUMS = ("add", "sub")
_FREE = ("identity", "dropout", "upsample")
_AVERAGES = ("avgpool", "avgpool_map", "adaptive_avgpool", "mean")
_MAXIMA = ("maxpool",)
_HOMOGENEOUS = ("relu", "leaky_relu", "prelu")
_SHAPE_READERS = ("size", "dim", "numel", "shape", "ndim", "ndimension")


@dataclass(frozen=True, eq=False)
class Paths:
    """What is known of the nodes of a graph, and how its layers are used as it is now."""

    kinds: Mapping[str, GraphNode]
    uses: Uses

    def backward(self, value: fx.Node, change: ChannelMap, reader: fx.Node) -> tuple[Edit, ...]:
        """The edits that make `value` come out as change(value) for its only reader. Raises Stuck."""
        node = self.kinds[value.name]
        others = [user for user in _readers(value) if user is not reader]
        if others:
            raise Stuck(f"{node.name} is also read by {others[0].name}")
        if takes(node):
            check_own(node, self.uses)
            return (Edit(str(node.path), "output", change),)
        if node.kind in _SUMS:
            return self._both_branches(value, change)
        if node.kind == "concat":
            return self._slices(value, change)
        source = value.all_input_nodes[0] if value.all_input_nodes else None
        if source is None or node.kind not in _PASSING:
            raise Stuck(f"{node.name} is {_called(node)}, no affine layer")
        _check_passes(node, change)
        return self.backward(source, _before(node, change, self.kinds[source.name].shape), value)

    def forward(self, value: fx.Node, change: ChannelMap) -> tuple[Edit, ...]:
        """The edits that let the readers of `value` see change(value) where they get `value`. Raises Stuck."""
        readers = _readers(value)
        if not readers:
            raise Stuck(f"{value.name} is not read")
        return tuple(edit for reader in readers for edit in self._into(reader, value, change))

    def _into(self, reader: fx.Node, value: fx.Node, change: ChannelMap) -> tuple[Edit, ...]:
        node = self.kinds.get(reader.name)
        if node is None:
            raise Stuck("the output comes next" if reader.op == "output" else f"{reader.name} has no rule")
        if takes(node):
            check_own(node, self.uses)
            check_input(node, change)
            return (Edit(str(node.path), "input", change),)
        if node.kind == "concat":
            return self.forward(reader, self._widened(reader, value, change))
        if node.kind in _SUMS:
            if len(reader.all_input_nodes) < 2 or bool((change.scale != 1).any()):
                raise Stuck(f"{node.name} is a sum whose other branch would need the inverse scale")
            return self.forward(reader, change if reader.all_input_nodes[0] is value else _branch(node, change))
        if node.kind not in _PASSING:
            raise Stuck(f"{node.name} is {_called(node)}, no affine layer")
        _check_passes(node, change)
        return self.forward(reader, _after(node, change, self.kinds[value.name].shape))

    def _both_branches(self, value: fx.Node, change: ChannelMap) -> tuple[Edit, ...]:
        """a(u + w) + d = (a u + d) + a w: the shift goes to the branch that can take it."""
        if len(value.all_input_nodes) != 2:
            raise Stuck(f"{value.name} adds a value to itself")
        one, two = value.all_input_nodes
        scaled, moved = change.only_scale(), _branch(self.kinds[value.name], change)
        try:
            return (*self.backward(one, change, value), *self.backward(two, scaled, value))
        except Stuck as first:
            if not change.shifts:
                raise
            try:
                return (*self.backward(one, scaled, value), *self.backward(two, moved, value))
            except Stuck:
                raise first from None

    def _slices(self, value: fx.Node, change: ChannelMap) -> tuple[Edit, ...]:
        parts = _parts(value)
        if len(set(parts)) < len(parts):
            raise Stuck(f"{value.name} joins a value to itself")
        edits: list[Edit] = []
        start = 0
        for part in parts:
            stop = start + self.kinds[part.name].shape[0]
            edits.extend(self.backward(part, change.part(start, stop), value))
            start = stop
        return tuple(edits)

    def _widened(self, joined: fx.Node, value: fx.Node, change: ChannelMap) -> ChannelMap:
        """The map of the concatenation: `change` on the slices of `value`, nothing on the others."""
        scales, shifts = [], []
        for part in _parts(joined):
            channels = self.kinds[part.name].shape[0]
            same = part is value
            scales.append(change.scale if same else torch.ones(channels, dtype=torch.float64))
            shifts.append(change.shift if same else torch.zeros(channels, dtype=torch.float64))
        return ChannelMap(torch.cat(scales), torch.cat(shifts))


_PASSING = (*_FREE, "flatten", "pad", *_AVERAGES, *_MAXIMA, *_HOMOGENEOUS)


def _branch(node: GraphNode, change: ChannelMap) -> ChannelMap:
    """The map as the second operand of a sum, or of a difference, takes it: the shift of u - w is minus that of w."""
    return change if node.kind == "add" else ChannelMap(change.scale, -change.shift)


def _readers(value: fx.Node) -> list[fx.Node]:
    """The nodes that read the numbers of `value`, not only its shape."""
    return [user for user in value.users if not _reads_shape(user)]


def _reads_shape(user: fx.Node) -> bool:
    if user.op == "call_method":
        return user.target in _SHAPE_READERS
    return user.op == "call_function" and user.target is getattr and user.args[1] in _SHAPE_READERS


def _parts(joined: fx.Node) -> list[fx.Node]:
    listed: Any = joined.args[0] if joined.args else joined.kwargs.get("tensors", ())
    return [part for part in listed if isinstance(part, fx.Node)]


def _called(node: GraphNode) -> str:
    return f"{node.kind} ({node.detail})" if node.detail else node.kind


def _check_passes(node: GraphNode, change: ChannelMap) -> None:
    if node.kind in _AVERAGES and change.shifts and not _averages_to_one(node):
        raise Stuck(
            f"{node.name} averages with weights that do not sum to one (zeros at the border, or another divisor)"
        )
    if node.kind == "mean" and 1 in node.args["dims"]:
        raise Stuck(f"{node.name} is a mean over the channels")
    if node.kind == "pad" and change.shifts and any(node.args["widths"]):
        raise Stuck(f"{node.name} pads with zeros")
    if node.kind == "pad" and any(node.args["channels"]):
        raise Stuck(f"{node.name} adds channels of zeros")
    negative = bool((change.scale < 0).any())
    if node.kind in _MAXIMA and negative:
        raise Stuck(f"{node.name} is {node.kind}, and some channels have a negative scale")
    if node.kind in _HOMOGENEOUS and (negative or change.shifts):
        raise Stuck(f"{node.name} is {node.kind}, no affine layer; only a positive scale without a shift may pass it")


def _averages_to_one(node: GraphNode) -> bool:
    if node.kind != "avgpool_map":
        return not any(node.args.get("padding", ()))
    return all(
        isclose((bottom - top) * rows * (right - left) * columns, 1.0, rel_tol=1e-12)
        for top, bottom, rows in node.args["rows"]
        for left, right, columns in node.args["columns"]
    )


def _after(node: GraphNode, change: ChannelMap, source: tuple[int, ...]) -> ChannelMap:
    """The map behind `node`: flattening gives each channel as many places as it had pixels."""
    if node.kind != "flatten":
        return change
    pixels = prod(source[1:])
    return ChannelMap(change.scale.repeat_interleave(pixels), change.shift.repeat_interleave(pixels))


def _before(node: GraphNode, change: ChannelMap, source: tuple[int, ...]) -> ChannelMap:
    """The map in front of `node`; one for each flattened place has to be the same over each channel."""
    if node.kind != "flatten":
        return change
    scale, shift = change.scale.reshape(source[0], -1), change.shift.reshape(source[0], -1)
    if bool((scale != scale[:, :1]).any()) or bool((shift != shift[:, :1]).any()):
        raise Stuck(f"{node.name} flattens a channel whose pixels have scales of their own")
    return ChannelMap(scale[:, 0], shift[:, 0])
