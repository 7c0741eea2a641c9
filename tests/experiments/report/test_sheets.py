"""Tables for people."""

from typing import Any

import pytest

from spikewright import Table
from spikewright.experiments.report import heading, sheet, show


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "\N{EN DASH}"),
        (True, "yes"),
        (False, "no"),
        (12345, "12,345"),
        (0.123456, "0.1235"),
        (1234.56, "1,235"),
        ("x", "x"),
    ],
)
def test_cells(value: Any, shown: str) -> None:
    assert show(value) == shown


def test_headings_have_units() -> None:
    assert heading("latency_us") == "latency (µs)" and heading("fpga_energy_uj") == "FPGA energy (µJ)"
    assert heading("physical_neurons") == "physical neurons"


def test_a_sheet_leaves_out_what_every_row_carries() -> None:
    table = Table.of([{"a": 1, "b": None, "seed": 0, "commit": "x"}, {"a": 2, "b": None, "seed": 0, "commit": "x"}])
    made = sheet("t", "T", table, most=1)
    assert made.columns == ("a",) and made.numeric == (True,) and made.rows == (("1",),) and made.more == 1
