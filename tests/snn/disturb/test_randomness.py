"""Draws in numpy are the published ones, whatever the first sample."""

import numpy as np
import pytest

from spikewright.snn.disturb.randomness import draws, happens, normal
from tests.snn.disturb.test_noise import draw_of


def test_each_draw_by_its_place() -> None:
    made = draws(7, 3, 4, 5, first=2)
    assert made.tolist() == [[draw_of(7, 3, sample, 0, neuron) for neuron in range(5)] for sample in range(2, 6)]
    assert np.array_equal(draws(7, 3, 2, 5, first=4), made[2:])


def test_a_normal_draw_is_bounded_and_centred() -> None:
    made = normal(1, 0, 200, 100)
    assert np.abs(made).max() < 6 and abs(made.mean()) < 0.02 and abs(made.std() - 1) < 0.02


@pytest.mark.parametrize(("probability", "share"), [(0.0, 0.0), (1.0, 1.0), (0.25, 0.25)])
def test_something_happens_as_often_as_it_should(probability: float, share: float) -> None:
    assert happens(draws(3, 1, 100, 100), probability).mean() == pytest.approx(share, abs=0.02)
