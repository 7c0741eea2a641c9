"""What tests of figures share."""

from collections.abc import Iterator

import pytest
from matplotlib.axes import Axes

from spikewright.experiments import plots


@pytest.fixture
def ax() -> Iterator[Axes]:
    with plots.styled():
        import matplotlib.pyplot as plt

        figure, made = plt.subplots()
        yield made
        figure.canvas.draw()
        plt.close(figure)
