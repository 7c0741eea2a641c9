"""Sizes of layers before and after."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from spikewright import InvalidInput, Table
from spikewright.experiments import plots
from spikewright.snn import (
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
)
from spikewright.snn.neurons import Neuron


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
