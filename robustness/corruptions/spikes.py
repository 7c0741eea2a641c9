"""Faults inside a spiking network: spikes that are lost or late."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from spikewright.robustness.corruptions.base import Corruption, not_a_probability
from spikewright.robustness.predictor import Predictor, SnnPredictor
from spikewright.snn.codes import Direct, TtfsCode
from spikewright.snn.disturb.noise import SpikeDeletion, SpikeJitter
from spikewright.snn.disturb.preparation import Disturbance
from spikewright.snn.network import Network
from spikewright.snn.neurons import FIRING, Ramp
from spikewright.snn.simulation import simulate


@final
@dataclass(frozen=True)
class SpikeDeletionFault(Corruption):
    """Each spike is lost on its way with probability `strength`; the neuron that sent it is reset all the same."""

    def refusal(self, predictor: Predictor, strength: float) -> str | None:
        """Only for networks that send spikes, and for probabilities."""
        return _without_spikes(predictor) or not_a_probability(strength)

    def _predict(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        return simulated(predictor, images, SpikeDeletion(strength, seed))


@final
@dataclass(frozen=True)
class SpikeJitterFault(Corruption):
    """Each spike comes up to `strength` steps (whole ones; in a time code: windows) too early or too late."""

    def refusal(self, predictor: Predictor, strength: float) -> str | None:
        """Only for networks that send spikes; whole steps where there are steps."""
        reason = _without_spikes(predictor)
        if reason is None and isinstance(predictor, SnnPredictor):
            timed = isinstance(predictor.network.code, TtfsCode)
            whole = timed or float(strength).is_integer()
            return _fixed_in_time(predictor.network) if whole else f"its strength is whole steps, not {strength:g}"
        return reason

    def _predict(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        return simulated(predictor, images, SpikeJitter(strength, seed))


def sends_spikes(network: Network) -> bool:
    """Whether anything in the network is sent as spikes, so that spikes can be lost."""
    senders = [p for p in network.populations if p.name not in (network.input, network.output)]
    return not isinstance(network.code, Direct) or any(isinstance(p.neuron, (*FIRING, Ramp)) for p in senders)


def simulated(predictor: Predictor, images: Tensor, noise: Disturbance) -> Tensor:
    """Predictions under noise, in one run, since draws count its samples; engines take a few at a time by themselves."""
    if not isinstance(predictor, SnnPredictor):
        raise TypeError(f"expected an SnnPredictor after its check, got {type(predictor).__name__}")
    run = simulate(predictor.network, images.numpy(), engine=predictor.engine, noise=noise)
    return torch.from_numpy(run.predictions)


def _without_spikes(predictor: Predictor) -> str | None:
    if not isinstance(predictor, SnnPredictor):
        return "it sends no spikes"
    return None if sends_spikes(predictor.network) else "it sends graded values, not spikes"


def _fixed_in_time(network: Network) -> str | None:
    """Why spikes of a network of steps cannot be moved back in time; None when they can."""
    if any(q.delay for q in network.projections):
        return "its delays follow the time of spikes, which jitter would move backwards"
    return "its decision follows the time of spikes, which jitter would move backwards" if network.decision else None
