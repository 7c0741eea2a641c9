"""What one run may use before it starts no new cell."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """After so many `seconds`, or once so many `cells` were started, no new one is; what runs is finished. None: no bound."""

    seconds: float | None = None
    cells: int | None = None

    def is_spent(self, seconds: float, cells: int) -> bool:
        """Whether a run that has gone on for so many seconds and started so many cells starts no more."""
        late = self.seconds is not None and seconds >= self.seconds
        return late or (self.cells is not None and cells >= self.cells)


UNBOUNDED = Budget()
