"""A torch module of spiking layers, followed through one or many steps with torch.fx.

`follow(module, tool)` walks the traced graph with values that say where they come from (`module_values`). A layer of neurons
makes a `Call`; its n-th call is step n. So a module that does one step, one that loops over its steps, and one that is given
all steps at once are read alike.
"""

from collections import Counter
from typing import Any

import torch
from torch import Tensor, fx, nn

from spikewright import InvalidNetwork
from spikewright.snn.interop.module_chain import ModuleChain
from spikewright.snn.interop.module_functions import RULES, as_flow, maximum_of, pair
from spikewright.snn.interop.module_layers import step_of
from spikewright.snn.interop.module_values import INPUT, Call, Flow, Maximum, State, Term, Tool, words
from spikewright.snn.synapses import Shape, Windows, output_shape

PACKAGES = ("snntorch", "norse", "sinabs", "spikingjelly")


class Followed:
    """What a module does: the calls of its neurons, how many steps it does by itself (None: that is open), and its answer."""

    def __init__(self, module: nn.Module, tool: Tool, shape: Shape) -> None:
        self.module, self.tool, self.axes = module, tool, tool.axes(module)
        self.shapes: dict[str, Shape] = {INPUT: shape}
        self.calls: list[Call] = []
        self.repeats: int | None = None
        self.answer: Any = None
        self.counts: Counter[str] = Counter()

    def shape(self, flow: Flow) -> Shape:
        """The shape of a sum of terms, of the first one whose source has been met; a concatenation counts whole."""
        for source, _, ops in flow.terms:
            if source in self.shapes:
                chain = ModuleChain(source, self.shapes[source])
                shape = step_of(chain, ops).shape
                return (chain.part.total, *shape[1:]) if chain.part else shape
        raise InvalidNetwork("expected the input or other neurons to feed every layer of neurons, got nothing")

    def call(self, call: Call, shape: Shape) -> None:
        """Note a call of neurons of this shape."""
        self.shapes[call.name] = shape
        self.calls.append(call)

    def maximum(self, pool: Maximum, value: Any, name: str) -> Flow:
        """Max-pooling becomes neurons of its own, which fire where any neuron of their window does."""
        term = value.terms[0] if isinstance(value, Flow) and len(value.terms) == 1 else None
        if term is None or term.ops or term.step is None:
            raise InvalidNetwork(
                f"{name!r}: expected max-pooling right behind neurons, got it behind {words(value)}; "
                "a maximum of currents has no counterpart here, pool the spikes"
            )
        others = [
            call.name for call in self.calls if call.name.startswith(f"{term.source}.max") and call.module != pool
        ]
        own = f"{term.source}.max{len(set(others)) + 1 if others else ''}"
        call = Call(own, term.step, value, pool)
        if call not in self.calls:
            windows = Windows(pool.kernel, pool.stride, pool.padding)
            self.call(call, output_shape(windows, self.shapes[term.source]))
        return Flow((Term(own, term.step),))


def follow(module: nn.Module, tool: Tool, shape: Shape) -> Followed:
    """The calls of `module` for inputs of this `shape`. Raises InvalidNetwork naming what has no counterpart."""
    found = Followed(module, tool, shape)
    if tool.inside(module) is not None:
        found.answer = _Walk(found).container("", module, Flow((Term(INPUT, None),)), [])
        return found
    try:
        graph = _Tracer(tool).trace(module)
    except Exception as error:
        raise InvalidNetwork(
            f"expected a forward pass that torch.fx can follow, got {type(error).__name__}: {error}; "
            "try the module of one step, or a loop over a fixed number of steps"
        ) from error
    walk = _Walk(found)
    for node in graph.nodes:
        walk.visit(node)
    return found


class _Tracer(fx.Tracer):
    def __init__(self, tool: Tool) -> None:
        super().__init__()
        self.tool = tool

    def is_leaf_module(self, module: nn.Module, module_qualified_name: str) -> bool:
        """What the tool knows, all else that simulators bring, and torch's own layers."""
        foreign = type(module).__module__.split(".")[0] in PACKAGES
        return foreign or self.tool.is_neuron(module) or bool(super().is_leaf_module(module, module_qualified_name))


