"""Few spikes of different weight."""

import torch
from torch import nn

from spikewright.conversion import FewSpike, convert
from spikewright.snn import FewSpikeIF, simulate
from tests.conversion.timed import images


def test_the_network_sends_what_the_fit_says() -> None:
    network = convert(model_without_max(), images(50), FewSpike(3, "learned"))
    activity = simulate(network, images(5), record=("rasters", "potentials"))
    first = network.populations[1]
    assert isinstance(first.neuron, FewSpikeIF)
    assert activity.rasters[first.name].max() == 1
    assert set(first.neuron.amplitudes) == {float(round(x)) for x in first.neuron.amplitudes}


def model_without_max() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3)).eval()
