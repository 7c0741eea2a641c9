"""Drawn rows are the same for the same value, and have the columns of the tables that a report reads."""

from benchmarks.runs.million import Drawn
from spikewright.experiments.runs.cells import Cell


def rows(value: int) -> dict[str, list[dict[str, object]]]:
    """The rows of one cell."""
    from pathlib import Path

    from spikewright.experiments.runs.work import Work

    nowhere = Path("nowhere")
    return Drawn(value, 30).run(Work(Cell("drawn", "c", 0, {}), {}, nowhere, nowhere, lambda *told: None))


def test_rows_are_equal_for_equal_values() -> None:
    assert rows(3) == rows(3) != rows(5) and rows(2) == rows(2)


def test_designs_and_harm_take_turns() -> None:
    (designs,), (harm,) = rows(0).values(), rows(1).values()
    assert {"network", "lut", "fpga_energy_uj", "fits", "architecture", "chosen"} <= designs[0].keys()
    assert {"model", "perturbation", "strength", "accuracy", "low", "high", "samples", "draw"} <= harm[0].keys()
    assert len(designs) == len(harm) == 30
