"""Noise on the image itself: any predictor can be harmed."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from spikewright.robustness.corruptions.base import Corruption, not_a_probability
from spikewright.robustness.draws import normal, uniform
from spikewright.robustness.predictor import Predictor

NORMAL, HIT, SALT = 0, 3, 4
"""Kinds of draws; normal ones take three."""


@final
@dataclass(frozen=True)
class GaussianNoise(Corruption):
    """x' = clip(x + strength n), n standard normal for each value (|n| < 6); the same draws at every strength."""

    def apply(self, images: Tensor, strength: float, seed: int, bounds: tuple[float, float]) -> Tensor:
        """Noisy images of the shape of `images`."""
        return (images + strength * normal(seed, NORMAL, tuple(images.shape))).clamp(*bounds)

    def _predict(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        return predictor.predict(self.apply(images, strength, seed, predictor.bounds))


@final
@dataclass(frozen=True)
class ImpulseNoise(Corruption):
    """Each value becomes the lower or the upper bound with probability `strength`, either alike (salt and pepper)."""

    def refusal(self, predictor: Predictor, strength: float) -> str | None:
        """Strength is a probability."""
        return not_a_probability(strength)

    def apply(self, images: Tensor, strength: float, seed: int, bounds: tuple[float, float]) -> Tensor:
        """Noisy images of the shape of `images`."""
        hit = uniform(seed, HIT, tuple(images.shape)) < strength
        salt = uniform(seed, SALT, tuple(images.shape)) < 0.5
        low, high = bounds
        return torch.where(hit, torch.where(salt, high, low), images)

    def _predict(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        return predictor.predict(self.apply(images, strength, seed, predictor.bounds))
