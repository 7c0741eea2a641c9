"""What attacks, corruptions and tables ask of images, labels, strengths and models. Raises InvalidInput or returns them."""

import dataclasses
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spikewright import InvalidInput
from spikewright.answers import TOLD
from spikewright.inputs import as_images, check_range
from spikewright.label_checks import labels_of
from spikewright.robustness.predictor import Predictor, shaped_like
from spikewright.snn.checked import check_seed

__all__ = [
    "LOOKS",
    "as_strengths",
    "check_images",
    "check_labels",
    "check_model",
    "check_seed",
    "check_strength",
    "name_of",
]

LOOKS = 8
"""Images on which a model is asked twice."""
SAME = 1e-5
"""Of the largest logit: what rounding may change between two calls."""
SUM_OF_SHARES = 1e-3


def check_images(images: Any, predictor: Predictor) -> Tensor:
    """Images as a float32 tensor `(batch, ...)` of their own memory, inside the predictor's bounds."""
    array = as_images(images)
    check_range(array, predictor.bounds)
    return torch.tensor(array)


def check_labels(labels: Any, images: Tensor, predictor: Predictor, *, each: bool = True) -> Tensor:
    """Labels as int64 `(batch,)`, each a class of the predictor.

    `each`: False lets a predictor give something else than one class for each image; labels have the shape of its predictions.
    """
    try:
        with torch.no_grad():
            logits = predictor.logits(images[:1])
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InvalidInput(
            f"expected images that fit {predictor.name!r}, got {tuple(images.shape[1:])} for each: {reason}; "
            "try a batch (n, C, H, W) as the model takes it"
        ) from error
    head = shaped_like(predictor.head, logits)
    if each and not head.flat:
        raise InvalidInput(
            f"expected one class for each image to attack, got {TOLD[head.kind]}; try evaluate with corruptions, such as "
            "GaussianNoise(), whose accuracy is over all labels of an image"
        )
    return torch.from_numpy(labels_of(head, labels, len(images), logits[0].numel()))


def check_model(predictor: Predictor, images: Tensor, *, attacked: bool = True) -> None:
    """Raises InvalidInput for a model that gives two answers to one image, and for one under attack that gives probabilities.

    Whoever draws at each call has no adversarials that can be checked, and probabilities of exactly 0 and 1 have no gradient.
    """
    few = images[:LOOKS]
    with torch.no_grad():
        first, second = (predictor.logits(few).double() for _ in range(2))
    apart = float((first - second).abs().max())
    if apart > SAME * float(first.abs().max()):
        raise InvalidInput(
            f"expected the same logits at each call of {predictor.name!r}, got random ones that differ by up to {apart:.3g}; "
            "try the model without what it draws, or with the same draws at each call"
        )
    if attacked and first.ndim > 2:
        return  # the labels are refused
    shares = bool(((first >= 0) & (first <= 1)).all()) and bool(((first.sum(dim=1) - 1).abs() < SUM_OF_SHARES).all())
    if attacked and shares and first.shape[1] > 1:
        raise InvalidInput(
            f"expected logits from {predictor.name!r}, got probabilities, whose gradient vanishes where they are 0 or 1; "
            "try the model without its last softmax"
        )


def check_strength(strength: float, what: str = "strength") -> None:
    """A budget or noise level is a finite number >= 0."""
    number = isinstance(strength, int | float) and not isinstance(strength, bool)
    if not number or not math.isfinite(strength) or strength < 0:
        raise InvalidInput(f"expected {what} >= 0 and finite, got {strength!r}")


def as_strengths(given: Any) -> tuple[Any, ...]:
    """Strengths as a tuple of floats, from one number, a list, an array or a tensor; what is no number stays for the check."""
    values = given.tolist() if hasattr(given, "tolist") else given
    chosen = tuple(values) if isinstance(values, Iterable) and not isinstance(values, str) else (values,)
    return tuple(float(one) if isinstance(one, int | float | np.number) else one for one in chosen)


def name_of(record: Any) -> str:
    """How an attack or a corruption is called in tables: its type, and in brackets the fields that are not the default.

    `PGD()` is "PGD", `PGD(steps=10, norm="l2")` is "PGD(L2, steps=10)".
    """
    fields = dataclasses.fields(record) if dataclasses.is_dataclass(record) else ()
    changed = {one.name: getattr(record, one.name) for one in fields if getattr(record, one.name) != one.default}
    norm = ["L2"] if changed.pop("norm", None) == "l2" else []
    told = norm + [f"{name}={_short(value)}" for name, value in changed.items()]
    return f"{type(record).__name__}({', '.join(told)})" if told else type(record).__name__


def _short(value: Any) -> str:
    """In few digits where they say all."""
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return str(value)
