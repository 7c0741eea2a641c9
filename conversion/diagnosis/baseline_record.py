"""A spiking network and the CNN that it is compared with, side by side: numbers, a table, and text."""

from dataclasses import dataclass
from typing import Any

from spikewright import Table
from spikewright.conversion.diagnosis.costs import InferenceCost
from spikewright.snn import Network

_MEASURES = (
    ("accuracy", "accuracy"),
    ("levels per activation", "levels"),
    ("bits per activation", "bits"),
    ("multiply-accumulates", "multiply_accumulates"),
    ("additions", "additions"),
    ("operations", "operations"),
    ("activations written (bits)", "activations_written_bits"),
    ("activations read (bits)", "activations_read_bits"),
    ("weights read (bits)", "weights_read_bits"),
    ("moved in all (bits)", "bits_moved"),
    ("sums read and written (bits)", "sums_bits"),
)


@dataclass(frozen=True, eq=False)
class Baseline:
    """The quantised CNN `network`, runnable, and what one inference costs: its own, and that of the spiking network.

    `samples`: images that the means are over. `how`: where the CNN's ranges are from.
    """

    network: Network
    cnn: InferenceCost
    snn: InferenceCost
    samples: int
    how: str

    @property
    def table(self) -> Table:
        """CNN at equal information beside SNN, measure by measure, and the SNN's share of the CNN's."""
        rows = []
        for title, name in _MEASURES:
            cnn, snn = getattr(self.cnn, name), getattr(self.snn, name)
            share = snn / cnn if cnn and snn is not None and name not in ("accuracy", "levels", "bits") else None
            rows.append({"measure": title, "CNN at equal information": cnn, "SNN": snn, "SNN / CNN": share})
        return Table.of(rows)

    def rows(self) -> list[dict[str, Any]]:
        """Two plain rows, for a table of many networks."""
        pair = (("CNN at equal information", self.cnn), ("SNN", self.snn))
        return [{"side": side, **{name: getattr(cost, name) for _, name in _MEASURES}} for side, cost in pair]

    def __str__(self) -> str:
        return f"one inference, mean of {self.samples:,} samples; {self.how}\n{_shown(self.table)}"


def _shown(table: Table) -> str:
    """Numbers as people read them."""
    rows = []
    for row in table:
        exact = row["measure"] in ("accuracy", "levels per activation", "bits per activation")
        cells = {name: value for name, value in row.items() if name != "measure"}
        shown = {name: _cell(value, exact=exact or name == "SNN / CNN") for name, value in cells.items()}
        rows.append({"measure": row["measure"], **shown})
    return str(Table.of(rows))


def _cell(value: float | None, *, exact: bool) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if exact else f"{value:,.0f}"
