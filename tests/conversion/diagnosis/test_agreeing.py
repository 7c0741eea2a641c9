"""The share of a model's decisions that its network takes as well."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.answers import Head
from spikewright.conversion.diagnosis.agreeing import shares_agreed
from tests.snn.test_activity import activity

TRUTH = np.array([[2.0, 1.0, -1.0, 1.0], [0.0, 3.0, 3.0, -3.0]])


def said(logits: np.ndarray, *heads: Head):  # type: ignore[no-untyped-def]
    return replace(activity(), logits_over_time=logits[None], heads=heads)


def test_one_class_agrees_or_does_not_and_ties_of_the_model_do() -> None:
    assert shares_agreed(said(np.array([[1.0, 0, 0, 0], [0, 0, 1, 0]]), Head()), TRUTH).tolist() == [1.0, 1.0]
    assert shares_agreed(said(np.array([[0.0, 1, 0, 0], [0, 0, 1, 0]]), Head()), TRUTH).tolist() == [0.0, 1.0]


def test_places_and_labels_count_one_by_one() -> None:
    places = Head(shape=(2, 2))  # of the first sample classes 0 and 0 (a tie), of the second 1 and 0
    found = shares_agreed(said(np.array([[1.0, 0, 0, 1], [0, 0, 1, 1]]), places), TRUTH)
    assert found.tolist() == [1.0, 0.5]
    tags = Head("multilabel", (4,))
    found = shares_agreed(said(np.array([[1.0, -1, -1, 1], [-1, 1, 1, -1]]), tags), TRUTH)
    assert found.tolist() == [0.75, 1.0]
    both = shares_agreed(
        said(
            np.array([[1.0, 0, -1, 1], [1, 0, 1, -1]]), Head(shape=(2,), name="a"), Head("multilabel", (2,), name="b")
        ),
        TRUTH,
    )
    np.testing.assert_allclose(both, [1.0, 2 / 3])


def test_values_decide_nothing() -> None:
    with pytest.raises(InvalidInput, match="decide something"):
        shares_agreed(said(TRUTH, Head("values", (4,))), TRUTH)
