"""Codes in circuits: their tables, and what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidInput, snn
from spikewright.hardware.circuit.encoders import check_pixels, sent_of_levels
from spikewright.hardware.circuit.record import Ends
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.snn.codes import Code
from tests.hardware.small_networks import perceptron

STEPS = st.integers(1, 12)
CODES = st.one_of(
    STEPS.map(snn.RateCode),
    st.builds(snn.Bursts, STEPS, st.integers(1, 5)),
    st.builds(snn.SingleBurst, STEPS, st.floats(0, 1)),
    st.builds(snn.SpikeSelectCode, STEPS, st.integers(1, 3)),
    st.builds(snn.PhaseCode, st.integers(1, 6), st.integers(1, 2)),
)


@settings(max_examples=20)
@given(CODES, st.integers(1, 300))
def test_a_table_is_what_the_engine_sends(code: Code, levels: int) -> None:
    shape = (levels + 1,)
    populations = (snn.Population("in", shape, snn.Source()), snn.Population("out", (1,), snn.IF(1)))
    projection = snn.Projection("in", "out", snn.Linear(np.ones((1, levels + 1), np.float32)))
    network = snn.Network(populations, (projection,), "in", "out", code, readout="count")
    images = (np.arange(levels + 1) / levels).astype(np.float32)[None]
    raster = snn.simulate(network, images, engine="event", record=("rasters",)).rasters["in"][:, 0]
    assert np.array_equal(sent_of_levels(code, levels), raster)


@pytest.mark.parametrize(
    ("code", "levels", "told"),
    [
        (snn.Poisson(3), 255, r"expected a code that a circuit makes of pixels \(.*\), got Poisson; try events"),
        (snn.JitteredPeriodic(3), 255, "got JitteredPeriodic; try events, pixels=None"),
        (snn.AddressEvents(3, 1000), 255, "got AddressEvents"),
        (snn.Direct(3, 15), 255, "expected pixels of 15 levels, those of the code, got 255; try that many"),
        (snn.RateCode(3), 0, "expected pixels of 1 to 65535 levels, got 0; try 255"),
    ],
)
def test_what_no_circuit_makes_is_refused(code: Code, levels: int, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        check_pixels(replace(perceptron((6, 5, 3)), code=code), levels)


def test_the_table_of_a_circuit_has_a_row_for_each_step_and_level(tmp_path: Path) -> None:
    lanes = {"h0": PhysicalLanes(), "out": PhysicalLanes()}
    build(perceptron((6, 5, 3), steps=3), lanes, tmp_path / "circuit", ends=Ends(4))
    rows = np.array((tmp_path / "circuit" / "encode.mem").read_text().split(), int).reshape(4, 8)
    assert rows[:3, :5].tolist() == [[0, 0, 1, 1, 1], [0, 1, 0, 1, 1], [0, 0, 1, 0, 1]]
    assert not rows[3].any() and not rows[:, 5:].any()
