"""Corrections of one population: what a shift does, and that a proposal is only taken where it helps."""

import numpy as np
import torch
from torch import nn

from spikewright.conversion import Rate, convert
from spikewright.conversion.calibration.arriving import Drives, sample_count
from spikewright.conversion.calibration.layer_run import LayerRun
from spikewright.conversion.calibration.light import (
    Shift,
    attempt,
    correct,
    correctable,
    half_step_shifted,
    squared_error,
)
from spikewright.snn import Network


def case() -> tuple[Network, torch.Tensor]:
    """A layer that starts at zero and so counts half a spike too little."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3)).eval()
    x = torch.rand(200, 6, generator=torch.Generator().manual_seed(1))
    return convert(model, x, Rate(8, initial="zero", calibration=None)), x


def test_a_shift_is_in_amplitudes_and_stays_in_bounds() -> None:
    network, _ = case()
    layer = network.populations[1]
    unit = np.broadcast_to(np.asarray(layer.amplitude), (8,))
    moved = Shift(torch.full((8,), 0.25), torch.full((8,), 9.0)).of(layer)
    np.testing.assert_allclose(np.asarray(moved.bias) - np.asarray(layer.bias), 0.25 * unit, rtol=1e-5)
    np.testing.assert_allclose(np.asarray(moved.initial), 2.0 * unit, rtol=1e-6)
    assert Shift(torch.zeros(8), torch.zeros(8)).of(layer) is layer


def test_half_a_step_goes_to_those_that_fire() -> None:
    network, _ = case()
    shifted = half_step_shifted(network)
    for before, after in zip(network.populations, shifted.populations, strict=True):
        assert (before is after) == (not before.neuron.fires)
    assert [correctable(p) for p in network.populations] == [False, True, True]


def test_a_correction_lowers_the_error() -> None:
    network, x = case()
    with torch.no_grad():
        flow, layer = LayerRun(network, x, {}), network.populations[1]
        drives = Drives(flow, layer, sample_count(flow, layer))
        ideal = drives.ideal()
        before = squared_error(drives.rates(layer), ideal)
        shift = correct(drives, ideal, 6)
        after = squared_error(drives.rates(shift.of(layer)), ideal)
        assert after < 0.5 * before
        made = attempt(flow, layer, 6)
    assert torch.equal(made.shift.bias, shift.bias) and torch.equal(made.shift.initial, shift.initial)
    assert made.after < made.before and made.drives is not None
