"""Modules of SpikingJelly become networks that spike alike: nodes, step modes, containers, pools, and what is refused."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import IF, Direct
from spikewright.snn.interop.spikingjelly import from_spikingjelly
from tests.snn.interop.imported import compare, dyadic, images, spikes_of

pytest.importorskip("spikingjelly.activation_based.neuron")
from spikingjelly.activation_based import functional, layer, neuron, surrogate

STEPS = 6

NODES = {
    "IF": lambda: neuron.IFNode(),
    "IF, soft": lambda: neuron.IFNode(v_threshold=0.75, v_reset=None),
    "IF, other reset": lambda: neuron.IFNode(v_threshold=0.75, v_reset=-0.5),
    "LIF": lambda: neuron.LIFNode(tau=2.0, v_threshold=0.5, surrogate_function=surrogate.ATan()),
    "LIF, soft": lambda: neuron.LIFNode(tau=2.0, v_threshold=0.5, v_reset=None, detach_reset=True),
    "LIF, input not decayed": lambda: neuron.LIFNode(tau=2.0, decay_input=False),
    "LIF, other reset": lambda: neuron.LIFNode(tau=2.0, v_threshold=0.5, v_reset=0.125),
    "PLIF": lambda: neuron.ParametricLIFNode(init_tau=2.0, v_threshold=0.5),
}


@pytest.mark.parametrize("node", NODES)
def test_every_node_spike_for_spike(node: str) -> None:
    """tau = 2 and dyadic weights: nothing is rounded, and a potential at the threshold fires in both."""
    module = dyadic(nn.Sequential(nn.Linear(9, 16), NODES[node](), nn.Linear(16, 6), neuron.IFNode(v_reset=None)))
    network, x = from_spikingjelly(module, (9,), STEPS), images(20, 9)
    theirs, answers = spikes_of(module, lambda: sum(module(x) for _ in range(STEPS)))
    activity = compare(network, x.numpy(), theirs, exact=True)
    np.testing.assert_array_equal(activity.logits, answers.numpy())


@pytest.mark.parametrize("decayed", [True, False])
@pytest.mark.parametrize("v_reset", [None, 0.0, -0.1])
def test_other_time_constants(decayed: bool, v_reset: float | None) -> None:
    hidden = neuron.LIFNode(tau=3.7, decay_input=decayed, v_threshold=0.2, v_reset=v_reset)
    learnt = neuron.ParametricLIFNode(init_tau=1.7, decay_input=decayed, v_threshold=0.1, v_reset=v_reset)
    module, x = nn.Sequential(nn.Linear(9, 32), hidden, nn.Linear(32, 8), learnt).eval(), torch.rand(40, 9)
    theirs, _ = spikes_of(module, lambda: [module(x) for _ in range(STEPS)])
    compare(from_spikingjelly(module, (9,), STEPS), x.numpy(), theirs)


def convolutional(wrapped: Any) -> nn.Sequential:
    """Convolution, batch norm, node and max-pool, twice; flatten, dropout and weights."""
    features = [
        layer.Conv2d(1, 8, 3, padding=1, bias=False),
        layer.BatchNorm2d(8),
        neuron.IFNode(v_threshold=0.5),
        layer.MaxPool2d(2, 2),
    ]
    features += [
        layer.Conv2d(8, 8, 3, padding=1),
        layer.BatchNorm2d(8),
        neuron.LIFNode(tau=2.0, v_threshold=0.3),
        layer.AvgPool2d(2),
    ]
    classifier = [layer.Flatten(), layer.Dropout(0.5), layer.Linear(32, 12, bias=False), neuron.IFNode(v_threshold=0.5)]
    for norm in (features[1], features[5]):
        nn.init.uniform_(norm.running_var, 0.02, 0.1), nn.init.uniform_(norm.bias, -0.2, 0.3)  # type: ignore[arg-type]
    return nn.Sequential(*features, *classifier)


@pytest.mark.parametrize("pool", [layer.MaxPool1d(2), nn.MaxPool1d(3, 2, 1)])
def test_max_pooling_of_sequences(pool: nn.Module) -> None:
    module = nn.Sequential(
        *(layer.Conv1d(2, 6, 3, padding=1), neuron.IFNode(v_threshold=0.4), pool),
        *(layer.Conv1d(6, 5, 3), neuron.IFNode(v_threshold=0.3)),
    ).eval()
    x = torch.rand(40, 2, 10)
    theirs, _ = spikes_of(module, lambda: [module(x) for _ in range(STEPS)])
    network = from_spikingjelly(module, (2, 10), STEPS)
    assert network.by_name["1.max"].shape == (6, 5)
    compare(network, x.numpy(), theirs)


class MultiStep(nn.Module):
    """The image once for every step, all steps together, and the mean of the spikes."""

    def __init__(self) -> None:
        super().__init__()
        self.steps, self.net = STEPS, convolutional(None)
        functional.set_step_mode(self, "m")

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x.unsqueeze(0).repeat(self.steps, 1, 1, 1, 1)).mean(0)


class SingleStep(nn.Module):
    """A loop over steps, the way of SpikingJelly's tutorials."""

    def __init__(self) -> None:
        super().__init__()
        self.net = convolutional(None)

    def forward(self, x: Tensor) -> Tensor:
        total = 0.0
        for _ in range(STEPS):
            total += self.net(x)
        return total / STEPS


