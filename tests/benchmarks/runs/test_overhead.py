"""A measurement of cells runs all of them and gives a row."""

from pathlib import Path

from benchmarks.runs.overhead import LIMITS_MS, RUNNERS, measured


def test_a_row_of_cells_in_this_process(tmp_path: Path) -> None:
    row = measured("here", 1, 12, tmp_path)
    assert (row["runner"], row["cells"], row["workers_ms"]) == ("here", 12, 0) and row["driver_ms"] >= 0
    assert not any(tmp_path.iterdir()) and set(LIMITS_MS) == {*RUNNERS}
