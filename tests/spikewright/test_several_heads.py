"""Heads side by side, and who needs one of a certain kind."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.answers import Head
from spikewright.linear_tails import Tail
from spikewright.several_heads import decisions, image_classes, only_head

TAIL = Tail((2, 1, 1), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), bias=np.array([0.0, 0.0, -1.5]).reshape(3, 1, 1))


def test_who_needs_one_class_a_sample_says_what_it_got() -> None:
    assert image_classes((Head(ending="softmax"),), "attacks").ending == "softmax"
    with pytest.raises(InvalidInput, match=r"for attacks, got classes of places of shape \(2, 3\).*try simulate"):
        image_classes((Head(shape=(2, 3)),), "attacks")
    with pytest.raises(InvalidInput, match="'a', 'b' side by side; try head 'a'"):
        only_head((Head(name="a"), Head(name="b")), "head {}")
    with pytest.raises(InvalidInput, match="through a linear map behind the output neurons"):
        image_classes((Head(shape=(3,), tail=TAIL),), "attacks")


def test_decisions_are_those_of_what_the_tail_makes_of_the_neurons() -> None:
    heads = (Head(shape=(3,), tail=TAIL), Head("values", (1,)))
    raw = np.array([[1.0, 0.5, 9.0], [2.0, 1.0, 9.0]])
    assert decisions(heads, raw).tolist() == [[0], [0]]
    assert decisions(heads, raw * [[3.0, 3.0, 1.0]]).tolist() == [[0], [2]]
    answered = np.array([[0.0, 1.0, 0.5, 9.0]])
    assert decisions(heads, answered, ended=True).tolist() == [[1]]


def test_heads_of_one_class_and_of_values_decide_nothing() -> None:
    assert decisions((Head(), Head("values", (3,))), np.zeros((2, 1))).shape == (2, 0)
