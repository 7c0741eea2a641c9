"""The spiking twins of an integer CNN, equal to it as integers.

The CNN: y = clip(floor((Q + theta/2) / theta), 0, L), Q = W x + b the whole charge, everything an integer, theta even. Its twin
has neurons with threshold theta and initial potential theta/2 (in general: v0 such that theta - v0 is the first charge that
gives level one), and the same integer weights and biases; image and bias enter with the same total. Write n(t) for a neuron's
spikes up to step t, signed; V(t) = v0 + Q(t) - theta n(t), where Q(t) is the charge so far. Nothing saturates: widths are
proved from the weights, with every count in [0, L] at all times.

Layerwise. By induction over the layers: the sources' counts are the CNN's activations, so the neuron starts from U = v0 + Q.
It fires once a step as long as U >= theta, and all its L steps leave no time for more than L spikes (a layer with fewer levels
than the window is a SignedIF with that limit, which never sees U < 0 after a spike here). Hence n = clip(floor((v0 + Q)/theta),
0, L). A MaxGate gathers the counts of its windows and sends the largest. The latency is depth times L.

Synchronous. A SignedIF fires +1 iff U >= theta and n < L, else -1 iff U < 0 and n > 0; so 0 <= n(t) <= L always. Input and bias
stop after the window.
  The rest state is unique. At rest neither condition holds, and Q(t) = Q by induction over the layers (the sources rest):
  n = 0 means v0 + Q < theta; 0 < n < L means 0 <= v0 + Q - theta n < theta; n = L means v0 + Q - theta L >= 0. In all three
  n = clip(floor((v0 + Q)/theta), 0, L), whatever happened on the way. A MaxGate has always sent the largest count of its window,
  also when counts go down, so at rest it has sent the maximum. A residual sum or a concatenation is one Q with several sources.
  It comes to rest. Let no charge of a layer change after step e. From then on a neuron with U >= theta fires +1 until
  U < theta or n = L; each of these spikes leaves V >= 0, so it never turns back. One with U < 0 fires -1 until U >= 0 or n = 0;
  each leaves V < theta. Since n stays in [0, L] these are L spikes at most, in the steps e, ..., e + L - 1. Spikes arrive in
  the step in which they are sent, so e = window - 1 for what the image alone reaches, each layer adds L - 1 along the longest
  path, a MaxGate nothing.
The step after the last spike is quiet and a network that is quiet once stays so: `Quiescence`. `steps` holds one more, so that
a sample has settled iff its `decision_step` is below `steps`; none can be cut off. After L steps the counts are not those of
the CNN in general: early inputs fire spikes that later ones take back.
"""

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from spikewright import InvalidInput, InvalidNetwork
from spikewright.conversion.integers.depth import charge_ends, firing_depth
from spikewright.conversion.integers.levels import Whole, levels_of, most_levels
from spikewright.snn import (
    IF,
    Direct,
    Network,
    Population,
    Projection,
    Quiescence,
    ReportRow,
    SignedIF,
)
from spikewright.snn.fixed.bounds import population_bound
from spikewright.snn.network import Schedule
from spikewright.snn.neurons import PerChannel
from spikewright.snn.running import Run
from spikewright.snn.synapses import Synapse
from spikewright.snn.traits import is_quantised
from spikewright.weights import refilled, stored_values

_FIXED = "its counts are those of the integer CNN after them, not before and not later"
WIDEST_WINDOW = 1024
"""Steps over which image and bias can flow in."""


def spiking(network: Network, schedule: Schedule = "layerwise", window: int = 1) -> Network:
    """The spiking network that gives the integers of an integer CNN, a fixed-point `network` of `QuantReLU` populations.

    "layerwise": each layer gathers its whole charge, then fires for as many steps as there are levels. "synchronous": all
    layers fire in each step, `SignedIF` neurons take spikes back that came too early, and the network stops when nothing
    fires any more (`Quiescence`). `window`: the steps in which image and bias flow in, synchronous only; with more than one,
    potentials count in units of 1/window. The proof is at the head of this module. Raises InvalidInput for another schedule or
    window, InvalidNetwork for a network that is not the integer CNN of a direct input, or whose levels are not equally spaced.
    """
    _check(network, schedule, window)
    twins = tuple(_twin(network, p, schedule, window) for p in network.populations)
    steps, told = _steps(network, schedule, window)
    rows = [_row(network, twin) for twin in twins if twin.neuron.fires]
    note = ReportRow(
        "network", "spiking", "note", f"{schedule}, {told}; counts and logits are those of the integer CNN"
    )
    return replace(
        network,
        populations=twins,
        projections=tuple(_charged(network, q, window) for q in network.projections),
        code=Direct(steps, network.code.levels, window),
        schedule=schedule,
        decision=Quiescence() if schedule == "synchronous" else None,
        report=network.report.plus(*rows, note),
        run=Run(_FIXED, input_range=network.run.input_range),
    )