class _Walk:
    """The values of a graph's nodes, one node after another."""

    def __init__(self, found: Followed) -> None:
        self.found, self.tool = found, found.tool
        self.values: dict[str, Any] = {}

    def visit(self, node: fx.Node) -> None:
        """One node of the graph."""
        self.values[node.name] = getattr(self, f"_{node.op}")(node)

    def _resolved(self, argument: Any) -> Any:
        return fx.node.map_arg(argument, lambda item: self.values[item.name])

    def _placeholder(self, node: fx.Node) -> Any:
        if not any(isinstance(value, Flow) for value in self.values.values()):
            return Flow((Term(INPUT, None),))
        if node.args and node.args[0] is None:  # a state with the default None
            return None
        raise InvalidNetwork(f"expected one input, got {node.target!r} besides; give states the default None")

    def _get_attr(self, node: fx.Node) -> Any:
        value: Any = self.found.module
        for part in str(node.target).split("."):
            value = getattr(value, part)
        return value

    def _output(self, node: fx.Node) -> None:
        self.found.answer = self._resolved(node.args[0])

    def _call_module(self, node: fx.Node) -> Any:
        module = self.found.module.get_submodule(str(node.target))
        value, *states = self._resolved(node.args)
        return self._apply(str(node.target), module, value, [*states, *self._resolved(node.kwargs).values()])

    def _apply(self, name: str, module: nn.Module, value: Any, states: list[Any]) -> Any:
        """A module on a value; `states` are those it is given."""
        try:
            value = as_flow(value)
        except InvalidNetwork as error:
            raise InvalidNetwork(f"{name!r}: {error}") from error
        inside = self.tool.inside(module)
        if self.tool.is_neuron(module):
            return self._fire(name, module, value, states)
        if inside is not None:
            return self.container(name, module, value, states)
        if not self.tool.is_layer(module):
            raise InvalidNetwork(
                f"{name!r}: {self.tool.name}'s {type(module).__name__} has no counterpart: {self.tool.refusal(module)}"
            )
        if isinstance(module, nn.MaxPool1d | nn.MaxPool2d):
            return self.found.maximum(_geometry(name, module), value, name)
        return value.through(module, name)

    def _fire(self, name: str, module: nn.Module, value: Flow, states: list[Any]) -> Any:
        step = self._next(name, states)
        shapes = self.found.shapes
        self.found.call(Call(name, step, value, module), shapes[name] if name in shapes else self.found.shape(value))
        spikes = Flow((Term(name, step),))
        return (spikes, State(name, step)) if self.tool.hands_back_state(module) else spikes

    def container(self, name: str, module: nn.Module, value: Flow, states: list[Any]) -> Any:
        """The modules of a container one after another, each with its own last state."""
        step, made = self._next(name, states), value
        for key, child in (self.tool.inside(module) or {}).items():
            path = f"{name}.{key}" if name else key
            before = State(path, self.found.counts[path] - 1) if self.found.counts[path] else None
            made = self._apply(path, child, made, [before] if self.tool.hands_back_state(child) else [])
            made = made if isinstance(made, Flow) else made[0]
        return (made, State(name, step)) if self.tool.hands_back_state(module) else made

    def _next(self, name: str, states: list[Any]) -> int:
        """The step of this call, once its states are seen to be those that the last one handed back."""
        step = self.found.counts[name]
        self.found.counts[name] += 1
        for state in states:
            nothing = state is None or (isinstance(state, Tensor) and not bool(torch.any(state != 0)))
            own = state in (State(name, step - 1), Flow((Term(name, step - 1),)))
            if not (own if step else nothing):
                wanted = f"its own state after step {step - 1}" if step else "no state in the first step"
                raise InvalidNetwork(f"{name!r}: expected {wanted}, got {words(state)}")
        return step

    def _call_function(self, node: fx.Node) -> Any:
        return self._called(getattr(node.target, "__name__", str(node.target)), node)

    _call_method = _call_function

    def _called(self, name: str, node: fx.Node) -> Any:
        rule = RULES.get(name)
        if rule is None:
            raise InvalidNetwork(f"node {node.name!r}: {name}() has no counterpart between layers of neurons")
        try:
            return rule(self.found, *self._resolved(node.args), **self._resolved(node.kwargs))
        except TypeError as error:
            raise InvalidNetwork(
                f"node {node.name!r}: {name}() with arguments that are not known here: {error}"
            ) from error
        except InvalidNetwork as error:
            raise InvalidNetwork(f"node {node.name!r}: {error}") from error


def _geometry(name: str, module: nn.MaxPool1d | nn.MaxPool2d) -> Maximum:
    if module.ceil_mode or module.return_indices or pair(module.dilation) != (1, 1):
        raise InvalidNetwork(f"{name!r}: expected max-pooling without ceil_mode, indices and dilation")
    axes = 1 if isinstance(module, nn.MaxPool1d) else 2
    return maximum_of(axes, module.kernel_size, module.stride, module.padding)
