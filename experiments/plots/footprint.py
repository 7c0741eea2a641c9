"""Bits of every layer before and after compression."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spikewright import InvalidInput, Table
from spikewright.experiments.plots.style import ANN_COLOUR, FAINT, INK, lighter

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KIBIBYTE_BITS = 8192


@dataclass(frozen=True)
class LayerBits:
    """One layer: bits in float32, and bits now: `weights`, their `indices`, and `other` (scales and biases)."""

    layer: str
    before: int
    weights: int
    indices: int
    other: int

    @property
    def after(self) -> int:
        """All bits now."""
        return self.weights + self.indices + self.other


def footprint_bars(table: Table, network: str) -> tuple[LayerBits, ...]:
    """The layers of one compressed network, first seed. Raises InvalidInput when the table has none."""
    rows = list(table.where(network=network))
    if not rows:
        raise InvalidInput(f"expected rows of {network!r} in the table of footprints, got none")
    first = [row for row in rows if row.get("seed") == rows[0].get("seed")]
    return tuple(
        LayerBits(r["layer"], r["before_bits"], r["weight_bits"], r["index_bits"], r["other_bits"]) for r in first
    )


def draw_footprint(ax: "Axes", layers: tuple[LayerBits, ...]) -> "Axes":
    """Two bars for each layer in KiB, with the ratio at the end of the lower one. Returns `ax`."""
    places = np.arange(len(layers), dtype=float)
    ax.barh(places - 0.2, [_kib(one.before) for one in layers], 0.36, color=FAINT, label="before: float32, dense")
    left = np.zeros(len(layers))
    parts = (("weights", 1.0), ("indices", 0.6), ("other", 0.3))
    names = {
        "weights": "after: weights",
        "indices": "after: indices of the kept ones",
        "other": "after: scales and biases",
    }
    for part, share in parts:
        widths = np.array([_kib(getattr(one, part)) for one in layers])
        ax.barh(places + 0.2, widths, 0.36, left=left, color=lighter(ANN_COLOUR, share), label=names[part])
        left += widths
    for place, layer, end in zip(places, layers, left, strict=True):
        ratio = f" {_kib(layer.after):.1f} KiB, {layer.before / layer.after:.1f}\N{MULTIPLICATION SIGN} smaller"
        ax.text(end, place + 0.2, ratio, va="center", fontsize=8.5, color=INK)
    ax.set_yticks(places, [layer.layer for layer in layers])
    ax.set(xlabel="size (KiB)", xlim=(0, 1.12 * max(_kib(one.before) for one in layers)))
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0))
    return ax


def _kib(bits: float) -> float:
    return bits / KIBIBYTE_BITS
