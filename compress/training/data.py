"""Labelled images: what every function that takes `data` accepts, and the checks that it gets."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from spikewright import InvalidInput
from spikewright.inputs import as_array, as_data, as_images

Data = tuple[torch.Tensor | np.ndarray, torch.Tensor | np.ndarray | None]
"""Images `(samples, C, H, W)` and integer labels `(samples,)`; None only where nothing is trained or measured."""


def check_data(data: Data) -> tuple[torch.Tensor, torch.Tensor]:
    """Images as float32 `(samples, ...)` and labels as int64 `(samples,)`. Raises InvalidInput when they are not."""
    images, labels = as_data(data)
    return tensor_of(images), torch.from_numpy(labels)


def check_shown(data: Any) -> torch.Tensor:
    """The images of data that nothing is trained on, as float32 `(samples, ...)`; labels of any kind, one an image, or None.

    Classes of pixels, several labels an image and targets of a regression are as good as classes. Raises InvalidInput.
    """
    if not isinstance(data, tuple | list) or len(data) != 2:
        return tensor_of(as_data(data)[0])  # which says what is wrong
    images = tensor_of(as_images(data[0]))
    shape = images.shape[:1] if data[1] is None else as_array(data[1], "labels").shape
    if shape[:1] != images.shape[:1]:
        raise InvalidInput(
            f"expected labels for {len(images)} images, got shape {tuple(shape)}; try one for each image, or data=(images, None)"
        )
    return images


def tensor_of(images: NDArray[np.float32]) -> torch.Tensor:
    """A tensor on the memory of checked images, or on a copy where they may not be written to."""
    return torch.from_numpy(images if images.flags.writeable else images.copy())


def answers(model: Callable[[torch.Tensor], torch.Tensor], images: torch.Tensor) -> torch.Tensor:
    """What a model says to images, without a gradient; it gets a copy, since some change their input in place."""
    with torch.no_grad():
        return model(images.clone())


def check_classes(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> None:
    """Raises InvalidInput when the images do not fit the model, or the labels its number of outputs."""
    model.eval()
    try:
        found: object = answers(model, images[:1].to(device_of(model)))
    except RuntimeError as error:
        got = tuple(images.shape[1:])
        raise InvalidInput(f"expected images that fit the model, got {got} per sample: {error}") from error
    if not isinstance(found, torch.Tensor):
        raise InvalidInput(
            f"expected a model that gives logits (batch, classes), got {type(found).__name__}; try choose(model, output=...)"
        )
    shape = tuple(found.shape)
    if len(shape) != 2:
        raise InvalidInput(f"expected a model that gives logits (batch, classes), got {shape}")
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= shape[1]:
        raise InvalidInput(f"expected labels from 0 to {shape[1] - 1}, got {low} to {high}; try more outputs")


def device_of(model: nn.Module) -> torch.device:
    """Where the model's parameters are; the CPU when it has none."""
    return next((value.device for value in model.parameters()), torch.device("cpu"))
