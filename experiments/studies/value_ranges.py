"""Ranges where a setting takes one value, written out as the values that are in them.

    steps: {from: 2, to: 32, factor: 2}        # 2, 4, 8, 16, 32
    sparsity: {from: 0.5, to: 0.9, step: 0.1}  # 0.5, 0.6, 0.7, 0.8, 0.9; whole numbers need no step: it is 1

So every range is a list, and whatever is made of it can be counted.
"""

import math
from typing import Any

from spikewright import InvalidFile
from spikewright.experiments.studies.located import Fields, Items
from spikewright.tables import nearest

MOST_VALUES = 1000
KNOWN = ("from", "to", "step", "factor")
ENDS = ("from", "to")
SMALLEST_FACTOR = 1.001


def is_range(value: Any) -> bool:
    """Whether a value of a study file is a range."""
    return isinstance(value, Fields) and any(end in value for end in ENDS)


def values_in(told: Fields) -> Items:
    """The values of a range. Raises InvalidFile with the line of what is wrong."""
    _check_names(told)
    first, last = told["from"], told["to"]
    whole = isinstance(first, int) and isinstance(last, int)
    if last < first:
        raise _refused(told, "to", f"to of at least {first}", last, "both the other way round")
    found = _by_factor(told) if "factor" in told else _by_step(told, whole)
    values = [round(value) if whole else float(f"{value:.12g}") for value in found]
    return Items(list(dict.fromkeys(values)), [told.lines["from"]] * len(dict.fromkeys(values)))


def _check_names(told: Fields) -> None:
    for name in told:
        if name not in KNOWN:
            near = nearest(name, KNOWN)
            way = near or "from, to and step"
            raise _refused(told, name, f"fields of a range out of {', '.join(KNOWN)}", name, way)
        if isinstance(told[name], bool) or not isinstance(told[name], int | float) or not math.isfinite(told[name]):
            raise _refused(told, name, f"a number for {name} of a range", told[name], "{from: 1, to: 8}")
    for end in ENDS:
        if end not in told:
            raise _refused(told, next(iter(told)), f"{end} in a range", "none", "{from: 1, to: 8}")
    if "step" in told and "factor" in told:
        raise _refused(told, "factor", "a step or a factor", "both", "one")


def _by_step(told: Fields, whole: bool) -> list[float]:
    first, last = told["from"], told["to"]
    if "step" not in told and not whole:
        raise _refused(
            told, "from", "a step in a range of real numbers", "none", f"step: {(last - first) / 10 or 1:.3g}"
        )
    step = told.get("step", 1)
    if step <= 0 or (whole and not isinstance(step, int)):
        raise _refused(told, "step", "a step above 0, whole between whole numbers", step, "step: 1")
    count = math.floor(min((last - first) / step, 1e9) + 1e-9) + 1
    _check_count(told, count)
    return [first + step * number for number in range(count)]


def _by_factor(told: Fields) -> list[float]:
    first, last, factor = told["from"], told["to"], told["factor"]
    if first <= 0 or factor < SMALLEST_FACTOR:
        wrong = "from" if first <= 0 else "factor"
        raise _refused(
            told, wrong, f"from above 0 and a factor of at least {SMALLEST_FACTOR}", told[wrong], "factor: 2"
        )
    count = math.floor(math.log(last / first) / math.log(factor) + 1e-9) + 1
    _check_count(told, count)
    return [first * factor**number for number in range(count)]


def _check_count(told: Fields, count: int) -> None:
    if count > MOST_VALUES:
        raise _refused(told, "from", f"at most {MOST_VALUES:,} values of a range", f"{count:,}", "a larger step")


def _refused(told: Fields, name: str, expected: str, got: Any, way: str) -> InvalidFile:
    return InvalidFile(f"{told.lines[name]}: expected {expected}, got {got!s:.40}; try {way}")
