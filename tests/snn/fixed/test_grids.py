"""The grid of a population: integers that come in lead; exact where its unit is theirs times a power of two."""

import numpy as np
import pytest

from spikewright.snn import IF, Identity, Integrator, Linear, Population, Projection, Separable2d, dense
from spikewright.snn.fixed.grids import chosen_grid, on_grid, read_incoming

WEIGHTS = np.array([[3, -7], [5, 1]], np.int8)


def stored(scale=None):
    return Projection("in", "a", Linear(dense(WEIGHTS, scale)))


def test_integers_keep_their_integers() -> None:
    read = read_incoming(stored(np.array([0.5, 0.25])), 1.0, 8, False)
    assert read.integers is not None and np.array_equal(read.integers, WEIGHTS) and read.rows == ()
    assert read.unit is not None and read.unit.tolist() == [0.5, 0.25]
    grid = chosen_grid(Population("a", (2,), IF(2.0)), [read], 16, 8.0, False)
    placed = on_grid(read, grid)
    assert np.array_equal(placed.projection.synapse.weights.values(), WEIGHTS) and placed.projection.shift == grid.shift
    assert np.allclose(grid.unit * 2.0**grid.shift, read.unit, rtol=1e-12)


def test_real_weights_are_rounded_and_told() -> None:
    read = read_incoming(Projection("in", "a", Linear(np.array([[0.5, -1.0]], np.float32))), 1.0, 4, False)
    assert read.integers is not None and read.integers.tolist() == [[4, -7]] and read.rows[0].action == "rounded"


def test_a_gain_alone_is_one_unit() -> None:
    read = read_incoming(Projection("in", "a", Identity(0.5)), 2.0, 8, False)
    grid = chosen_grid(Population("a", (2,), IF(4.0)), [read], 12, 8.0, True)
    placed = on_grid(read, grid)
    assert np.allclose(np.asarray(placed.projection.synapse.gain) * grid.unit, 1.0) and placed.rows == ()


@pytest.mark.parametrize("neuron", [IF(1.0), Integrator()])
def test_gains_that_matrices_divide_keep_two_digits(neuron) -> None:
    """A mean over 64 pixels beside one pixel as it is: the mean's gain is a 64th of the unit, and must not be rounded away."""
    wide = Separable2d(np.full((8, 8), 1 / 8), np.full((8, 8), 1 / 8), 1.0)
    read = [read_incoming(Projection("in", "a", one), 1.0, 8, True) for one in (Identity(1.0), wide)]
    grid = chosen_grid(Population("a", (1, 8, 8), neuron), read, 12, 8.0, True)
    for one, exact in zip(read, (1.0, 1 / 64), strict=True):
        gain = float(np.ravel(on_grid(one, grid).projection.synapse.gain)[0]) * float(grid.unit[0])
        assert gain == pytest.approx(exact, rel=0.01)


def test_whole_matrices_are_told_when_they_are_rounded() -> None:
    rough = Separable2d(np.array([[1.0, 2**-0.5, 3**-0.5, 5**-0.5]]), np.eye(4))
    assert read_incoming(Projection("in", "a", rough), 1.0, 8, False).rows[0].action == "rounded"
    assert read_incoming(Projection("in", "a", Separable2d(np.eye(4), np.eye(4))), 1.0, 8, False).rows == ()
