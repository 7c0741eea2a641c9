"""Noise on images, by its statistics."""

import pytest
import torch

from spikewright.robustness import (
    GaussianNoise,
    ImpulseNoise,
)


def test_gaussian_noise_has_its_width() -> None:
    noisy = GaussianNoise().apply(torch.full((100, 100), 0.5), 0.1, 0, (0.0, 1.0))
    assert float(noisy.std()) == pytest.approx(0.1, rel=0.05)
    assert GaussianNoise().apply(noisy, 5.0, 0, (0.0, 1.0)).aminmax() == (0.0, 1.0)


def test_impulse_noise_hits_its_share() -> None:
    noisy = ImpulseNoise().apply(torch.full((200, 200), 0.5), 0.2, 0, (0.0, 1.0))
    assert float((noisy == 0).double().mean()) == pytest.approx(0.1, abs=0.01)
    assert float((noisy == 1).double().mean()) == pytest.approx(0.1, abs=0.01)


def test_the_draws_are_the_same_at_every_strength() -> None:
    images = torch.full((3, 50), 0.5)
    weak, strong = (GaussianNoise().apply(images, strength, 1, (-9.0, 9.0)) for strength in (0.1, 0.2))
    torch.testing.assert_close((weak - images) * 2, strong - images)
    few, many = (ImpulseNoise().apply(images, strength, 1, (0.0, 1.0)) for strength in (0.1, 0.3))
    assert torch.equal(few[few != images], many[few != images])
