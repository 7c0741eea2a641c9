"""The drawings: bars for the peers, lines for the sweeps."""

import math
from typing import TYPE_CHECKING, Any

from spikewright import Table
from spikewright.experiments.plots.style import looks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {"event": "#0072B2", "library": "#D55E00", "torch": "#E69F00", "orientation": "#BBBBBB", "cnn": "#009E73"}
"""By kind of row; the names say the same without colour."""
OTHERS = ("torch", "dense", "bare")
"""What the names of other programs begin with."""


def speed_bars(table: Table) -> list[tuple[str, float, float, float, str]]:
    """Label, images/s, lowest, highest and kind of every row that was measured, fastest last."""
    rows = [row for row in table if row.get("images_per_s") is not None]
    bars = [
        (row["runner"], row["images_per_s"], row["images_per_s_min"], row["images_per_s_max"], row["kind"])
        for row in rows
    ]
    return sorted(bars, key=lambda bar: bar[1])


def speed_panel(ax: "Axes", table: Table, settings: str | None = None) -> None:
    """Horizontal bars, on a logarithmic axis where one is ten times another. `settings`: for the title, else the steps."""
    bars = speed_bars(table)
    for place, (_, middle, low, high, kind) in enumerate(bars):
        error = [[max(0.0, middle - low)], [max(0.0, high - middle)]]
        ax.barh(place, middle, xerr=error, color=COLOURS[kind], ecolor="#555555", height=0.7)
        ax.text(high * 1.05, place, f"{middle:,.0f}", va="center", fontsize=7.5)
    ax.set_yticks(range(len(bars)), [bar[0] for bar in bars], fontsize=7.5)
    if bars and bars[-1][1] >= 10 * bars[0][1]:
        ax.set_xscale("log")
        plain_ticks(ax.xaxis)
    else:
        ax.locator_params(axis="x", nbins=5)
        ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.set_xlabel("images per second")
    ax.set_ylabel("program")
    ax.margins(x=0.16)
    row = next(iter(table))
    ax.set_title(f"{row['network']}, {settings or str(row['steps']) + ' steps'}")


def latency_panel(ax: "Axes", table: Table) -> None:
    """Horizontal bars of milliseconds on a logarithmic axis, the quickest on top."""
    rows = sorted(table, key=lambda row: -row["milliseconds"])
    for place, row in enumerate(rows):
        middle = row["milliseconds"]
        error = [[max(0.0, middle - row["milliseconds_min"])], [max(0.0, row["milliseconds_max"] - middle)]]
        ax.barh(place, middle, xerr=error, color=COLOURS[row["kind"]], ecolor="#555555", height=0.7)
        ax.text(row["milliseconds_max"] * 1.05, place, f"{middle:,.2f}", va="center", fontsize=7)
    ax.set_yticks(range(len(rows)), [row["runner"] for row in rows], fontsize=7.5)
    ax.set_xscale("log")
    plain_ticks(ax.xaxis)
    ax.set_xlabel("milliseconds of a single image")
    ax.set_ylabel("program")
    ax.margins(x=0.12)
    row = next(iter(table))
    ax.set_title(f"{row['network']}, {row['steps']} steps")


