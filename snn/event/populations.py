"""A population as the event engine holds it: routes of its projections, the numbers of its law, the types of its integers."""

from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.disturb.noise import MembraneNoise, Noise, PotentialBitFlips, acts_on
from spikewright.snn.event.addresses import engine_order
from spikewright.snn.event.firing_rules import FiringRule, firing_rule
from spikewright.snn.event.gate_windows import IncomingWindows, incoming_windows
from spikewright.snn.event.members import Member, spread
from spikewright.snn.event.number_types import NumberTypes, choose_types
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.wanted import Route, Wanted
from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.fixed.saturation import can_saturate, reach
from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.traits import sent

Array = NDArray[Any]


class IncomingRoute(NamedTuple):
    """A projection and the way of its events. `step_factors`: those of its source's neurons, see `Neuron.step_factors`."""

    projection: Projection
    route: Route
    step_factors: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class CompiledPopulation:
    """What is constant about a population in a run. `record`: its own record. Arrays are in engine order.

    `public (neurons,)`: the public address of each neuron. `types`: of its numbers.
    """

    record: Population
    public: NDArray[np.int64]
    types: NumberTypes

    @property
    def name(self) -> str:
        """The population's name."""
        return self.record.name

    @property
    def size(self) -> int:
        """Number of neurons."""
        return self.record.size


@dataclass(frozen=True, eq=False)
class CompiledNeurons(CompiledPopulation):
    """Neurons that sum what arrives.

    `rule`, `law`: how they answer. `bias (2, neurons)`: the current of a step in which biases flow, and none. `initial`: the
    potentials at first. `shakes`, `flips`: noise on potentials, each shake with its size for each neuron. `latched`: what
    arrives stays on as a current. `gathers`: all that arrives in the run enters in the first step. `numbered`: they send signed
    numbers of spikes. `stays`: their potentials are proved to stay within their width; `harmless`: where they leave it no spike
    is another, and 32 bits hold them.
    """

    incoming: tuple[IncomingRoute, ...]
    rule: FiringRule
    law: Any
    bias: Array
    initial: Array
    shakes: tuple[tuple[MembraneNoise, Array], ...] = ()
    flips: tuple[PotentialBitFlips, ...] = ()
    latched: bool = False
    gathers: bool = False
    numbered: bool = False
    stays: bool = False
    harmless: bool = False

    @property
    def disturbed(self) -> bool:
        """Whether noise acts on potentials, so that each step needs sums of its own."""
        return bool(self.shakes or self.flips)


@dataclass(frozen=True, eq=False)
class CompiledGate(CompiledPopulation):
    """A spiking max-pool. `graded`: of values, sent once. `gathers`: layerwise, at most `most` spikes a step of a sign."""

    incoming: tuple[IncomingWindows, ...]
    graded: bool
    gathers: bool
    most: int


Compiled = CompiledNeurons | CompiledGate
_KEPT: WeakKeyDictionary[Network, tuple[tuple[Noise, ...], list[Compiled]]] = WeakKeyDictionary()
_KEEPING = Lock()


def compiled_populations(network: Network, noise: tuple[Noise, ...]) -> list[Compiled]:
    """All populations but the input, in their order. They are kept as long as the network, for one kind of noise at a time."""
    with _KEEPING:
        kept = _KEPT.get(network)
        if kept is None or kept[0] != noise:
            kept = _KEPT[network] = (noise, [compile_population(network, p, noise) for p in network.order[1:]])
        return kept[1]


