"""One list of steps, whatever it was read from, and the fx.GraphModule of torch.nn layers that it becomes."""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import torch
from torch import fx, nn
from torch.func import functional_call

from compress.imports.errors import Damaged

_MOST_VALUES = 1 << 28
_BIASED = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.Linear)


@dataclass(frozen=True, eq=False)
class Flow:
    """A value that depends on the input: the step that makes it, and its shape without the batch.

    Files that keep channels last are read with channels first. `axes[i]` is then the axis of the value here that is axis
    i in the file (batch included), and, once flattened, `order[j]` the place here of number j in the file.
    """

    name: str
    shape: tuple[int, ...]
    axes: tuple[int, ...] | None = None
    order: torch.Tensor | None = None

    @property
    def rank(self) -> int:
        """The number of dimensions with the batch."""
        return len(self.shape) + 1


@dataclass
class Step:
    """A layer, or a function of flows, constants and numbers."""

    name: str
    call: nn.Module | Callable[..., Any]
    args: tuple[Any, ...]
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def sources(self) -> list[str]:
        """The steps that it reads."""
        listed = [one for arg in self.args for one in (arg if isinstance(arg, list) else [arg])]
        return [one.name for one in listed if isinstance(one, Flow)]


class Builder:
    """Collects steps and their shapes; `finish` makes the module."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._taken: set[str] = set()

    def input(self, name: str, shape: tuple[int, ...]) -> Flow:
        """The input of the network, a batch of `shape`."""
        self._check_size(shape)
        return Flow(self._fresh(name), shape)

    def layer(self, name: str, module: nn.Module, source: Flow) -> Flow:
        """`module` on `source`. Raises Damaged when it does not take that shape."""
        meta = {key: value.to("meta") for key, value in [*module.named_parameters(), *module.named_buffers()]}
        result = self._tried(lambda: functional_call(module.eval(), meta, (_meta(source),)))
        flow = Flow(self._fresh(name), self._shape(result), source.axes, source.order)
        self.steps.append(Step(flow.name, module, (source,)))
        return flow

    def call(self, name: str, function: Callable[..., Any], *args: Any, **settings: Any) -> Flow:
        """`function` of flows (also in lists), tensors and numbers. Raises Damaged when they do not fit."""
        flows = [one for arg in args for one in (arg if isinstance(arg, list) else [arg]) if isinstance(one, Flow)]
        result = self._tried(lambda: function(*[_meta(arg) for arg in args], **settings))
        flow = Flow(self._fresh(name), self._shape(result), flows[0].axes, flows[0].order)
        self.steps.append(Step(flow.name, function, args, settings))
        return flow

    def finish(self, start: Flow, answer: Flow) -> fx.GraphModule:
        """The executable module, in evaluation mode: constants added to a layer's output are put into its bias."""
        used = _needed(self.steps, answer)
        steps, answer = _merge_biases([step for step in self.steps if step.name in used], answer)
        graph, holder = fx.Graph(), nn.Module()
        nodes = {start.name: graph.placeholder(start.name)}
        for step in steps:
            nodes[step.name] = _node(graph, holder, step, nodes)
        graph.output(nodes[answer.name])
        graph.lint()
        return fx.GraphModule(holder, graph, "Imported").eval()

    def _fresh(self, name: str) -> str:
        base = re.sub(r"\W+", "_", name).strip("_") or "value"
        base = f"n{base}" if base[0].isdigit() else base
        number, fresh = 1, base
        while fresh in self._taken or hasattr(nn.Module, fresh):
            number, fresh = number + 1, f"{base}_{number}"
        self._taken.add(fresh)
        return fresh

    def _tried(self, run: Callable[[], Any]) -> torch.Tensor:
        try:
            with torch.no_grad():
                result = run()
        except Exception as error:  # whatever torch raises for shapes and settings that do not fit
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise Damaged(f"its shapes or settings do not fit: {first[:200]}") from error
        if not isinstance(result, torch.Tensor) or result.ndim < 2 or result.shape[0] != 2:
            raise Damaged("its result does not keep the batch as dimension 0")
        return result

    def _shape(self, result: torch.Tensor) -> tuple[int, ...]:
        shape = tuple(result.shape[1:])
        self._check_size(shape)
        return shape

    def _check_size(self, shape: tuple[int, ...]) -> None:
        if not 0 < prod(shape) <= _MOST_VALUES:
            raise Damaged(f"a value of shape {shape}, with {prod(shape):,} numbers for one image")


def _meta(value: Any) -> Any:
    """A stand-in without numbers, for a batch of two."""
    if isinstance(value, list):
        return [_meta(one) for one in value]
    if isinstance(value, Flow):
        return torch.empty(2, *value.shape, device="meta")
    return value.to("meta") if isinstance(value, torch.Tensor) else value


def _needed(steps: Sequence[Step], answer: Flow) -> set[str]:
    needed = {answer.name}
    for step in reversed(steps):
        if step.name in needed:
            needed.update(step.sources)
    return needed


def _node(graph: fx.Graph, holder: nn.Module, step: Step, nodes: dict[str, fx.Node]) -> fx.Node:
    if isinstance(step.call, nn.Module):
        holder.add_module(step.name, step.call)
        return graph.call_module(step.name, (nodes[step.args[0].name],))

    def loaded(value: Any) -> Any:
        if isinstance(value, list):
            return [loaded(one) for one in value]
        if isinstance(value, Flow):
            return nodes[value.name]
        if not isinstance(value, torch.Tensor):
            return value
        name = f"{step.name}_constant"
        holder.register_buffer(name, value)
        return graph.get_attr(name)

    return graph.call_function(step.call, tuple(loaded(arg) for arg in step.args), step.settings)


def _merge_biases(steps: list[Step], answer: Flow) -> tuple[list[Step], Flow]:
    """layer(x) + constant for each channel is a layer with a bias, where nobody else reads layer(x)."""
    readers = [source for step in steps for source in step.sources] + [answer.name]
    by_name = {step.name: step for step in steps}
    moved: dict[str, str] = {}
    kept: list[Step] = []
    for step in steps:
        step.args = tuple(_moved(arg, moved) for arg in step.args)
        source = by_name.get(step.sources[0]) if len(step.sources) == 1 else None
        if source is not None and readers.count(source.name) == 1 and _into_bias(step, source):
            moved[step.name] = source.name
            readers = [source.name if one == step.name else one for one in readers if one != source.name]
        else:
            kept.append(step)
    return kept, _moved(answer, moved)


def _moved(value: Any, moved: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_moved(one, moved) for one in value]
    return replace(value, name=moved.get(value.name, value.name)) if isinstance(value, Flow) else value


def _into_bias(step: Step, source: Step) -> bool:
    layer: Any = source.call
    if step.call is not operator.add or not isinstance(layer, _BIASED):
        return False
    constant = torch.as_tensor(next(arg for arg in step.args if not isinstance(arg, Flow)))
    channels = layer.out_features if isinstance(layer, nn.Linear) else layer.out_channels
    pixels = 0 if isinstance(layer, nn.Linear) else len(layer.kernel_size)
    lead = constant.reshape((1,) * (2 + pixels - constant.ndim) + tuple(constant.shape))
    if constant.ndim > 2 + pixels or lead.shape[1] not in (1, channels) or lead.numel() != lead.shape[1]:
        return False
    with torch.no_grad():
        added = lead.reshape(-1).to(layer.weight.dtype).expand(channels)
        layer.bias = nn.Parameter(added.clone() if layer.bias is None else layer.bias + added)
    return True
