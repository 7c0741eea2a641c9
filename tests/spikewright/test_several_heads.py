"""Heads side by side, and who needs one of a certain kind."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.answers import Head
from spikewright.several_heads import decisions, image_classes, only_head


def test_who_needs_one_class_a_sample_says_what_it_got() -> None:
    assert image_classes((Head(ending="softmax"),), "attacks").ending == "softmax"
    with pytest.raises(InvalidInput, match=r"for attacks, got classes of places of shape \(2, 3\).*try simulate"):
        image_classes((Head(shape=(2, 3)),), "attacks")
    with pytest.raises(InvalidInput, match="'a', 'b' side by side; try head 'a'"):
        only_head((Head(name="a"), Head(name="b")), "head {}")


def test_heads_of_one_class_and_of_values_decide_nothing() -> None:
    assert decisions((Head(), Head("values", (3,))), np.zeros((2, 1))).shape == (2, 0)
