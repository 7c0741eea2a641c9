"""Potentials in fixed point: how far a run can take them, the width from which no answer changes, and rows that say what is lost.

Bounds are proved from the weights, the schedule, the neuron and the steps, whatever the input; running noise is not in them.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.checked import WIDEST, largest_magnitude
from spikewright.snn.codes import AddressEvents, PhaseCode
from spikewright.snn.fixed.bounds import population_bound
from spikewright.snn.network import Network, Population
from spikewright.snn.neurons import (
    FIRING,
    IF,
    LIF,
    Burst,
    FewSpikeIF,
    MaxGate,
    QuantReLU,
    Ramp,
    SignedIF,
    Source,
    TernaryIF,
)
from spikewright.snn.report import ReportRow

WIDEST_POTENTIAL = WIDEST
PROBED = 50
"""Samples that are run at once to see what saturation changes."""


def reach(network: Network, population: Population) -> int:
    """The largest |U| of a run: |initial| + sum over the steps of max |S + b|. A reset only brings U nearer to zero.

    A leak 2**-k ends the growth at 2**k (max |S + b| + 1); a FewSpikeIF neuron may be reset below zero.
    """
    neuron: Any = population.neuron
    step, begun = population_bound(network, population), largest_magnitude(population.initial)
    whole = step * _heaviest_steps(network)
    if isinstance(neuron, LIF):
        whole = min(whole, (step + 1) << -int(np.log2(neuron.leak)))
    if isinstance(neuron, FewSpikeIF):
        whole += int(np.ceil(_threshold(population) * float(np.sum(np.abs(neuron.resets)))))
    return max(whole + begun, _threshold(population))


def safe_bits(network: Network, population: Population) -> int:
    """The narrowest width at which no spike, value or logit of any run can be another than without a limit."""
    most = reach(network, population)
    enough = _enough(network, population)
    return (most if enough is None else min(most, enough)).bit_length() + 1


def thresholds_held(network: Network, population: Population) -> float | None:
    """How many of its largest thresholds a layerwise neuron's potential must hold so that no spike is lost; None: no such number.

    It gathers its whole charge first. With T thresholds (times the limit of a burst) every step of its window is full.
    """
    neuron: Any = population.neuron
    if isinstance(neuron, FewSpikeIF):
        return float(np.sum(np.abs(neuron.resets)) + np.max(np.abs(neuron.thresholds)))
    if network.schedule != "layerwise" or not isinstance(neuron, IF | SignedIF | TernaryIF | Burst):
        return None
    if isinstance(neuron, IF) and neuron.reset == "zero":
        return 1.0
    return float(network.steps * (neuron.limit if isinstance(neuron, Burst) else 1))


def can_saturate(network: Network, population: Population) -> bool:
    """Whether the declared width of a fixed-point population may change what it sends or answers."""
    if network.numbers != "fixed" or isinstance(population.neuron, Source | MaxGate):
        return False
    return (population.potential_bits or 0) < safe_bits(network, population)


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


def measured_saturation(network: Network, inputs: Any) -> ReportRow:
    """What the declared widths of a fixed-point `network` change on `inputs`: spikes of neurons and steps, and predictions.

    Both the network and the same with potentials as wide as proved are run. Raises what `simulate` raises.
    """
    from spikewright.snn.simulation import simulate
    from spikewright.snn.streams import check_inputs

    if isinstance(network.code, AddressEvents):
        check_inputs(network, inputs)
    else:
        inputs = check_inputs(network, inputs)
    proved, sent, differ, answers = widened(network), 0, 0, 0
    for start in range(0, len(inputs), PROBED):
        part = inputs[start : start + PROBED]
        runs = [simulate(one, part, record=("rasters",)) for one in (network, proved)]
        mine, theirs = ([run.rasters[p.name] for p in network.populations] for run in runs)
        sent += sum(int(np.count_nonzero(x)) for x in theirs)
        differ += sum(int(np.count_nonzero(x != y)) for x, y in zip(mine, theirs, strict=True))
        answers += int(np.count_nonzero(runs[0].predictions != runs[1].predictions))
    told = f"on {len(inputs):,} samples {differ:,} of {sent:,} spikes and {answers:,} answers are not those without saturation"
    return ReportRow("network", "saturation", "note", told)


def _enough(network: Network, population: Population) -> int | None:
    """The potential beyond which only its own record could tell the difference; None where it adds up on."""
    neuron: Any = population.neuron
    begun = largest_magnitude(population.initial)
    if isinstance(neuron, Ramp):
        return int(np.ceil(neuron.window * (1.0 + 0.5 / (neuron.levels or 1)))) + begun
    if isinstance(neuron, QuantReLU) or (population.name == network.output and network.readout == "potential"):
        return None
    held = thresholds_held(network, population)
    return None if held is None else max(begun, int(np.ceil(max(held, 1.0))) * _threshold(population))


def _threshold(population: Population) -> int:
    """The largest threshold, 0 without one."""
    if not isinstance(population.neuron, FIRING):
        return 0
    return max(largest_magnitude(getattr(population.neuron, name, 0)) for name in ("threshold", "negative"))


def _heaviest_steps(network: Network) -> int:
    """How many of the heaviest steps weigh at least as much as the run; the layerwise bound holds all of it already."""
    if network.schedule == "layerwise":
        return 1
    # The weights of a period, 2**(period - 1) + ... + 1, are less than two of its first step.
    return 2 * network.code.periods if isinstance(network.code, PhaseCode) else network.steps


def _wide(network: Network, population: Population) -> Population:
    bits = safe_bits(network, population)
    if bits > WIDEST_POTENTIAL:
        raise InvalidNetwork(
            f"expected potentials of population {population.name!r} of at most {WIDEST_POTENTIAL} bits, got a bound of {bits} "
            "bits; try fewer bits or steps"
        )
    return replace(population, potential_bits=bits)


def _row(network: Network, population: Population) -> ReportRow:
    bits, most = population.potential_bits or 0, reach(network, population)
    top, unit = 2 ** (bits - 1) - 1, _threshold(population)
    in_units = (f"{top:,}", f"{most:,} units")
    held, reached = (f"{top / unit:.4g}", f"{most / unit:.4g} thresholds") if unit else in_units
    told = (
        f"can saturate: {bits} bits hold {held}, all inputs of a run at their worst add up to {reached}; "
        f"{safe_bits(network, population)} bits never saturate"
    )
    return ReportRow(population.name, "saturation", "note", told)
