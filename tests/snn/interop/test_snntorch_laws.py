"""Modules of snnTorch become networks that spike alike: every law, every way to write the steps, and what is refused."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import IF, LIF, Direct
from spikewright.snn.interop.snntorch import from_snntorch
from tests.snn.interop.imported import compare, dyadic, images, spikes_of

snntorch = pytest.importorskip("snntorch")
STEPS = 8


class Looped(nn.Module):
    """The way of snnTorch's tutorials: states handed on, a list of spikes and one of potentials."""

    def __init__(self, neuron: Any, last: Any = None) -> None:
        super().__init__()
        self.conv, self.lif1 = nn.Conv2d(1, 4, 3, padding=1), neuron
        self.fc, self.lif2 = nn.Linear(4 * 9, 10), last or snntorch.Leaky(beta=1.0)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mem1, mem2 = (
            self.lif1.init_leaky() if hasattr(self.lif1, "init_leaky") else self.lif1.reset_mem(),
            self.lif2.init_leaky(),
        )
        spikes, potentials = [], []
        for _ in range(STEPS):
            spk1, mem1 = self.lif1(self.conv(x), mem1)
            spk2, mem2 = self.lif2(self.fc(F.avg_pool2d(spk1, 2).view(x.size(0), -1)), mem2)
            spikes.append(spk2)
            potentials.append(mem2)
        return torch.stack(spikes), torch.stack(potentials)


LAWS = {
    "subtract": dict(beta=1.0),
    "subtract, a threshold for each channel": dict(
        beta=1.0, threshold=torch.tensor([0.5, 1.0, 1.5, 2.0]).reshape(4, 1, 1)
    ),
    "zero": dict(beta=1.0, reset_mechanism="zero"),
    "leak, zero": dict(beta=0.75, reset_mechanism="zero"),
    "leak, zero, at once": dict(beta=0.5, reset_mechanism="zero", reset_delay=False),
    "leak, subtract": dict(beta=0.5),
    "learnt": dict(beta=0.5, learn_beta=True, learn_threshold=True, threshold=0.75),
}


@pytest.mark.parametrize("law", LAWS)
def test_every_law_of_leaky_spike_for_spike(law: str) -> None:
    """Dyadic numbers: nothing is rounded, so ties at the threshold are compared as well, and everything is equal."""
    module = dyadic(Looped(snntorch.Leaky(**LAWS[law])))
    network, x = from_snntorch(module, (1, 6, 6), STEPS), images(20, 1, 6, 6)
    theirs, (spikes, _) = spikes_of(module, lambda: module(x))
    activity = compare(network, x.numpy(), theirs, exact=True)
    np.testing.assert_array_equal(activity.logits, spikes.sum(dim=0).numpy())
    assert network.steps == STEPS and [p.name for p in network.populations] == ["input", "lif1", "lif2"]


@pytest.mark.parametrize("beta", [0.9, 0.3])
@pytest.mark.parametrize("reset", ["subtract", "zero"])
def test_laws_with_numbers_that_round(beta: float, reset: Any) -> None:
    module = Looped(
        snntorch.Leaky(beta=beta, threshold=0.3, reset_mechanism=reset), snntorch.Leaky(beta=0.8, threshold=0.2)
    ).eval()
    x = torch.rand(30, 1, 6, 6)
    theirs, _ = spikes_of(module, lambda: module(x))
    compare(from_snntorch(module, (1, 6, 6), Direct(STEPS)), x.numpy(), theirs)


def test_the_reset_before_the_leak_is_a_shift() -> None:
    """mem = beta mem + I - threshold s is our LIF with threshold / beta, counted from threshold (1 - 1 / beta)."""
    network = from_snntorch(Looped(snntorch.Leaky(beta=0.5, threshold=0.75)).eval(), (1, 6, 6), STEPS)
    neuron, here = network.by_name["lif1"].neuron, network.by_name["lif1"]
    assert isinstance(neuron, LIF) and neuron.leak == 0.5 and neuron.reset == "subtract"
    assert neuron.threshold == np.nextafter(np.float32(1.5), np.float32(2)) and here.initial == 0.75
    assert {row.layer: row.action for row in network.report}["lif1"] == "rewritten"
    assert isinstance(network.by_name["lif2"].neuron, IF)


@pytest.mark.parametrize("kind", ["all to all", "one to one", "at once", "zero"])
def test_recurrent_neurons(kind: str) -> None:
    options: dict[str, Any] = (
        {"all_to_all": True, "linear_features": 12} if kind != "one to one" else {"all_to_all": False, "V": 0.25}
    )
    options |= {
        "reset_mechanism": "subtract" if kind in ("all to all", "one to one") else "zero",
        "reset_delay": kind != "at once",
    }
    neuron = snntorch.RLeaky(beta=0.5, threshold=0.75, init_hidden=True, **options)
    module = dyadic(
        nn.Sequential(nn.Linear(9, 12), neuron, nn.Linear(12, 5), snntorch.Leaky(beta=1.0, init_hidden=True))
    )
    network, x = from_snntorch(module, (9,), 6), images(10, 9)
    theirs, _ = spikes_of(module, lambda: [module(x) for _ in range(6)])
    compare(network, x.numpy(), theirs, exact=True)
    assert [q.delay for q in network.projections if q.source == q.target] == [1]