class Contained(nn.Module):
    """Layers of torch in containers, nodes in multi-step mode; the first layers see the image once."""

    def __init__(self) -> None:
        super().__init__()
        net = convolutional(None)
        self.static = net[:2]
        self.rest = nn.Sequential(
            net[2], layer.SeqToANNContainer(net[3], net[4], net[5]), layer.MultiStepContainer(net[6], net[7])
        )
        self.last = nn.Sequential(layer.SeqToANNContainer(*net[8:11]), net[11])
        functional.set_step_mode(nn.ModuleList([net[2], net[11]]), "m")

    def forward(self, x: Tensor) -> Tensor:
        x_seq = self.static(x).unsqueeze(0).expand(STEPS, -1, -1, -1, -1)
        return self.last(self.rest(x_seq)).sum(dim=0)


@pytest.mark.parametrize("kind", [MultiStep, SingleStep, Contained])
def test_step_modes_and_containers_mean_the_same(kind: Any) -> None:
    module, x = kind().eval(), torch.rand(20, 1, 8, 8)
    network = from_spikingjelly(module, (1, 8, 8), STEPS)
    theirs, answers = spikes_of(module, lambda: module(x))
    activity = compare(network, x.numpy(), theirs)
    assert np.mean(activity.predictions == answers.argmax(1).numpy()) == 1.0
    rows = {row.kind: row.action for row in network.report}
    assert rows["MaxPool2d"] == "rewritten" and rows["BatchNorm2d"] == "folded"


class Residual(nn.Module):
    """A spiking residual block (Fang et al. 2021): spikes are added, and go into the next convolution as their sum."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.a = layer.Conv2d(2, 4, 3, padding=1), neuron.IFNode(v_threshold=0.25)
        self.conv, self.b = layer.Conv2d(4, 4, 3, padding=1), neuron.IFNode(v_threshold=0.5, v_reset=None)
        self.next, self.c = layer.Conv2d(4, 4, 3, stride=2, padding=1), neuron.IFNode(v_threshold=0.5)
        self.fc = layer.Linear(4, 3)
        functional.set_step_mode(self, "m")

    def forward(self, x_seq: Tensor) -> Tensor:
        a = self.a(self.stem(x_seq))
        out = self.c(self.next(self.b(self.conv(a)) + a))
        return self.fc(out.mean((-2, -1))).mean(0)


def test_spikes_added_behind_their_neurons() -> None:
    module, x = dyadic(Residual()), images(10, 2, 6, 6)
    network = from_spikingjelly(module, (2, 6, 6), Direct(4))
    theirs, answers = spikes_of(module, lambda: module(x.unsqueeze(0).repeat(4, 1, 1, 1, 1)))
    activity = compare(network, x.numpy(), theirs)
    np.testing.assert_allclose(activity.logits / 4, answers.numpy(), atol=1e-5)
    assert {q.source for q in network.incoming["c"]} == {"a", "b"} and isinstance(network.by_name["a"].neuron, IF)


REFUSED: dict[str, tuple[Any, str]] = {
    "KLIF": (lambda: nn.Sequential(nn.Linear(9, 4), neuron.KLIFNode()), "'1'.*KLIFNode.*rectified"),
    "voting": (
        lambda: nn.Sequential(nn.Linear(9, 4), neuron.IFNode(), layer.VotingLayer(2)),
        "'2'.*VotingLayer.*vote on the logits",
    ),
    "two weights": (lambda: nn.Sequential(nn.Linear(9, 9), nn.Linear(9, 4), neuron.IFNode()), "neuron between"),
    "soft reset of nothing": (
        lambda: nn.Sequential(nn.Linear(9, 4), neuron.IFNode(v_threshold=0.5, v_reset=0.75)),
        "'1'.*below the threshold",
    ),
    "no step": (
        lambda: nn.Sequential(nn.Linear(9, 4), neuron.IFNode(surrogate_function=surrogate.Sigmoid(spiking=False))),
        "'1'.*a step forwards",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_counterpart_is_refused_by_name(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(InvalidNetwork, match=words):
        from_spikingjelly(make().eval(), (9,), 5)


def test_steps_of_the_module_and_of_the_code() -> None:
    with pytest.raises(InvalidInput, match=f"does {STEPS} steps"):
        from_spikingjelly(MultiStep().eval(), (1, 8, 8), STEPS - 1)
