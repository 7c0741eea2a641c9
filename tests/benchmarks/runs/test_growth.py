"""A study is measured from expansion to its second run, and what it made is looked at."""

from pathlib import Path

from benchmarks.runs.growth import COUNTS, measured


def test_a_row_of_a_small_study(tmp_path: Path) -> None:
    row = measured(6, tmp_path)
    assert row["right"] and row["cells"] == 6 and min(COUNTS) > 6
    assert {name for name in row if name.endswith("_s")} == {"expand_s", "schedule_s", "run_s", "again_s"}
    assert not any(tmp_path.iterdir())
