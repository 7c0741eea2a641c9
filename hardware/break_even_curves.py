"""Where a spiking network begins to cost more than the quantised CNN that says as much, for each number of steps.

T steps of spikes say as much as a value of T + 1 levels, so that the network is put beside its own CNN with activations of
ceil(log2(T + 1)) bits, after Yan et al. (arXiv 2409.08290).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spikewright import InvalidInput, Table
from spikewright.hardware.activities import scaled
from spikewright.hardware.design_points import layers_of
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.model.operations45 import Access
from spikewright.snn import Activity, Direct, Network, Population, QuantReLU
from spikewright.snn.traits import sent

STEPS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)


@dataclass(frozen=True)
class BreakEvenPoint:
    """The curve at one number of `steps`, beside a CNN of `bits`. `limit`: spikes that a synapse passes on in an inference where
    both 45 nm indices are equal, 0 where the CNN costs less than a silent spiking network. `silent_nj`, `formal_nj`: the indices
    of the spiking network without spikes and of the CNN."""

    steps: int
    bits: int
    limit: float
    silent_nj: float
    formal_nj: float


@dataclass(frozen=True, repr=False)
class BreakEvenCurve:
    """`points` over the steps. `measured_steps`, `measured`: the network's own steps, and the spikes that a synapse passes on in
    them."""

    points: tuple[BreakEvenPoint, ...]
    measured_steps: int
    measured: float

    def __repr__(self) -> str:
        own = next(one for one in self.points if one.steps == self.measured_steps)
        return (
            f"BreakEvenCurve({len(self.points)} numbers of steps; in {own.steps} a synapse passes on {self.measured:.3g} spikes,"
            f" the limit is {own.limit:.3g})"
        )

    @property
    def table(self) -> Table:
        """A row for each number of steps; in each, `mean_rate_limit` is the limit for a step."""
        return Table.of(
            {
                "steps": one.steps,
                "activation_bits": one.bits,
                "synaptic_activity_limit": one.limit,
                "mean_rate_limit": one.limit / one.steps,
                "silent_nj": one.silent_nj,
                "formal_nj": one.formal_nj,
                "measured": self.measured if one.steps == self.measured_steps else None,
            }
            for one in self.points
        )


def break_even_curve(
    network: Network, activity: Activity, steps: Sequence[int] = STEPS, *, memory_access: Access | str = "word"
) -> BreakEvenCurve:
    """The limit of a fixed-point spiking network at each number of `steps`, and its own measured activity.

    The index is a straight line in the spikes, which are scaled in all places alike; with e nanojoule for a spike of each
    synapse,

        limit(T) = (formal(bits(T)) - silent(T)) / e        bits(T) = ceil(log2(T + 1))

    The network's own number of steps is one of the points. Raises InvalidInput for steps below 1, for an activity without spikes,
    and for a network whose neurons do not send spikes step by step.
    """
    counts = sorted({*_checked(steps), network.steps})
    measured = synaptic_ratio(network, activity)
    if not measured:
        raise InvalidInput("expected spikes in the activity, got none; try to simulate other images")
    none, own = (_nj(network, scaled(activity, share), memory_access) for share in (0.0, 1.0))
    each = (own - none) / measured
    points = []
    for count in counts:
        timed, bits = with_steps(network, count), count.bit_length()
        silent = _nj(timed, _silent(timed), memory_access)
        cnn = formal_twin(network, bits)
        formal = _nj(cnn, _full(cnn), memory_access)
        points.append(BreakEvenPoint(count, bits, max(0.0, (formal - silent) / each), silent, formal))
    return BreakEvenCurve(tuple(points), network.steps, measured)


def synaptic_ratio(network: Network, activity: Activity) -> float:
    """Spikes that a synapse passes on in an inference, the mean over all synapses between spiking populations."""
    known = Estimator(network, activity)
    flows = [(p.size, flow) for p in layers_of(network) for flow in known.flows[p.name] if not flow.graded]
    synapses = sum(size * flow.reach.fan_in * flow.storage.survivors for size, flow in flows)
    return sum(flow.operations for _, flow in flows) / synapses if synapses else 0.0


def with_steps(network: Network, steps: int) -> Network:
    """The network with another number of steps and no early decision."""
    return replace(network, code=network.code.with_steps(steps), decision=None)


def formal_twin(network: Network, bits: int) -> Network:
    """A quantised CNN with the weights of `network` and activations of `bits`; its scales are of no importance to its cost.

    Raises InvalidInput for neurons that do not send spikes step by step.
    """
    levels = 2**bits - 1
    populations = tuple(_formal(network, p, levels) for p in network.populations)
    return replace(network, populations=populations, code=Direct(1, levels), decision=None)


def _formal(network: Network, population: Population, levels: int) -> Population:
    if population.name == network.input or population.neuron.sends == "nothing":
        return population
    if sent(network, population).kind != "spikes":
        raise InvalidInput(
            f"expected neurons that send spikes, got {population.name!r} which does not; try a rate code"
        )
    return replace(population, neuron=QuantReLU(1, 0, levels))


def _checked(steps: Sequence[int]) -> Sequence[int]:
    for one in steps:
        if isinstance(one, bool) or not isinstance(one, int) or one < 1:
            raise InvalidInput(f"expected numbers of steps of at least 1, got {one!r:.40}; try 8")
    return steps


def _nj(network: Network, activity: Activity, access: Access | str) -> float:
    return Estimator(network, activity, access).index_nj


def _silent(network: Network) -> Activity:
    return _even(network, 0)


def _full(network: Network) -> Activity:
    return _even(network, 1)


def _even(network: Network, count: int) -> Activity:
    """An activity of one sample in which each neuron sends `count` values; only its sizes and steps matter here."""
    sizes = {p.name: p.size for p in network.populations}
    spikes: dict[str, Any] = {name: np.array([float(count * size)]) for name, size in sizes.items()}
    work: dict[str, Any] = {q.name: np.zeros(1) for q in network.projections}
    logits = np.zeros((network.steps, 1, network.classes))
    return Activity(logits, "steps", spikes, work, sizes, np.array([network.steps]), "none")
