"""The steps of an imported network, with their shapes, and the fx.GraphModule of torch.nn layers that they become."""

import re
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import torch
from torch import fx, nn
from torch.func import functional_call
from torch.fx.node import map_aggregate

from spikewright.compress.imports.errors import Damaged, Unsupported, first_line
from spikewright.compress.imports.layers import filled
from spikewright.compress.imports.merging import merged
from spikewright.compress.imports.steps import ImportedStep, ImportedValue, values_in, with_values

_MOST_VALUES = 1 << 28
Fresh = Callable[[str], str]
"""A name that nothing else has, near to a given one."""


class Builder:
    """Collects steps and their shapes; `finish` makes the module, whose layers keep dotted names where `paths` says so."""

    def __init__(self, *, paths: bool = False) -> None:
        self.steps: list[ImportedStep] = []
        self.start: ImportedValue | None = None
        self._keeps_paths, self._paths = paths, dict[str, str]()
        self._taken: set[str] = set()

    def input(self, name: str, shape: tuple[int, ...]) -> ImportedValue:
        """The input of the network, a batch of `shape`."""
        self._check_size(shape)
        self.start = ImportedValue(self._fresh(name), shape)
        return self.start

    def layer(self, name: str, module: nn.Module, source: ImportedValue) -> ImportedValue:
        """`module` on `source`. Raises Damaged when it does not take that shape."""
        meta = {key: value.to("meta") for key, value in [*module.named_parameters(), *module.named_buffers()]}
        result = self._tried(lambda: functional_call(module.eval(), meta, (_meta(source),)))
        value = ImportedValue(self._fresh(name), self._shape(result), source.axes, source.order)
        self.steps.append(ImportedStep(value.name, module, (source,)))
        if self._keeps_paths and name not in self._paths.values():
            self._paths[value.name] = name
        return value

    def call(self, name: str, function: Callable[..., Any] | str, *args: Any, **settings: Any) -> ImportedValue:
        """`function` of values (also in lists), tensors and numbers, or the method of that name of the first.

        Raises Damaged when they do not fit.
        """
        first = values_in(args)[0]
        run = getattr(torch.Tensor, function) if isinstance(function, str) else function
        result = self._tried(lambda: run(*_meta(args), **settings))
        value = ImportedValue(self._fresh(name), self._shape(result), first.axes, first.order)
        self.steps.append(ImportedStep(value.name, function, args, settings))
        return value

    def filled(self, name: str, shape: tuple[int, ...], value: float) -> ImportedValue:
        """A value of `shape` that is the same number everywhere and for every image."""
        return self.call(name, filled, self.start, shape=shape, fill_value=value)

    def in_file_order(self, name: str, value: ImportedValue) -> ImportedValue:
        """`value` with its numbers where the file has them: moved there by a step, where they lie elsewhere here."""
        if value.channels_first:
            return value
        plain = ImportedValue(value.name, value.shape)
        if value.axes is not None:
            return self.call(f"{name}_order", torch.permute, plain, value.axes)
        return self.call(f"{name}_order", torch.index_select, plain, 1, value.order)

    def finish(self, start: ImportedValue, answer: Any) -> fx.GraphModule:
        """The executable module, in evaluation mode: constants added to a layer's output are put into its bias.

        `answer`: a value, or a tuple or dict of values.
        """
        used = _needed(self.steps, answer)
        steps, answer = merged([step for step in self.steps if step.name in used], answer)
        graph, holder = fx.Graph(), nn.Module()
        nodes = {start.name: graph.placeholder(start.name)}
        for step in steps:
            nodes[step.name] = _node(graph, holder, step, nodes, self._paths.get(step.name, step.name), self._fresh)
        graph.output(with_values(answer, lambda value: nodes[value.name]))
        graph.lint()
        return fx.GraphModule(holder, graph, "Imported").eval()

    def _fresh(self, name: str) -> str:
        """`name` as an attribute of a module that nothing else has."""
        base = re.sub(r"\W+", "_", name).strip("_") or "value"
        base = f"n{base}" if base[0].isdigit() else base
        number, fresh = 1, base
        while fresh in self._taken or hasattr(nn.Module, fresh):
            number, fresh = number + 1, f"{base}_{number}"
        self._taken.add(fresh)
        return fresh

    def _tried(self, run: Callable[[], Any]) -> torch.Tensor:
        """What `run` gives for a batch of two without numbers."""
        try:
            with torch.no_grad():
                result = run()
        except Exception as error:  # whatever torch raises for shapes and settings that do not fit
            raise Damaged(f"its shapes or settings do not fit: {first_line(error)}") from error
        if not isinstance(result, torch.Tensor) or result.ndim < 2 or result.shape[0] != 2:
            raise Unsupported("a result that does not keep the batch and an axis behind it", "images in dimension 0")
        return result

    def _shape(self, result: torch.Tensor) -> tuple[int, ...]:
        """The shape of one image's part."""
        shape = tuple(result.shape[1:])
        self._check_size(shape)
        return shape

    def _check_size(self, shape: tuple[int, ...]) -> None:
        if not 0 < prod(shape) <= _MOST_VALUES:
            raise Damaged(f"a value of shape {shape}, with {prod(shape):,} numbers for one image")


def _meta(arguments: Any) -> Any:
    """Stand-ins without numbers, for a batch of two."""
    whole = with_values(arguments, lambda value: torch.empty(2, *value.shape, device="meta"))
    return map_aggregate(whole, lambda one: one.to("meta") if isinstance(one, torch.Tensor) else one)


def _needed(steps: Sequence[ImportedStep], answer: Any) -> set[str]:
    """The steps that the answer, or each value in it, depends on."""
    needed = {value.name for value in values_in(answer)}
    for step in reversed(steps):
        if step.name in needed:
            needed.update(step.sources)
    return needed


def _node(
    graph: fx.Graph, holder: nn.Module, step: ImportedStep, nodes: dict[str, fx.Node], path: str, fresh: Fresh
) -> fx.Node:
    """The node of a step; its layer lies at `path` in `holder`, its constants become buffers there."""
    if isinstance(step.call, nn.Module):
        placed = _place(holder, path, step.name, step.call)
        return graph.call_module(placed, (nodes[step.args[0].name],))

    def loaded(one: Any) -> Any:
        """Constants are buffers named after the step."""
        if not isinstance(one, torch.Tensor):
            return one
        name = fresh(f"{step.name}_constant")
        holder.register_buffer(name, one)
        return graph.get_attr(name)

    arguments = map_aggregate(with_values(step.args, lambda value: nodes[value.name]), loaded)
    if isinstance(step.call, str):
        return graph.call_method(step.call, arguments, step.settings)
    return graph.call_function(step.call, arguments, step.settings)


def _place(holder: nn.Module, path: str, name: str, layer: nn.Module) -> str:
    """Put a layer at `path`, or side by side with the others as `name` where another layer lies on the way; where it is."""
    *outer, last = path.split(".")
    place = holder
    for part in outer:
        if part not in place._modules:
            place.add_module(part, nn.Module())
        place = place.get_submodule(part)
        if type(place) is not nn.Module:
            break
    if not last or type(place) is not nn.Module or hasattr(place, last):
        holder.add_module(name, layer)
        return name
    place.add_module(last, layer)
    return path
