"""Rasters: every spike has its mark, in its window."""

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes

from spikewright.experiments import plots
from spikewright.snn import (
    IF,
    AddressEvents,
    Direct,
    Integrator,
    Linear,
    MaxGate,
    Network,
    Population,
    Projection,
    Ramp,
    RateCode,
    Source,
    TtfsCode,
    Windows,
    dense,
    simulate,
)
from spikewright.snn.neurons import Neuron
from spikewright.snn.streams import input_shape
from tests.experiments.plots.rows import labelled
from tests.snn.every_record import NETWORKS
from tests.snn.every_record import network as every


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


SILENT = {"QuantReLU"}


def recorded(some: Network) -> dict[str, Any]:
    values = np.random.default_rng(0).random((1, *input_shape(some))).astype(np.float32)
    rasters = simulate(some, values, engine="reference", record=("rasters",)).rasters
    return {name: raster[:, 0] for name, raster in rasters.items()}


@pytest.mark.parametrize("name", sorted(set(NETWORKS) - SILENT))
def test_every_spike_has_a_mark(name: str) -> None:
    some = NETWORKS[name]
    if isinstance(some.code, AddressEvents):
        return
    rasters = recorded(some)
    bands = {band.population: band for band in plots.spike_raster(some, rasters).bands}
    assert "out" not in bands
    assert {"a", "b"} <= set(bands)
    for part, band in bands.items():
        assert len(band.times) == np.count_nonzero(rasters[part])


@pytest.mark.parametrize("fixed", [False, True])
def test_a_gate_fires_in_the_window_of_its_sources(fixed: bool) -> None:
    some = every(Ramp(2.0, 8), Windows((2, 2), (2, 2)), TtfsCode(16))
    some = some.to_fixed() if fixed else some
    assert isinstance(some.by_name["b"].neuron, MaxGate)
    raster = plots.spike_raster(some, recorded(some))
    assert raster.duration == 2.0
    for band, low in zip(raster.bands, (0.0, 1.0, 1.0), strict=True):
        assert np.all((low <= band.times) & (band.times <= low + 1.0))
