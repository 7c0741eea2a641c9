"""Fronts and the picture of energy against area."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes

from spikewright import InvalidInput, Table
from spikewright.experiments import plots
from spikewright.experiments.plots.pareto import best_of
from tests.experiments.plots.rows import labelled

POINTS = st.builds(
    plots.Point,
    st.integers(1, 9).map(float),
    st.integers(1, 9).map(float),
    st.just("sweep"),
    st.booleans(),
    st.just(False),
)


@given(st.lists(POINTS, max_size=25))
def test_no_point_of_a_front_is_beaten_and_all_others_are(points: list[plots.Point]) -> None:
    front = best_of(points)
    fitting = [p for p in points if p.fits]

    def beats(one: plots.Point, other: plots.Point) -> bool:
        no_worse = one.area <= other.area and one.energy <= other.energy
        return no_worse and (one.area, one.energy) != (other.area, other.energy)

    assert all(p.fits and not any(beats(q, p) for q in fitting) for p in front)
    places = {(p.area, p.energy) for p in front}
    assert len(places) == len(front)
    for point in fitting:
        assert (point.area, point.energy) in places or any(beats(p, point) for p in front)
    assert [p.area for p in front] == sorted(p.area for p in front)


CORNERS = ("fully_parallel", 9e4, 1.0, False), ("hybrid", 5e3, 4.0, True), ("time_multiplexed", 1e3, 50.0, True)


HARDWARE = Table.of(
    {"network": n, "architecture": a, "lut": lut, "fpga_energy_uj": e, "fits": fits, "chosen": a == "hybrid" and n == "rate"}
    for n in ("rate", "integer")
    for a, lut, e, fits in CORNERS
)  # fmt: skip


def test_pareto(ax: Axes) -> None:
    fronts = plots.pareto_fronts(HARDWARE, {"rate": "SNN", "integer": "integer CNN"})
    assert [len(front.points) for front in fronts] == [3, 3] and [len(front.front) for front in fronts] == [2, 2]
    assert plots.draw_pareto(ax, fronts, capacity=6e4) is ax and labelled(ax)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    bounds = [end for front in fronts for point in front.points if point.chosen for end in point.areas or ()]
    assert all(ax.get_xlim()[0] < end < ax.get_xlim()[1] for end in bounds)
    shown = {text.get_text() for text in ax.texts}
    assert {"fully parallel", "time multiplexed", "hybrid"} <= shown
    with pytest.raises(InvalidInput):
        plots.pareto_fronts(Table((), ()), {})
