"""What a simulation did, read off by hand."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.answers import Head
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


MAPS = np.array([3.0, 0, 0, 0, 2, -1, 4, 2]).reshape(1, 1, 8)  # two classes of four places


def dense(head: Head) -> Activity:
    return replace(activity(), logits_over_time=MAPS, heads=(head,), logit_scale=0.5)


def test_places_have_classes_of_their_own() -> None:
    found = dense(Head(shape=(2, 2, 2)))
    assert found.predictions.tolist() == [[[0, 0], [1, 1]]]  # (3, 2), (0, -1), (0, 4), (0, 2)
    labels = [[[0, 1], [1, 1]]]
    assert found.accuracy(labels) == 0.75 and found.accuracy_over_time(labels).tolist() == [0.75]
    assert found.mean_iou(labels) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert dense(Head(shape=(2, 2, 2), ignored=255)).accuracy([[[0, 255], [1, 1]]]) == 1.0
    with pytest.raises(InvalidInput, match="shape"):
        found.accuracy([0])


def test_values_have_an_error_in_the_units_of_the_model() -> None:
    found = dense(Head("values", (8,)))
    assert found.predictions.tolist() == (MAPS[0] / 2).tolist()
    assert found.error(MAPS[0] / 2 + 1) == 1.0
    for ask in (found.accuracy, found.mean_iou):
        with pytest.raises(InvalidInput, match=r"got values; try activity\.error"):
            ask(MAPS[0])
    with pytest.raises(InvalidInput, match=r"try activity\.accuracy"):
        activity().error([1, 0])


def test_several_labels_are_right_one_by_one() -> None:
    found = dense(Head("multilabel", (8,)))
    assert found.predictions.tolist() == [[1, 0, 0, 0, 1, 0, 1, 1]]
    assert found.accuracy([[1, 0, 0, 0, 1, 0, 1, 0]]) == 7 / 8


def test_outputs_side_by_side_are_asked_for_by_name() -> None:
    heads = (Head(shape=(2,), name="a"), Head("values", (3, 2), name="b"))
    both = replace(dense(Head()), heads=heads)
    assert both.head("a").predictions.tolist() == [0] and both.head("b").answers.shape == (1, 3, 2)
    assert both.decisions.tolist() == [[0]]
    with pytest.raises(InvalidInput, match=r"'a', 'b' side by side; try activity.head\('a'\)"):
        _ = both.predictions
    with pytest.raises(InvalidInput, match="out of 'a', 'b', got 'c'"):
        both.head("c")


def test_first_spikes_say_who_was_first_and_nothing_else() -> None:
    first = replace(activity(), logit_scale=None)
    assert first.predictions.tolist() == [1, 0] and first.decisions.tolist() == [[1], [0]]
    for asked in (lambda: first.answers, lambda: first.probabilities, lambda: first.in_units(LOGITS)):
        with pytest.raises(InvalidInput, match="got steps since a first spike"):
            asked()
    with pytest.raises(InvalidInput, match="got steps since a first spike"):
        _ = replace(first, heads=(Head("multilabel", (2,)),)).predictions


def test_probabilities_and_the_models_own_answer() -> None:
    plain = replace(activity(), logit_scale=2.0)
    np.testing.assert_allclose(plain.probabilities.sum(axis=1), 1)
    assert plain.answers.tolist() == [[2.0, 4.0], [0.0, 0.0]]
    np.testing.assert_allclose(replace(plain, heads=(Head(ending="softmax"),)).answers, plain.probabilities)


def test_it_is_shown_in_a_line_and_as_a_table() -> None:
    told = "2 samples, 2 steps, 2 outputs, engine 'reference'; 2 spikes and 4 synaptic operations a sample"
    assert repr(activity()) == f"Activity({told})"
    assert ">a<" in activity()._repr_html_() and "spikes a neuron" in activity()._repr_html_()
    nobody = replace(activity(), logits_over_time=LOGITS[:, :0], spikes={}, synaptic_operations={})
    assert "0 samples" in repr(nobody) and "0 samples" in nobody._repr_html_()
