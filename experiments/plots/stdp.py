"""Learning by spike timing: the learning curve, and what each neuron has learned to see."""

from collections.abc import Mapping
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput, Table
from spikewright.experiments.plots.style import INK, SNN_COLOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spikewright.snn.learning.records import Learned


def caption(dataset: str, learned: "Learned", passes: int) -> str:
    """Data set, network, seed and samples in one line."""
    shown = f"{learned.presentations:,} presentations ({passes} pass{'es' if passes > 1 else ''})"
    return f"Data set {dataset}, {learned.network.neurons} neurons, seed {learned.seed}, {shown}"


def field_grid(weights: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Weights `(inputs, neurons)` as one picture: a field of `shape` for each neuron, row by row, one pixel apart.

    Places without a neuron, and the gaps, are NaN. Raises InvalidInput when the inputs do not fill the shape.
    """
    height, width = shape
    inputs, neurons = weights.shape
    if inputs != height * width:
        raise InvalidInput(f"expected {height} x {width} inputs for the fields, got {inputs}")
    columns = ceil(sqrt(neurons))
    rows = ceil(neurons / columns)
    grid = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan, np.float32)
    for neuron in range(neurons):
        top, left = neuron // columns * (height + 1), neuron % columns * (width + 1)
        grid[top : top + height, left : left + width] = weights[:, neuron].reshape(shape)
    return grid


def draw_fields(ax: "Axes", weights: NDArray[np.float32], shape: tuple[int, int], told: str) -> "Axes":
    """All receptive fields side by side with the scale of the weights. Returns `ax`."""
    grid = field_grid(weights, shape)
    shown = ax.imshow(grid, cmap="Blues", vmin=0, vmax=float(weights.max()), interpolation="nearest")
    ax.set(xticks=[], yticks=[], title="Receptive fields")
    ax.grid(False)
    ax.set_xlabel(f"{told}.\nEach square: the weights of one neuron, {shape[0]} x {shape[1]} pixels")
    ax.figure.colorbar(shown, ax=ax, shrink=0.75, label="weight")
    return ax


def draw_curve(ax: "Axes", curve: Table, numbers: Mapping[str, Any], told: str) -> "Axes":
    """Accuracy over presentations, and the accuracy on the test images at the end. Returns `ax`."""
    last = numbers["presentations"]
    test, images = numbers["accuracy"], numbers["test_images"]
    if len(curve):
        label = f"training images as they are learned, {curve['samples'][0]:,} a point"
        ax.plot(curve["presentations"], curve["accuracy"], color=SNN_COLOUR, marker="o", label=label)
    ax.plot([last], [test], color=INK, marker="D", linestyle="none", label=f"{images:,} test images: {test:.1%}")
    ax.set(
        xlabel="images presented",
        ylabel="accuracy",
        ylim=(0, 1.0),
        xlim=(0, 1.05 * last),
        title="Learning without labels",
    )
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.text(0.0, -0.2, f"{told}.", transform=ax.transAxes, fontsize=8.5, color=INK, va="top")
    ax.legend(loc="lower right")
    return ax
