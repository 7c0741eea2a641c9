"""The images that an adaptation trains on and those that it is judged by, and what a model gets right on them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.compress.training.data import answers, check_data, tensor_of
from spikewright.inputs import as_images

_BATCH = 512


@dataclass(frozen=True, eq=False)
class Judge:
    """`images (n, ...)` with their `labels (n,)`, or the classes that the original predicts; what they are in words.

    `original`: the classes that the original predicts.
    """

    images: Tensor
    labels: Tensor
    original: Tensor
    measured: str
    over: str

    def right(self, model: nn.Module) -> float:
        """The share of images for which a model gives the label, 0 to 1."""
        return float((classes(model, self.images) == self.labels).double().mean())

    def agrees(self, model: nn.Module) -> float:
        """The share of images for which a model and the original predict the same class."""
        return float((classes(model, self.images) == self.original).double().mean())


def classes(model: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """What a model predicts, `(n,)`."""
    return torch.cat([answers(model, batch).argmax(1) for batch in torch.split(images, _BATCH)])


def shown(data: Any) -> tuple[Tensor, Tensor | None]:
    """Images and labels, None where there are none: `data` is (images, labels), (images, None), or images alone.

    Raises InvalidInput for anything else.
    """
    if isinstance(data, tuple | list) and len(data) == 2 and data[1] is None:
        return tensor_of(as_images(data[0])), None
    if isinstance(data, tuple | list):
        pair: Any = data
        return check_data(pair)
    return tensor_of(as_images(data)), None


def split(
    data: Any, test: Any, share: float, seed: int
) -> tuple[tuple[Tensor, Tensor | None], tuple[Tensor, Tensor | None], str]:
    """What is trained on, what is judged by, and the latter in words: `test`, else a drawn share of the data.

    Raises InvalidInput where one has labels and the other has none, and for too few images to hold some out.
    """
    images, labels = shown(data)
    if test is not None:
        judged = shown(test)
        if (judged[1] is None) != (labels is None):
            raise InvalidInput(
                "expected labels with both data and test, or with none of them, got some with one; try (images, None)"
            )
        return (images, labels), judged, "the test images"
    count = max(1, round(share * len(images)))
    if count >= len(images):
        raise InvalidInput(
            f"expected more images than the {count} that are held out, got {len(images)}; try test=(images, labels)"
        )
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    held, rest = order[:count].sort().values, order[count:].sort().values
    parts = [(images[one], None if labels is None else labels[one]) for one in (rest, held)]
    return parts[0], parts[1], f"held out, {share:.0%} of the data"


def judge_of(original: nn.Module, judged: tuple[Tensor, Tensor | None], over: str) -> Judge:
    """The judge of these images."""
    images, labels = judged
    predicted = classes(original, images)
    measured = "agreement" if labels is None else "accuracy"
    return Judge(images, predicted if labels is None else labels, predicted, measured, over)
