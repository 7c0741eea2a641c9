"""Noise on the image itself: any predictor can be harmed."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from robustness.corruption import Corruption, not_a_probability
from robustness.predictor import Predictor


@final
@dataclass(frozen=True)
class GaussianNoise(Corruption):
    """x' = clip(x + strength n), n standard normal for each value; the same draws at every strength."""

    def apply(self, images: Tensor, strength: float, seed: int, bounds: tuple[float, float]) -> Tensor:
        """Noisy images of the shape of `images`."""
        draws = torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))
        return (images + strength * draws).clamp(*bounds)

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
        generator = torch.Generator().manual_seed(seed)
        hit = torch.rand(images.shape, generator=generator, dtype=torch.float64) < strength
        salt = torch.rand(images.shape, generator=generator) < 0.5
        low, high = bounds
        return torch.where(hit, torch.where(salt, high, low), images)

    def _predict(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        return predictor.predict(self.apply(images, strength, seed, predictor.bounds))
