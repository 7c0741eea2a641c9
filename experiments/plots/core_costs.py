"""What is left of memory, cycles and energy of each core after each technique, as shares of the uncompressed core."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright.experiments.plots.style import ANN_COLOUR, FAINT, INK, SNN_COLOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANELS = {
    "weight_memory_bits": "weight memory",
    "latency_cycles": "cycles an image",
    "fpga_energy_uj": "energy an image (estimate)",
}
COLOURS = {"spike core": SNN_COLOUR, "CNN core": ANN_COLOUR}
NAMED = 40
"""Letters of a name that are shown."""


@dataclass(frozen=True)
class CoreShares:
    """One measure: by core, for each technique its share in percent of the uncompressed core, NaN where there is none."""

    title: str
    techniques: tuple[str, ...]
    percent: Mapping[str, tuple[float, ...]]


def core_shares(rows: Iterable[Mapping[str, Any]]) -> tuple[CoreShares, ...]:
    """The panels of a table of costs; the first technique is the uncompressed network."""
    found = {(row["technique"], row["core"]): row for row in rows}
    techniques = tuple(dict.fromkeys(technique for technique, _ in found))
    cores = [core for core in COLOURS if any(core == other for _, other in found)]
    return tuple(
        CoreShares(
            title,
            techniques,
            {core: tuple(_percent(found, one, techniques[0], core, measure) for one in techniques) for core in cores},
        )
        for measure, title in PANELS.items()
    )


def _percent(found: Mapping[Any, Mapping[str, Any]], one: str, first: str, core: str, measure: str) -> float:
    value, whole = (found.get((name, core), {}).get(measure) for name in (one, first))
    return 100 * value / whole if value is not None and whole else float("nan")


def draw_core_shares(panels: tuple[CoreShares, ...]) -> "Figure":
    """All panels side by side, with the names of the techniques at the first one."""
    import matplotlib.pyplot as plt

    size = (10.4, height_of(panels[0]))
    figure, axes = plt.subplots(1, len(panels), figsize=size, sharey=True, layout="constrained")
    for ax, panel in zip(axes, panels, strict=True):
        draw_core_share(ax, panel)
        ax.get_legend().remove()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return figure


def height_of(panel: CoreShares) -> float:
    """Inches in which all techniques of a panel have room."""
    return 0.52 * len(panel.techniques) + 1.4


def draw_core_share(ax: "Axes", panel: CoreShares) -> "Axes":
    """Two bars for each technique with the share at their ends, the first technique on top. Returns `ax`."""
    places = np.arange(len(panel.techniques), dtype=float)
    for number, (core, shares) in enumerate(panel.percent.items()):
        rows = places + 0.4 * (number - (len(panel.percent) - 1) / 2)
        ax.barh(rows, np.nan_to_num(shares), 0.36, color=COLOURS[core], label=core)
        for row, share in zip(rows, shares, strict=True):
            told = " refused" if np.isnan(share) else f" {share:.0f}\N{NO-BREAK SPACE}%"
            ax.text(0 if np.isnan(share) else share, row, told, va="center", fontsize=8, color=INK)
    most = max([100.0, *(value for each in panel.percent.values() for value in each if not np.isnan(value))])
    ax.axvline(100, color=FAINT, linewidth=0.8, zorder=0)
    names = [name if len(name) <= NAMED else f"{name[: NAMED - 1]}\N{HORIZONTAL ELLIPSIS}" for name in panel.techniques]
    ax.set_yticks(places, names)
    ax.set(xlabel=f"{panel.title}\n(% of the uncompressed core)", xlim=(0, 1.2 * most), ylim=(len(places) - 0.4, -0.6))
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    return ax
