"""The figures draw what the rows say."""

from pathlib import Path

from benchmarks.runs.figures import draw, growth_lines
from tests.benchmarks.runs.test_bounds import GOOD
from tests.benchmarks.runs.test_page import found

GROWTH = [
    {"cells": n, **{f"{part}_{unit}": n * 0.5 for part in ("run", "again", "expand", "schedule") for unit in ("s", "mb")}}
    for n in (10, 100)
]  # fmt: skip


def test_lines_are_points_of_each_part() -> None:
    lines = growth_lines(GROWTH, "s")
    assert lines["second run"] == [(10, 5.0), (100, 50.0)] and len(lines) == 4


def test_what_was_measured_is_drawn(tmp_path: Path) -> None:
    draw(found(growth=GROWTH, memory=GOOD["memory"]), tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["runs-growth.png", "runs-memory.png"]
