"""Faults inside a spiking network: spikes that are lost or late."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from robustness.corruption import Corruption, not_a_probability
from robustness.predictor import CHUNK, Predictor, SnnPredictor
from snn.codes import Direct, Ttfs
from snn.network import Network
from snn.neurons import IF, LIF, Ramp
from snn.noise import Noise, SpikeDeletion, SpikeJitter
from snn.simulate import simulate


@final
@dataclass(frozen=True)
class SpikeDeletionFault(Corruption):
    """Each spike is lost on its way with probability `strength`; the neuron that sent it is reset all the same."""

    def refusal(self, predictor: Predictor, strength: float) -> str | None:
        """Only for networks that send spikes, and for probabilities."""
        return _without_spikes(predictor) or not_a_probability(strength)

    def _predict(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        return _simulated(predictor, images, seed, lambda one: SpikeDeletion(strength, one))


@final
@dataclass(frozen=True)
class SpikeJitterFault(Corruption):
    """Each spike comes up to `strength` steps (whole ones; in a time code: windows) too early or too late."""

    def refusal(self, predictor: Predictor, strength: float) -> str | None:
        """Only for networks that send spikes; whole steps where there are steps."""
        reason = _without_spikes(predictor)
        if reason is None and isinstance(predictor, SnnPredictor):
            timed = isinstance(predictor.network.code, Ttfs)
            return None if timed or float(strength).is_integer() else f"its strength is whole steps, not {strength:g}"
        return reason

    def _predict(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        return _simulated(predictor, images, seed, lambda one: SpikeJitter(strength, one))


def sends_spikes(network: Network) -> bool:
    """Whether anything in the network is sent as spikes, so that spikes can be lost."""
    inner = any(isinstance(p.neuron, IF | LIF | Ramp) and p.name != network.output for p in network.populations)
    return inner or not isinstance(network.code, Direct)


def _without_spikes(predictor: Predictor) -> str | None:
    if not isinstance(predictor, SnnPredictor):
        return "it sends no spikes"
    return None if sends_spikes(predictor.network) else "it sends graded values, not spikes"


def _simulated(predictor: Predictor, images: Tensor, seed: int, noise: Callable[[int], Noise]) -> Tensor:
    """Predictions chunk by chunk; every chunk has its own seed, as the draws count samples from zero."""
    if not isinstance(predictor, SnnPredictor):
        raise TypeError(f"expected an SnnPredictor after its check, got {type(predictor).__name__}")
    parts = []
    for place, part in enumerate(torch.split(images, CHUNK)):
        run = simulate(predictor.network, part.numpy(), engine=predictor.engine, noise=noise((seed + place) % 2**63))
        parts.append(torch.from_numpy(run.predictions))
    return torch.cat(parts)
