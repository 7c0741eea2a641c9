"""Noise on the image itself: any predictor can be harmed."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final

import torch
from torch import Tensor

from spikewright.robustness.corruptions.base import PROBABILITY, Corruption, Harms, Strength
from spikewright.robustness.draws import normal, uniform
from spikewright.robustness.predictor import Predictor

NORMAL, HIT, SALT = 0, 3, 4
"""Kinds of draws; normal ones take three."""


class ImageCorruption(Corruption):
    """A corruption of images, whatever the model: a class below it writes `apply`."""

    harms: ClassVar[Harms] = "images"

    @abstractmethod
    def apply(self, images: Tensor, strength: float, seed: int, bounds: tuple[float, float]) -> Tensor:
        """Noisy images of the shape of `images`, inside `bounds`."""

    @final
    def harmed(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        """The labels of the noisy images."""
        return predictor.predict(self.apply(images, strength, seed, predictor.bounds))


@final
@dataclass(frozen=True)
class GaussianNoise(ImageCorruption):
    """x' = clip(x + strength n), n standard normal for each value, within 6 of zero; the same draws at every strength."""

    strength: ClassVar[Strength] = Strength("a standard deviation")

    def apply(self, images: Tensor, strength: float, seed: int, bounds: tuple[float, float]) -> Tensor:
        """Noisy images of the shape of `images`."""
        return (images + strength * normal(seed, NORMAL, tuple(images.shape))).clamp(*bounds)


@final
@dataclass(frozen=True)
class ImpulseNoise(ImageCorruption):
    """Each value becomes the lower or the upper bound with probability `strength`, either alike (salt and pepper)."""

    strength: ClassVar[Strength] = PROBABILITY

    def apply(self, images: Tensor, strength: float, seed: int, bounds: tuple[float, float]) -> Tensor:
        """Noisy images of the shape of `images`."""
        hit = uniform(seed, HIT, tuple(images.shape)) < strength
        salt = uniform(seed, SALT, tuple(images.shape)) < 0.5
        low, high = bounds
        return torch.where(hit, torch.where(salt, high, low), images)
