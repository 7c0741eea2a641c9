"""The synaptic activity below which a spiking network costs less than the CNN that says as much, over the steps."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spikewright.experiments.plots.style import ANN_COLOUR, FAINT, INK, SNN_COLOUR
from spikewright.hardware.break_even_curves import BreakEvenCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class LimitLine:
    """What is drawn: the limit at each of `steps`, with the bits of the CNN beside it, and the network as measured."""

    steps: tuple[int, ...]
    limits: tuple[float, ...]
    bits: tuple[int, ...]
    measured: tuple[int, float]


def limit_line(curve: BreakEvenCurve) -> LimitLine:
    """The line of a curve."""
    steps, limits, bits = zip(*((one.steps, one.limit, one.bits) for one in curve.points), strict=True)
    return LimitLine(steps, limits, bits, (curve.measured_steps, curve.measured))


def draw_limit(ax: "Axes", line: LimitLine) -> "Axes":
    """The limit over the steps, where spikes cost less below it, the bits of the CNN above, and the network as a point."""
    ax.plot(line.steps, line.limits, color=ANN_COLOUR, marker="o", label="both cost the same (45 nm index)")
    ax.fill_between(
        line.steps, 0, line.limits, color=FAINT, alpha=0.35, linewidth=0, label="the spiking network costs less"
    )
    ax.plot(*line.measured, color=SNN_COLOUR, marker="s", linestyle="", label="measured")
    for step, limit, bits in zip(line.steps, line.limits, line.bits, strict=True):
        ax.annotate(
            f"{bits}", (step, limit), textcoords="offset points", xytext=(0, 6), ha="center", fontsize=8, color=INK
        )
    ax.set_xscale("log", base=2)
    ticks = [step for step in line.steps if step & (step - 1) == 0]
    ax.set_xticks(ticks, [str(step) for step in ticks])
    ax.minorticks_off()
    ax.set_ylim(0, 1.25 * max(*line.limits, line.measured[1]))
    ax.set(
        xlabel="steps (numbers: bits of the CNN's activations)", ylabel="spikes a synapse passes on\nin an inference"
    )
    ax.legend(loc="lower left")
    return ax
