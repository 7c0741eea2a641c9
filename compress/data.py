"""Labelled images: what every function that takes `data` accepts, and the checks that it gets."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from spikewright import InvalidInput

Data = tuple[torch.Tensor | np.ndarray, torch.Tensor | np.ndarray]
"""Images `(samples, C, H, W)` and integer labels `(samples,)`."""


def accuracy(model: Callable[[torch.Tensor], torch.Tensor], data: Data, batch_size: int = 512) -> float:
    """Fraction of right predictions, 0 to 1; the model is used as it is (set evaluation mode first)."""
    images, labels = check_data(data)
    with torch.no_grad():
        parts = zip(torch.split(images, batch_size), torch.split(labels, batch_size), strict=True)
        right = sum(int((model(x).argmax(1) == y).sum()) for x, y in parts)
    return right / len(labels)


def check_data(data: Data) -> tuple[torch.Tensor, torch.Tensor]:
    """Images as float32 `(samples, ...)` and labels as int64 `(samples,)`. Raises InvalidInput when they are not."""
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise InvalidInput(f"expected data=(images, labels), got {type(data).__name__}; try a tuple of two tensors")
    images, labels = torch.as_tensor(data[0]), torch.as_tensor(data[1])
    if images.ndim < 2 or labels.shape != images.shape[:1] or len(labels) == 0:
        raise InvalidInput(
            "expected images (samples, C, H, W) and labels (samples,), "
            f"got {tuple(images.shape)} and {tuple(labels.shape)}"
        )
    if labels.is_floating_point() or labels.dtype == torch.bool:
        raise InvalidInput(f"expected integer labels, got {labels.dtype}; try labels.astype('int64')")
    images = images.to(torch.float32)
    if not bool(torch.isfinite(images).all()):
        raise InvalidInput("expected finite images, got NaN or infinity; try to clean the data set")
    return images, labels.to(torch.int64)


def check_classes(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> None:
    """Raises InvalidInput when the images do not fit the model, or the labels its number of outputs."""
    model.eval()
    try:
        with torch.no_grad():
            shape = tuple(model(images[:1].to(device_of(model))).shape)
    except RuntimeError as error:
        got = tuple(images.shape[1:])
        raise InvalidInput(f"expected images that fit the model, got {got} per sample: {error}") from error
    if len(shape) != 2:
        raise InvalidInput(f"expected a model that gives logits (batch, classes), got {shape}")
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= shape[1]:
        raise InvalidInput(f"expected labels from 0 to {shape[1] - 1}, got {low} to {high}; try more outputs")


def device_of(model: nn.Module) -> torch.device:
    """Where the model's parameters are; the CPU when it has none."""
    return next((value.device for value in model.parameters()), torch.device("cpu"))
