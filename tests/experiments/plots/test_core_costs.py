"""Shares are those of the table, and what was refused has no bar."""

from math import isnan

import pytest

from spikewright.experiments.plots.core_costs import core_shares, draw_core_share, draw_core_shares
from spikewright.experiments.plots.style import styled

WHOLE = {"weight_memory_bits": 800, "latency_cycles": 100.0, "fpga_energy_uj": 4.0}
ROWS = [
    {"technique": "dense", "core": "spike core", **WHOLE},
    {"technique": "dense", "core": "CNN core", **WHOLE},
    {"technique": "blocks", "core": "spike core", **WHOLE, "weight_memory_bits": 200, "latency_cycles": 130.0},
    {"technique": "blocks", "core": "CNN core", "refused": "no levels"},
]


def test_shares_are_of_the_first_technique_and_the_same_core() -> None:
    memory, cycles, energy = core_shares(ROWS)
    assert memory.techniques == ("dense", "blocks")
    assert memory.percent["spike core"] == (100.0, 25.0)
    assert cycles.percent["spike core"] == (100.0, pytest.approx(130.0))
    assert isnan(energy.percent["CNN core"][1])


def test_every_bar_says_its_share() -> None:
    import matplotlib.pyplot as plt

    with styled():
        figure, ax = plt.subplots()
        told = [text.get_text().strip() for text in draw_core_share(ax, core_shares(ROWS)[0]).texts]
        plt.close(figure)
        whole = draw_core_shares(core_shares(ROWS))
        plt.close(whole)
    assert told == ["100\N{NO-BREAK SPACE}%", "25\N{NO-BREAK SPACE}%", "100\N{NO-BREAK SPACE}%", "refused"]
    assert len(whole.axes) == 3


def test_a_core_that_is_not_there_has_no_bars() -> None:
    assert list(core_shares(ROWS[::2])[0].percent) == ["spike core"]
