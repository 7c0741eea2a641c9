"""What happens to a network and its inputs before an engine sees them, and which noise goes with which network."""

from collections.abc import Sequence

import numpy as np

from spikewright import InvalidInput
from spikewright.snn.disturb.faults import Fault, ThresholdVariation, WeightBitFlips, WeightVariation, with_faults
from spikewright.snn.disturb.noise import (
    KINDS_A_POPULATION,
    InputNoise,
    MembraneNoise,
    Noise,
    PotentialBitFlips,
    SpikeDeletion,
    SpikeInsertion,
    SpikeJitter,
    StuckAt,
)
from spikewright.snn.disturb.randomness import normal
from spikewright.snn.network import Network
from spikewright.snn.streams import EventStream, Inputs
from spikewright.snn.traits import is_timed

Disturbance = Noise | Fault
STATIC = (ThresholdVariation, WeightVariation, WeightBitFlips)
RUNNING = (SpikeDeletion, SpikeInsertion, SpikeJitter, StuckAt, MembraneNoise, PotentialBitFlips)


def prepare(
    network: Network, inputs: Inputs, noise: Disturbance | Sequence[Disturbance] | None
) -> tuple[Network, Inputs, tuple[Noise, ...]]:
    """The network with its static faults, the noisy inputs, and the noise that is left for the engine.

    Raises InvalidInput for something that is no noise, unknown names, and noise that does not fit the network.
    """
    chosen = () if noise is None else tuple(noise) if isinstance(noise, Sequence) else (noise,)
    for one in chosen:
        _check(network, one)
    network = with_faults(network, tuple(one for one in chosen if isinstance(one, STATIC)))
    for one in chosen:
        if isinstance(one, InputNoise):
            inputs = _noisy(network, inputs, one)
    return network, inputs, tuple(one for one in chosen if isinstance(one, RUNNING))


def _noisy(network: Network, inputs: Inputs, noise: InputNoise) -> Inputs:
    if isinstance(inputs, EventStream):
        raise InvalidInput("expected images for InputNoise, got events; try SpikeDeletion or SpikeInsertion")
    place = [p.name for p in network.populations].index(network.input)
    flat = inputs.reshape(len(inputs), -1)
    n = normal(noise.seed, KINDS_A_POPULATION * place + 4, *flat.shape)
    return np.clip(flat.astype(np.float64) + noise.deviation * n, 0.0, 1.0).astype(np.float32).reshape(inputs.shape)


def _check(network: Network, one: Disturbance) -> None:
    if not isinstance(one, (InputNoise, *RUNNING, *STATIC)):
        raise InvalidInput(
            f"expected noise of snn.disturb.noise or faults of snn.disturb.faults, got {type(one).__name__}"
        )
    for field, known in (("populations", network.populations), ("projections", network.projections)):
        named = getattr(one, field, ())
        if isinstance(named, str):
            raise InvalidInput(f"expected a tuple of names of {field}, got {named!r}; try ({named!r},)")
        unknown = set(named) - {part.name for part in known}
        if unknown:
            raise InvalidInput(f"expected names of {field}, got {', '.join(sorted(unknown))}")
    timed = is_timed(network)
    if isinstance(one, SpikeJitter) and not timed:
        if one.width != int(one.width):
            raise InvalidInput(f"expected a whole number of steps as jitter width, got {one.width}")
        if network.decision is not None or any(q.delay for q in network.projections):
            raise InvalidInput(
                "expected no SpikeJitter with early decision or delays: it also moves spikes back in time; try SpikeDeletion"
            )
    if isinstance(one, PotentialBitFlips) and (network.numbers != "fixed" or timed):
        raise InvalidInput("expected a fixed-point network of steps for PotentialBitFlips; try network.to_fixed()")
    if isinstance(one, InputNoise) and network.code.takes == "events":
        raise InvalidInput("expected images for InputNoise, got events; try SpikeDeletion or SpikeInsertion")
