"""Rasters of every record: each neuron is known to send spikes, or to send none."""

from typing import Any

import numpy as np
import pytest

from spikewright.experiments import plots
from spikewright.snn import AddressEvents, MaxGate, Network, Ramp, TtfsCode, Windows, simulate
from spikewright.snn.streams import input_shape
from tests.snn.every_record import NETWORKS, network

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
    some = network(Ramp(2.0, 8), Windows((2, 2), (2, 2)), TtfsCode(16))
    some = some.to_fixed() if fixed else some
    assert isinstance(some.by_name["b"].neuron, MaxGate)
    raster = plots.spike_raster(some, recorded(some))
    assert raster.duration == 2.0
    for band, low in zip(raster.bands, (0.0, 1.0, 1.0), strict=True):
        assert np.all((low <= band.times) & (band.times <= low + 1.0))
