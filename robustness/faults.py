"""Faults inside a spiking network: spikes that are lost or late."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from robustness.corruption import Corruption, not_a_probability
from robustness.predictor import CHUNK, Predictor, SnnPredictor
from snn.codes import Direct, Ttfs
from snn.disturb import Disturbance
from snn.network import Network
from snn.neurons import FIRING, Ramp
from snn.noise import SpikeDeletion, SpikeJitter
from snn.simulate import simulate


@final
@dataclass(frozen=True)
class SpikeDeletionFault(Corruption):
    """Each spike is lost on its way with probability `strength`; the neuron that sent it is reset all the same."""

    def refusal(self, predictor: Predictor, strength: float) -> str | None:
        """Only for networks that send spikes, and for probabilities."""
        return _without_spikes(predictor) or not_a_probability(strength)

    def _predict(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        return simulated(predictor, images, seed, lambda one: SpikeDeletion(strength, one))


@final
@dataclass(frozen=True)
class SpikeJitterFault(Corruption):
    """Each spike comes up to `strength` steps (whole ones; in a time code: windows) too early or too late."""

    def refusal(self, predictor: Predictor, strength: float) -> str | None:
        """Only for networks that send spikes; whole steps where there are steps."""
        reason = _without_spikes(predictor)
        if reason is None and isinstance(predictor, SnnPredictor):
            timed = isinstance(predictor.network.code, Ttfs)
            whole = timed or float(strength).is_integer()
            return _fixed_in_time(predictor.network) if whole else f"its strength is whole steps, not {strength:g}"
        return reason

    def _predict(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        return simulated(predictor, images, seed, lambda one: SpikeJitter(strength, one))


def sends_spikes(network: Network) -> bool:
    """Whether anything in the network is sent as spikes, so that spikes can be lost."""
    senders = [p for p in network.populations if p.name not in (network.input, network.output)]
    return not isinstance(network.code, Direct) or any(isinstance(p.neuron, (*FIRING, Ramp)) for p in senders)


def simulated(
    predictor: Predictor, images: Tensor, seed: int, noise: Callable[[int], Disturbance], *, static: bool = False
) -> Tensor:
    """Predictions under noise, chunk by chunk.

    Every chunk has its own seed, as the draws count samples from zero; all have the same when the fault is `static`, one chip.
    """
    if not isinstance(predictor, SnnPredictor):
        raise TypeError(f"expected an SnnPredictor after its check, got {type(predictor).__name__}")
    parts = []
    for place, part in enumerate(torch.split(images, CHUNK)):
        drawn = noise(seed if static else (seed + place) % 2**63)
        run = simulate(predictor.network, part.numpy(), engine=predictor.engine, noise=drawn)
        parts.append(torch.from_numpy(run.predictions))
    return torch.cat(parts)


def _without_spikes(predictor: Predictor) -> str | None:
    if not isinstance(predictor, SnnPredictor):
        return "it sends no spikes"
    return None if sends_spikes(predictor.network) else "it sends graded values, not spikes"


def _fixed_in_time(network: Network) -> str | None:
    """Why spikes of a network of steps cannot be moved back in time; None when they can."""
    if any(q.delay for q in network.projections):
        return "its delays follow the time of spikes, which jitter would move backwards"
    return "its decision follows the time of spikes, which jitter would move backwards" if network.decision else None
