"""The verdict of a conversion is what a run of the network shows."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.conversion import FewSpike, Phase, Rate, Srp, Ttfs, convert, two_phase
from spikewright.conversion.diagnosis import judging
from spikewright.snn import Network, simulate
from spikewright.snn.verdicts import Trial, Verdict


@dataclass(frozen=True)
class Pair:
    model: nn.Module
    images: torch.Tensor

    def agreed(self, logits: Any) -> int:
        return int((np.asarray(logits).argmax(1) == self.model(self.images).argmax(1).numpy()).sum())


@pytest.fixture
def pair() -> Pair:
    layers = (
        nn.Conv2d(1, 4, 3),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(4, 6, 2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(24, 5),
    )
    model, images = nn.Sequential(*layers).eval(), torch.rand(40, 1, 8, 8)
    with torch.no_grad():
        layers[-1].bias -= model(images).mean(0)  # so that every class is the answer to some image
    return Pair(model, images)


def verdict_of(network: Any) -> Verdict:
    found: Verdict | None = network.report.verdict
    assert found is not None
    return found


@pytest.mark.parametrize("recipe", [Rate(3, calibration=None), Rate(12), Phase(4, 2), FewSpike(4), Ttfs()])
def test_what_is_said_is_what_a_run_shows(pair: Pair, recipe: Any) -> None:
    network = convert(pair.model, pair.images, recipe)
    seen = verdict_of(network).seen
    assert (seen.steps, seen.samples, seen.agreed) == (
        network.steps,
        40,
        pair.agreed(simulate(network, pair.images).logits),
    )


def test_other_steps_are_conversions_of_their_own(pair: Pair) -> None:
    found = verdict_of(convert(pair.model, pair.images, Rate(2, calibration=None)))
    assert found.seen.share < 0.99 and found.tried
    for trial in found.tried:
        other = convert(pair.model, pair.images, Rate(trial.steps, calibration=None), judge=False)
        assert trial == Trial(trial.steps, 40, pair.agreed(simulate(other, pair.images).logits))
    assert found.enough == found.tried[-1].steps or found.tried[-1].steps == 32


def test_fewer_steps_are_tried_where_they_may_do(pair: Pair) -> None:
    found = verdict_of(convert(pair.model, pair.images, Rate(4096, calibration=None)))
    assert found.seen.share >= 0.99 and found.trials[-1] == found.seen
    assert found.enough == found.trials[1].steps < 4096


def test_the_layer_that_loses_most(pair: Pair) -> None:
    recipe = Rate(64, calibration=None, percentile=100)
    network = convert(pair.model, pair.images, replace(recipe, percentile=20))
    assert verdict_of(network).part == "clipping" and verdict_of(network).worst in network.by_name
    assert verdict_of(convert(pair.model, pair.images, Ttfs(ranges="interval"))).worst == ""


def test_pre_steps_count(pair: Pair) -> None:
    network = convert(pair.model, pair.images, Rate(12, residual=Srp(4)))
    seen = verdict_of(network).seen
    assert seen.steps == 12 and seen.agreed == pair.agreed(two_phase(network, pair.images).logits)


def test_images_of_your_own(pair: Pair) -> None:
    network = convert(pair.model, pair.images, Rate(8), judge=torch.rand(25, 1, 8, 8).numpy())
    assert verdict_of(network).apart and verdict_of(network).seen.samples == 25
    assert convert(pair.model, pair.images, Rate(8), judge=False).report.verdict is None


def test_a_range_of_inputs(pair: Pair) -> None:
    images = 4 * pair.images - 2
    network = convert(pair.model, images, Ttfs(ranges="interval"), input_range=(-2, 2), judge=images)
    assert verdict_of(network).seen.share == 1.0


def test_it_is_kept_in_files(pair: Pair, tmp_path: Any) -> None:
    network = convert(pair.model, pair.images, Rate(4))
    network.save(tmp_path / "n.spike")
    assert Network.load(tmp_path / "n.spike").report.verdict == network.report.verdict
    assert network.to_fixed().report.verdict == network.report.verdict and "float32" in str(network.to_fixed().report)


def test_work_is_bounded(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "MOST_UPDATES", 1)
    monkeypatch.setattr(judging, "LOSS_BYTES", 1)
    found = verdict_of(convert(pair.model, pair.images, Rate(4)))
    assert found == replace(found, tried=(), worst="", part="") and found.seen.samples == judging.FEWEST_SAMPLES


def test_a_run_that_is_refused_is_told(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        simulate(convert(pair.model, pair.images, Ttfs(), judge=False), 2 * pair.images)

    monkeypatch.setattr(judging, "run_once", refuse)
    report = convert(pair.model, pair.images, Ttfs()).report
    (row,) = [row for row in report if row.kind == "verdict"]
    assert report.verdict is None and row.detail.startswith("none: expected")


def test_ties_of_the_model_are_no_disagreement() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2))
    with torch.no_grad():
        model[3].weight[1], model[3].bias[1] = model[3].weight[0], model[3].bias[0]
    found = verdict_of(convert(model.eval(), torch.rand(20, 1, 2, 2), Rate(5)))
    assert found.seen.share == 1.0
