"""Measured values with their intervals, and who is first, level with the first, or behind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spikewright import Table


@dataclass(frozen=True)
class Standing:
    """A network's `value` and the interval that it lies in; `low` and `high` are the value itself where it was counted."""

    name: str
    value: float
    low: float
    high: float

    def level_with(self, other: "Standing") -> bool:
        """Whether the two intervals overlap: what was measured does not tell them apart."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class Ranking:
    """The first, those whose interval overlaps its interval, and those behind, each in their order."""

    first: Standing
    level: tuple[Standing, ...]
    behind: tuple[Standing, ...]


def ranking(standings: Sequence[Standing], *, largest: bool = True) -> Ranking:
    """The order of at least one standing: the largest value is first, or the smallest."""
    first, *others = sorted(standings, key=lambda one: one.value, reverse=largest)
    level = tuple(one for one in others if one.level_with(first))
    return Ranking(first, level, tuple(one for one in others if one not in level))


def mean_standing(name: str, rows: Iterable[Mapping[str, Any]], value: str = "accuracy") -> Standing:
    """The mean of `value` over rows, and of the ends of their intervals."""
    found = [(row[value], row["low"], row["high"]) for row in rows]
    middle, low, high = (sum(column) / len(found) for column in zip(*found, strict=True))
    return Standing(name, middle, low, high)


def accuracies(table: Table) -> list[Standing]:
    """One standing for each network of the table of accuracies; means over seeds."""
    names = dict.fromkeys(table["network"])
    return [mean_standing(name, table.where(network=name)) for name in names]


def bounded(row: Mapping[str, Any], value: str) -> Standing:
    """An estimate of a design point with its low and high bounds, such as of "fpga_energy_uj"; counts have none."""
    low, high = (row.get(f"{value}_{end}") for end in ("low", "high"))
    middle = row[value]
    return Standing(row["network"], middle, middle if low is None else low, middle if high is None else high)


def cheapest_designs(table: Table, most_lut: float = float("inf")) -> dict[str, dict[str, Any]]:
    """Of each network the design of least FPGA energy that fits the device and needs at most `most_lut` LUTs."""
    found: dict[str, dict[str, Any]] = {}
    for row in table:
        if row["fits"] and row["lut"] <= most_lut:
            best = found.get(row["network"])
            if best is None or row["fpga_energy_uj"] < best["fpga_energy_uj"]:
                found[row["network"]] = row
    return found
