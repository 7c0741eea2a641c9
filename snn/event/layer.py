"""One population as the engines hold it: plans of its projections, the parameters of its law, integer types."""

from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.codes import charge_steps, most_sent, step_weight
from spikewright.snn.disturb.noise import MembraneNoise, Noise, PotentialBitFlips, acts_on, multiplicity
from spikewright.snn.event.laws import few_law, needs_rule, plain_law, quantiser, rule_of, spread
from spikewright.snn.event.routes import compile_route, fills
from spikewright.snn.event.scatter import engine_order
from spikewright.snn.fixed.bounds import (
    gathered_steps,
    integer_type,
    largest_sent,
    noise_bound,
    population_bound,
    sum_bound,
)
from spikewright.snn.kernels.gates import compile_windows
from spikewright.snn.network import Network, Population, Projection
from spikewright.snn.neurons import (
    FIRING,
    Burst,
    FewSpikeIF,
    Integrator,
    MaxGate,
    QuantReLU,
    SignedIF,
    Source,
    TernaryIF,
)

Array = NDArray[Any]
VALUED = (SignedIF, TernaryIF, Burst, MaxGate)
"""Neurons that send signed numbers of spikes."""
Kind = Literal["plain", "rule", "few", "gate", "graded gate", "quantised"]


_KEPT: WeakKeyDictionary[Network, tuple[tuple[Noise, ...], list["Layer"]]] = WeakKeyDictionary()
_KEEPING = Lock()


@dataclass(frozen=True, eq=False)
class Layer:
    """Everything constant about a population in a run. Arrays over neurons are in engine order (rows, columns, channels).

    `plans`: a `Route` for each projection, a `WindowPlan` into a gate. `kind`: which kernels answer, `law` their parameters.
    `bias (2, neurons)`: the current of a step with charge, and none.
    `shakes`, `flips`: noise on its potentials, `scale (neurons,)` that of each shake; it needs a plane for each step.
    `gathers`: the first plane holds the whole window. `most`: the most spikes that a gate may send in a step, layerwise.
    """

    population: Population
    plans: tuple[tuple[Projection, Any], ...]
    kind: Kind
    sums: np.dtype[Any]
    potentials: np.dtype[Any]
    bias: Array
    initial: Array
    law: Any
    public: Array
    shakes: tuple[tuple[MembraneNoise, Array], ...] = ()
    flips: tuple[PotentialBitFlips, ...] = ()
    gathers: bool = False
    most: int = 1

    @property
    def name(self) -> str:
        """The population's name."""
        return self.population.name

    @property
    def size(self) -> int:
        """Number of neurons."""
        return self.population.size

    @property
    def stepped(self) -> bool:
        """Whether it needs a plane of inputs for each step, to be disturbed."""
        return bool(self.shakes or self.flips)


def compiled_layers(network: Network, noise: tuple[Noise, ...]) -> list[Layer]:
    """The layers of a network in their order. They are kept as long as the network, for one kind of noise at a time."""
    with _KEEPING:
        kept = _KEPT.get(network)
        if kept is None or kept[0] != noise:
            kept = _KEPT[network] = (noise, [compile_layer(network, p, noise) for p in network.order[1:]])
        return kept[1]


def graded(network: Network, population: Population) -> bool:
    """Whether a population sends values, once, instead of spikes."""
    neuron = population.neuron
    if isinstance(neuron, Source):
        return network.code.graded
    if isinstance(neuron, MaxGate):
        return any(graded(network, network.by_name[q.source]) for q in network.incoming[population.name])
    return isinstance(neuron, QuantReLU)


def sent_type(network: Network, population: Population) -> np.dtype[Any] | None:
    """The type of the numbers of spikes that a population sends; None where each event is one spike, or a graded value."""
    neuron = population.neuron
    if graded(network, population):
        return None
    several = most_sent(network.code) > 1 if isinstance(neuron, Source) else isinstance(neuron, VALUED)
    return np.dtype(np.int8) if several else None


