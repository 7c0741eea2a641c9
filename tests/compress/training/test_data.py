"""Labelled images: what is taken as data, accuracy, and labels that a model cannot give."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.training.data import (
    answers,
    check_classes,
    check_data,
    check_shown,
    device_of,
    tensor_of,
)

X, Y = np.eye(4, 3, dtype=np.float32), np.array([0, 1, 2, 0])


def test_images_share_memory_where_they_may_be_written_to() -> None:
    images, labels = check_data((X, Y))
    assert images.data_ptr() == X.ctypes.data and labels.dtype == torch.int64
    closed = X.copy()
    closed.flags.writeable = False
    assert tensor_of(closed).numpy() is not closed and np.array_equal(tensor_of(closed).numpy(), closed)


def test_a_model_that_overwrites_its_input_gets_a_copy() -> None:
    images = torch.from_numpy(X.copy())
    answers(nn.ReLU(inplace=True), -images)
    assert torch.equal(images, torch.from_numpy(X)) and device_of(nn.ReLU()) == torch.device("cpu")


@pytest.mark.parametrize(
    ("model", "labels", "reason"),
    [
        (nn.Linear(3, 2), [0, 1, 2, 0], "labels from 0 to 1, got 0 to 2"),
        (nn.Linear(4, 2), [0, 1, 1, 0], r"images that fit the model, got \(3,\) per sample"),
        (nn.Unflatten(1, (3, 1)), [0, 1, 2, 0], r"logits \(batch, classes\), got \(1, 3, 1\)"),
    ],
)
def test_what_does_not_fit_a_model(model: nn.Module, labels: list[int], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        check_classes(model, torch.from_numpy(X), torch.tensor(labels))


@pytest.mark.parametrize("labels", [torch.zeros(3, 4, 4), torch.rand(3, 5), torch.rand(3), [0, 1, 2], None])
def test_labels_of_any_kind_may_stand_beside_images_that_are_only_shown(labels: object) -> None:
    images = torch.rand(3, 1, 4, 4)
    assert torch.equal(check_shown((images, labels)), images)


@pytest.mark.parametrize("labels", [torch.zeros(2), 0, torch.zeros(0)])
def test_labels_of_other_images_are_refused(labels: object) -> None:
    with pytest.raises(InvalidInput, match="expected labels for 3 images"):
        check_shown((torch.rand(3, 1, 4, 4), labels))
    with pytest.raises(InvalidInput, match=r"expected data=\(images, labels\)"):
        check_shown(torch.rand(3, 1, 4, 4))


def test_several_outputs_are_refused_with_what_chooses() -> None:
    with pytest.raises(InvalidInput, match=r"got tuple; try choose\(model, output=...\)"):
        check_classes(nn.LSTM(3, 2), torch.from_numpy(X), torch.tensor([0, 1, 2, 0]))
