"""What kernels assume of the arrays of their plans, looked at once, where a plan is compiled.

Kernels follow these arrays without a look at where they lead: an index that is wrong there would read or write whatever
lies behind an array. Each check raises InvalidNetwork; a network that passed `snn.validate` reaches one only by its size,
all others guard the code that compiles. Those of whole plans are `snn.event.routes.row_checks` and `product_checks`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.kernels.rearranging import Places


def as_int32(values: Any) -> NDArray[np.int32]:
    """Integers as int32. Raises InvalidNetwork where they do not fit: plans hold addresses in 32 bits."""
    array = np.asarray(values)
    if array.size and not -(2**31) <= int(array.min()) <= int(array.max()) < 2**31:
        raise InvalidNetwork(
            f"expected a projection of fewer than 2**31 places and weights, got {int(np.abs(array).max())}; "
            "try snn.sparse weights or two projections"
        )
    return array.astype(np.int32)


def check_places(places: Places, sources: int, count: int) -> None:
    """An order: the places of each source, each of the `count` places once at most."""
    if places.first.size != sources + 1 or np.unique(places.target).size != places.target.size:
        raise InvalidNetwork(f"expected places of {sources} sources, each once, got {places.first.size - 1}")
    check_ascending(places.first, places.target.size, "places")
    check_inside(places.target, count, "places")


def check_events(neurons: int, steps: int) -> None:
    """Events of a chunk of steps are counted in 32 bits. Raises InvalidNetwork when there may be more."""
    if neurons * steps >= 2**31 - 64:
        raise InvalidNetwork(
            f"expected fewer than 2**31 neurons times steps at once, got {neurons} x {steps}; try fewer steps or neurons"
        )


def check_kept(events: int) -> None:
    """Events that are kept for a delay are counted in 32 bits, too. Raises InvalidNetwork when there are more."""
    if events >= 2**31:
        raise InvalidNetwork(
            f"expected fewer than 2**31 events to be kept until they arrive, got {events}; try shorter delays"
        )


def check_inside(values: NDArray[Any], count: int, what: str) -> None:
    """Indices of an array of `count`: `what` they are."""
    if values.size and not 0 <= int(values.min()) <= int(values.max()) < count:
        raise InvalidNetwork(
            f"expected a plan whose {what} lie in 0 to {count - 1}, got {values.min()} to {values.max()}"
        )


def check_ascending(ends: NDArray[Any], count: int, what: str) -> None:
    """Where pieces end: from 0, in order, to `count`."""
    if not ends.size or ends[0] != 0 or ends[-1] != count or np.any(np.diff(ends) < 0):
        raise InvalidNetwork(f"expected a plan whose {what} end at {count}, in order")


def check_same_length(one: NDArray[Any], other: NDArray[Any], what: str) -> None:
    """Two arrays of one length."""
    if one.size != other.size:
        raise InvalidNetwork(f"expected a plan with {what} of one length, got {one.size} and {other.size}")
