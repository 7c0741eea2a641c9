"""What the steps of a model give, side by side with those of its rewrite: to follow it, and to name the first that differs."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, fx, nn

from spikewright.compress.graph.observe import Observer
from spikewright.compress.quantisers.sides import STAIRCASES

Agree = Callable[[Tensor, Tensor], bool]
"""agree(truth, found): equal within rounding."""
Wanted = Callable[[nn.Module | None], bool]
"""Whether a step is recorded, by its module (None for a function)."""
Step = tuple[Tensor | None, Tensor]
"""What enters a step first, if a tensor, and what leaves it."""
_FINE = 1 << 20
"""Levels from which a staircase is a slope."""
_SEED = 20_210


@dataclass
class Recording:
    """`steps[key]`: the key is the name of a node, or of a model that was not traced the path of a module and which call of it,
    as in "features.0#1"."""

    outputs: tuple[Tensor, ...] = ()
    steps: dict[str, Step] = field(default_factory=dict)


def _never(_: Tensor, __: Tensor) -> bool:
    return False


def is_staircase(module: nn.Module | None) -> bool:
    """True for an activation of so few levels that rounding may take the neighbouring one."""
    return isinstance(module, STAIRCASES) and module.levels < _FINE


def record(model: nn.Module, inputs: Tensor, wanted: Wanted) -> Recording:
    """Run `model` on `inputs (n, ...)` and keep the steps that are wanted. Raises whatever the model raises."""
    with torch.no_grad(), _seeded():
        if isinstance(model, fx.GraphModule):
            return _followed(model, inputs, wanted, Recording(), _never)
        with _hooked(model, wanted) as kept:
            kept.outputs = _tensors(model(inputs.clone()))
            return kept


def replayed(model: fx.GraphModule, inputs: Tensor, truth: Recording, agree: Agree, wanted: Wanted) -> Recording:
    """Run the rewrite; where a staircase gets what it got in `truth`, it goes on with what it gave there."""
    with torch.no_grad(), _seeded():
        return _followed(model, inputs, wanted, truth, agree)


def blamed(model: fx.GraphModule, truth: Recording, found: Recording, agree: Agree) -> str:
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


def _followed(model: fx.GraphModule, inputs: Tensor, wanted: Wanted, truth: Recording, agree: Agree) -> Recording:
    """The outputs and the wanted steps of a run in which a staircase that gets what it got in `truth` gives what it gave."""
    kept, calls = Recording(), _calls(model)

    def module_of(node: fx.Node) -> nn.Module | None:
        return model.get_submodule(str(node.target)) if node.op == "call_module" else None

    def keep(node: fx.Node, entered: Tensor | None, value: Any) -> Any:
        if isinstance(value, Tensor):
            known = _known(truth, node, calls) if is_staircase(module_of(node)) else None
            value = _settled(known, entered, value, agree)
            kept.steps[node.name] = entered, value.clone()
        return value

    observer = Observer(model, keep, lambda node: wanted(module_of(node)), entering=True)
    kept.outputs = _tensors(observer.run(inputs.clone()))
    return kept


def _settled(known: Step | None, entered: Tensor | None, value: Tensor, agree: Agree) -> Tensor:
    """What a staircase goes on with: the value that is known for what entered it, else its own."""
    if known is None or known[0] is None or entered is None or known[0].shape != entered.shape:
        return value
    return known[1].clone() if agree(known[0], entered) else value


def _calls(model: fx.GraphModule) -> Mapping[fx.Node, str]:
    """For each call of a module its path, and which call of it that is."""
    counts: Counter[str] = Counter()
    keys = {}
    for node in model.graph.nodes:
        if node.op == "call_module":
            keys[node] = f"{node.target}#{counts[str(node.target)]}"
            counts[str(node.target)] += 1
    return keys


def _known(truth: Recording, node: fx.Node, calls: Mapping[fx.Node, str]) -> Step | None:
    return truth.steps.get(node.name, truth.steps.get(calls.get(node, "")))


@contextmanager
def _hooked(model: nn.Module, wanted: Wanted) -> Iterator[Recording]:
    """A record that the calls of the submodules of `model` fill while they are made."""
    kept, counts = Recording(), Counter[str]()

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
