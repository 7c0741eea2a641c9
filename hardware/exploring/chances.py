"""How likely one design is better than another, given the bounds of their estimates.

Assumed: 95 of 100 designs lie inside their bounds; the error of an estimate is normal on each side of its middle value, 1.96
standard deviations wide; and the errors of two designs go together with a correlation `shared`. At 0, the default, nothing is
shared: then designs are told apart least readily. Laws that are wrong are wrong for similar designs alike, so that the order of
two is surer than this in truth.
"""

from collections.abc import Mapping
from math import erf, sqrt
from typing import Any

from spikewright import InvalidInput, Table
from spikewright.hardware.exploring.goals import UPWARDS
from spikewright.hardware.model.interval import Interval

DEVIATIONS = 1.96
"""Standard deviations of a normal distribution that hold 95 of 100 on both sides of the middle."""


def odds(first: Interval, second: Interval, shared: float = 0.0) -> float:
    """The probability that the first of two numbers is the smaller one; 1/2 for equals, and odds(b, a) = 1 - odds(a, b).

        P = Phi((second - first) / sqrt(s1^2 + s2^2 - 2 shared s1 s2))

    with the deviations of the sides that face each other. Raises InvalidInput for a correlation outside 0 to 1.
    """
    if not 0.0 <= shared <= 1.0:
        raise InvalidInput(f"expected a correlation from 0 to 1, got {shared}; try 0.0")
    below, above = sorted((first, second), key=lambda each: each.value)
    up, down = (above.value - above.low) / DEVIATIONS, (below.high - below.value) / DEVIATIONS
    spread = sqrt(max(0.0, up * up + down * down - 2.0 * shared * up * down))
    apart = second.value - first.value
    if spread == 0.0:
        return 0.5 if apart == 0.0 else float(apart > 0.0)
    return 0.5 * (1.0 + erf(apart / (spread * sqrt(2.0))))


def against_best(table: Table, column: str, shared: float = 0.0) -> Table:
    """The rows of `explore`'s table, best first, with `beats_best`: the probability that a design is better in a column than the
    best of them is. Raises InvalidInput for an unknown column."""
    sign = -1.0 if column == UPWARDS else 1.0
    rows = sorted(table, key=lambda row: sign * row[column]) if len(table) and table[column] else []
    return Table.of({**row, "beats_best": _beats(row, rows[0], column, shared)} for row in rows)


def _beats(row: Mapping[str, Any], best: Mapping[str, Any], column: str, shared: float) -> float:
    one, other = (_interval(each, column) for each in (row, best))
    return odds(other, one, shared) if column == UPWARDS else odds(one, other, shared)


def _interval(row: Mapping[str, Any], column: str) -> Interval:
    value = float(row[column])
    return Interval(row.get(f"{column}_low", value), value, row.get(f"{column}_high", value))
