"""What the steps of a model give, side by side with those of its rewrite: to follow it, and to name the first that differs."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, fx, nn

from spikewright.compress.quantisers.integers import QuantReLU

Agree = Callable[[Tensor, Tensor], bool]
"""agree(truth, found): equal within rounding."""
Wanted = Callable[[nn.Module | None], bool]
"""Whether a step is recorded, by its module (None for a function)."""
_FINE = 1 << 20
"""Levels from which a staircase is a slope."""
_SEED = 20_210


@dataclass
class Record:
    """`steps[key]`: what enters a step first, if a tensor, and what leaves it; the key is a node's name, or path#call."""

    outputs: tuple[Tensor, ...] = ()
    steps: dict[str, tuple[Tensor | None, Tensor]] = field(default_factory=dict)


def _never(_: Tensor, __: Tensor) -> bool:
    return False


def is_staircase(module: nn.Module | None) -> bool:
    """True for an activation of so few levels that rounding may take the neighbouring one."""
    return isinstance(module, QuantReLU) and module.levels < _FINE


def record(model: nn.Module, inputs: Tensor, wanted: Wanted) -> Record:
    """Run `model` on `inputs (n, ...)` and keep the steps that are wanted. Raises whatever the model raises."""
    with torch.no_grad(), _seeded():
        if isinstance(model, fx.GraphModule):
            return _Follower(model, wanted, None, _never).follow(inputs)
        with _hooked(model, wanted) as kept:
            kept.outputs = _tensors(model(inputs.clone()))
            return kept


def replayed(model: fx.GraphModule, inputs: Tensor, truth: Record, agree: Agree, wanted: Wanted) -> Record:
    """Run the rewrite; where a staircase gets what it got in `truth`, it goes on with what it gave there."""
    with torch.no_grad(), _seeded():
        return _Follower(model, wanted, truth, agree).follow(inputs)


def blamed(model: fx.GraphModule, truth: Record, found: Record, agree: Agree) -> str:
    """The first step on the way to the output that differs though nothing that enters it does, by name and kind."""
    calls, differs = _calls(model), dict[fx.Node, bool]()
    for node in model.graph.nodes:
        before = any(differs[source] for source in node.all_input_nodes)
        one, other = _known(truth, node, calls), found.steps.get(node.name)
        comparable = one is not None and other is not None and one[1].shape == other[1].shape
        differs[node] = not agree(one[1], other[1]) if one and other and comparable else before
    node = next(node for node in model.graph.nodes if node.op == "output")
    while (later := next((source for source in node.all_input_nodes if differs[source]), None)) is not None:
        node = later
    return named(model, node)


def named(model: nn.Module, node: fx.Node) -> str:
    """A step in words: its layer's path and kind, or the node and its function."""
    if node.op == "output":
        return "the output"
    if node.op == "call_module":
        return f"{node.target} ({type(model.get_submodule(str(node.target))).__name__})"
    return f"{node.name} ({getattr(node.target, '__name__', node.target)})"


class _Follower(fx.Interpreter):
    """Runs a graph; keeps the steps that are wanted, and follows an earlier record where there is one."""

    def __init__(self, model: fx.GraphModule, wanted: Wanted, truth: Record | None, agree: Agree) -> None:
        super().__init__(model)
        self.wanted, self.truth, self.agree, self.kept = wanted, truth, agree, Record()
        self.calls = _calls(model)

    def follow(self, inputs: Tensor) -> Record:
        """The outputs, and the steps that were kept."""
        self.kept.outputs = _tensors(self.run(inputs.clone()))
        return self.kept

    def run_node(self, n: fx.Node) -> Any:
        module = self.module.get_submodule(str(n.target)) if n.op == "call_module" else None
        wanted = self.wanted(module)
        first = self.env.get(n.all_input_nodes[0]) if wanted and n.all_input_nodes else None
        first = first.clone() if isinstance(first, Tensor) else None  # what comes later may overwrite it
        value = super().run_node(n)
        if wanted and isinstance(value, Tensor):
            value = self._followed(n, first, value) if is_staircase(module) else value
            self.kept.steps[n.name] = first, value.clone()
        return value

    def _followed(self, node: fx.Node, entered: Tensor | None, value: Tensor) -> Tensor:
        known = None if self.truth is None else _known(self.truth, node, self.calls)
        if known is None or known[0] is None or entered is None or known[0].shape != entered.shape:
            return value
        return known[1].clone() if self.agree(known[0], entered) else value


def _calls(model: fx.GraphModule) -> Mapping[fx.Node, str]:
    """For each call of a module its path, and which call of it that is."""
    counts: Counter[str] = Counter()
    keys = {}
    for node in model.graph.nodes:
        if node.op == "call_module":
            keys[node] = f"{node.target}#{counts[str(node.target)]}"
            counts[str(node.target)] += 1
    return keys


def _known(truth: Record, node: fx.Node, calls: Mapping[fx.Node, str]) -> tuple[Tensor | None, Tensor] | None:
    return truth.steps.get(node.name, truth.steps.get(calls.get(node, "")))


@contextmanager
def _hooked(model: nn.Module, wanted: Wanted) -> Iterator[Record]:
    """A record that the calls of the submodules of `model` fill while they are made."""
    kept, counts = Record(), Counter[str]()

    def keep(path: str, entered: Any, value: Any) -> None:
        if isinstance(value, Tensor):
            first = next((one for one in entered if isinstance(one, Tensor)), None)
            kept.steps[f"{path}#{counts[path]}"] = None if first is None else first.clone(), value.clone()
        counts[path] += 1

    handles = [
        module.register_forward_hook(lambda _, entered, value, path=path: keep(path, entered, value))
        for path, module in model.named_modules()
        if path and wanted(module)
    ]
    try:
        yield kept
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _seeded() -> Iterator[None]:
    """Layers that draw, such as a dropout that stays on, draw the same on both sides."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        yield


def _tensors(value: Any) -> tuple[Tensor, ...]:
    """All tensors in what a model gives, in order."""
    if isinstance(value, Tensor):
        return (value,)
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple | list) else ()
    return tuple(one for part in parts for one in _tensors(part))
