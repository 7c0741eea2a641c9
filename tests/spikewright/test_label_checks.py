"""Labels held against what a head says of them."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.answers import Head
from spikewright.label_checks import labels_of


@pytest.mark.parametrize(
    ("head", "labels", "told"),
    [
        (Head(), [0, 4], "from 0 to 3"),
        (Head(shape=(4, 1, 2)), [0, 1], r"integer labels of shape \(2, 1, 2\), got int64 \(2,\)"),
        (Head(shape=(2, 2)), [[0, 1], [255, 1]], r"from 0 to 1, got 0 to 255; try network.with_head\(ignored=255\)"),
        (Head("multilabel"), [[0, 1, 2, 0], [0] * 4], "from 0 to 1"),
        (Head("multilabel"), [0, 1], "labels 0 and 1 of shape"),
        (Head("values"), [[0.5, np.nan, 0, 0], [0] * 4], "finite labels"),
        (Head("values"), [["a"] * 4] * 2, "real numbers"),
    ],
)
def test_labels_that_do_not_fit_are_refused(head: Head, labels: object, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        labels_of(head, labels, 2, 4)


def test_ignored_labels_do_not_count() -> None:
    head = Head(shape=(2, 2), ignored=-100)
    labels = labels_of(head, [[0, 1], [-100, 1]], 2, 4)
    assert head.counts(labels).tolist() == [[True, True], [False, True]]
    with pytest.raises(InvalidInput, match="none, or only -100"):
        head.counts(np.full((2, 2), -100))


def test_labels_of_one_number_may_stand_in_a_row() -> None:
    assert labels_of(Head("multilabel", (1,)), [0, 1], 2, 1).tolist() == [[0], [1]]
    assert labels_of(Head("values"), [0.5, 1], 2, 1).tolist() == [[0.5], [1.0]]
