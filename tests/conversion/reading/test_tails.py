"""What is linear behind the last layer: it is taken off the populations in rate codes, and nothing of it is rounded."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.conversion import Rate, Ttfs, convert, diagnose
from spikewright.conversion.reading.model import plan_of
from spikewright.conversion.reading.plan import CodeTraits
from spikewright.snn import Network, simulate

X = torch.rand(12, 2, 6, 6, generator=torch.Generator().manual_seed(0))
TAILED = CodeTraits(tail=True)


class Enlarged(nn.Module):
    """Classes of pixels on a small map, enlarged: what an FCN ends in."""

    def __init__(self, mode: str = "bilinear") -> None:
        super().__init__()
        self.first, self.last, self.mode = nn.Conv2d(2, 12, 3, 2, 1), nn.Conv2d(12, 3, 1), mode

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(self.last(F.relu(self.first(x))), scale_factor=8, mode=self.mode)


class Widened(nn.Module):
    """A neck of two numbers, and two layers that make many of them."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.neck = nn.Linear(72, 40), nn.Linear(40, 2)
        self.wide, self.wider = nn.Linear(2, 60), nn.Linear(60, 500)

    def forward(self, x: Tensor) -> Tensor:
        return self.wider(self.wide(self.neck(F.relu(self.first(x.flatten(1)))))).log_softmax(1)


def drawn(kind: type[nn.Module], *given: str) -> nn.Module:
    torch.manual_seed(3)
    return kind(*given).eval()


CASES = (drawn(Enlarged), drawn(Enlarged, "bicubic"), drawn(Widened))


@pytest.mark.parametrize("model", CASES)
def test_the_neurons_are_those_in_front_of_the_last_maps(model: nn.Module) -> None:
    plan = plan_of(model, X, traits=TAILED)
    assert plan.tail is not None
    assert len(plan.units) == 2
    assert plan.output.adds_up
    assert plan.heads[0].tail == plan.tail


@pytest.mark.parametrize("model", CASES)
@pytest.mark.parametrize("neuron", ["if", "signed", "burst"])
def test_nothing_of_the_tail_is_rounded(model: nn.Module, neuron: str) -> None:
    """The error of the answers is that of the neck carried through the tail, which float64 says to its own rounding."""
    network = convert(model, X, Rate(steps=16, neuron=neuron), judge=False)  # type: ignore[arg-type]
    run, tail = simulate(network, X), network.heads[0].tail
    assert tail is not None
    logits = tail.apply(np.float64(run.logits) * network.logit_scale).reshape(len(X), *network.heads[0].shape or ())
    ended = F.log_softmax(torch.tensor(logits), 1).numpy() if isinstance(model, Widened) else logits
    np.testing.assert_allclose(run.answers, ended, rtol=1e-12, atol=1e-12)
    reference = simulate(network, X, engine="reference")
    np.testing.assert_array_equal(reference.predictions, run.predictions)


def test_answers_are_nearer_to_the_model_than_with_spikes_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    model = drawn(Enlarged)
    truth = model(X).detach().numpy()
    found = simulate(convert(model, X, Rate(steps=16), judge=False), X).answers
    monkeypatch.setattr(Rate, "traits", property(lambda _: CodeTraits()))
    relayed = simulate(convert(model, X, Rate(steps=16), judge=False), X).answers
    assert np.square(found - truth).mean() < np.square(relayed - truth).mean()


@pytest.mark.parametrize("model", CASES)
def test_file_integers_verdict_and_diagnosis_know_it(model: nn.Module, tmp_path: Path) -> None:
    network = convert(model, X, Rate(steps=32))
    assert network.report.verdict is not None
    assert "linear map" in str(network.report)
    network.save(tmp_path / "network.safetensors")
    again, run = Network.load(tmp_path / "network.safetensors"), simulate(network, X)
    assert again.heads == network.heads
    np.testing.assert_array_equal(simulate(again, X).answers, run.answers)
    integers = simulate(network.to_fixed(weight_bits=12), X)
    scale = np.abs(run.answers).max()
    assert np.abs(integers.answers - run.answers).max() < 0.1 * scale
    rows = {row["network"]: row for row in diagnose(model, network, X).networks}
    assert rows["rewritten"]["largest_logit_error"] == 0.0
    assert rows["spiking"]["agreement"] == pytest.approx((run.predictions == model(X).argmax(1).numpy()).mean())


def test_spike_times_keep_their_relay() -> None:
    """It is exact there, and a network of answers is what attacks and hardware take."""
    network = convert(drawn(Widened), X, Ttfs(), judge=False)
    assert network.heads[0].tail is None
    assert network.classes == 500


class Read(nn.Module):
    """A neck that a ReLU reads as well, and one that a convolution of 3x3 follows."""

    def __init__(self, twice: bool) -> None:
        super().__init__()
        self.first, self.neck, self.twice = nn.Conv2d(2, 16, 3, 2, 1), nn.Conv2d(16, 1, 1), twice
        self.last = nn.Conv2d(1, 80, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        neck = self.neck(F.relu(self.first(x)))
        wide = F.interpolate(neck, scale_factor=8)
        return wide * 2 + F.interpolate(F.relu(neck), scale_factor=8) if self.twice else self.last(neck)


@pytest.mark.parametrize("twice", [True, False])
def test_a_sum_that_others_read_or_that_another_map_follows_stays_a_population(twice: bool) -> None:
    plan = plan_of(drawn(Read, twice), X, traits=TAILED)  # type: ignore[arg-type]
    assert plan.tail is None
    assert all(not unit.adds_up for unit in plan.units[:-1])
