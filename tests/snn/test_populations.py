"""What a population says of itself."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import IF, Population


def test_its_size_is_that_of_its_shape():
    assert Population("a", (2, 3, 4), IF(1.0)).size == 24
    listed = Population("a", [2, 3], IF(1.0))
    assert listed.shape == (2, 3) and listed.size == 6


def test_a_width_that_is_not_declared_is_refused():
    population = Population("a", (3,), IF(5))
    assert replace(population, potential_bits=8).width == 8
    with pytest.raises(InvalidNetwork, match=r"potentials of 'a', got none; try network.to_fixed\(\)"):
        _ = population.width


def test_its_arrays_are_its_own():
    bias = np.zeros(3, np.float32)
    population = Population("a", (3,), IF(1.0), bias)
    bias[0] = 1
    assert not np.any(population.bias)
    with pytest.raises(ValueError, match="read-only"):
        population.bias[0] = 1
