"""The report of a conversion: what became of every layer, kept with the network. Never a silent step."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from spikewright.snn.verdicts import Verdict

Action = Literal["kept", "folded", "rewritten", "refused", "rounded", "note", "warning"]


@dataclass(frozen=True)
class ReportRow:
    """One layer: its node `layer`, its `kind`, what was done, and in words how and at what cost."""

    layer: str
    kind: str
    action: Action
    detail: str = ""
    parameters: int = 0
    neurons: int = 0


@dataclass(frozen=True)
class Report:
    """Rows in the order in which the steps were taken, and what a short run of the result showed."""

    rows: tuple[ReportRow, ...] = ()
    verdict: Verdict | None = field(default=None, metadata={"absent": None})

    def __iter__(self) -> Iterator[ReportRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def plus(self, *rows: ReportRow) -> "Report":
        """This report with more rows at its end."""
        return replace(self, rows=self.rows + rows)

    def __str__(self) -> str:
        head = ("layer", "kind", "action", "parameters", "neurons", "detail")
        cells = [head] + [
            (
                r.layer,
                r.kind,
                r.action,
                f"{r.parameters:,}" if r.parameters else "",
                f"{r.neurons:,}" if r.neurons else "",
                r.detail,
            )
            for r in self.rows
        ]
        widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
        lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
        told = [] if self.verdict is None else ["", f"verdict: {self.verdict}"]
        return "\n".join([*(line.rstrip() for line in lines), *told])
