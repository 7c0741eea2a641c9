"""One face for every classifier under test, and what it decides by its logits."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import final

import numpy as np
import torch
from torch import Tensor

from spikewright import InvalidInput
from spikewright.answers import Head

CHUNK = 256
"""Images that are predicted at once: enough to be fast, few enough for the memory of a laptop."""
BLOCK = 32
"""Images in each call of a model in torch: always as many, since kernels round by the size of their batch."""


class Predictor(ABC):
    """A deployed classifier of images in the box `bounds`; attacks and noise act there, whatever the model does inside.

    A model that standardises its input does so in its first layer, or has the bounds of what it takes. `head`: what its answers
    are, one class for each image unless said; classes of places and several labels have tables of corruptions, whose accuracy is
    over places, and no attacks. Values have neither.
    """

    bounds: tuple[float, float] = (0.0, 1.0)
    head: Head = Head()

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def logits(self, x: Tensor) -> Tensor:
        """`(batch, classes)` of images `(batch, C, H, W)`, or in the shape of the head, differentiable with respect to them."""

    def variants(self) -> tuple["Predictor", ...]:
        """Sources of gradients for an attack on this predictor. Their values may differ by rounding."""
        return (self,)

    @final
    def predict(self, x: Tensor) -> Tensor:
        """The class of each image, int64 `(batch,)`, the lowest number wins a tie; else what the head predicts of it.

        Raises InvalidInput for logits that are not finite.
        """
        parts = [self._decide(part) for part in torch.split(x.detach(), CHUNK)]
        return torch.cat(parts) if parts else torch.empty(0, dtype=torch.int64)

    def _decide(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            return decisions(self.logits(x), self.name, self.head)


def in_blocks(model: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """What `model` says to `x (batch, ...)`, asked for a copy of `BLOCK` images at a time, the last block filled up.

    So neither the size of a batch nor an image's place in it changes an answer, and a model may change its input in place.
    """
    return torch.cat([model(_filled(part))[: len(part)] for part in torch.split(x, BLOCK)])


def _filled(part: Tensor) -> Tensor:
    missing = BLOCK - len(part)
    more = part[-1:].detach().expand(missing, *part.shape[1:]) if missing else part[:0]
    return torch.cat([part, more])


def decisions(logits: Tensor, name: str, head: Head = Predictor.head) -> Tensor:
    """The class of each row, int64 `(batch,)`, or what the head predicts of it.

    Raises InvalidInput for logits of model `name` that are not finite.
    """
    values = logits.detach().cpu().numpy()
    if not np.isfinite(values).all():
        raise InvalidInput(f"expected finite logits from {name!r}, got NaN or infinity; check its weights")
    shaped = shaped_like(head, logits)
    return torch.from_numpy(shaped.predictions(values.reshape(len(values), -1), ended=shaped.ending is not None))


def shaped_like(head: Head, logits: Tensor) -> Head:
    """The head of logits `(batch, ...)`: in their shape, where it says nothing of it and they have several axes."""
    return head if head.shape is not None or logits.ndim == 2 else replace(head, shape=tuple(logits.shape[1:]))


def decided(head: Head) -> Head:
    """A head that decides. Raises InvalidInput for values, of which no share can be right."""
    if head.kind == "values":
        raise InvalidInput(
            "expected answers that decide something for tables of robustness, got values; "
            'try with_head("multilabel"), or activity.error of simulate(network, corrupted images)'
        )
    return head
