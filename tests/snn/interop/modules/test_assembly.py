"""A module with every way to join layers becomes a network that spikes alike, and says what became of each layer."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.snn import Integrator, RateCode, simulate
from spikewright.snn.interop.snntorch import from_snntorch
from tests.snn.interop.imported import compare, dyadic, images, spikes_of

snntorch = pytest.importorskip("snntorch")


class Everything(nn.Module):
    """A residual sum, a concatenation, groups, max-pooling of spikes, batch norm, dropout, strided convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.bn, self.lif0 = nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), self.neuron()
        self.depthwise, self.bn1, self.lif1 = nn.Conv2d(4, 4, 3, padding=1, groups=4), nn.BatchNorm2d(4), self.neuron()
        self.left, self.right, self.lif2 = nn.Conv2d(4, 2, 1), nn.Conv2d(4, 3, 1), self.neuron()
        self.behind, self.lif3 = nn.Conv2d(9, 4, 3, stride=2, padding=1), self.neuron()
        self.up, self.lif4 = nn.ConvTranspose2d(4, 6, 2, stride=2, groups=2), self.neuron()
        self.drop, self.fc = nn.Dropout(0.5), nn.Linear(6, 5)
        with torch.no_grad():
            for norm in (self.bn, self.bn1):
                (
                    norm.running_mean.uniform_(-0.2, 0.2),
                    norm.running_var.uniform_(0.05, 0.2),
                    norm.bias.uniform_(-0.1, 0.4),
                )

    def neuron(self) -> Any:
        return snntorch.Leaky(beta=0.8, threshold=0.4, init_hidden=True)

    def forward(self, x: Tensor) -> Tensor:
        a = self.lif0(self.bn(self.stem(x)))
        b = self.lif1(self.bn1(self.depthwise(a)) + 0.5 * a)
        c = self.lif2(torch.cat([self.left(b), self.right(b)], dim=1))
        d = self.lif3(self.behind(torch.cat((F.max_pool2d(b, 2), F.max_pool2d(c, 2)), 1)))
        e = self.lif4(self.up(d))
        return self.fc(self.drop(e.mean((2, 3))))


def test_everything_between_neurons() -> None:
    module = Everything().eval()
    network, x = from_snntorch(module, (2, 8, 8), 10), torch.rand(12, 2, 8, 8)
    theirs, answers = spikes_of(module, lambda: sum(module(x) for _ in range(10)))
    activity = compare(network, x.numpy(), theirs)
    np.testing.assert_allclose(activity.logits, answers.numpy(), rtol=1e-3, atol=1e-3)
    assert isinstance(network.by_name["output"].neuron, Integrator) and network.readout == "potential"
    rows = {row.layer: row.action for row in network.report}
    assert rows["bn"] == rows["drop"] == "folded" and rows["lif1.max"] == rows["lif2.max"] == "rewritten"


def test_spikes_of_each_step_and_an_answer_that_does_not_fire() -> None:
    """A module of one step under a code of spikes; the last layer integrates, leaks, and answers with its potential."""

    class Step(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.lif = nn.Linear(9, 16), snntorch.Leaky(beta=0.5, threshold=0.5, init_hidden=True)
            self.b, self.out = (
                nn.Linear(16, 4),
                snntorch.Leaky(beta=0.75, reset_mechanism="none", init_hidden=True, output=True),
            )

        def forward(self, x: Tensor) -> Any:
            return self.out(self.b(self.lif(self.a(x))))

    module, x = dyadic(Step()), images(10, 9)
    network = from_snntorch(module, (9,), RateCode(6))
    activity = compare(network, x.numpy(), {})
    trains = torch.from_numpy(activity.rasters["input"]).float()
    theirs, answers = spikes_of(module, lambda: [module(spikes) for spikes in trains])
    compare(network, x.numpy(), {"lif": theirs["lif"]}, exact=True)
    np.testing.assert_array_equal(activity.logits, answers[-1][1].numpy())
    assert network.readout == "potential"
    fixed = network.to_fixed(potential_bits=24)
    assert np.mean(simulate(fixed, x.numpy()).predictions == activity.predictions) >= 0.9
