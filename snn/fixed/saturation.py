"""Potentials in fixed point: how far a run can take them, the width from which no answer changes, and rows that say what is lost.

Bounds are proved from the weights, the schedule, the neuron and the steps, whatever the input; running noise is not in them.
"""

from dataclasses import replace

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.checked import WIDEST, largest_magnitude
from spikewright.snn.fixed.bounds import population_bound
from spikewright.snn.fixed.laws import law_of
from spikewright.snn.fixed.plain_law import largest_threshold
from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.report import ReportRow

WIDEST_POTENTIAL = WIDEST


def reach(network: Network, population: Population) -> int:
    """The largest |U| of a run: |initial| + sum over the steps of max |S + b|. A reset only brings U nearer to zero.

    A leak 2**-k ends the growth at 2**k (max |S + b| + 1); a FewSpikeIF neuron may be reset below zero.
    """
    neuron = population.neuron
    step, begun = population_bound(network, population), largest_magnitude(population.initial)
    whole = step * _heaviest_steps(network)
    if neuron.leak:
        whole = min(whole, (step + 1) << -int(np.log2(neuron.leak)))
    return max(whole + law_of(neuron).below_zero(neuron) + begun, largest_threshold(neuron))


def safe_bits(network: Network, population: Population) -> int:
    """The narrowest width at which no spike, value or logit of any run can be another than without a limit."""
    most = reach(network, population)
    enough = _enough(network, population)
    return (most if enough is None else min(most, enough)).bit_length() + 1


def can_saturate(network: Network, population: Population) -> bool:
    """Whether the declared width of a fixed-point population may change what it sends or answers."""
    if network.numbers != "fixed" or population.neuron.potential == "none":
        return False
    return population.width < safe_bits(network, population)


def saturation_rows(network: Network) -> tuple[ReportRow, ...]:
    """For each population whose declared width can saturate: where that is, and how far a run may go beyond."""
    return tuple(_row(network, p) for p in network.populations if can_saturate(network, p))


def widened(network: Network, names: frozenset[str] | None = None) -> Network:
    """The network with potentials (of `names`, or of all) as wide as proved. Raises InvalidNetwork beyond 62 bits."""
    chosen = {p.name for p in network.populations if can_saturate(network, p) and (names is None or p.name in names)}
    populations = tuple(_wide(network, p) if p.name in chosen else p for p in network.populations)
    return replace(network, populations=populations) if chosen else network


def proved_again(network: Network, before: Network) -> Network:
    """`network`, which is `before` over more steps: what could not saturate still cannot, in more bits, a row for each."""
    sound = frozenset(p.name for p in before.populations if not can_saturate(before, p))
    wide = widened(network, sound)
    rows = [
        ReportRow(new.name, "saturation", "note", f"potential {new.potential_bits} bits for {network.steps} steps")
        for old, new in zip(network.populations, wide.populations, strict=True)
        if old is not new
    ]
    return replace(wide, report=wide.report.plus(*rows)) if rows else wide


def _enough(network: Network, population: Population) -> int | None:
    """The |potential| beyond which only its own record could tell the difference; None where it adds up on."""
    if population.name == network.output and network.readout == "potential":
        return None
    neuron, law = population.neuron, law_of(population.neuron)
    return law.enough(neuron, law.held(network, neuron), largest_magnitude(population.initial))


def _heaviest_steps(network: Network) -> int:
    """How many of the heaviest steps weigh at least as much as the run; the layerwise bound holds all of it already."""
    if network.schedule == "layerwise":
        return 1
    return network.code.heaviest_steps


def _wide(network: Network, population: Population) -> Population:
    bits = safe_bits(network, population)
    if bits > WIDEST_POTENTIAL:
        raise InvalidNetwork(
            f"expected potentials of population {population.name!r} of at most {WIDEST_POTENTIAL} bits, got a bound of {bits} "
            "bits; try fewer bits or steps"
        )
    return replace(population, potential_bits=bits)


def _row(network: Network, population: Population) -> ReportRow:
    bits, most = population.width, reach(network, population)
    top, unit = 2 ** (bits - 1) - 1, largest_threshold(population.neuron)
    in_units = (f"{top:,}", f"{most:,} units")
    held, reached = (f"{top / unit:.4g}", f"{most / unit:.4g} thresholds") if unit else in_units
    told = (
        f"can saturate: {bits} bits hold {held}, all inputs of a run at their worst add up to {reached}; "
        f"{safe_bits(network, population)} bits never saturate"
    )
    return ReportRow(population.name, "saturation", "note", told)
