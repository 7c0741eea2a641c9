"""Figures: the data behind each obeys its definition, and each drawing has labels, units and a legend."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes

from spikewright import InvalidInput, Table
from spikewright.experiments import plots
from spikewright.experiments.plots.pareto import best_of
from spikewright.experiments.plots.style import ANN_COLOUR, SNN_COLOUR, lighter
from spikewright.snn import (
    IF,
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    TtfsCode,
    dense,
    simulate,
)
from spikewright.snn.neurons import Neuron, Ramp


@pytest.fixture
def ax() -> Iterator[Axes]:
    with plots.styled():
        import matplotlib.pyplot as plt

        figure, made = plt.subplots()
        yield made
        figure.canvas.draw()
        plt.close(figure)


def labelled(ax: Axes) -> bool:
    return bool(ax.get_xlabel()) and bool(ax.get_ylabel() or ax.get_yticklabels())


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
    shown = {text.get_text() for text in ax.texts}
    assert {"fully parallel", "time multiplexed", "hybrid"} <= shown
    with pytest.raises(InvalidInput):
        plots.pareto_fronts(Table((), ()), {})


ACCURACY = Table.of(
    {"network": n, "kind": k, "accuracy": a, "samples": 100}
    for n, k, a in (
        ("ann", "ANN", 0.98),
        ("rate", "SNN", 0.97),
        ("ttfs", "SNN", 0.975),
        ("integer", "integer CNN", 0.98),
    )
)
STEPS = Table.of(
    {"network": n, "step": t, "accuracy": a, "samples": 100}
    for n, t, a in (("rate", 1, 0.5), ("rate", 2, 0.9), ("rate", 3, 0.97), ("ttfs", 1, 0.975))
)


def test_accuracy_over_steps(ax: Axes) -> None:
    curves = {curve.network: curve for curve in plots.step_curves(STEPS, ACCURACY)}
    assert set(curves) == {"ann", "rate", "ttfs"}
    assert curves["rate"].steps == (1, 2, 3) and curves["ann"].steps == (1,)
    for curve in curves.values():
        assert all(low < value < high for low, value, high in zip(curve.low, curve.accuracy, curve.high, strict=True))
    assert plots.draw_steps(ax, tuple(curves.values())) is ax and labelled(ax)
    legend = ax.get_legend()
    assert legend is not None and next(text.get_text() for text in legend.get_texts()) == "ANN, 98.0%"


def test_seeds_are_averaged() -> None:
    two = Table.of([*STEPS, *({**row, "accuracy": row["accuracy"] - 0.1} for row in STEPS)])
    once, twice = (plots.step_curves(table, ACCURACY)[1] for table in (STEPS, two))
    assert twice.accuracy == pytest.approx([value - 0.05 for value in once.accuracy])


def test_robustness(ax: Axes) -> None:
    none = {"accuracy": None, "low": None, "high": None}
    rows = [
        {"model": m, "perturbation": p, "strength": s, "accuracy": a, "low": a - 0.1, "high": a + 0.1, "samples": 50}
        for m in ("ann", "rate")
        for p in ("PGD", "GaussianNoise")
        for s, a in ((0.2, 0.3), (0.0, 0.9), (0.1, 0.6))
    ]
    rows += [
        {"model": "ann", "perturbation": "SpikeDeletionFault", "strength": s, "samples": 50, **none} for s in (0.1, 0.2)
    ]
    kinds = {"ann": "ANN", "rate": "SNN"}
    panels = plots.robustness_panels(Table.of(rows), kinds, 10)
    assert [(panel.perturbation, panel.attack) for panel in panels] == [("PGD", True), ("GaussianNoise", False)]
    assert all(curve.strengths == (0.0, 0.1, 0.2) for panel in panels for curve in panel.curves)
    assert panels[0].chance == 0.1 and panels[0].samples == 50
    assert plots.draw_robustness(ax, panels[0], kinds) is ax and labelled(ax)
    lines = {line.get_label(): line for line in ax.lines}
    assert (lines["ANN"].get_linestyle(), lines["rate (SNN)"].get_linestyle()) == ("-", "--")
    assert list(lines["chance"].get_ydata()) == [0.1, 0.1]


def test_a_cnn_is_solid_and_a_spiking_network_dashed_everywhere() -> None:
    look = plots.looks({"ann": "ANN", "small": "ANN", "rate": "SNN", "ttfs": "SNN"})
    assert look["ann"].colour == lighter(ANN_COLOUR, 1) and look["rate"].colour == lighter(SNN_COLOUR, 1)
    assert look["ann"].line == look["small"].line == "-" and "-" not in (look["rate"].line, look["ttfs"].line)
    assert len({one.marker for one in look.values()}) == 4


def network(code: Direct | RateCode | TtfsCode, hidden: Neuron) -> Network:
    rng = np.random.default_rng(0)
    weights = [dense(rng.normal(size=shape).astype(np.float32)) for shape in ((5, 4), (3, 5))]
    populations = (
        Population("input", (4,), Source()),
        Population("a", (5,), hidden),
        Population("b", (3,), Integrator()),
    )
    links = (Projection("input", "a", Linear(weights[0])), Projection("a", "b", Linear(weights[1])))
    return Network(populations, links, "input", "b", code)


CODES = [
    (Direct(6), IF(0.5), ["a"], "steps"),
    (RateCode(6), IF(0.5), ["input", "a"], "steps"),
    (TtfsCode(), Ramp(2.0), ["input", "a"], "windows"),
]


@pytest.mark.parametrize(("code", "neuron", "names", "unit"), CODES, ids=["direct", "rate", "ttfs"])
def test_a_raster_has_every_spike_in_its_window(
    ax: Axes, code: Direct | RateCode | TtfsCode, neuron: Neuron, names: list[str], unit: str
) -> None:
    net = network(code, neuron)
    activity = simulate(net, np.full((1, 4), 0.7, np.float32), record=("rasters",))
    raster = plots.spike_raster(net, {name: value[:, 0] for name, value in activity.rasters.items()})
    assert [band.population for band in raster.bands] == names and raster.unit == unit
    for place, band in enumerate(raster.bands):
        assert len(band.times) == activity.spikes[band.population][0]
        low, high = (place, place + 1) if unit == "windows" else (1, net.steps)
        assert np.all((band.times >= low) & (band.times <= high))
        assert np.all((band.neurons >= 0) & (band.neurons < band.size))
    assert plots.draw_raster(ax, raster) is ax and labelled(ax)


def test_footprint(ax: Axes) -> None:
    row = {
        "network": "small",
        "before_bits": 8192 * 4,
        "weight_bits": 4096,
        "index_bits": 2048,
        "other_bits": 1024,
        "seed": 0,
    }
    table = Table.of([{**row, "layer": name} for name in ("conv", "fc")] + [{**row, "layer": "conv", "seed": 1}])
    bars = plots.footprint_bars(table, "small")
    assert [bar.layer for bar in bars] == ["conv", "fc"] and bars[0].after == 4096 + 2048 + 1024
    assert plots.draw_footprint(ax, bars) is ax and ax.get_xlabel() == "size (KiB)"
    with pytest.raises(InvalidInput, match="other"):
        plots.footprint_bars(table, "other")


def test_the_same_figure_gives_the_same_bytes(tmp_path) -> None:  # type: ignore[no-untyped-def]
    contents = []
    for name in ("one", "two"):
        with plots.styled():
            import matplotlib.pyplot as plt

            figure, ax = plt.subplots()
            plots.draw_steps(ax, plots.step_curves(STEPS, ACCURACY))
            paths = plots.save_figure(figure, tmp_path / name)
        contents.append([path.read_bytes() for path in paths])
    assert contents[0] == contents[1]
