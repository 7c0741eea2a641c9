"""What a simulation did, read off by hand."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.snn import Activity

LOGITS = np.array([[[1, 0], [0, 0]], [[1, 2], [0, 0]]])  # (steps, batch, classes)


def activity() -> Activity:
    counts = {"a": np.array([4, 0])}
    return Activity(LOGITS, "steps", counts, {"in->a": np.array([8, 0])}, {"a": 2}, np.array([2, 2]), "reference")


def test_the_last_step_answers_and_the_lowest_class_wins_ties() -> None:
    assert activity().steps == 2 and activity().logits.tolist() == [[1, 2], [0, 0]]
    assert activity().predictions.tolist() == [1, 0]


def test_accuracy_of_each_step() -> None:
    assert activity().accuracy([1, 0]) == 1.0
    assert activity().accuracy_over_time([1, 0]).tolist() == [0.5, 1.0]
    with pytest.raises(InvalidInput):
        activity().accuracy([1])


def test_density_is_spikes_per_neuron_and_step() -> None:
    assert activity().spikes_per_neuron == {"a": 1.0} and activity().density == {"a": 0.5}
