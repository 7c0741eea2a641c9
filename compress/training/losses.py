"""What training minimises and counts, for each kind of answer: classes of images or places, several labels a sample, values."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from spikewright.answers import Head

Loss = Callable[[Tensor, Tensor], Tensor]
"""Logits `(batch, *shape)` and labels of the shape of predictions -> a number."""


def loss_of(head: Head, label_smoothing: float = 0.0) -> Loss:
    """Cross entropy of classes, the mean over places; of each label by itself for "multilabel"; squared error of "values"."""

    def loss(logits: Tensor, labels: Tensor) -> Tensor:
        values = _arranged(head, logits)
        if head.kind == "classes":
            skipped = -100 if head.ignored is None else head.ignored
            scores = values.movedim(1 + head.axis, 1)
            return F.cross_entropy(scores, labels, ignore_index=skipped, label_smoothing=label_smoothing)
        if head.kind == "values":
            return F.mse_loss(values, labels.to(values.dtype))
        counted = _counted(head, labels)
        each = F.binary_cross_entropy_with_logits(values, labels.clamp(0, 1).to(values.dtype), reduction="none")
        return (each * counted).sum() / counted.sum()

    return loss


def hits_of(head: Head, logits: Tensor, labels: Tensor) -> tuple[int, int]:
    """How many labels are predicted, and how many count; of values none do."""
    values = _arranged(head, logits.detach())
    if head.kind == "values":
        return 0, 0
    if head.kind == "classes":
        found = values.argmax(1 + head.axis)
    else:
        found = (values.sigmoid() > head.threshold).to(labels.dtype)
    counted = _counted(head, labels)
    return int(((found == labels) & counted).sum()), int(counted.sum())


def _arranged(head: Head, logits: Tensor) -> Tensor:
    return logits.reshape(len(logits), *(head.shape or logits.shape[1:]))


def _counted(head: Head, labels: Tensor) -> Tensor:
    return torch.ones_like(labels, dtype=torch.bool) if head.ignored is None else labels != head.ignored
