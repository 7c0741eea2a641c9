"""A torch module of spiking layers, followed through one or many steps with torch.fx.

`follow(module, library, shape)` walks the traced graph with values that say where they come from (`values`). Every call of a
layer of neurons is noted; its n-th call is step n. So a module that does one step, one that loops over its steps, and one that
is given all steps at once are read alike.
"""

from typing import Any

import torch
from torch import Tensor, fx, nn

from spikewright import InvalidNetwork
from spikewright.snn.interop.modules.found import FoundCalls, NeuronCall
from spikewright.snn.interop.modules.functions import FUNCTIONS
from spikewright.snn.interop.modules.libraries import SpikingLibrary
from spikewright.snn.interop.modules.maxima import maximum_of_layer
from spikewright.snn.interop.modules.values import INPUT, SpikeFlow, SpikeTerm, State, as_flow, words
from spikewright.snn.synapses import Shape

PACKAGES = ("snntorch", "norse", "sinabs", "spikingjelly")


def follow(module: nn.Module, library: SpikingLibrary, shape: Shape) -> FoundCalls:
    """The calls of `module` for inputs of this `shape`. Raises InvalidNetwork naming what has no counterpart."""
    found = FoundCalls(library, shape, library.axes(module))
    walk = _ModuleWalk(module, found)
    if library.inside(module) is not None:
        found.answer = walk.container("", module, SpikeFlow((SpikeTerm(INPUT, None),)), [])
        return found
    try:
        graph = _Tracer(library).trace(module)
    except Exception as error:
        raise InvalidNetwork(
            f"expected a forward pass that torch.fx can follow, got {type(error).__name__}: {error}; "
            "try the module of one step, or a loop over a fixed number of steps"
        ) from error
    for node in graph.nodes:
        walk.visit(node)
    return found


class _Tracer(fx.Tracer):
    """torch.fx's tracer, which does not look into layers of neurons and other layers of the library."""

    def __init__(self, library: SpikingLibrary) -> None:
        super().__init__()
        self.library = library

    def is_leaf_module(self, module: nn.Module, module_qualified_name: str) -> bool:
        """What the library knows, all else that simulators bring, and torch's own layers."""
        foreign = type(module).__module__.split(".")[0] in PACKAGES
        return foreign or self.library.is_neuron(module) or bool(super().is_leaf_module(module, module_qualified_name))


class _ModuleWalk:
    """The values of a graph's nodes, one node after another."""

    def __init__(self, module: nn.Module, found: FoundCalls) -> None:
        self.module, self.found, self.library = module, found, found.library
        self.values: dict[str, Any] = {}
        self.rules = {
            "placeholder": self._placeholder,
            "get_attr": self._get_attr,
            "call_module": self._call_module,
            "call_function": self._call_function,
            "call_method": self._call_function,
            "output": self._output,
        }

    def visit(self, node: fx.Node) -> None:
        """One node of the graph."""
        self.values[node.name] = self.rules[node.op](node)

    def _resolved(self, argument: Any) -> Any:
        return fx.node.map_arg(argument, lambda item: self.values[item.name])

    def _placeholder(self, node: fx.Node) -> Any:
        """The input, or a state with the default None."""
        if all(value is None for value in self.values.values()):
            return SpikeFlow((SpikeTerm(INPUT, None),))
        if node.args and node.args[0] is None:
            return None
        raise InvalidNetwork(f"expected one input, got {node.target!r} besides; give states the default None")

    def _get_attr(self, node: fx.Node) -> Any:
        value: Any = self.module
        for part in str(node.target).split("."):
            value = getattr(value, part)
        return value

    def _output(self, node: fx.Node) -> None:
        self.found.answer = self._resolved(node.args[0])

    def _call_module(self, node: fx.Node) -> Any:
        module = self.module.get_submodule(str(node.target))
        value, *states = self._resolved(node.args)
        return self._apply(str(node.target), module, value, [*states, *self._resolved(node.kwargs).values()])

    def _apply(self, name: str, module: nn.Module, value: Any, states: list[Any]) -> Any:
        """A module on a value; `states` are those it is given."""
        try:
            flow = as_flow(value)
        except InvalidNetwork as error:
            raise InvalidNetwork(f"{name!r}: {error}") from error
        if self.library.is_neuron(module):
            return self._fire(name, module, flow, states)
        if self.library.inside(module) is not None:
            return self.container(name, module, flow, states)
        if not self.library.is_layer(module):
            kind, why = type(module).__name__, self.library.refusal(module)
            raise InvalidNetwork(f"{name!r}: {self.library.name}'s {kind} has no counterpart: {why}")
        if isinstance(module, nn.MaxPool1d | nn.MaxPool2d):
            return self.found.maximum(maximum_of_layer(name, module), flow, name)
        return flow.through(module, name)

    def _fire(self, name: str, module: nn.Module, flow: SpikeFlow, states: list[Any]) -> Any:
        """What the neurons `name` send in their next step."""
        step = self._next(name, states)
        self.found.note(NeuronCall(name, step, flow, module))
        spikes = SpikeFlow((SpikeTerm(name, step),))
        return (spikes, State(name, step)) if self.library.hands_back_state(module) else spikes

    def container(self, name: str, module: nn.Module, flow: SpikeFlow, states: list[Any]) -> Any:
        """The modules of a container one after another, each with its own last state."""
        step, made = self._next(name, states), flow
        for key, child in (self.library.inside(module) or {}).items():
            path, stateful = f"{name}.{key}" if name else key, self.library.hands_back_state(child)
            before = State(path, self.found.counts[path] - 1) if self.found.counts[path] else None
            answer = self._apply(path, child, made, [before] if stateful else [])
            made = answer[0] if stateful else answer
        return (made, State(name, step)) if self.library.hands_back_state(module) else made

    def _next(self, name: str, states: list[Any]) -> int:
        """The step of this call, once its states are seen to be those that the last one handed back."""
        step = self.found.counts[name]
        self.found.counts[name] += 1
        for state in states:
            nothing = state is None or (isinstance(state, Tensor) and not bool(torch.any(state != 0)))
            own = state in (State(name, step - 1), SpikeFlow((SpikeTerm(name, step - 1),)))
            if not (own if step else nothing):
                wanted = f"its own state after step {step - 1}" if step else "no state in the first step"
                raise InvalidNetwork(f"{name!r}: expected {wanted}, got {words(state)}")
        return step

    def _call_function(self, node: fx.Node) -> Any:
        """A function or method, by its name."""
        name = getattr(node.target, "__name__", str(node.target))
        rule = FUNCTIONS.get(name)
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