def compile_layer(network: Network, population: Population, noise: tuple[Noise, ...]) -> Layer:
    """The layer of a population under `noise`.

    Raises InvalidNetwork when no machine integer can be proved to hold its sums.
    """
    if isinstance(population.neuron, MaxGate):
        return _compile_gate(network, population)
    incoming, neuron, public = network.incoming[population.name], population.neuron, engine_order(population.shape)
    acting = [one for one in noise if acts_on(one, population.name)]
    shakes = tuple(one for one in acting if isinstance(one, MembraneNoise) and isinstance(neuron, FIRING))
    flips = tuple(
        one for one in acting if isinstance(one, PotentialBitFlips) and isinstance(neuron, (*FIRING, Integrator))
    )
    common = 0 if shakes else min(projection.shift for projection in incoming)
    sums, potentials, compute = _kinds(network, population, common, noise)
    gathers = network.schedule == "layerwise" and not (shakes or flips)
    kind: Kind = "quantised" if isinstance(neuron, QuantReLU) else "rule" if needs_rule(network, neuron) else "plain"
    kind = "few" if isinstance(neuron, FewSpikeIF) else kind
    laws: dict[Kind, Any] = {"quantised": quantiser, "rule": rule_of, "few": few_law, "plain": plain_law}
    law = laws[kind](network, population, compute, common)
    charge = spread(population, population.bias, compute)[public]
    if network.schedule == "layerwise":
        charge = charge * compute.type(charge_steps(network.code))
    return Layer(
        population,
        tuple(
            (p, compile_route(network, p, sums, p.shift - common, lanes=n == 0 and _may_use_lanes(network, p)))
            for n, p in enumerate(
                sorted(incoming, key=lambda p: not (_may_use_lanes(network, p) and fills(network, p)))
            )
        ),
        kind,
        sums,
        compute if kind in ("rule", "few") else potentials,
        np.stack([charge, np.zeros_like(charge)]),
        spread(population, population.initial, potentials)[public],
        (*law, gathers) if kind == "plain" else law,
        public,
        tuple((one, _scale(network, population, one)[public]) for one in shakes),
        flips,
        gathers,
    )


def _may_use_lanes(network: Network, projection: Projection) -> bool:
    """Whether plain spikes of many steps come this way."""
    source = network.by_name[projection.source]
    return network.schedule == "synchronous" and not graded(network, source)


def _compile_gate(network: Network, population: Population) -> Layer:
    kind = np.dtype(np.float32 if network.numbers == "float32" else np.int32)
    most = largest_sent(network, population) if network.numbers == "fixed" or not graded(network, population) else 1
    return Layer(
        population,
        tuple((p, compile_windows(network, p)) for p in network.incoming[population.name]),
        "graded gate" if graded(network, population) else "gate",
        kind,
        kind if graded(network, population) else np.dtype(np.int32),
        np.zeros((2, 0), kind),
        np.zeros(0, kind),
        (),
        engine_order(population.shape),
        gathers=network.schedule == "layerwise",
        most=most,
    )


def compile_timed_layer(network: Network, population: Population, noise: tuple[Noise, ...] = ()) -> Layer:
    """The layer of a time-coded population: float64 throughout, or int64 in fixed point."""
    public, fixed = engine_order(population.shape), network.numbers == "fixed"
    kind = np.dtype(np.int64 if fixed else np.float64)
    incoming = network.incoming[population.name]
    bias, initial = (spread(population, value, kind)[public] for value in (population.bias, population.initial))
    if isinstance(population.neuron, MaxGate):
        plans: Any = tuple((p, compile_windows(network, p)) for p in incoming)
        return Layer(population, plans, "graded gate", kind, kind, bias[None], initial, (), public)
    if fixed:
        integer_type(
            population_bound(network, population)
            + noise_bound(network, population, noise)
            + 2 ** (population.potential_bits or 63),
            f"the potentials of population {population.name!r}",
        )
    plans = tuple((p, compile_route(network, p, kind, p.shift)) for p in incoming)
    return Layer(population, plans, "quantised", kind, kind, bias[None], initial, (), public)


def _scale(network: Network, population: Population, noise: MembraneNoise) -> Array:
    """deviation * threshold of each neuron, float64; the threshold as the network's numbers have it."""
    kind = np.dtype(np.float32 if network.numbers == "float32" else np.int64)
    neuron: Any = population.neuron
    scale: Array = noise.deviation * spread(population, neuron.threshold, kind).astype(np.float64)
    return scale


def _kinds(
    network: Network, population: Population, common: int, noise: tuple[Noise, ...]
) -> tuple[np.dtype[Any], ...]:
    """Number types of sums, potentials and the arithmetic between them."""
    if network.numbers == "float32":
        return (np.dtype(np.float32),) * 3
    gathered, shaken = multiplicity(noise, network.steps), noise_bound(network, population, noise)
    times = gathered_steps(network, population)
    sources = [network.by_name[q.source] for q in network.incoming[population.name]]
    total = sum(sum_bound(network, p, gathered) for p in network.incoming[population.name]) * times
    counted = max([times, *(largest_sent(network, source) for source in sources)])  # factors of sums, even of none
    sums = integer_type(max((total >> common) + shaken, counted), f"the sums of population {population.name!r}")
    top = 2 ** (_bits(population) - 1)
    reached = 2 * top + population_bound(network, population, gathered) + shaken
    heaviest = (top + 1) * step_weight(network.code, 0)
    if isinstance(population.neuron, FewSpikeIF):
        factors = np.abs([*population.neuron.thresholds, *population.neuron.resets])
        heaviest = reached + (top + 1) * int(factors.max())
    compute = integer_type(max(reached, heaviest), f"the potentials of population {population.name!r}")
    wide = np.dtype(np.int32) if compute.itemsize < 4 else compute
    return sums, integer_type(top - 1, f"the potentials of population {population.name!r}"), wide


def _bits(population: Population) -> int:
    return population.potential_bits or 32
