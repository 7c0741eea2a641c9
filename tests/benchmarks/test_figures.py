"""Figures show what was measured, with labels."""

from matplotlib.figure import Figure

from benchmarks.figures import design_panel, line_panel, speed_bars, speed_panel
from spikewright import Table

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


def test_bars_are_sorted_and_leave_out_what_was_not_measured() -> None:
    assert [bar[0] for bar in speed_bars(SPEEDS)] == ["b", "a"]


def test_bars_of_one_scale_begin_at_zero() -> None:
    ax = Figure().subplots()
    speed_panel(ax, SPEEDS, "few steps")
    assert ax.get_xscale() == "linear" and ax.get_xlim()[0] == 0 and ax.get_title() == "n, few steps"
    much = {**ROW, "runner": "d", "images_per_s": 50.0, "images_per_s_min": 40.0, "images_per_s_max": 60.0}
    speed_panel(ax, Table.of([*SPEEDS, much]))
    assert ax.get_xscale() == "log" and ax.get_title() == "n, 7 steps"


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


def test_a_front_with_its_bounds() -> None:
    bounds = {"lut": 9.0, "lut_low": 8.0, "lut_high": 11.0}
    bounds |= {"latency_cycles": 90.0, "latency_cycles_low": 80.0, "latency_cycles_high": 95.0}
    rows = [{"device": name, **bounds, "behaved_latency_cycles": 91.0, "synthesised_lut": made}
            for name, made in (("one", 9), ("one", None), ("two", None))]  # fmt: skip
    from spikewright.experiments.plots.style import styled

    with styled():
        import matplotlib.pyplot as plt

        figure, ax = plt.subplots()
        design_panel(ax, Table.of(rows))
        assert ax.get_xlabel() and len(ax.get_legend().get_texts()) == 6
        plt.close(figure)