def compile_population(network: Network, population: Population, noise: tuple[Noise, ...]) -> Compiled:
    """A population under `noise`. Raises InvalidNetwork when no machine integer can be proved to hold its sums."""
    if population.neuron.compares:
        return compile_gate(network, population)
    public, sends = engine_order(population.shape), sent(network, population)
    shakes, flips = _on_potentials(population, noise)
    shift = 0 if shakes else min(q.shift for q in network.incoming[population.name])
    rule = firing_rule(network, population)
    types = choose_types(network, population, rule, shift, noise)
    stays, harmless = _within(network, population, noise)
    return CompiledNeurons(
        record=population,
        public=public,
        types=types,
        incoming=_routes(network, population, types.sums, shift),
        rule=rule,
        law=rule.law(Member(network, population, types.compute, shift)),
        bias=_bias(network, population, types.compute, public),
        initial=spread(population, population.initial, types.potentials)[public],
        shakes=tuple((one, _size_of(network, population, one)[public]) for one in shakes),
        flips=flips,
        latched=population.neuron.latches,
        gathers=network.schedule == "layerwise" and not (shakes or flips),
        numbered=sends.kind == "spikes" and (sends.signed or sends.most > 1),
        stays=stays,
        harmless=harmless,
    )


def _within(network: Network, population: Population, noise: tuple[Noise, ...]) -> tuple[bool, bool]:
    """`stays` and `harmless`; neither is known in float32, of neurons without a threshold, and under noise."""
    if network.numbers != "fixed" or noise or not population.neuron.has_threshold:
        return False, False
    most = reach(network, population)
    return most < 2 ** (population.width - 1), most < 2**31 and not can_saturate(network, population)


def compile_gate(network: Network, population: Population, kind: Any = None) -> CompiledGate:
    """A spiking max-pool; `kind`: the type of graded values, by default that of the network's numbers."""
    of_values = sent(network, population).once
    values = np.dtype(kind or (np.float32 if network.numbers == "float32" else np.int32))
    counts = values if of_values else np.dtype(np.int32)
    asked = network.numbers == "fixed" or not of_values
    return CompiledGate(
        record=population,
        public=engine_order(population.shape),
        types=NumberTypes(values, counts, values),
        incoming=tuple(incoming_windows(network, q) for q in network.incoming[population.name]),
        graded=of_values,
        gathers=network.schedule == "layerwise",
        most=largest_sent(network, population) if asked else 1,
    )


def _on_potentials(population: Population, noise: tuple[Noise, ...]) -> tuple[Any, ...]:
    """The membrane noise and the upsets that act on a population."""
    acting = [one for one in noise if acts_on(one, population.name)]
    shakes = tuple(one for one in acting if isinstance(one, MembraneNoise) and population.neuron.has_threshold)
    flips = tuple(one for one in acting if isinstance(one, PotentialBitFlips) and population.neuron.potential == "kept")
    return shakes, flips


def _routes(network: Network, population: Population, kind: np.dtype[Any], shift: int) -> tuple[IncomingRoute, ...]:
    """The routes of all projections: first one that time lanes may serve, since they need planes that nobody added to."""
    wanted = [
        Wanted(network, q, kind, q.shift - shift, _over_time(network, q)) for q in network.incoming[population.name]
    ]
    wanted.sort(key=lambda one: not (one.over_time and one.fills))
    found = []
    for number, one in enumerate(wanted):
        route = compile_route(one._replace(first=number == 0))
        found.append(IncomingRoute(one.projection, route, one.source.neuron.step_factors))
    return tuple(found)


def _over_time(network: Network, projection: Projection) -> bool:
    """Whether plain spikes of many steps come this way."""
    return network.schedule == "synchronous" and not sent(network, network.by_name[projection.source]).once


def _bias(network: Network, population: Population, kind: np.dtype[Any], public: NDArray[np.int64]) -> Array:
    """(the current of a step in which biases flow, none); layerwise all of it flows in the first step."""
    current = spread(population, population.bias, kind)[public]
    if network.schedule == "layerwise":
        current = current * kind.type(network.code.charge_steps)
    return np.stack([current, np.zeros_like(current)])


def _size_of(network: Network, population: Population, noise: MembraneNoise) -> Array:
    """deviation * threshold of each neuron, float64, public; the threshold as the network's numbers have it."""
    kind = np.dtype(np.float32 if network.numbers == "float32" else np.int64)
    size: Array = noise.deviation * spread(population, population.neuron.compared_with, kind).astype(np.float64)
    return size
