"""The memory of a study is looked at while it goes on."""

from pathlib import Path

from benchmarks.runs.looking import measured


def test_rows_from_the_first_cell_to_the_last(tmp_path: Path) -> None:
    rows = measured(6, 1, tmp_path)
    assert rows[0]["stored"] == 0 and rows[-1]["stored"] == 6 and all(row["right"] for row in rows)
    assert all(row["driver_mb"] > 0 and row["worker_mb"] == 0 for row in rows)
