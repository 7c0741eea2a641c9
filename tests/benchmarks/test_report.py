"""Timing, tables, figures and the page: what the benchmarks leave behind."""

from pathlib import Path

import pytest

from benchmarks.figures import speed_panel
from benchmarks.page import write_page
from benchmarks.report import publish
from spikewright import Table
from spikewright.marker import MARKER

ROW = {"runner": "a", "kind": "event", "network": "n", "steps": 7, "images_per_s": 5.0}
SPEEDS = Table.of(
    [
        {**ROW, "images_per_s_min": 4.0, "images_per_s_max": 6.0},
        {
            **ROW,
            "runner": "b",
            "kind": "library",
            "images_per_s": 2.0,
            "images_per_s_min": 1.0,
            "images_per_s_max": 3.0,
        },
        {**ROW, "runner": "c", "kind": "missing", "images_per_s": None},
    ]
)


def test_a_result_is_a_table_a_caption_and_a_figure_with_units(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []

    def draw(ax):
        speed_panel(ax, SPEEDS)
        seen.append((ax.get_xlabel(), ax.get_ylabel()))

    publish(tmp_path, "peers", SPEEDS, [draw], "Some caption.")
    assert seen == [("images per second", "program")]
    assert {path.name for path in tmp_path.iterdir()} == {"peers.csv", "peers.txt", "peers.png", MARKER}
    assert (tmp_path / "peers.txt").read_text().startswith("Some caption.\nprocessor: ")
    page = tmp_path / "docs" / "benchmarks.md"
    write_page(tmp_path, page)
    assert "| n | 7 | a | 5 |" in page.read_text()
    assert (page.parent / "figures" / "bench-peers.png").is_file()
