"""Timing, tables, figures and the page: what the benchmarks leave behind."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.equality import Agreement
from benchmarks.figures import line_panel, speed_bars, speed_panel
from benchmarks.limit import reaches_limit
from benchmarks.page import table_of, write_page
from benchmarks.report import publish
from benchmarks.slope import slopes
from benchmarks.timing import Run, take_turns
from spikewright import InvalidFile, Table
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


def test_runs_take_turns_and_the_first_call_does_not_count() -> None:
    calls: list[str] = []
    speeds = take_turns({name: Run(lambda name=name: calls.append(name), 10) for name in "ab"}, 3)
    assert calls == list("abababab")
    assert all(speed.low <= speed.median <= speed.high for speed in speeds.values())


def test_bars_are_sorted_and_leave_out_what_was_not_measured() -> None:
    assert [bar[0] for bar in speed_bars(SPEEDS)] == ["b", "a"]


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


def test_lines_have_labels_and_one_line_a_series() -> None:
    from spikewright.experiments.plots.style import styled

    with styled():
        import matplotlib.pyplot as plt

        figure, ax = plt.subplots()
        line_panel(
            ax, Table.of([{"x": 1, "y": 2.0, "k": "p"}, {"x": 2, "y": 3.0, "k": "p"}]), "x", "y", "k", ("a", "b", "c")
        )
        assert (ax.get_xlabel(), ax.get_ylabel(), len(ax.lines)) == ("a", "b", 1)
        plt.close(figure)


def test_a_page_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="got none"):
        write_page(tmp_path, tmp_path / "page.md")
    (tmp_path / "empty.csv").write_text("a,b\n")
    with pytest.raises(InvalidFile, match="rows"):
        table_of(tmp_path / "empty.csv")


def test_slope_of_time_that_follows_work_is_one() -> None:
    rows = [
        {"runner": "r", "density": n / 1e4, "synaptic_operations_per_image": n, "seconds_per_image": n * 1e-9}
        for n in (10, 100, 1000)
    ]
    shared = {"runner": "r", "density": 0.9, "synaptic_operations_per_image": 9000, "seconds_per_image": 1e-6}
    assert slopes(Table.of(rows))["r"] == pytest.approx(1.0)
    assert slopes(Table.of([*rows, shared]), most=0.2)["r"] == pytest.approx(1.0)
    assert slopes(Table.of([*rows, shared]))["r"] < 1.0


def test_the_share_of_the_limit_is_judged_at_five_percent() -> None:
    rows = [
        {"numbers": kind, "density": d, "share": s}
        for kind in ("int16", "float32")
        for d, s in ((0.05, 0.5), (0.01, 0.1))
    ]
    assert reaches_limit(Table.of(rows))


@pytest.mark.parametrize(
    ("images", "other", "fine"), [(16, 1, True), (16, 2, False), (10_000, 10, True), (10_000, 11, False)]
)
def test_rounding_explains_a_thousandth_of_the_predictions_or_one(images: int, other: int, fine: bool) -> None:
    assert Agreement(images, other / images, 0.5, 1e-6).within_rounding is fine


def test_bad_input_ends_with_status_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["peers", "--network", "no-such-network", "--output", str(tmp_path)]) == 2
    assert "no-such-network" in capsys.readouterr().err
    assert main(["page", "--output", str(tmp_path / "none"), "--page", str(tmp_path / "page.md")]) == 2
    assert not np.any([path.suffix == ".csv" for path in tmp_path.rglob("*")])
