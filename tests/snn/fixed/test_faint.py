"""Channels too faint for their grid: named, with a proved bound of the error."""

import numpy as np
import pytest

from spikewright.snn import IF, Direct, Linear, QuantReLU, Ramp, RateCode, simulate
from spikewright.snn.fixed.faint import one_answer
from tests.snn.small import single


def faint(weight: float, inputs: int = 2):
    weights = np.full((2, inputs), 1.0, np.float32)
    weights[1] = weight
    return single(((inputs,), (2,)), IF(1.0), Linear(weights), RateCode(4), readout="count")


def test_a_faint_channel_is_told() -> None:
    rows = [row.detail for row in faint(1e-12).to_fixed().report if "faint" in row.detail]
    assert len(rows) == 1 and "1 faint channels (1)" in rows[0]
    assert not any("faint" in row.detail for row in faint(0.5).to_fixed().report)


@pytest.mark.parametrize(
    ("neuron", "wanted"), [(IF(8), 8.0), (Ramp(12, 3), 4.0), (QuantReLU(2, 4, 3), 8.0), (IF(0.25), 1.0)]
)
def test_the_charge_of_one_answer(neuron, wanted) -> None:
    population = single(((1,), (1,)), IF(1.0), Linear(np.ones((1, 1))), RateCode(1)).by_name["a"]
    object.__setattr__(population, "neuron", neuron)
    assert one_answer(population).tolist() == [wanted]


def test_a_fine_threshold_beside_a_faint_channel_keeps_its_fractional_bits() -> None:
    """Two bits: the unit of the weights is 3, and a threshold of 1 lies below half of it; the faint channel is its bias."""
    weights = np.array([[3.0, -3.0], [1e-37, 2e-37]], np.float32)
    network = single(((2,), (2,)), IF(1.0), Linear(weights), Direct(4), readout="count")
    fixed = network.to_fixed(weight_bits=2)
    images = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], np.float32)
    wanted, found = (simulate(one, images, engine="reference").logits for one in (network, fixed))
    assert np.array_equal(wanted, found) and wanted.any()
    assert any("1 faint channels (1)" in row.detail for row in fixed.report)
