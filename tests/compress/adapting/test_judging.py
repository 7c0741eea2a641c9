"""What is trained on and what is judged by never meet; without labels the original is the judge."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.adapting.judging import classes, judge_of, shown, split

X, Y = torch.arange(20.0).reshape(10, 2) / 20, torch.arange(10) % 2


@given(st.floats(0.01, 0.99), st.integers(0, 5))
def test_each_image_is_trained_on_or_held_out(share: float, seed: int) -> None:
    count = max(1, round(share * len(X)))
    if count >= len(X):
        with pytest.raises(InvalidInput, match="that are held out"):
            split((X, Y), None, share, seed)
        return
    trained, held, over = split((X, Y), None, share, seed)
    assert len(held[0]) == count and "held out" in over
    joined = torch.cat([trained[0], held[0]])
    assert torch.equal(joined.sort(0).values, X.sort(0).values)
    for images, labels in (trained, held):
        assert labels is not None and torch.equal(labels, (images[:, 0] * 10).round().long() % 2)


def test_test_images_hold_nothing_out() -> None:
    trained, judged, over = split((X, None), X[:3], 0.5, 0)
    assert len(trained[0]) == 10 and trained[1] is judged[1] is None and len(judged[0]) == 3
    assert over == "the test images"


def test_labels_are_in_both_or_in_none() -> None:
    with pytest.raises(InvalidInput, match="expected labels with both data and test"):
        split((X, Y), (X, None), 0.1, 0)


@pytest.mark.parametrize("data", [X, (X, None), [X, None], X.numpy()])
def test_labels_may_be_missing(data: object) -> None:
    images, labels = shown(data)
    assert torch.equal(images, X) and labels is None


@pytest.mark.parametrize("data", [(X,), (X, Y[:3]), (X, Y, Y), "data"])
def test_other_data_is_told(data: object) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        shown(data)


def test_right_and_agreement() -> None:
    model, other = nn.Linear(2, 2), nn.Linear(2, 2)
    predicted = classes(model, X)
    labelled, unlabelled = (judge_of(model, (X, labels), "these") for labels in (1 - predicted, None))
    assert (labelled.measured, labelled.right(model), labelled.agrees(model)) == ("accuracy", 0.0, 1.0)
    assert (unlabelled.measured, unlabelled.right(model), unlabelled.agrees(model)) == ("agreement", 1.0, 1.0)
    share = float((classes(other, X) == predicted).double().mean())
    assert unlabelled.right(other) == share and labelled.right(other) == pytest.approx(1 - share)
