"""A few images before and after they are harmed, for people to look at: a small file in the cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from spikewright.robustness import Attack, Corruption, Predictor

EXAMPLES_FILE = "examples.npz"
MOST = 6
"""Images that are kept: the first ones of the test split."""
LONGEST_SIDE = 64
"""Pixels; larger images are kept as means of blocks of pixels."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Images `(n, C, H, W)` as shares of their bounds, float32 from 0 to 1, before and after they were harmed.

    perturbation: its name in the table of robustness; strength: the one that these were made at.
    labels, before, after: the true class, and what the harmed model says of both images, `(n,)`.
    """

    perturbation: str
    strength: float
    inputs: NDArray[np.float32]
    changed: NDArray[np.float32]
    labels: NDArray[np.int64]
    before: NDArray[np.int64]
    after: NDArray[np.int64]

    def save(self, path: Path) -> None:
        """Write them: the same bytes each time."""
        values: dict[str, Any] = {name: np.asarray(value) for name, value in vars(self).items()}
        np.savez_compressed(path, **values)

    @classmethod
    def load(cls, path: Path) -> "Examples":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            values: dict[str, Any] = {name: file[name] for name in file.files}
        named = {"perturbation": str(values["perturbation"]), "strength": float(values["strength"])}
        return cls(**{**values, **named})


def examples_of(
    predictor: "Predictor",
    data: tuple[Any, Any],
    chosen: "Attack | Corruption",
    strengths: Sequence[float],
    seed: int,
) -> Examples | None:
    """The first images of `data`, images and labels, at the middle strength; None for what changes no image or does not apply.

    Raises InvalidInput as `evaluate` does.
    """
    from spikewright.robustness.checks import check_images, check_labels

    applies = sorted(strength for strength in strengths if strength > 0)
    images = check_images(data[0][:MOST], predictor)
    labels = check_labels(data[1][:MOST], images, predictor, each=False)
    if not applies or images.ndim != 4 or labels.ndim != 1 or not predictor.head.flat:
        return None
    strength = float(applies[len(applies) // 2])
    changed = _changed(predictor, (images, labels), chosen, strength, seed)
    if changed is None:
        return None
    before, after = (predictor.predict(part).numpy() for part in (images, changed))
    inputs, harmed = (_shares(part.numpy(), predictor.bounds) for part in (images, changed))
    return Examples(chosen.name, strength, inputs, harmed, labels.numpy(), before, after)


def _changed(
    predictor: "Predictor", data: tuple["Tensor", "Tensor"], chosen: "Attack | Corruption", strength: float, seed: int
) -> "Tensor | None":
    """The harmed images."""
    from spikewright.robustness import Attack
    from spikewright.robustness.corruptions.images import ImageCorruption

    if isinstance(chosen, Attack):
        return None if chosen.refusal(predictor) else chosen(predictor, *data, strength, seed).adversarials
    if isinstance(chosen, ImageCorruption) and chosen.refusal(predictor, strength) is None:
        return chosen.apply(data[0], strength, seed, predictor.bounds)
    return None


def _shares(images: NDArray[Any], bounds: tuple[float, float]) -> NDArray[np.float32]:
    """Images as shares of their bounds, at most `LONGEST_SIDE` pixels high and wide."""
    low, high = bounds
    shares = np.asarray((images - low) / (high - low), dtype=np.float32)
    side = -(-max(shares.shape[2:]) // LONGEST_SIDE)
    rows, columns = (length - length % side for length in shares.shape[2:])
    if side == 1 or not rows or not columns:
        return shares
    blocks = shares[:, :, :rows, :columns].reshape(*shares.shape[:2], rows // side, side, columns // side, side)
    return np.asarray(blocks.mean(axis=(3, 5)))
