"""Pictures of receptive fields."""

import numpy as np
import pytest

from spikewright import InvalidInput, Table
from spikewright.experiments.data.load import Dataset, load_dataset
from spikewright.experiments.plots.stdp import draw_curve, draw_fields, field_grid
from spikewright.experiments.plots.style import styled
from spikewright.snn.learning.run import start_stdp


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_dataset("digits")


def test_fields_stand_row_by_row() -> None:
    weights = np.arange(4 * 5, dtype=np.float32).reshape(4, 5)
    grid = field_grid(weights, (2, 2))
    assert grid.shape == (5, 8)
    np.testing.assert_array_equal(grid[3:5, 3:5].ravel(), weights[:, 4])
    assert np.isnan(grid[2]).all() and np.isnan(grid[3:, 6:]).all()
    with pytest.raises(InvalidInput):
        field_grid(weights, (2, 3))


def test_figures_have_labels(digits: Dataset) -> None:
    with styled():
        import matplotlib.pyplot as plt

        figure, (left, right) = plt.subplots(1, 2)
        curve = Table(("presentations", "accuracy", "samples"), ((10, 0.5, 5), (15, 0.6, 5)))
        numbers = {"presentations": 15, "accuracy": 0.7, "test_images": 9}
        draw_curve(left, curve, numbers, "told")
        draw_fields(right, start_stdp(_network(digits)).weights, (8, 8), "told")
        figure.canvas.draw()
        assert left.get_xlabel() and left.get_ylabel() and "told" in right.get_xlabel()
        plt.close(figure)


def _network(digits: Dataset):
    from spikewright.experiments.learning.stdp import design_of

    return design_of(digits, 9)
