"""Labels beside the ends of lines: apart, inside, in the order of their lines."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text

from spikewright.experiments.plots.labels import EndLabel, label_ends, spread
from spikewright.experiments.plots.pictures import SIZE
from spikewright.experiments.plots.style import styled

HEIGHTS = st.lists(st.floats(0, 1), max_size=25)


@given(HEIGHTS, st.floats(0.01, 0.4))
def test_labels_are_apart_inside_and_in_order(heights: list[float], gap: float) -> None:
    moved = spread(heights, gap)
    room = min(gap, 1 / max(1, len(heights) - 1))
    assert len(moved) == len(heights) and all(-1e-9 <= height <= 1 + 1e-9 for height in moved)
    placed = sorted(moved)
    assert all(high - low >= room - 1e-9 for low, high in itertools.pairwise(placed))
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    assert [moved[place] for place in order] == placed


@given(st.lists(st.integers(0, 9), unique=True, max_size=10))
def test_labels_that_are_apart_stay_where_they_are(places: list[int]) -> None:
    heights = [place / 9 for place in places]
    assert spread(heights, 0.1) == pytest.approx(heights)


def test_each_label_is_written_in_its_colour(ax: Axes) -> None:
    ax.set(xlim=(0, 1), ylim=(0, 1))
    label_ends(ax, [EndLabel(1, 0.5, "one", "red"), EndLabel(1, 0.5, "two", "blue")])
    assert {text.get_text(): text.get_color() for text in ax.texts} == {"one": "red", "two": "blue"}


def test_names_do_not_cover_each_other_and_no_tie_crosses_one() -> None:
    """In a figure of a report's size, with lines that end at one point."""
    import matplotlib.pyplot as plt

    with styled():
        figure, axes = plt.subplots(figsize=SIZE)
        axes.set(xlim=(0, 1), ylim=(0, 1))
        names = ("chance", "ttfs", "compressed", "rate", "ANN")
        label_ends(axes, [EndLabel(1, 0.02 * place, name, "red") for place, name in enumerate(names)])
        figure.canvas.draw()
        boxes = [Text.get_window_extent(text) for text in axes.texts]
        ties = [
            text.arrow_patch.get_window_extent()
            for text in axes.texts
            if isinstance(text, Annotation) and text.arrow_patch
        ]
        plt.close(figure)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert len(ties) == len(boxes) and max(tie.x1 for tie in ties) <= min(box.x0 for box in boxes) + 1
