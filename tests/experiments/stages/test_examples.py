"""A few harmed images: the first ones, in the ball, the same each time, and small."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.experiments.stages.examples import LONGEST_SIDE, MOST, Examples, examples_of
from spikewright.robustness import FGSM, AnnPredictor, GaussianNoise, StuckAt0Fault

STRENGTHS = (0.3, 0.1, 0.2, 0.0)


def predictor(side: int = 4, channels: int = 1) -> AnnPredictor:
    torch.manual_seed(0)
    return AnnPredictor(nn.Sequential(nn.Flatten(), nn.Linear(channels * side * side, 3)))


def data(count: int = 9, side: int = 4, channels: int = 1) -> tuple[Any, Any]:
    rng = np.random.default_rng(1)
    return rng.random((count, channels, side, side), dtype=np.float32), rng.integers(0, 3, count)


@pytest.mark.parametrize("chosen", [FGSM(), GaussianNoise()])
def test_the_first_images_at_the_middle_strength(chosen: Any) -> None:
    model, (images, labels) = predictor(), data()
    found = examples_of(model, (images, labels), chosen, STRENGTHS, 0)
    assert found is not None and found.strength == 0.2 and found.perturbation == chosen.name
    assert np.array_equal(found.inputs, images[:MOST]) and np.array_equal(found.labels, labels[:MOST])
    assert np.array_equal(found.after, model.predict(torch.from_numpy(found.changed)).numpy())
    assert found.changed.min() >= 0 and found.changed.max() <= 1
    if chosen == FGSM():
        assert np.abs(found.changed - found.inputs).max() <= 0.2 + 1e-6


def test_what_changes_no_image_has_none() -> None:
    assert examples_of(predictor(), data(), StuckAt0Fault(), (0.1,), 0) is None
    assert examples_of(predictor(), data(), GaussianNoise(), (0.0,), 0) is None


def test_fewer_images_than_are_kept() -> None:
    found = examples_of(predictor(), data(2), GaussianNoise(), (0.1,), 0)
    assert found is not None and len(found.inputs) == len(found.after) == 2


def test_large_images_are_kept_small() -> None:
    found = examples_of(predictor(130, 3), data(1, 130, 3), GaussianNoise(), (0.1,), 0)
    assert found is not None and max(found.inputs.shape[2:]) <= LONGEST_SIDE
    assert found.inputs[0, 0, 0, 0] == pytest.approx(data(1, 130, 3)[0][0, 0, :3, :3].mean(), abs=1e-6)


def test_they_are_read_as_they_were_written_and_written_the_same_each_time(tmp_path: Path) -> None:
    found = examples_of(predictor(), data(), FGSM(), STRENGTHS, 3)
    assert found is not None
    for name in ("a.npz", "b.npz"):
        found.save(tmp_path / name)
    read = Examples.load(tmp_path / "a.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert (read.perturbation, read.strength) == (found.perturbation, found.strength)
    assert all(np.array_equal(getattr(read, name), getattr(found, name)) for name in ("inputs", "changed", "after"))