def _steps(network: Network, schedule: Schedule, window: int) -> tuple[int, str]:
    """How many steps there are, and how they come about."""
    if schedule == "layerwise":
        steps = most_levels(network)
        return steps, f"{steps} steps a layer, latency {firing_depth(network) * steps} steps"
    # The last spike comes in step max(ends); one quiet step follows, and one that is never reached.
    steps = max(charge_ends(network, window).values()) + 3
    return steps, f"image and bias flow in {window} steps; quiet after {steps - 1} steps at the latest"


def _twin(network: Network, population: Population, schedule: Schedule, window: int) -> Population:
    neuron: Any = population.neuron
    if population.amplitude is not None:  # counted in what one step of charge brings
        population = replace(population, amplitude=np.asarray(population.amplitude, dtype=np.float64) * window)
    if neuron.sends == "nothing" and window > 1:  # its spikes are not scaled, so its bias enters once
        return replace(population, bias=0, initial=np.asarray(population.bias) + np.asarray(population.initial))
    if neuron.sends != "values":
        return population
    theta, initial = (value * window for value in levels_of(population))
    signed = schedule == "synchronous" or neuron.levels < most_levels(network)
    made: IF | SignedIF = SignedIF(_number(theta), neuron.levels) if signed else IF(_number(theta))
    bits = _width(network, population, (theta, initial), window)
    return replace(population, neuron=made, initial=_number(initial), potential_bits=bits)


def _width(network: Network, population: Population, law: tuple[Whole, Whole], window: int) -> int:
    """Bits that v0 + Q(t) - theta n never leaves, with every count in [0, levels]."""
    theta, initial = law
    bound = (
        population_bound(network, population) * window
        + int(np.max(np.abs(initial)))
        + int(np.max(theta)) * population.neuron.most
    )
    bits = bound.bit_length() + 1
    if bits > 63:
        raise InvalidNetwork(
            f"expected potentials of {population.name!r} below 2**62, got {float(bound):.3g}; try window=1"
        )
    return bits


def _charged(network: Network, projection: Projection, window: int) -> Projection:
    """A held image enters `window` times; what comes in spikes is multiplied by it, powers of two as a shift."""
    if projection.source == network.input or network.by_name[projection.target].neuron.sends != "values":
        return projection
    twos = (window & -window).bit_length() - 1
    return replace(projection, shift=projection.shift + twos, synapse=_times(projection.synapse, window >> twos))


def _times(synapse: Synapse, factor: int) -> Synapse:
    if factor == 1:
        return synapse
    if synapse.weights is not None:
        values = stored_values(synapse.weights).astype(np.int64) * factor
        narrow = np.result_type(np.min_scalar_type(values.min()), np.min_scalar_type(-1 - values.max()))
        return synapse.with_weights(refilled(synapse.weights, values.astype(narrow)))
    if synapse.gain is None:
        raise InvalidNetwork(f"expected weights or a gain, got {type(synapse).__name__}")
    return synapse.with_gain(np.asarray(synapse.gain) * factor)


def _row(network: Network, twin: Population) -> ReportRow:
    theta = np.asarray(twin.neuron.threshold)
    told = f"threshold {theta.min()} to {theta.max()}, potential {twin.potential_bits} bits by proof: never saturates"
    return ReportRow(twin.name, type(twin.neuron).__name__, "rewritten", told, neurons=twin.size)


def _number(value: Whole) -> PerChannel:
    return int(value) if value.ndim == 0 else value


def _check(network: Network, schedule: Literal["synchronous", "layerwise"], window: int) -> None:
    if schedule not in ("layerwise", "synchronous"):
        raise InvalidInput(f"expected the schedule 'layerwise' or 'synchronous', got {schedule!r}")
    if isinstance(window, bool) or not isinstance(window, int) or not 1 <= window <= WIDEST_WINDOW:
        raise InvalidInput(f"expected a window of 1 to {WIDEST_WINDOW} steps, got {window!r}")
    if schedule == "layerwise" and window > 1:
        raise InvalidInput(f"expected window=1 in the layerwise schedule, which gathers its charge, got {window}")
    quantised = is_quantised(network)
    if network.numbers != "fixed" or not quantised or network.code.sends != "values":
        raise InvalidNetwork(
            "expected an integer CNN, a fixed-point network of QuantReLU populations with a direct input; "
            "try convert(model, samples, Quantized(integer=True))"
        )
    answers = network.by_name[network.output]
    ends = {q.source for q in network.incoming[network.output]}
    if window > 1 and answers.neuron.sends == "nothing" and (network.input in ends or np.ndim(answers.bias) > 1):
        raise InvalidInput(
            f"expected window=1 for an output that reads the image or has a bias for each pixel, got {window}"
        )
