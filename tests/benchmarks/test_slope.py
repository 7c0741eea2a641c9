"""Slopes of time against work."""

import pytest

from benchmarks.slope import slopes
from spikewright import Table


def test_slope_of_time_that_follows_work_is_one() -> None:
    rows = [
        {"runner": "r", "density": n / 1e4, "synaptic_operations_per_image": n, "seconds_per_image": n * 1e-9}
        for n in (10, 100, 1000)
    ]
    shared = {"runner": "r", "density": 0.9, "synaptic_operations_per_image": 9000, "seconds_per_image": 1e-6}
    assert slopes(Table.of(rows))["r"] == pytest.approx(1.0)
    assert slopes(Table.of([*rows, shared]), most=0.2)["r"] == pytest.approx(1.0)
    assert slopes(Table.of([*rows, shared]))["r"] < 1.0
