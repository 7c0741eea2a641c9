"""Sizes of a graph that is being traced: what a node is for two batches that are run, and for a third one in proportion."""

import operator
from typing import Any

import torch
from torch import fx, nn

from spikewright.compress.graph.performing import performed

BATCHES = (2, 3)
"""The batch sizes that are run."""
_THOUGHT = 1_000_003
"""A third one, for which sizes are only computed: b // 2 is 1 for both of the others."""
ATTRIBUTES = ("shape", "ndim", "dtype", "device", "is_cuda", "is_sparse", "is_quantized")
"""What says how large a value is, of which type, and where."""
SYMBOLIC = (torch.dtype, torch.device)
"""What stays in the graph though it is known: it also runs in float64 and elsewhere."""
_READS = ("size", "dim", "ndimension", "numel", "nelement", "is_contiguous", "is_floating_point", "is_complex")
_COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)
_ARITHMETIC = (
    *_COMPARISONS,
    *(operator.add, operator.sub, operator.mul, operator.floordiv, operator.truediv, operator.mod, operator.neg),
    *(operator.pow, operator.getitem, getattr),
)
_KNOWN = (bool, int, float, str, tuple, *SYMBOLIC)


class BatchSizes:
    """The sizes of a graph of `model` that grows.

    `sample (1, ...)`: what is run; with None nothing is a size. `runs_now`: whether values are being computed, not recorded.
    """

    def __init__(self, model: nn.Module, sample: torch.Tensor | None) -> None:
        self.model, self.sample, self.runs_now = model, sample, False
        self._runs: tuple[dict[fx.Node, Any], ...] = ({}, {})
        self._sizes: dict[fx.Node, tuple[Any, ...]] = {}

    def __contains__(self, node: fx.Node) -> bool:
        """Whether a node is a size, a type of numbers or a device."""
        return node in self._sizes

    def add(self, node: fx.Node) -> tuple[Any, ...] | None:
        """A size for each batch, those that were run and one that was not; None for what is no size."""
        values = None if self.sample is None else self._size(node)
        if values is not None:
            self._sizes[node] = values
        return values

    def forget(self, node: fx.Node) -> None:
        """A node that leaves the graph."""
        self._sizes.pop(node, None)

    def judges_the_batch(self, node: fx.Node) -> bool:
        """A comparison of the batch with a number, which other batches may answer in another way."""
        varies = any(differ(self._sizes[one]) for one in node.all_input_nodes if one in self._sizes)
        return node.target in _COMPARISONS and varies and not all(isinstance(one, fx.Node) for one in node.args)

    def _size(self, node: fx.Node) -> tuple[Any, ...] | None:
        sources = node.all_input_nodes
        reads = node.op == "call_method" and node.target in _READS and len(sources) == 1
        reads = reads or (node.op == "call_function" and node.target is getattr and node.args[1] in ATTRIBUTES)
        if reads:
            two, three = (self._value(run, node) for run in range(len(BATCHES)))
            return None if two is None or three is None else (two, three, _extended(two, three))
        if node.op != "call_function" or not sources or any(source not in self._sizes for source in sources):
            return None
        values = tuple(self._of_sizes(node, place) for place in range(len(BATCHES) + 1))
        return values if all(isinstance(value, _KNOWN) for value in values) else None

    def _of_sizes(self, node: fx.Node, place: int) -> Any:
        if node.target not in _ARITHMETIC:
            return None
        try:
            return performed(self.model, node, lambda one: self._sizes[one][place])
        except (ArithmeticError, TypeError, ValueError, IndexError):
            return None

    def _value(self, run: int, node: fx.Node) -> Any:
        """What a node is for one batch; None when the sample does not go through, which running the graph will tell."""
        known = self._runs[run]
        for step in node.graph.nodes:
            if step not in known:
                known[step] = self._evaluated(step, known, BATCHES[run])
        return known.get(node)

    def _evaluated(self, node: fx.Node, known: dict[fx.Node, Any], batch: int) -> Any:
        if node.op == "placeholder":
            sample = self.sample
            return None if sample is None else sample[:1].expand(batch, *sample.shape[1:]).clone()
        self.runs_now = True
        try:
            with torch.no_grad():
                value = performed(self.model, node, known.get)
            return value.detach().clone() if node.op == "get_attr" and isinstance(value, torch.Tensor) else value
        except Exception:  # whatever the user's own functions raise for a sample that does not fit
            return None
        finally:
            self.runs_now = False


def differ(values: tuple[Any, ...]) -> bool:
    """Whether a size is not the same for all batches."""
    return any(value != values[0] for value in values)


def _extended(two: Any, three: Any) -> Any:
    """A size for the batch that was not run: sizes grow in proportion."""
    if isinstance(two, tuple):
        return tuple(_extended(*pair) for pair in zip(two, three, strict=False))
    if isinstance(two, (bool, *SYMBOLIC)):
        return two
    return two + (three - two) * (_THOUGHT - BATCHES[0])
