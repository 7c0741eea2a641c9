"""Networks trained with surrogate gradients in snnTorch and in SpikingJelly: read, they spike alike and go the whole way."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.experiments.data.load import load_dataset
from spikewright.hardware import explore
from spikewright.robustness import PGD, AnnPredictor, SnnPredictor, evaluate
from spikewright.snn import LIF, Network, simulate
from spikewright.snn.interop.snntorch import from_snntorch
from spikewright.snn.interop.spikingjelly import from_spikingjelly
from tests.snn.interop.imported import compare, spikes_of

snntorch = pytest.importorskip("snntorch")
STEPS = 8
HUNDRED = slice(100)


@pytest.fixture(scope="module")
def digits() -> Any:
    return load_dataset("digits")


def train(module: nn.Module, data: Any, answers: Callable[[Tensor], Tensor], epochs: int = 3) -> None:
    """Adam on the spike counts of the output, with the surrogate gradients of the library."""
    torch.manual_seed(1)
    images, labels = torch.from_numpy(data.train_images), torch.from_numpy(data.train_labels).long()
    optimiser = torch.optim.Adam(module.parameters(), 5e-3)
    module.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(64):
            optimiser.zero_grad()
            F.cross_entropy(answers(images[batch]), labels[batch]).backward()
            optimiser.step()
    module.eval()


class Tutorial(nn.Module):
    """Convolution and weights between leaky neurons that learn their thresholds, as in snnTorch's tutorials."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.lif1 = nn.Conv2d(1, 8, 3, padding=1), snntorch.Leaky(beta=0.75, learn_threshold=True)
        self.fc, self.lif2 = nn.Linear(128, 10), snntorch.Leaky(beta=0.75)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mem1, mem2 = self.lif1.reset_mem(), self.lif2.reset_mem()
        spikes, potentials = [], []
        for _ in range(STEPS):
            spk1, mem1 = self.lif1(self.conv(x), mem1)
            spk2, mem2 = self.lif2(self.fc(F.max_pool2d(spk1, 2).flatten(1)), mem2)
            spikes.append(spk2)
            potentials.append(mem2)
        return torch.stack(spikes), torch.stack(potentials)


@pytest.fixture(scope="module")
def tutorial(digits: Any) -> tuple[Tutorial, Network]:
    torch.manual_seed(0)
    module = Tutorial()
    train(module, digits, lambda x: module(x)[0].sum(dim=0))
    return module, from_snntorch(module, (1, 8, 8), STEPS)


def test_a_network_trained_in_snntorch(tutorial: tuple[Tutorial, Network], digits: Any) -> None:
    """Every spike of every population and step, and every prediction, on 100 test images."""
    module, network = tutorial
    images, labels = digits.test_images[HUNDRED], digits.test_labels[HUNDRED]
    theirs, (spikes, _) = spikes_of(module, lambda: module(torch.from_numpy(images)))
    activity = compare(network, images, theirs, least=1000)
    np.testing.assert_array_equal(activity.predictions, spikes.sum(dim=0).argmax(dim=1).numpy())
    assert activity.accuracy(labels) > 0.85
    assert isinstance(network.by_name["lif1"].neuron, LIF) and module.lif1.threshold.item() != 1.0


class Spiking(nn.Module):
    """Convolution, batch norm, node and pool, in multi-step mode, as in SpikingJelly's tutorials."""

    def __init__(self) -> None:
        super().__init__()
        from spikingjelly.activation_based import functional, layer, neuron, surrogate

        atan = surrogate.ATan()
        self.net = nn.Sequential(
            layer.Conv2d(1, 8, 3, padding=1, bias=False),
            layer.BatchNorm2d(8),
            neuron.IFNode(surrogate_function=atan, detach_reset=True),
            layer.MaxPool2d(2, 2),
            layer.Flatten(),
            layer.Dropout(0.2),
            layer.Linear(128, 10, bias=False),
            neuron.ParametricLIFNode(init_tau=2.0, surrogate_function=atan, detach_reset=True),
        )
        functional.set_step_mode(self, "m")

    def forward(self, x: Tensor) -> Tensor:
        spikes: Tensor = self.net(x.unsqueeze(0).repeat(STEPS, 1, 1, 1, 1)).mean(0)
        return spikes


def test_a_network_trained_in_spikingjelly(digits: Any) -> None:
    """With batch norm folded in float64: rounding is the only difference there may be."""
    functional = pytest.importorskip("spikingjelly.activation_based.functional")
    torch.manual_seed(0)
    module = Spiking()

    def answers(x: Tensor) -> Tensor:
        functional.reset_net(module)
        return 8 * module(x)

    train(module, digits, answers, epochs=4)
    functional.reset_net(module)
    network = from_spikingjelly(module, (1, 8, 8), STEPS)
    images, labels = digits.test_images[HUNDRED], digits.test_labels[HUNDRED]
    theirs, rates = spikes_of(module, lambda: module(torch.from_numpy(images)))
    activity = compare(network, images, theirs, least=1000)
    np.testing.assert_array_equal(activity.logits, (STEPS * rates).numpy())
    assert activity.accuracy(labels) > 0.85
    assert 0.0 < network.by_name["net.7"].neuron.leak != 0.5  # type: ignore[union-attr]


def test_the_whole_way_of_a_network_that_was_trained_elsewhere(
    tutorial: tuple[Tutorial, Network], digits: Any, tmp_path: Any
) -> None:
    """Saved, attacked next to a CNN, turned into integers, and costed on an FPGA."""
    _, network = tutorial
    images, labels = digits.test_images[HUNDRED], digits.test_labels[HUNDRED]
    network.save(tmp_path / "network.safetensors")
    again = Network.load(tmp_path / "network.safetensors")
    activity = simulate(again, images)
    np.testing.assert_array_equal(activity.logits, simulate(network, images).logits)

    torch.manual_seed(0)
    cnn = nn.Sequential(nn.Flatten(), nn.Linear(64, 10)).eval()
    table = evaluate(
        [SnnPredictor(again), AnnPredictor(cnn)], (images[:20], labels[:20]), [PGD(steps=5)], epsilons=[0.1]
    )
    under = {row["perturbation"]: row["accuracy"] for row in table if row["model"] == "SNN"}
    assert under["clean"] > 0.7 and min(under.values()) < under["clean"]

    fixed = again.to_fixed(weight_bits=8, potential_bits=20)
    counted = simulate(fixed, images)
    assert counted.accuracy(labels) > 0.85
    points = explore([(fixed, counted)], device="xc7a100t", labels=labels)
    fitting = [row for row in points.table if row["fits"]]
    assert {"lif1", "lif1.max", "lif2"} <= points.best("fpga_energy_uj").by_name.keys()
    assert 0.0 < min(row["fpga_energy_uj"] for row in fitting) < max(row["fpga_energy_uj"] for row in fitting)
