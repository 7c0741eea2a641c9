"""What a user gave: images, labels, strengths, seeds. Each check raises InvalidInput or returns the checked value."""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from robustness.predictor import Predictor
from spikewright import InvalidInput


def check_images(images: Any, predictor: Predictor) -> Tensor:
    """Images as a float32 tensor `(batch, ...)` inside the predictor's bounds."""
    tensor = torch.as_tensor(images).detach().to(torch.float32)
    low, high = predictor.bounds
    if tensor.ndim < 2 or len(tensor) == 0:
        raise InvalidInput(f"expected at least one image (batch, C, H, W), got shape {tuple(tensor.shape)}")
    if not torch.isfinite(tensor).all():
        raise InvalidInput("expected finite images, got NaN or infinity")
    least, most = (float(value) for value in tensor.aminmax())
    if least < low or most > high:
        raise InvalidInput(
            f"expected images in [{low:g}, {high:g}], got {least:.3g} to {most:.3g}; "
            "put the standardisation inside the model"
        )
    return tensor


def check_labels(labels: Any, images: Tensor, predictor: Predictor) -> Tensor:
    """Labels as int64 `(batch,)`, each a class of the predictor."""
    array = np.asarray(labels)
    if array.shape != (len(images),) or not np.issubdtype(array.dtype, np.integer):
        raise InvalidInput(f"expected integer labels of shape ({len(images)},), got {array.dtype} {array.shape}")
    with torch.no_grad():
        classes = predictor.logits(images[:1]).shape[1]
    if array.min() < 0 or array.max() >= classes:
        raise InvalidInput(f"expected labels from 0 to {classes - 1}, got {array.min()} to {array.max()}")
    return torch.from_numpy(array.astype(np.int64))


def check_strength(strength: float, what: str = "strength") -> None:
    """A budget or noise level is a finite number >= 0."""
    number = isinstance(strength, int | float) and not isinstance(strength, bool)
    if not number or not math.isfinite(strength) or strength < 0:
        raise InvalidInput(f"expected {what} >= 0 and finite, got {strength!r}")


def check_seed(seed: int) -> None:
    """A seed is an integer from 0 to 2**63 - 1."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise InvalidInput(f"expected an integer seed from 0 to 2**63 - 1, got {seed!r}")
