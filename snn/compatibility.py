"""Which neurons, codes, schedules, readouts and decisions go together. What is not allowed here raises; no engine guesses."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.codes import Delta, Direct, PhaseCode, SpikeSelectCode, TtfsCode
from spikewright.snn.neurons import (
    FIRING,
    IF,
    LIF,
    Burst,
    FewSpikeIF,
    Integrator,
    LatchedIF,
    MaxGate,
    QuantReLU,
    Ramp,
    SignedIF,
    Source,
    TernaryIF,
)
from spikewright.snn.synapses import Windows

if TYPE_CHECKING:
    from spikewright.snn.network import Network, Population

_ANSWERS: dict[str, tuple[type, ...]] = {
    "potential": (Integrator, IF, LIF, SignedIF, TernaryIF, Burst),
    "count": (IF, LIF, SignedIF, TernaryIF, Burst, LatchedIF, QuantReLU),
    "first": (IF, LIF, LatchedIF, Ramp),
}


def check_rules(network: Network) -> None:
    """Raise InvalidNetwork when the parts do not go together, naming the part and what would."""
    _check_input(network)
    _check_families(network)
    _check_gates(network)
    _check_code(network)
    _check_schedule(network)
    _check_fixed(network)
    _check_answer(network)


def _inner(network: Network) -> list[Population]:
    return [p for p in network.populations if p.name != network.input]


def _check_input(network: Network) -> None:
    source = network.by_name[network.input]
    if not isinstance(source.neuron, Source):
        raise InvalidNetwork(f"expected the input population {network.input!r} to be a Source")
    if any(isinstance(p.neuron, Source) for p in _inner(network)):
        raise InvalidNetwork("expected one Source, the input population")
    if isinstance(network.code, Delta) and source.shape[0] % 2:
        raise InvalidNetwork(
            f"expected twice the channels in the input of a Delta code, ON and OFF, got {source.shape}"
        )


def _check_families(network: Network) -> None:
    """Steps, time codes and quantised networks do not mix."""
    neurons = [p.neuron for p in _inner(network)]
    timed, quantised = (any(isinstance(n, kind) for n in neurons) for kind in (Ramp, QuantReLU))
    stepped = any(isinstance(n, FIRING) for n in neurons)
    if timed != isinstance(network.code, TtfsCode) or (timed and (quantised or stepped)):
        raise InvalidNetwork("expected Ramp neurons with the code TtfsCode and with it alone")
    if quantised and (network.steps != 1 or stepped):
        raise InvalidNetwork("expected QuantReLU neurons in a network of one step and of their own kind")


def _check_gates(network: Network) -> None:
    """A MaxGate sees Windows, and nothing else does."""
    for q in network.projections:
        gate = isinstance(network.by_name[q.target].neuron, MaxGate)
        if gate != isinstance(q.synapse, Windows):
            raise InvalidNetwork(f"expected Windows into a MaxGate and only there, got projection {q.name!r}")
        if gate and (q.pool != (1, 1) or q.shift or q.delay):
            raise InvalidNetwork(f"expected no pool, shift or delay in projection {q.name!r} into a MaxGate")
        source = network.by_name[q.source].neuron
        graded = isinstance(network.code, Direct) and isinstance(source, Source)
        if gate and graded and (network.steps > 1 or any(isinstance(p.neuron, FIRING) for p in network.populations)):
            raise InvalidNetwork(
                f"expected spikes into the MaxGate {q.target!r}, got a direct input; pool the image first"
            )
        if gate and isinstance(source, Integrator):
            raise InvalidNetwork(f"expected spikes into the MaxGate {q.target!r}, got an Integrator, which sends none")
        if gate and isinstance(source, FewSpikeIF):
            raise InvalidNetwork(
                f"expected spikes of equal weight into the MaxGate {q.target!r}, got FewSpikeIF neurons; try an average pool"
            )
    for p in network.populations:
        if not isinstance(p.neuron, MaxGate):
            continue
        slices = sorted(q.channels or (0, p.shape[0]) for q in network.incoming[p.name])
        if any(one[1] > other[0] for one, other in pairwise(slices)):
            raise InvalidNetwork(f"expected one source for each channel of the MaxGate {p.name!r}")
        if np.any(np.asarray(p.bias)) or np.any(np.asarray(p.initial)):
            raise InvalidNetwork(f"expected no bias and no initial potential in the MaxGate {p.name!r}")


def _check_code(network: Network) -> None:
    code = network.code
    if isinstance(code, PhaseCode):
        if network.schedule != "synchronous" or any(q.delay for q in network.projections):
            raise InvalidNetwork("expected the synchronous schedule without delays under the code PhaseCode")
        for p in _inner(network):
            if not isinstance(p.neuron, IF | Integrator) or getattr(p.neuron, "refractory", False):
                raise InvalidNetwork(
                    f"expected IF or Integrator without refractory steps under PhaseCode in {p.name!r}"
                )
    if isinstance(code, SpikeSelectCode):
        for p in _inner(network):
            if p.name != network.output and not isinstance(p.neuron, IF | LIF | MaxGate | Integrator):
                raise InvalidNetwork(f"expected IF, LIF or MaxGate under the code SpikeSelectCode in {p.name!r}")


def _check_schedule(network: Network) -> None:
    stepped = any(isinstance(p.neuron, (*FIRING, Integrator)) for p in network.populations)
    quiet = any(isinstance(p.neuron, Ramp | QuantReLU) for p in network.populations)
    plain = network.schedule == "synchronous" and stepped and not quiet and not isinstance(network.code, TtfsCode)
    if network.schedule not in ("synchronous", "layerwise"):
        raise InvalidNetwork(f'expected the schedule "synchronous" or "layerwise", got {network.schedule!r}')
    if network.decision is not None and not plain:
        raise InvalidNetwork("expected a synchronous network of steps for an early decision")
    for p in network.populations:
        if isinstance(p.neuron, LatchedIF) and network.schedule != "synchronous":
            raise InvalidNetwork(f"expected the synchronous schedule for LatchedIF neurons in {p.name!r}")
        if not isinstance(p.neuron, FewSpikeIF):
            continue
        if network.schedule != "layerwise" or len(p.neuron.amplitudes) != network.steps:
            raise InvalidNetwork(
                f"expected the layerwise schedule over {len(p.neuron.amplitudes)} steps, those of the FewSpikeIF neurons in "
                f"{p.name!r}, got {network.schedule!r} over {network.steps}"
            )
    for q in network.projections:
        if q.delay and not plain:
            raise InvalidNetwork(f"expected a synchronous network of steps for the delay of projection {q.name!r}")
        if q.delay and q.source == network.input and network.code.graded:
            raise InvalidNetwork(f"expected spikes through the delayed projection {q.name!r}, got a direct input")


def _check_fixed(network: Network) -> None:
    if network.numbers != "fixed":
        return
    if isinstance(network.code, Direct | TtfsCode) and network.code.levels is None:
        raise InvalidNetwork(
            "expected a code of integers for fixed point, got real values; try Direct or TtfsCode with levels, or RateCode"
        )
    for p in _inner(network):
        if isinstance(p.neuron, FewSpikeIF):
            parts = (*p.neuron.thresholds, *p.neuron.resets, *p.neuron.amplitudes)
            if any(x != np.floor(x) or abs(x) >= 2.0**31 for x in parts):
                raise InvalidNetwork(
                    f"expected whole thresholds, resets and amplitudes in the FewSpikeIF neurons of {p.name!r} for fixed point"
                )
        if isinstance(p.neuron, Ramp) and (p.neuron.levels is None or p.neuron.window % p.neuron.levels):
            raise InvalidNetwork(
                f"expected a window of a whole number of units for each level in {p.name!r}; try network.to_fixed()"
            )


def _check_answer(network: Network) -> None:
    if not (np.isfinite(network.logit_scale) and network.logit_scale > 0):
        raise InvalidNetwork(f"expected a logit scale > 0, got {network.logit_scale}")
    neuron = network.by_name[network.output].neuron
    if network.readout not in _ANSWERS or not isinstance(neuron, _ANSWERS[network.readout]):
        kind = type(neuron).__name__
        raise InvalidNetwork(f"expected a readout that {kind} neurons can give, got {network.readout!r}")
