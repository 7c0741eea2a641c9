"""Codes that send one number for the whole run: a constant current, or the time of a single spike."""

from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from spikewright import InvalidInput
from spikewright.snn.checked import check_levels, is_whole
from spikewright.snn.codes.record import Code


@dataclass(frozen=True)
class Direct(Code):
    """The image is a constant current: S = W x enters in each of `steps` steps (computed once). Neurons inside send counts.

    With `levels`, x in [0, 1] is first the integer floor(x levels + 1/2); fixed point needs it. With `window`, the current
    and every bias flow in the steps t < window only; the network then settles. Its spikes are the numbers sent (with
    `levels` after the rounding) that are not zero, counted once a run, and so are its synaptic operations.
    """

    steps: int
    levels: int | None = None
    window: int | None = None
    sends: ClassVar[Literal["spikes", "values", "times"]] = "values"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_levels(self.levels)
        if self.window is not None and not is_whole(self.window, 1, self.steps):
            raise InvalidInput(f"expected a window from 1 to {self.steps} steps, got {self.window}")

    @property
    def bounded(self) -> bool:
        """Real currents may have any size."""
        return self.levels is not None


@dataclass(frozen=True)
class TtfsCode(Code):
    """Time to first spike: pixel x in (0, 1] fires once, at 1 - x in a window of length one; 0 stays silent.

    With `levels` the spike time lies on a grid of that many slots: floor(x levels + 1/2) slots are left, 0 of them is silence,
    and x is that number / levels; fixed point sends the slots left. There is no time step: `steps` is 1, the window.
    """

    levels: int | None = None
    steps: ClassVar[int] = 1
    tag: ClassVar[str] = "Ttfs"
    sends: ClassVar[Literal["spikes", "values", "times"]] = "times"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_levels(self.levels)

    def with_steps(self, steps: int) -> Self:
        """Raises InvalidInput."""
        raise InvalidInput("expected no steps for a time-coded network; it has windows, not steps")
