"""What is linear behind the last layer: it is taken off the populations in rate codes, and nothing of it is rounded."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright import InvalidNetwork
from spikewright.answers import Head
from spikewright.conversion import Rate, Ttfs, convert, diagnose
from spikewright.conversion.reading.model import plan_of
from spikewright.conversion.reading.plan import CodeTraits
from spikewright.linear_tails import Tail
from spikewright.robustness import PGD, SnnPredictor
from spikewright.snn import Network, Quiescence, TerminateDelta, simulate
from spikewright.snn.interop.nir.exporting import build
from spikewright.snn.twin.network import Twin

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


@pytest.mark.parametrize("model", CASES)
@pytest.mark.parametrize("neuron", ["if", "signed", "burst"])
def test_nothing_of_the_tail_is_rounded(model: nn.Module, neuron: str) -> None:
    """Logits are the potentials of the last neurons through the tail, which float64 says to its own rounding, in all engines."""
    network = convert(model, X, Rate(steps=16, neuron=neuron), judge=False)  # type: ignore[arg-type]
    run = simulate(network, X, record=("potentials",))
    assert network.tail is not None
    neck = np.float64(run.potentials[network.output][-1].reshape(len(X), -1)) * network.logit_scale
    wanted = network.tail.apply(neck)
    np.testing.assert_allclose(run.logits * network.logit_scale, wanted, rtol=1e-12, atol=1e-12)
    assert run.answers.shape == model(X).shape
    reference, twin = simulate(network, X, engine="reference"), Twin(network, engine_values=False)
    np.testing.assert_allclose(reference.logits, run.logits, rtol=1e-4, atol=1e-4 * np.abs(run.logits).max())
    np.testing.assert_allclose(twin(X).detach(), run.logits, rtol=1e-4, atol=1e-4 * np.abs(run.logits).max())


def test_the_gradient_goes_through_it_and_attacks_take_it() -> None:
    model = drawn(Widened)
    network = convert(model, X, Rate(steps=16), judge=False)
    labels = model(X).argmax(1)
    found = PGD(steps=3)(SnnPredictor(network), X, labels, epsilon=0.2, seed=0)
    assert not torch.equal(found.adversarials, X)


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
    assert again.tail == network.tail
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
    assert network.tail is None
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


def test_what_has_no_place_for_it_refuses_it_by_name() -> None:
    network = convert(drawn(Widened), X, Rate(steps=4, neuron="if", calibration=None), judge=False)
    with pytest.raises(InvalidNetwork, match="answer for the decision TerminateDelta, got a tail; try Quiescence"):
        replace(network, decision=TerminateDelta(1.0))
    assert replace(network, decision=Quiescence()).tail is not None
    with pytest.raises(InvalidNetwork, match="a linear map behind them, which NIR has no place for"):
        build(network, 1.0, {})
    with pytest.raises(InvalidNetwork, match="expected a Tail of the 2 output neurons"):
        replace(network, tail=Tail((3, 1, 1)))
    with pytest.raises(InvalidNetwork, match="expected heads for 2 output neurons"):
        replace(network, tail=None, heads=(Head(shape=(500,)),))
