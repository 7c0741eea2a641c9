"""The stage that simulates: rows that agree with each other, and the rasters of one image."""

from pathlib import Path

import numpy as np
import pytest

from spikewright.experiments.stages.simulation import RASTER_FILE
from spikewright.experiments.studies.study import open_study, run_study
from spikewright.snn import Network
from tests.experiments.studies.small_study import small


def test_rows_and_rasters_are_those_of_the_network(finished: Path) -> None:
    result = run_study(small(), finished)
    network = Network.load(result.path("convert", "rate", "network.spike"))
    with np.load(result.path("simulate", "rate", RASTER_FILE), allow_pickle=False) as file:
        sizes = {name: file[name].shape for name in file.files}
    spiking = [p for p in network.populations if p.name in sizes and p.name != network.input]
    assert spiking and all(sizes[p.name] == (network.steps, p.size) for p in spiking)
    (row,) = open_study(finished).tables["accuracy"].where(network="rate")
    over = result.tables["accuracy_over_steps"].where(network="rate")
    assert over["step"] == [1, 2, 3] and over["accuracy"][-1] == row["accuracy"]
    hidden = [
        one
        for one in result.tables["activity"].where(network="rate")
        if one["population"] not in ("input", network.output)
    ]
    per_neuron = sum(one["spikes"] for one in hidden) / sum(one["neurons"] for one in hidden)
    assert row["spikes_per_neuron"] == pytest.approx(per_neuron)