def plain_ticks(axis: Any) -> None:
    """Numbers as people write them, 0.5, 20 or 3,000, at 1, 2 and 5 times the powers of ten, on a logarithmic axis."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = sorted(axis.get_view_interval())
    decades = math.log10(high / low) if low > 0 else 1.0
    axis.set_major_locator(LogLocator(10, (1.0, 2.0, 5.0) if decades < 2.5 else (1.0,), numticks=20))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_formatter(NullFormatter())


def line_panel(ax: "Axes", table: Table, x: str, y: str, by: str, labels: tuple[str, str, str]) -> None:
    """One line for each value of column `by`; `labels`: x axis, y axis, title. Logarithmic, x only without zeros.

    Lines differ in colour, dash and marker; those of other programs are warm, those of the engine cool.
    """
    names = [str(name) for name in dict.fromkeys(table[by])]
    look = looks({name: "CNN" if name.startswith(OTHERS) else "SNN" for name in names})
    for name in dict.fromkeys(table[by]):
        points: list[tuple[Any, Any]] = sorted(
            (row[x], row[y]) for row in table.where(**{by: name}) if row[y] is not None
        )
        if points:
            ax.plot([p[0] for p in points], [p[1] for p in points], label=str(name), **look[str(name)].options)
    if min(table[x]) > 0:
        ax.set_xscale("log")
        plain_ticks(ax.xaxis)
    ax.set_yscale("log")
    plain_ticks(ax.yaxis)
    ax.set_xlabel(labels[0])
    ax.set_ylabel(labels[1])
    ax.set_title(labels[2])
    ax.legend(fontsize=7)


def start_panel(ax: "Axes", table: Table) -> None:
    """Seconds of the first simulation over a later one, process by process."""
    seconds = [max(row["over_run_s"], 1e-3) for row in table]
    ax.bar(
        range(len(seconds)),
        seconds,
        color=["#D55E00" if row["state"] == "nothing cached" else "#0072B2" for row in table],
    )
    ax.set_xticks(range(len(seconds)), [row["state"] for row in table], fontsize=7.5, rotation=15)
    ax.set_yscale("log")
    plain_ticks(ax.yaxis)
    ax.set_xlabel("process")
    ax.set_ylabel("first simulation less a later one (s)")
    ax.set_title("start of a fresh process")


def scale_panel(ax: "Axes", table: Table) -> None:
    """Peak memory against synapses; the speed beside each point."""
    synapses, gibibytes = table["synapses"], [value / 2**30 for value in table["peak_bytes"]]
    ax.plot(synapses, gibibytes, marker="o")
    for x, y, rate in zip(synapses, gibibytes, table["synaptic_operations_per_s_and_core"], strict=True):
        ax.annotate(
            f"{rate / 1e6:,.0f} million operations/s and core",
            (x, y),
            textcoords="offset points",
            xytext=(4, -12),
            fontsize=7,
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    plain_ticks(ax.xaxis)
    plain_ticks(ax.yaxis)
    ax.set_xlabel("explicit synapses")
    ax.set_ylabel("peak memory of the process (GiB)")
    ax.set_title("size")


def design_panel(ax: "Axes", table: Table) -> None:
    """Latency against area of a front, each with its bounds; what the simulator counted, and what synthesis made, beside it."""
    for device, colour in zip(
        dict.fromkeys(table["device"]), ("#0072B2", "#D55E00", "#009E73", "#E69F00"), strict=False
    ):
        rows = list(table.where(device=device))
        area, cycles = ([row[name] for row in rows] for name in ("lut", "latency_cycles"))
        bounds = {
            "xerr": [[r["lut"] - r["lut_low"] for r in rows], [r["lut_high"] - r["lut"] for r in rows]],
            "yerr": [
                [r["latency_cycles"] - r["latency_cycles_low"] for r in rows],
                [r["latency_cycles_high"] - r["latency_cycles"] for r in rows],
            ],
        }
        ax.errorbar(area, cycles, **bounds, fmt="none", ecolor=colour, elinewidth=0.5, alpha=0.35)
        ax.plot(area, cycles, ".", color=colour, markersize=5, label=f"{device}, estimate")
        ax.plot(
            area,
            [r["behaved_latency_cycles"] for r in rows],
            "+",
            color=colour,
            markersize=5,
            label=f"{device}, simulator",
        )
        made = [row for row in rows if row.get("synthesised_lut") is not None]
        places = [row["synthesised_lut"] for row in made], [row["behaved_latency_cycles"] for row in made]
        ax.plot(
            *places, "D", markerfacecolor="none", color=colour, markersize=6, label=f"{device}, synthesis and simulator"
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    plain_ticks(ax.xaxis)
    plain_ticks(ax.yaxis)
    ax.set_xlabel("area (LUT)")
    ax.set_ylabel("latency of an inference (cycles)")
    ax.legend(fontsize=7)
