"""A calibration is bounded: fewer samples of a large network, and the report says so."""

import pytest
import torch
from torch import nn

from spikewright.conversion import Rate, convert
from spikewright.conversion.calibration import sample_budget as bounds
from spikewright.conversion.calibration.sample_budget import affordable, held_neurons, products
from spikewright.snn import Network


def chain(progress: list[tuple[str, int, int]] | None = None) -> Network:
    """6 inputs, 10, 8 and 3 neurons."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 10), nn.ReLU(), nn.Linear(10, 8), nn.ReLU(), nn.Linear(8, 3)).eval()
    told = [] if progress is None else progress
    return convert(net, torch.rand(64, 6), Rate(4), progress=lambda *where: told.append(where))


def test_a_chain_holds_two_populations_and_the_joining_of_one() -> None:
    assert held_neurons(chain()) == 10 + 2 * 8


def test_products_are_weights_times_places_behind_the_input() -> None:
    assert products(chain()) == 10 * 8 + 8 * 3
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(16, 3)
    )
    assert products(convert(net.eval(), torch.rand(16, 1, 7, 7), Rate(2, calibration=None))) == 4 * 2 * 9 * 4 + 16 * 3


def test_small_networks_take_all_samples_and_large_ones_what_the_bounds_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    network = chain()
    assert affordable(network, 512) == 512
    monkeypatch.setattr(bounds, "MOST_BYTES", 26 * (4 + 4) * 40)
    assert affordable(network, 512) == 40
    monkeypatch.setattr(bounds, "MOST_UPDATES", 27 * 4 * 30)
    assert affordable(network, 512) == 30
    monkeypatch.setattr(bounds, "MOST_PRODUCTS", 104 * 4 * 20)
    assert affordable(network, 512) == 20
    monkeypatch.setattr(bounds, "MOST_BYTES", 1)
    assert affordable(network, 512) == 16


def test_the_report_says_what_was_left_out_and_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = next(row for row in chain().report if row.layer == "calibration")
    assert whole.detail == "48 samples and 16 held out"
    monkeypatch.setattr(bounds, "MOST_UPDATES", 1)
    told: list[tuple[str, int, int]] = []
    row = next(row for row in chain(told).report if row.layer == "calibration")
    assert row.detail == "12 samples and 4 held out; 64 would take too much memory or time"
    assert [step for step in told if step[0] == "calibration"] == [("calibration", done, 3) for done in range(4)]
