"""Accuracy against the strength of a perturbation, CNN and spiking networks side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spikewright import Table
from spikewright.experiments.plots.labels import EndLabel, label_ends
from spikewright.experiments.plots.style import INK, looks, percent, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABELS = {
    "GaussianNoise": ("Gaussian noise", "standard deviation (pixels from 0 to 1)"),
    "ImpulseNoise": ("Impulse noise", "share of pixels replaced"),
    "SpikeDeletionFault": ("Lost spikes", "probability of losing a spike"),
    "SpikeJitterFault": ("Spike jitter", "largest shift (steps; TTFS: windows)"),
    "SpikeInsertionFault": ("Spikes out of nothing", "probability of a spike per neuron and step"),
    "StuckAt0Fault": ("Dead neurons", "share of neurons stuck at 0"),
    "StuckAt1Fault": ("Neurons that always fire", "share of neurons stuck at 1"),
    "MembraneNoiseFault": ("Membrane noise", "standard deviation (thresholds, each step)"),
    "PotentialBitFlipsFault": ("Bit flips in potentials", "probability of a flip per potential and step"),
    "ThresholdVariationFault": ("Threshold variation", "relative standard deviation"),
    "WeightVariationFault": ("Weight variation", "relative standard deviation"),
    "WeightBitFlips": ("Bit flips in weights", "probability of a flip per stored bit"),
}
"""Title and x label of each corruption; attacks have epsilon."""


@dataclass(frozen=True)
class Curve:
    """One network's accuracy at rising strengths, with its 95 % band."""

    network: str
    kind: str
    strengths: tuple[float, ...]
    accuracy: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Panel:
    """All curves of one perturbation. `chance`: the accuracy of guessing, `samples`: images behind each point.

    `chips`: chips behind each point of a fault that a chip has for all images; 0 for others.
    """

    perturbation: str
    attack: bool
    curves: tuple[Curve, ...]
    chance: float
    samples: int
    chips: int = 0

    @property
    def title(self) -> str:
        """For people."""
        return title_and_unit(self.perturbation)[0]

    @property
    def unit(self) -> str:
        """The label of the x axis."""
        return title_and_unit(self.perturbation)[1]


def title_and_unit(perturbation: str) -> tuple[str, str]:
    """What a perturbation of the table is called for people, and what its strength is."""
    if perturbation in LABELS:
        return LABELS[perturbation]
    attack, _, source = perturbation.partition(" from ")
    norm = "L2" if "(L2" in perturbation else "L\N{INFINITY}"
    told = attack.replace("(", ", ").replace(")", "").replace("=", " ")
    title = f"{told}, made on {title_of(source)}" if source else told
    return title, f"\N{GREEK SMALL LETTER EPSILON} ({norm}, pixels from 0 to 1)"


def robustness_panels(table: Table, kinds: Mapping[str, str], classes: int) -> tuple[Panel, ...]:
    """A panel for each perturbation of `robustness.evaluate`'s table; means over seeds and draws.

    `kinds`: network to "ANN" or "SNN". Rows without accuracy (not applicable) are left out, and panels without rows.
    """
    rows = [row for row in table if row["accuracy"] is not None]
    panels = []
    for name in dict.fromkeys(row["perturbation"] for row in rows):
        mine = [row for row in rows if row["perturbation"] == name]
        models = [model for model in kinds if any(row["model"] == model and row["strength"] > 0 for row in mine)]
        curves = tuple(_curve(model, kinds[model], [row for row in mine if row["model"] == model]) for model in models)
        if curves:
            panels.append(Panel(name, name not in LABELS, curves, 1 / classes, mine[0]["samples"], _chips(mine)))
    return tuple(panels)


def _chips(rows: list[dict[str, Any]]) -> int:
    return max((row.get("chips") or 0 for row in rows), default=0)


def _curve(model: str, kind: str, rows: list[dict[str, Any]]) -> Curve:
    strengths = tuple(sorted({row["strength"] for row in rows}))
    groups = [[row for row in rows if row["strength"] == strength] for strength in strengths]
    means = {
        name: tuple(sum(r[name] for r in group) / len(group) for group in groups)
        for name in ("accuracy", "low", "high")
    }
    return Curve(model, kind, strengths, means["accuracy"], means["low"], means["high"])


def draw_robustness(ax: "Axes", panel: Panel, kinds: Mapping[str, str]) -> "Axes":
    """The curves with error bars and their names at the ends, and the chance line. Returns `ax`."""
    look = looks(kinds)
    last = max(max(curve.strengths) for curve in panel.curves)
    ax.axhline(panel.chance, color=INK, linewidth=0.9, linestyle=(0, (1, 2)), label="chance")
    ax.set(title=panel.title, xlabel=panel.unit, ylabel="accuracy", ylim=(-0.02, 1.02), xlim=(0, 1.02 * last))
    ends = [EndLabel(last, panel.chance, "chance", INK)]
    for curve in panel.curves:
        shown = look[curve.network]
        name = title_of(curve.network, curve.kind)
        ax.plot(curve.strengths, curve.accuracy, label=name, clip_on=False, zorder=3, **shown.options)
        _error_bars(ax, curve, shown.colour)
        ends.append(EndLabel(curve.strengths[-1], curve.accuracy[-1], title_of(curve.network), shown.colour))
    label_ends(ax, ends)
    ax.yaxis.set_major_formatter(lambda value, _: percent(value, 0))
    return ax


def _error_bars(ax: "Axes", curve: Curve, colour: Any) -> None:
    below = [max(0.0, value - low) for value, low in zip(curve.accuracy, curve.low, strict=True)]
    above = [max(0.0, high - value) for value, high in zip(curve.accuracy, curve.high, strict=True)]
    ax.errorbar(
        curve.strengths, curve.accuracy, (below, above), fmt="none", ecolor=colour, elinewidth=0.9, capsize=2, alpha=0.8
    )
