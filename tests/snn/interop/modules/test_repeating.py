"""What enters neurons is the same in every step, also from earlier steps through weights of its own."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright.snn import RateCode, simulate
from spikewright.snn.interop.snntorch import from_snntorch
from tests.snn.interop.imported import compare, dyadic, images, spikes_of

snntorch = pytest.importorskip("snntorch")


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.one = nn.Conv1d(2, 4, 3, padding=1, groups=2), snntorch.Leaky(beta=0.5, threshold=0.5)
        self.back, self.fc, self.two = nn.Linear(5, 5, bias=False), nn.Linear(36, 5), snntorch.Leaky(beta=0.5)

    def forward(self, x: Tensor) -> Tensor:
        m1, m2, spk, total = self.one.reset_mem(), self.two.reset_mem(), torch.zeros(10, 5), 0
        for step in range(6):
            s1, m1 = self.one(self.conv(x[step]), m1)
            spk, m2 = self.two(self.fc(s1.flatten(1)) + self.back(spk), m2)
            total = total + spk
        return total / 6


def test_spikes_of_each_step_and_a_recurrence_written_out() -> None:
    """`x (steps, batch, channels, length)` is indexed in a loop; the last spikes come back through weights of their own."""
    module = dyadic(Recurrent())
    network, x = from_snntorch(module, (2, 9), RateCode(6)), images(10, 2, 9)
    trains = torch.from_numpy(simulate(network, x.numpy(), record=("rasters",)).rasters["input"]).float()
    theirs, rates = spikes_of(module, lambda: module(trains))
    activity = compare(network, x.numpy(), {name: theirs[name] for name in ("one", "two")}, exact=True)
    np.testing.assert_allclose(activity.logits / 6, rates.numpy(), rtol=1e-6)
    (loop,) = [q for q in network.projections if q.source == "two"]
    assert loop.target == "two" and loop.delay == 1
