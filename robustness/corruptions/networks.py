"""What harms a spiking network inside: one noise or fault record of `snn.disturb`, made from a strength and a seed."""

from abc import abstractmethod
from typing import final

import torch
from torch import Tensor

from spikewright.robustness.corruptions.base import Corruption
from spikewright.robustness.predictor import Predictor
from spikewright.robustness.snn_predictor import SnnPredictor
from spikewright.snn.disturb.preparation import Disturbance
from spikewright.snn.network import Network
from spikewright.snn.simulation import simulate
from spikewright.snn.traits import sent


class NetworkFault(Corruption):
    """A corruption of a spiking network that the engine carries out: a class below it writes `record`, and `missing`.

    All images are simulated in one run, since draws count its samples; engines take a few at a time by themselves.
    """

    @abstractmethod
    def record(self, strength: float, seed: int) -> Disturbance:
        """The noise or fault of this strength, drawn from `seed`."""

    @abstractmethod
    def missing(self, network: Network) -> str | None:
        """What a network lacks to be harmed so, as a reason; None when it lacks nothing."""

    @final
    def lacks(self, predictor: Predictor) -> str | None:
        """No network, or what the network lacks."""
        if not isinstance(predictor, SnnPredictor):
            return "it sends no spikes" if self.harms == "spikes" else "it is no spiking network"
        return self.missing(predictor.network)

    @final
    def harmed(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        """The labels of a run with the record."""
        if not isinstance(predictor, SnnPredictor):
            raise TypeError(f"expected an SnnPredictor after its check, got {type(predictor).__name__}")
        noise = self.record(strength, seed)
        run = simulate(predictor.network, images.numpy(), engine=predictor.engine, noise=noise)
        return torch.from_numpy(run.predictions)


def no_spikes(network: Network) -> str | None:
    """The reason why nothing in the network is sent as spikes, so that none can be lost; None when something is."""
    senders = [p for p in network.populations if p.name != network.output]
    return None if any(sent(network, p).spiking for p in senders) else "it sends graded values, not spikes"


def no_thresholds(network: Network) -> str | None:
    """The reason why no neuron fires in steps by a threshold; None when one does."""
    return None if any(p.neuron.fires for p in network.populations) else "none of its neurons has a threshold"


def no_thresholds_or_windows(network: Network) -> str | None:
    """The reason why no neuron fires, by a threshold or in a window of time; None when one does."""
    hit = any(p.neuron.has_threshold for p in network.populations)
    return None if hit else "none of its neurons has a threshold or a window"
