"""Images with the labels of a model's answers, whatever these are: checked, and what share of them is right."""

from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.answers import Head, Kind
from spikewright.compress.graph.choosing import check_one_output
from spikewright.compress.training.data import Data, answers, check_shown, device_of
from spikewright.label_checks import labels_of


def accuracy(
    model: Callable[[Tensor], Tensor], data: Data, batch_size: int = 512, *, head: Head | None = None
) -> float:
    """Share of labels that are predicted, 0 to 1; the model is used as it is (set evaluation mode first).

    Labels are classes of images `(samples,)`, or of places `(samples, H, W)` where the model answers `(batch, classes, H, W)`.
    `head`: what its answers are instead, such as `Head("multilabel", ending="sigmoid")`.
    """
    images = check_shown(data)
    check_one_output(model, "an accuracy")
    head = _shaped(answers(model, images[:1]), Head() if head is None else head)
    head.check_scored(("classes", "multilabel"), "an accuracy")
    labels = labels_of(head, data[1], len(images), head.neurons(0))
    counted, right = head.counts(labels), 0
    for start in range(0, len(images), batch_size):
        part = slice(start, start + batch_size)
        found = answers(model, images[part]).float().flatten(1).cpu().numpy()
        right += int((head.predictions(found, ended=True) == labels[part])[counted[part]].sum())
    return right / int(counted.sum())


def check_labelled(
    model: nn.Module, data: Data, kind: Kind = "classes", ignored: int | None = None
) -> tuple[Tensor, Tensor, Head]:
    """Images as float32 `(samples, ...)`, their labels as the model's answers need them, and what these answers are.

    The model is put into evaluation mode. Raises InvalidInput when images or labels do not fit it.
    """
    images = check_shown(data)
    check_one_output(model, "training")
    model.eval()
    try:
        found = answers(model, images[:1].to(device_of(model)))
    except RuntimeError as error:
        got = tuple(images.shape[1:])
        raise InvalidInput(f"expected images that fit the model, got {got} per sample: {error}") from error
    head = _shaped(found, Head(kind, ignored=ignored))
    labels: Any = labels_of(head, data[1], len(images), prod(head.shape or ()))
    return images, torch.from_numpy(labels), head


def _shaped(answer: Any, head: Head) -> Head:
    """The head in the shape of an answer `(batch, ...)`, which is that of a vector where all axes but one have one number."""
    if not isinstance(answer, Tensor) or answer.ndim < 2:
        told = f"shape {tuple(answer.shape)}" if isinstance(answer, Tensor) else type(answer).__name__
        raise InvalidInput(
            f"expected a model that gives logits (batch, classes), got {told}; try choose(model, output=...) of several"
        )
    if head.shape is not None:
        return head
    shape = tuple(answer.shape[1:])
    shape = shape[:1] if prod(shape) == shape[0] else shape
    return Head(head.kind, shape, head.axis, head.name, head.ending, head.ignored, head.threshold)
