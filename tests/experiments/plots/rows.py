"""Rows of a small study to draw, and whether axes say what they show."""

from matplotlib.axes import Axes

from spikewright import Table

ACCURACY = Table.of(
    {"network": n, "kind": k, "accuracy": a, "samples": 100}
    for n, k, a in (
        ("ann", "ANN", 0.98),
        ("rate", "SNN", 0.97),
        ("ttfs", "SNN", 0.975),
        ("integer", "integer CNN", 0.98),
    )
)
STEPS = Table.of(
    {"network": n, "step": t, "accuracy": a, "samples": 100}
    for n, t, a in (("rate", 1, 0.5), ("rate", 2, 0.9), ("rate", 3, 0.97), ("ttfs", 1, 0.975))
)


def labelled(ax: Axes) -> bool:
    return bool(ax.get_xlabel()) and bool(ax.get_ylabel() or ax.get_yticklabels())
