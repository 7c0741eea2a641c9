"""From the calls of a followed module to a `Network`.

Every layer of neurons is a population, under its path in the module. What enters it is a projection for each term, late by the
steps that the term is late; the constants of the layers on the way and the change of its potential (`laws`) are its current.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn.codes import Code, Direct
from spikewright.snn.interop.laws import Placed, column, least, placed
from spikewright.snn.interop.leaky_answers import out_of_reach
from spikewright.snn.interop.modules.answers import answer_of, plain_source
from spikewright.snn.interop.modules.chain import ModuleChain, Op
from spikewright.snn.interop.modules.following import follow
from spikewright.snn.interop.modules.found import FoundCalls, NeuronCall
from spikewright.snn.interop.modules.layers import is_idle, through_layers
from spikewright.snn.interop.modules.libraries import SpikingLibrary
from spikewright.snn.interop.modules.maxima import SpikeMaximum
from spikewright.snn.interop.modules.repeating import DelayedTerm, every_step, terms_of
from spikewright.snn.interop.modules.rows import law_row, layer_row, maximum_row, sums_row
from spikewright.snn.interop.modules.values import INPUT, SpikeFlow
from spikewright.snn.network import Network, Readout
from spikewright.snn.neurons import IF, Integrator, Source
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.report import Report, ReportRow
from spikewright.snn.synapses import Shape

OUTPUT = "output"


def network_of_module(
    module: nn.Module, library: SpikingLibrary, input_shape: Any, code: Code | int, readout: Readout | None
) -> Network:
    """The network that `module` is for inputs `(batch, *input_shape)`, a number being the shape of a vector.

    Raises InvalidInput for arguments of another kind, InvalidNetwork naming what has no counterpart.
    """
    if not isinstance(module, nn.Module):
        raise InvalidInput(f"expected a torch module, got {type(module).__name__}")
    shape = tuple(input_shape) if isinstance(input_shape, Sequence) else (input_shape,)
    if not shape or any(isinstance(n, bool) or not isinstance(n, int) or n < 1 for n in shape) or len(shape) > 3:
        raise InvalidInput(f"expected the shape of one input, (C, H, W), (C, L) or (N,), got {shape}")
    coded = Direct(code) if isinstance(code, int) else code
    if not isinstance(coded, Code):
        raise InvalidInput(f"expected a number of steps or a code such as RateCode(8), got {type(code).__name__}")
    _check_evaluation(module)
    return _Assembly(follow(module, library, shape), coded).network(readout)


def _check_evaluation(module: nn.Module) -> None:
    for name, layer in module.named_modules():
        if layer.training and (isinstance(layer, _BatchNorm) or is_idle(layer)):
            raise InvalidInput(
                f"expected a module in evaluation mode, got {name!r} in training mode; try module.eval()"
            )


class _Assembly:
    """Populations, projections and report of what was found. `units` of their potentials; `silent` neurons have no reset,
    `analog` ones send their potential, and those of `several` send more than one spike a step."""

    def __init__(self, found: FoundCalls, code: Code) -> None:
        self.found, self.library, self.code = found, found.library, code
        self.populations = [Population(INPUT, found.shapes[INPUT], Source())]
        self.projections: list[Projection] = []
        self.rows: list[ReportRow] = []
        self.units: dict[str, float] = {}
        self.silent: set[str] = set()
        self.analog: set[str] = set()
        self.several: set[str] = set()

    def network(self, readout: Readout | None) -> Network:
        """All populations in the order of their first calls, and the answer."""
        modules = {call.name: call.module for call in self.found.calls}
        if not modules:
            raise InvalidNetwork(f"expected layers of {self.library.name}'s neurons in the module, got none")
        if INPUT in modules:
            raise InvalidNetwork(f"expected no layer with the name {INPUT!r}; rename it")
        entering = {name: every_step([call for call in self.found.calls if call.name == name]) for name in modules}
        self._check_steps()
        for name, layer in modules.items():
            place = self._maximum if isinstance(layer, SpikeMaximum) else self._neurons
            place(name, layer, entering[name])
        output, sums = self._output()
        self._check_silent(output, sums)
        answer: Any = readout or ("potential" if sums else "count")
        scale = self.units.get(output, 1.0) if answer == "potential" else 1.0
        made, ways, report = tuple(self.populations), tuple(self.projections), Report(tuple(self.rows))
        network = Network(made, ways, INPUT, output, self.code, readout=answer, logit_scale=scale, report=report)
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

    def _neurons(self, name: str, layer: Any, entering: tuple[DelayedTerm, ...]) -> None:
        """The population of a layer, with what it sends back to itself one step later."""
        law = self.library.law(layer, name, self.found.shapes[name])
        own = placed(law, name, self.found.shapes[name])
        self._add(name, own, (*entering, *self._loop(name, layer)))
        for names, there in (
            (self.silent, law.reset == "none"),
            (self.analog, law.analog),
            (self.several, law.limit > 1),
        ):
            names |= {name} if there else set()
        self.rows.append(law_row(self.populations[-1], type(layer).__name__, law, own))

    def _loop(self, name: str, layer: Any) -> tuple[DelayedTerm, ...]:
        loop = self.library.loop(layer)
        if loop is None:
            return ()
        inner = list(loop) if isinstance(loop, nn.Sequential) else [loop]
        ops = tuple(Op(f"{name}.recurrent{number or ''}", part) for number, part in enumerate(inner))
        return (DelayedTerm(name, 1, ops),)

    def _add(self, name: str, law: Placed, entering: tuple[DelayedTerm, ...]) -> None:
        """A population, its projections, and the current that flows into it."""
        shape, currents = self.found.shapes[name], dict[str, Any]()
        for term in entering:
            currents.update(self._project(term, name, shape))
        flowing: Any = sum(currents.values(), np.zeros(shape)) + np.broadcast_to(column(law.bias, shape), shape)
        self.populations.append(Population(name, shape, law.neuron, least(flowing, shape), law.initial))
        self.units[name] = law.unit

    def _project(self, term: DelayedTerm, target: str, shape: Shape) -> dict[str, Any]:
        """The projection of a term; its constants by the layer that brings them, which may lie on several ways."""
        if term.source not in self.found.shapes:
            raise InvalidNetwork(f"{target!r}: expected {term.source!r} to be a layer of neurons of the module")
        chain = ModuleChain(term.source, self.found.shapes[term.source])
        open_end = through_layers(chain, term.ops)
        made = chain.whole(open_end.shape)
        if made != shape:
            raise InvalidNetwork(f"{target!r}: expected terms of one shape {shape}, got {made} from {term.source!r}")
        projection = open_end.projection(target, len(self.projections), np.ones(()))
        self.projections.append(replace(projection, channels=chain.slice, delay=term.delay))
        named = {row.layer for row in self.rows}
        self.rows += [layer_row(op) for op in term.ops if isinstance(op.layer, nn.Module) and op.name not in named]
        return chain.constants(shape)

    def _maximum(self, name: str, pool: SpikeMaximum, entering: tuple[DelayedTerm, ...]) -> None:
        """Neurons that fire where any of their window does."""
        (term,) = entering
        if term.source in self.several:
            raise InvalidNetwork(f"{name!r}: expected at most one spike a step in front of max-pooling, got several")
        self.populations.append(Population(name, self.found.shapes[name], IF(1.0, "zero")))
        synapse = pool.synapse(self.found.shapes[term.source])
        self.projections.append(Projection(term.source, name, synapse))
        self.rows.append(maximum_row(self.populations[-1]))

    def _output(self) -> tuple[str, bool]:
        """The population that answers, and whether its potential does; weights without neurons get an integrator."""
        answer = answer_of(self.found.answer, self.silent)
        if not isinstance(answer, SpikeFlow):
            return answer, True
        source = plain_source(answer)
        if source is not None:
            return source, source in self.analog
        self._integrator(answer)
        return OUTPUT, True

    def _integrator(self, flow: SpikeFlow) -> None:
        """The sums that the last weights make, over all steps."""
        last = max((term.step for term in flow.terms if term.step is not None), default=0)
        self.found.shapes[OUTPUT] = self.found.shape(flow)
        self._add(OUTPUT, Placed(Integrator(), 0.0, 0.0, 1.0), terms_of(NeuronCall(OUTPUT, last, flow, None)))
        self.rows.append(sums_row(OUTPUT))
