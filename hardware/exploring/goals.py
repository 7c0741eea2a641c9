"""What an exploration is for: the costs that its front weighs against each other, and the bounds that a design must keep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import Any

from spikewright import InvalidInput
from spikewright.importing import nearest

UPWARDS = "accuracy"
"""The column of which more is better; of all others less is."""
MOST_POINTS = 20_000_000


@dataclass(frozen=True)
class Goals:
    """objectives: columns whose front is kept. bounds: by column the most that a design may have, the least for `accuracy`; what
    ends in `_low` and `_high` are columns as well. most_points: combinations that are costed at most; of a larger space the
    ladders are thinned evenly, and `Exploration.counts` tells how many points it has in all.

    Raises InvalidInput for no objectives, a bound that is no number, or fewer points than one.
    """

    objectives: tuple[str, ...] = ("fpga_energy_uj", "lut")
    bounds: Mapping[str, float] = field(default_factory=dict)
    most_points: int = MOST_POINTS

    def __post_init__(self) -> None:
        object.__setattr__(self, "objectives", _names(self.objectives))
        for column, bound in self.bounds.items():
            if isinstance(bound, bool) or not isinstance(bound, int | float) or isnan(bound):
                raise InvalidInput(f"expected a number as bound of {column!r}, got {bound!r:.60}; try {{'lut': 20000}}")
        if self.most_points < 1:
            raise InvalidInput(f"expected room for at least one point, got {self.most_points}; try {MOST_POINTS}")

    def check(self, columns: Iterable[str]) -> None:
        """Raise InvalidInput for an objective or a bound that is none of the `columns` of numbers."""
        known = list(columns)
        for name in (*self.objectives, *self.bounds):
            if name not in known:
                way = nearest(name, known) or "fpga_energy_uj"
                raise InvalidInput(f"expected one of the columns {', '.join(known)}, got {name!r}; try {way}")


def _names(given: Any) -> tuple[str, ...]:
    if isinstance(given, str) or not given:
        raise InvalidInput(f"expected a list of columns, got {given!r:.60}; try ('fpga_energy_uj', 'lut')")
    return tuple(given)


def cost(column: str, value: Any) -> Any:
    """A number, or an array of them, of a column as one that should be small."""
    return -value if column == UPWARDS else value
