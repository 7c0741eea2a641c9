"""From the calls of a traced module to a `Network`.

Every layer of neurons is a population, under its path in the module. All its calls must say the same: terms of the same step
without delay, terms of an earlier step with the delay that they have. What it makes of its input is a projection for each
term; the constants of the layers on the way and the change of its potential (`laws`) are its current. Max-pooling of spikes
is a population of neurons with threshold 1 that are reset to zero: such a neuron fires in a step exactly if one of its window
does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn.codes import Code, Direct
from spikewright.snn.interop.laws import Placed, least, placed
from spikewright.snn.interop.leaky_answers import out_of_reach
from spikewright.snn.interop.module_chain import Flat, ModuleChain, Op
from spikewright.snn.interop.module_layers import is_idle, step_of
from spikewright.snn.interop.module_trace import Followed, follow
from spikewright.snn.interop.module_values import INPUT, Call, Flow, Gathered, Maximum, State, Term, Tool, words
from spikewright.snn.network import Network, Population, Projection, Readout
from spikewright.snn.neurons import IF, Burst, Integrator, Source
from spikewright.snn.report import Report, ReportRow
from spikewright.snn.synapses import AvgPool2d, Conv1d, Conv2d, Shape
from spikewright.snn.weights import Dense

OUTPUT = "output"


class Way(NamedTuple):
    """A term whatever the step: `delay` steps late."""

    source: str
    delay: int
    ops: tuple[Op, ...]


def network_of_module(
    module: nn.Module, tool: Tool, shape: Shape, code: Code | int, readout: Readout | None
) -> Network:
    """The network that `module` is for inputs `(batch, *shape)`. Raises InvalidNetwork naming what has no counterpart."""
    if not isinstance(module, nn.Module):
        raise InvalidInput(f"expected a torch module, got {type(module).__name__}")
    if not shape or any(isinstance(n, bool) or not isinstance(n, int) or n < 1 for n in shape) or len(shape) > 3:
        raise InvalidInput(f"expected the shape of one input, (C, H, W), (C, L) or (N,), got {shape}")
    coded = Direct(code) if isinstance(code, int) else code
    if not isinstance(coded, Code):
        raise InvalidInput(f"expected a number of steps or a code such as RateCode(8), got {type(code).__name__}")
    still = next(
        (n for n, m in module.named_modules() if m.training and (isinstance(m, _BatchNorm) or is_idle(m))), None
    )
    if still is not None:
        raise InvalidInput(f"expected a module in evaluation mode, got {still!r} in training mode; try module.eval()")
    found = follow(module, tool, tuple(shape))
    return _Assembly(found, coded).network(readout)


def shaped(input_shape: Any) -> tuple[Any, ...]:
    """A shape as a tuple; a single number is a vector."""
    return tuple(input_shape) if isinstance(input_shape, Sequence) else (input_shape,)


class _Assembly:
    """Populations, projections and report of what was found."""

    def __init__(self, found: Followed, code: Code) -> None:
        self.found, self.tool, self.code = found, found.tool, code
        self.populations = [Population(INPUT, found.shapes[INPUT], Source())]
        self.projections: list[Projection] = []
        self.rows: list[ReportRow] = []
        self.units: dict[str, float] = {}
        self.silent: set[str] = set()
        self.analog: set[str] = set()

    def network(self, readout: Readout | None) -> Network:
        """All populations in the order of their first calls, and the answer."""
        modules = {call.name: call.module for call in self.found.calls}
        if not modules:
            raise InvalidNetwork(f"expected layers of {self.tool.name}'s neurons in the module, got none")
        if INPUT in modules:
            raise InvalidNetwork(f"expected no layer with the name {INPUT!r}; rename it")
        ways = {name: self._ways([call for call in self.found.calls if call.name == name]) for name in modules}
        self._check_steps()
        for name, layer in modules.items():
            self._pool(name, layer, ways[name]) if isinstance(layer, Maximum) else self._neurons(
                name, layer, ways[name]
            )
        output, sums = self._output()
        self._check_silent(output, sums)
        answer: Any = readout or ("potential" if sums else "count")
        scale = self.units.get(output, 1.0) if answer == "potential" else 1.0
        network = Network(
            tuple(self.populations),
            tuple(self.projections),
            INPUT,
            output,
            self.code,
            readout=answer,
            logit_scale=scale,
            report=Report(tuple(self.rows)),
        )
        return out_of_reach(network, self.silent)

    def _check_steps(self) -> None:
        """Every layer of neurons is called as often, once or for all steps of the code."""
        counts = {call.name: call.step + 1 for call in self.found.calls}
        done = set(counts.values())
        if len(done) > 1:
            raise InvalidNetwork(
                f"expected as many calls of each layer of neurons, got {counts}; give each use its own layer"
            )
        steps = self.found.repeats or (max(done) if max(done) > 1 else self.code.steps)
        if steps != self.code.steps:
            raise InvalidInput(f"the module does {steps} steps; expected a code of {steps} steps, got {self.code}")

    def _check_silent(self, output: str, sums: bool) -> None:
        """Neurons without a reset are sums that leak here: nothing may count their spikes."""
        heard = {projection.source for projection in self.projections} | ({output} if not sums else set())
        if heard & self.silent:
            raise InvalidNetwork(
                f"{min(heard & self.silent)!r}: expected neurons with a reset where spikes are used, got none; "
                "without a reset only the potential of the last layer has a counterpart"
            )

    def _ways(self, calls: Sequence[Call]) -> tuple[Way, ...]:
        """What enters the neurons of `calls`, the same in every step from the first on that everything can have reached."""
        each = [tuple(self._way(call, term) for term in call.flow.terms) for call in calls]
        for step, ways in enumerate(each):
            if set(ways) != {way for way in each[-1] if way.delay <= step}:
                raise InvalidNetwork(
                    f"{calls[0].name!r}: expected the same input in every step, got {words(calls[step].flow)} in step {step} "
                    f"and {words(calls[-1].flow)} in step {len(calls) - 1}"
                )
        return each[-1]

    def _way(self, call: Call, term: Term) -> Way:
        delay = 0 if term.step is None else call.step - term.step
        if delay < 0 or (term.source == INPUT and delay):
            raise InvalidNetwork(f"{call.name!r}: expected the input of step {call.step}, got that of step {term.step}")
        return Way(term.source, delay, term.ops)

    def _neurons(self, name: str, layer: Any, ways: tuple[Way, ...]) -> None:
        shape = self.found.shapes[name]
        loop = self.tool.loop(layer)
        inner = list(loop) if isinstance(loop, nn.Sequential) else [loop]
        ops = tuple(Op(f"{name}.recurrent{number or ''}", part) for number, part in enumerate(inner))
        back = (Way(name, 1, ops),) if loop is not None else ()
        law = self.tool.law(layer, name, shape)
        self._add(name, shape, placed(law, name, shape), (*ways, *back))
        self.silent |= {name} if law.reset == "none" else set()
        self.analog |= {name} if law.analog else set()
        here = self.populations[-1]
        same = not np.any(np.asarray(here.initial)) and self.units[name] == 1.0
        detail = (
            "the same law"
            if same
            else f"potential in units of {self.units[name]:.4g}, shifted to begin at {_seen(here.initial)}"
        )
        if isinstance(here.neuron, Burst):
            detail += f"; at most {here.neuron.limit} spikes a step"
        self.rows.append(
            ReportRow(name, type(layer).__name__, "kept" if same else "rewritten", detail, neurons=here.size)
        )

    def _add(self, name: str, shape: Shape, law: Placed, ways: tuple[Way, ...]) -> None:
        """A population, its projections, and the current that flows into it."""
        currents: dict[str, Any] = {}
        for way in ways:
            currents.update(self._project(way, name, shape))
        flowing: Any = sum(currents.values(), np.zeros(shape)) + np.broadcast_to(_column(law.bias, shape), shape)
        self.populations.append(Population(name, shape, law.neuron, least(flowing, shape), law.initial))
        self.units[name] = law.unit

    def _project(self, way: Way, target: str, shape: Shape) -> dict[str, Any]:
        """The projection of a way; its constants by the layer that brings them, which may lie on several ways."""
        if way.source not in self.found.shapes:
            raise InvalidNetwork(f"{target!r}: expected {way.source!r} to be a layer of neurons of the module")
        chain = ModuleChain(way.source, self.found.shapes[way.source])
        step = step_of(chain, way.ops)
        projection = step.projection(target, len(self.projections), np.ones(()))
        channels, start = chain.slice, 0
        made = (chain.part.total, *step.shape[1:]) if chain.part else step.shape
        if made != shape:
            raise InvalidNetwork(f"{target!r}: expected terms of one shape {shape}, got {made} from {way.source!r}")
        start = channels[0] if channels else 0
        self.projections.append(replace(projection, channels=channels, delay=way.delay))
        self.rows += [_row(op) for op in way.ops if isinstance(op.layer, nn.Module) and op.name not in self._named()]
        whole = {}
        for name, value in chain.currents.items():
            whole[name if channels is None else f"{name}/{start}"] = full = np.zeros(shape)
            full[start : start + len(value)] = value.numpy()
        return whole

    def _named(self) -> set[str]:
        return {row.layer for row in self.rows}

    def _pool(self, name: str, pool: Maximum, ways: tuple[Way, ...]) -> None:
        """Neurons that fire where any of their window does."""
        (way,) = ways
        before, shape = self.found.shapes[way.source], self.found.shapes[name]
        if any(p.name == way.source and isinstance(p.neuron, Burst) for p in self.populations):
            raise InvalidNetwork(f"{name!r}: expected at most one spike a step in front of max-pooling, got several")
        synapse: Any = AvgPool2d(pool.kernel, pool.stride, 1.0)
        if len(before) == 2:
            ones = Dense(np.ones((before[0], 1, pool.kernel[1]), dtype=np.float32))
            synapse = Conv1d(ones, pool.stride[1], pool.padding[1], groups=before[0])
        elif pool.padding != (0, 0):
            ones = Dense(np.ones((before[0], 1, *pool.kernel), dtype=np.float32))
            synapse = Conv2d(ones, pool.stride, pool.padding, groups=before[0])
        self.populations.append(Population(name, shape, IF(1.0, "zero")))
        self.projections.append(Projection(way.source, name, synapse))
        detail = "neurons of threshold 1 with reset to zero: one spike where any of the window fires"
        self.rows.append(
            ReportRow(name, f"MaxPool{len(before) - 1}d", "rewritten", detail, neurons=self.populations[-1].size)
        )

    def _output(self) -> tuple[str, bool]:
        """The population that answers, and whether its potential does; weights without neurons get an integrator."""
        answers = list(_leaves(self.found.answer))
        states = [value.source for value in answers if isinstance(value, State) and value.source in self.silent]
        flow = next((value for value in answers if isinstance(value, Flow)), None)
        if states:
            return states[0], True
        if flow is None:
            what = words(answers[0]) if answers else "nothing"
            raise InvalidNetwork(f"expected spikes, or sums of them, as the answer of the module, got {what}")
        term = flow.terms[0] if len(flow.terms) == 1 else None
        if (
            term is not None
            and term.source != INPUT
            and all(isinstance(op.layer, nn.Flatten | Flat) for op in term.ops)
        ):
            return term.source, term.source in self.analog
        self._integrator(flow)
        return OUTPUT, True

    def _integrator(self, flow: Flow) -> None:
        """The sums that the last weights make, over all steps."""
        last = max((term.step for term in flow.terms if term.step is not None), default=0)
        ways = tuple(self._way(Call(OUTPUT, last, flow, None), term) for term in flow.terms)
        self._add(OUTPUT, self.found.shape(flow), Placed(Integrator(), 0.0, 0.0, 1.0), ways)
        self.rows.append(ReportRow(OUTPUT, "Integrator", "note", "logits are the sums, not the means, over all steps"))


def _leaves(value: Any) -> Iterator[Any]:
    """What a module gives back, each in its last step."""
    if isinstance(value, Gathered):
        yield from _leaves(value.values[-1])
    elif isinstance(value, tuple | list) and not isinstance(value, Flow | State):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


def _row(op: Op) -> ReportRow:
    layer: Any = op.layer
    folded = is_idle(layer) or isinstance(layer, _BatchNorm | nn.Identity | nn.Flatten)
    count = sum(parameter.numel() for parameter in layer.parameters())
    return ReportRow(op.name, type(layer).__name__, "folded" if folded else "kept", parameters=count)


def _column(value: Any, shape: Shape) -> Any:
    array = np.asarray(value, dtype=np.float64)
    return array.reshape(-1, *[1] * (len(shape) - 1)) if array.ndim == 1 else array


def _seen(value: Any) -> str:
    array = np.asarray(value)
    return f"{array:.4g}" if array.ndim == 0 else f"{array.min():.4g} to {array.max():.4g}"