@pytest.mark.parametrize("reset", ["subtract", "zero"])
def test_lapicque_has_a_gain_and_loses_what_arrives_after_a_reset_to_zero(reset: Any) -> None:
    neuron = snntorch.Lapicque(R=2.0, C=2.0, time_step=1.0, threshold=0.5, reset_mechanism=reset, init_hidden=True)
    module = dyadic(nn.Sequential(nn.Linear(9, 12), neuron))
    network, x = from_snntorch(module, (9,), 6), images(20, 9)
    theirs, _ = spikes_of(module, lambda: [module(x) for _ in range(6)])
    compare(network, x.numpy(), theirs)
    assert network.by_name["1"].neuron.refractory == (reset == "zero")  # type: ignore[union-attr]


class Doubled(nn.Module):
    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.fc, self.layer, self.lif = nn.Linear(9, 9), layer, snntorch.Leaky(beta=0.5, init_hidden=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.lif(self.layer(self.lif(self.fc(x))))


REFUSED: dict[str, tuple[Any, str]] = {
    "Synaptic": (
        lambda: nn.Sequential(nn.Linear(9, 4), snntorch.Synaptic(0.5, 0.5, init_hidden=True)),
        "'1'.*Synaptic.*second state",
    ),
    "inhibition": (lambda: hidden(inhibition=True), "'1'.*without inhibition"),
    "state_quant": (lambda: hidden(state_quant=torch.round), "'1'.*without state_quant"),
    "graded": (lambda: hidden(graded_spikes_factor=0.5), "'1'.*without graded_spikes_factor"),
    "reset at once": (lambda: hidden(reset_delay=False), "'1'.*reset_delay=True"),
    "several betas": (lambda: hidden(beta=torch.tensor([0.5, 0.5, 0.5, 0.25])), "'1'.*one beta"),
    "no leak left": (lambda: hidden(beta=0.0), "'1'.*decay in"),
    "ReLU": (lambda: nn.Sequential(nn.Linear(9, 4), nn.ReLU(), *hidden()[1:]), "'1': a ReLU"),
    "two weights": (lambda: nn.Sequential(nn.Linear(9, 9), *hidden()), "'1'.*neuron between"),
    "maximum of currents": (
        lambda: nn.Sequential(nn.Unflatten(1, (1, 3, 3)), nn.MaxPool2d(2), *hidden()),
        "'1': expected max-pooling right behind neurons",
    ),
    "no neurons": (lambda: nn.Sequential(nn.Linear(9, 4)), "expected layers of snnTorch's neurons"),
    "neurons used twice": (lambda: Doubled(nn.Linear(9, 9)), "'lif'"),
    "spikes without a reset": (lambda: hidden(reset_mechanism="none"), "'1'.*with a reset"),
}


def hidden(**options: Any) -> nn.Sequential:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("snntorch._neurons.neurons.warn", lambda *_: None)
        return nn.Sequential(nn.Linear(9, 4), snntorch.Leaky(**{"beta": 0.5, "init_hidden": True, **options}))


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_counterpart_is_refused_by_name(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(InvalidNetwork, match=words):
        from_snntorch(make().eval(), (9,), 5)


def test_training_mode_steps_and_loops_over_a_tensor() -> None:
    with pytest.raises(InvalidInput, match=r"'1' in training mode; try module\.eval"):
        from_snntorch(nn.Sequential(nn.Linear(9, 4), nn.BatchNorm1d(4), *hidden()[1:]), (9,), 5)
    plain = hidden().eval()
    for arguments, words in (
        ((plain, (9, 0), 5), "shape of one input"),
        ((plain, (9,), "five"), "steps or a code"),
        (("plain", (9,), 5), "torch module"),
    ):
        with pytest.raises(InvalidInput, match=words):
            from_snntorch(*arguments)
    with pytest.raises(InvalidInput, match=f"does {STEPS} steps"):
        from_snntorch(Looped(snntorch.Leaky(beta=0.5)).eval(), (1, 6, 6), STEPS + 1)

    class Data(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lif = snntorch.Leaky(beta=0.5, init_hidden=True)

        def forward(self, x: Tensor) -> Tensor:
            return self.lif(x) if x.sum() > 0 else x

    with pytest.raises(InvalidNetwork, match=r"torch\.fx can follow"):
        from_snntorch(Data().eval(), (9,), 5)
