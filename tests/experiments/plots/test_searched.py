"""The figure of a search: its data, and the drawing."""

import matplotlib.pyplot as plt
import pytest

from spikewright import Table
from spikewright.experiments.exploring.section import SearchPart
from spikewright.experiments.plots.searched import draw_search, search_cloud

SEARCH = SearchPart.model_validate({"objectives": {"accuracy": "max", "hardware.lut": "min", "stored bits": "min"}})
TABLE = Table.of(
    {"accuracy": a, "accuracy_low": low, "accuracy_high": high, "hardware_lut": lut, "feasible": ok, "front": front}
    for a, low, high, lut, ok, front in (
        (0.9, 0.8, 0.95, 900, True, True), (0.8, 0.7, 0.9, 20, True, True), (0.5, None, None, 30, True, False),
        (0.99, 0.9, 1.0, 99_999, False, False), (None, None, None, None, False, False))
)  # fmt: skip


def test_points_have_their_intervals() -> None:
    cloud = search_cloud(TABLE, SEARCH)
    assert cloud is not None and (len(cloud.points), cloud.tried) == (4, 5)
    assert [(p.x, p.xs, p.y, p.ys) for p in cloud.front] == [
        (0.8, (0.7, 0.9), 20, (20, 20)),
        (0.9, (0.8, 0.95), 900, (900, 900)),
    ]
    assert cloud.points[2].xs == (0.5, 0.5)
    assert cloud.labels == ("accuracy (more is better)", "hardware.lut (less is better)")


@pytest.mark.parametrize("search, table", [
    (SearchPart.model_validate({"objectives": {"accuracy": "max"}}), TABLE),
    (SEARCH, Table.of([{"point": 0, "feasible": False, "front": False, "accuracy": None, "hardware_lut": None}])),
])  # fmt: skip
def test_nothing_to_draw(search: SearchPart, table: Table) -> None:
    assert search_cloud(table, search) is None


def test_the_drawing_names_axes_and_kinds_of_points() -> None:
    cloud = search_cloud(TABLE, SEARCH)
    assert cloud is not None
    figure, ax = plt.subplots()
    draw_search(ax, cloud)
    assert (ax.get_xlabel(), ax.get_ylabel()) == cloud.labels
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "beaten",
        "misses a constraint",
        "on the front",
    ]
    plt.close(figure)
