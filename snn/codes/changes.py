"""Codes of what changes: frames, and the events of a camera."""

from dataclasses import dataclass
from math import isfinite
from typing import ClassVar, Literal

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn.checked import check_limit, is_whole
from spikewright.snn.codes.record import Code


@dataclass(frozen=True)
class Delta(Code):
    """Change against a reference, as an event camera sees it. Input `(batch, *shape)`, held, or frames `(batch, steps, *shape)`.

    The reference r of a pixel begins at 0, x need not be in [0, 1]. In each step: x - r >= threshold gives an ON spike and r
    += threshold; else r - x >= threshold an OFF spike and r -= threshold (float64). The input population has twice the
    channels: ON first.
    """

    steps: int
    threshold: float
    takes: ClassVar[Literal["images", "frames", "events"]] = "frames"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (isfinite(self.threshold) and self.threshold > 0):
            raise InvalidInput(f"expected a threshold > 0, got {self.threshold}")

    @property
    def bounded(self) -> bool:
        """Only differences count."""
        return False

    def image_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Half the channels."""
        if shape[0] % 2:
            raise InvalidNetwork(f"expected twice the channels in the input of a Delta code, ON and OFF, got {shape}")
        return (shape[0] // 2, *shape[1:])


@dataclass(frozen=True)
class AddressEvents(Code):
    """Events of an event camera, in tonic's convention: per sample a structured array with fields x, y, t (microseconds) and p.

    The input population is (polarities, rows, columns). An event falls into step floor(t / step_us); later ones are not used,
    and a recording whose first event is later is refused, since its clock does not begin at 0.
    More than `limit` events of a pixel in one step count as `limit`.
    """

    steps: int
    step_us: int
    limit: int = 1
    takes: ClassVar[Literal["images", "frames", "events"]] = "events"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_limit(self.limit)
        if not is_whole(self.step_us, 1, 2**62):
            raise InvalidInput(f"expected a step of a whole number of microseconds, at least 1, got {self.step_us}")

    @property
    def most(self) -> int:
        """Spikes in one step."""
        return self.limit
