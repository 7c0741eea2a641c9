"""What conversion raises when a layer has no spiking form."""

from spikewright import SpikewrightError
from spikewright.snn import Report, ReportRow


class Refusal(Exception):
    """Inside the walk: this node cannot be converted. `reason` says why, `substitute` what to use instead."""

    def __init__(self, reason: str, substitute: str) -> None:
        super().__init__(f"{reason}; try {substitute}")
        self.reason = reason
        self.substitute = substitute


class Unconvertible(SpikewrightError, ValueError):
    """A model has layers without a spiking form. Nothing was run; `report` has a row for every layer."""

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report

    def __reduce__(self) -> tuple[type["Unconvertible"], tuple[str, Report]]:
        """Both arguments, so that the error survives the way out of another process."""
        return type(self), (str(self), self.report)

    @classmethod
    def of(cls, rows: tuple[ReportRow, ...]) -> "Unconvertible":
        """The error of a report: its message names every refused node, the reason and the substitute."""
        refused = [row for row in rows if row.action == "refused"]
        listed = list(dict.fromkeys(f"{row.layer} ({row.kind}): {row.detail}" for row in refused))
        text = f"expected layers with a spiking form, got {len(listed)} without: {' | '.join(listed)}"
        return cls(text, Report(rows))
