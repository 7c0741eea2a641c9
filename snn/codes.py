"""Codes: how numbers become spikes at the input, and over how many steps."""

from dataclasses import dataclass
from typing import ClassVar

from spikewright import InvalidInput


@dataclass(frozen=True)
class Direct:
    """The image is a constant current: S = W x enters in each of `steps` steps (computed once). Neurons inside send counts.

    With `levels`, x in [0, 1] is first the integer floor(x levels + 1/2); fixed point needs it.
    """

    steps: int
    levels: int | None = None
    graded: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_steps(self.steps)
        check_levels(self.levels)


@dataclass(frozen=True)
class Rate:
    """Deterministic rate: pixel x in [0, 1] fires floor(x (t + 1) + 1/2) - floor(x t + 1/2) spikes in step t, evenly spread."""

    steps: int
    graded: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_steps(self.steps)


@dataclass(frozen=True)
class Ttfs:
    """Time to first spike: pixel x in (0, 1] fires once, at 1 - x in a window of length one; 0 stays silent.

    With `levels` the spike time lies on a grid of that many slots. There is no time step: `steps` is 1, the window.
    """

    levels: int | None = None
    steps: ClassVar[int] = 1
    graded: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_levels(self.levels)


Code = Direct | Rate | Ttfs


def check_steps(steps: int) -> None:
    """Raise InvalidInput unless 1 <= steps <= 1,000,000."""
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= 1_000_000:
        raise InvalidInput(f"expected steps from 1 to 1000000, got {steps!r}")


def check_levels(levels: int | None) -> None:
    """Raise InvalidInput unless `levels` is None or from 1 to 65535."""
    if levels is not None and not 1 <= levels <= 65535:
        raise InvalidInput(f"expected 1 to 65535 levels or None, got {levels}")
