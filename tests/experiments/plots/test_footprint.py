"""Sizes of layers before and after."""

import pytest
from matplotlib.axes import Axes

from spikewright import InvalidInput, Table
from spikewright.experiments import plots


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
