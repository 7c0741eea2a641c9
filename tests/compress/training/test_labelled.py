"""Images with labels of a model's answers: of images, of places, several a sample, and values."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.answers import Head
from spikewright.compress import accuracy
from spikewright.compress.training.labelled import check_labelled

X, Y = np.eye(4, 3, dtype=np.float32), np.array([0, 1, 2, 0])
MAPS = torch.randn(6, 3, 4, 5, generator=torch.Generator().manual_seed(1))


def test_accuracy_counts_what_is_right_in_batches() -> None:
    assert accuracy(nn.Identity(), (X, Y), batch_size=3) == 1.0
    assert accuracy(nn.Identity(), (X, (Y + 1) % 3)) == 0.0
    assert accuracy(lambda x: x.flip(1), (X, Y)) == 0.5
    assert accuracy(nn.Unflatten(1, (3, 1, 1)), (X, Y)) == 1.0  # a map of one pixel is a vector


def test_accuracy_of_places_is_that_of_torch() -> None:
    labels = torch.randint(0, 3, (6, 4, 5), generator=torch.Generator().manual_seed(2))
    assert accuracy(nn.Identity(), (MAPS, labels), 4) == float((MAPS.argmax(1) == labels).double().mean())
    skipped = labels.clone()
    skipped[:, 0] = 255
    head = Head(ignored=255)
    assert accuracy(nn.Identity(), (MAPS, skipped), 4, head=head) == float(
        (MAPS.argmax(1) == labels)[:, 1:].double().mean()
    )


def test_accuracy_of_several_labels_and_of_a_model_that_ends_in_a_sigmoid() -> None:
    labels = (MAPS > 0.3).long()
    head = Head("multilabel", threshold=float(torch.tensor(0.3).sigmoid()))
    assert accuracy(nn.Identity(), (MAPS, labels), head=head) == 1.0
    ended = Head("multilabel", threshold=head.threshold, ending="sigmoid")
    assert accuracy(nn.Sigmoid(), (MAPS, labels), head=ended) == 1.0


@pytest.mark.parametrize(
    ("model", "labels", "reason"),
    [
        (nn.Linear(3, 2), [0, 1, 2, 0], "labels from 0 to 1, got 0 to 2"),
        (nn.Linear(4, 2), [0, 1, 1, 0], r"images that fit the model, got \(3,\) per sample"),
        (nn.Unflatten(1, (3, 1)), [0, 1], "expected labels for 4 images"),
        (nn.Unflatten(1, (1, 3)), [0, 1, 2, 0], r"integer labels of shape \(4, 3\), got int64 \(4,\)"),
        (nn.Flatten(0), [0, 1, 2, 0], r"logits \(batch, classes\), got shape \(3,\)"),
        (nn.LSTM(3, 2), [0, 1, 2, 0], "got tuple; try choose"),
        (nn.Identity(), None, "labels as an array or a tensor"),
    ],
)
def test_what_does_not_fit_a_model(model: Any, labels: Any, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        check_labelled(model, (X, labels))


def test_a_head_has_the_shape_of_the_answer() -> None:
    assert check_labelled(nn.Identity(), (MAPS, MAPS.argmax(1)))[2] == Head(shape=(3, 4, 5))
    images, labels, head = check_labelled(nn.Identity(), (MAPS, MAPS), "values")
    assert head.kind == "values" and torch.equal(labels, MAPS.double()) and torch.equal(images, MAPS)
