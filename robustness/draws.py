"""What is random in attacks and corruptions: a function of the seed and of what is harmed, never of batch or neighbours.

Attacks draw by (seed, bytes of the image, place in the search, pixel), so that an image meets the same attack whichever
others are attacked with it. Corruptions draw by (seed, chip, number of the image in the call, pixel), as
`snn.disturb.noise` does.
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtri
from torch import Tensor

from spikewright.snn.disturb import randomness as engine
from spikewright.splitmix import GOLDEN, mix

OF_IMAGES = 2**33
"""The first stream of noise on images; those of `snn` lie below."""
OF_CHIPS = 2**34
SAMPLES = 256
WRAP = 2**64


def chip_seed(seed: int, chip: int) -> int:
    """The seed of a chip: chip 0 is the seed's own, the others are far from those of all other seeds."""
    if chip == 0:
        return seed
    return int(engine.draws(seed, OF_CHIPS, 1, 1, first=chip)[0, 0] >> np.uint64(1))


def normal(seed: int, kind: int, shape: tuple[int, ...]) -> Tensor:
    """Normal draws for images of `shape (samples, ...)`, float32; three kinds from `kind` on."""
    return _by_image(shape, lambda first, count, size: engine.normal(seed, OF_IMAGES + kind, count, size, first=first))


def uniform(seed: int, kind: int, shape: tuple[int, ...]) -> Tensor:
    """Uniform draws in [0, 1) for images of `shape (samples, ...)`, float64."""

    def some(first: int, count: int, size: int) -> NDArray[np.float64]:
        return _shares(engine.draws(seed, OF_IMAGES + kind, count, size, first=first))

    return _by_image(shape, some, torch.float64)


def _by_image(shape: tuple[int, ...], some: object, kind: torch.dtype = torch.float32) -> Tensor:
    """Filled a few images at a time, so that the integers behind the draws stay small."""
    out, size = torch.empty(shape, dtype=kind), int(np.prod(shape[1:]))
    for first in range(0, shape[0], SAMPLES):
        count = min(SAMPLES, shape[0] - first)
        values = some(first, count, size)  # type: ignore[operator]
        out[first : first + count] = torch.from_numpy(values).reshape(count, *shape[1:])
    return out


@dataclass(frozen=True, eq=False)
class ImageDraws:
    """The draws of an attack on some images: `keys (images,)` uint64, one for each by its bytes and the seed."""

    keys: NDArray[np.uint64]

    @classmethod
    def of(cls, images: Tensor, seed: int) -> "ImageDraws":
        """For `images (batch, ...)`."""
        salt = seed.to_bytes(8, "little")
        hashes = [blake2b(image.tobytes(), digest_size=8, key=salt).digest() for image in images.contiguous().numpy()]
        return cls(np.array([int.from_bytes(one, "little") for one in hashes], dtype=np.uint64))

    def rows(self, chosen: Tensor) -> "ImageDraws":
        """Those of the chosen images."""
        return ImageDraws(self.keys[chosen.numpy()])

    def uniform(self, place: int, shape: tuple[int, ...]) -> Tensor:
        """Uniform in [0, 1), float32 `(images, *shape)`, at a place of the search."""
        return torch.from_numpy(self._shares(place, shape).astype(np.float32))

    def normal(self, place: int, shape: tuple[int, ...]) -> Tensor:
        """Standard normal, float32 `(images, *shape)`."""
        return torch.from_numpy(ndtri(self._shares(place, shape)).astype(np.float32))

    def _shares(self, place: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
        golden, size = np.uint64(GOLDEN), int(np.prod(shape))
        here = mix(self.keys + np.uint64(GOLDEN * (place + 1) % WRAP))
        words = mix(here[:, None] + golden * np.arange(size, dtype=np.uint64))
        return _shares(words).reshape(-1, *shape)


def _shares(words: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Inside (0, 1): the middle of one of 2**52 parts."""
    return np.asarray(((words >> np.uint64(12)).astype(np.float64) + 0.5) / 2.0**52)
