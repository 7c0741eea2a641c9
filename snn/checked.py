"""What every record must hold: whole numbers where an engine counts, numbers of the machine where it adds, arrays that stay.

`Constant` is the base of the records that hold arrays: theirs are read-only copies, so that a network stays what it was
checked as whatever becomes of the array that it was made from; copies and pickles are built anew, checked and read-only.
"""

from dataclasses import fields
from typing import Any

import numpy as np

from spikewright import InvalidInput, InvalidNetwork
from spikewright.inputs import as_array
from spikewright.read_only import constant

LARGEST = 2**31 - 1
"""Engines hold addresses in 32 bits: the most neurons of a population."""
WIDEST = 62
"""Bits of the widest integer that a fixed-point network may hold: two of them can be added."""
LONGEST = 1_000_000
"""The most steps of a run."""
MOST_SPIKES = 127
"""The most spikes of one neuron in one step."""


class Constant:
    """A frozen dataclass whose arrays nobody can write to."""

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            value = as_array(value, field.name) if hasattr(value, "detach") else value
            if isinstance(value, np.ndarray):
                object.__setattr__(self, field.name, constant(value))
        plain(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, field.name) for field in fields(self) if field.init)  # type: ignore[arg-type]


def plain(record: Any) -> None:
    """Integers of numpy in a frozen record, alone or in tuples, become those of Python: 2**np.uint8(8) is 0."""
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, np.integer):
            object.__setattr__(record, field.name, int(value))
        elif isinstance(value, tuple) and any(isinstance(one, np.integer) for one in value):
            whole = tuple(int(one) if isinstance(one, np.integer) else one for one in value)
            object.__setattr__(record, field.name, whole)


def largest_magnitude(value: Any) -> int:
    """The largest |value| of integers, as an integer of Python: |-128| is no int8."""
    array = np.asarray(value)
    return max(int(array.max()), -int(array.min())) if array.size else 0


def holds_integers(value: object) -> bool:
    """Whether all numbers are integers that leave room for a sum of two in 64 bits."""
    array = np.asarray(value)
    return bool(np.all(array == np.floor(array))) and largest_magnitude(array) < 2**WIDEST


def is_whole(value: Any, low: int, high: int) -> bool:
    """Whether `value` is an integer, of Python or numpy and no bool, from `low` to `high`."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and low <= int(value) <= high


def is_between(value: Any, low: float, high: float) -> bool:
    """Whether `value` is a number, of Python or numpy, from `low` to `high`; NaN is not."""
    return isinstance(value, int | float | np.integer | np.floating) and bool(low <= value <= high)


def check_whole(value: Any, low: int, high: int, what: str) -> None:
    """Raise InvalidNetwork unless `value` is an integer from `low` to `high`."""
    if not is_whole(value, low, high):
        raise InvalidNetwork(f"expected {what} to be a whole number from {low} to {high}, got {value!r}")


def check_wholes(values: Any, count: int, what: str) -> None:
    """Raise InvalidNetwork unless `values` are `count` integers of ordinary size."""
    many = isinstance(values, tuple | list) and len(values) == count
    if not (many and all(is_whole(value, -LARGEST, LARGEST) for value in values)):
        wanted = "a whole number" if count == 1 else f"{count} whole numbers"
        raise InvalidNetwork(f"expected {what} to be {wanted}, got {values[0] if many and count == 1 else values!r}")


def check_numbers(value: Any, what: str) -> None:
    """Raise InvalidNetwork unless `value` holds finite numbers that the machine has: no objects, no integers of any length."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or not np.all(np.isfinite(array)):
        raise InvalidNetwork(f"expected finite numbers of at most 64 bits as {what}, got {_short(value, array)}")


def check_steps(steps: int) -> None:
    """Raise InvalidInput unless 1 <= steps <= 1,000,000."""
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= LONGEST:
        raise InvalidInput(f"expected steps from 1 to {LONGEST}, got {steps!r}")


def check_levels(levels: int | None) -> None:
    """Raise InvalidInput unless `levels` is None or from 1 to 65535."""
    if levels is not None and not is_whole(levels, 1, 65535):
        raise InvalidInput(f"expected 1 to 65535 levels or None, got {levels}")


def check_limit(limit: int) -> None:
    """Raise InvalidInput unless 1 <= limit <= 127 spikes a step."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST_SPIKES:
        raise InvalidInput(f"expected a limit of 1 to {MOST_SPIKES} spikes a step, got {limit!r}")


def check_seed(seed: int) -> None:
    """Raise InvalidInput unless the seed is an integer from 0 to 2**63 - 1."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise InvalidInput(f"expected an integer seed from 0 to 2**63 - 1, got {seed!r}")


def _short(value: Any, array: Any) -> str:
    return repr(value)[:60] if array.ndim == 0 else f"{array.dtype} {array.shape}"
