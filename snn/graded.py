"""From images to what a graded code sends once."""

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.codes import Code, Direct, TtfsCode, most_sent

Images = NDArray[np.float32]


def encode_graded(code: Code, images: Images, *, fixed: bool) -> NDArray[np.float64]:
    """The values that a graded code (`Direct`, `TtfsCode`) sends once, the shape of `images`.

    With levels: floor(x levels + 1/2), an integer, for `Direct` and for `TtfsCode` in fixed point; for `TtfsCode` in float32
    networks the same divided by levels, a value on the grid.
    """
    values = images.astype(np.float64)
    levels = code_levels(code)
    if levels is None:
        return values
    grid = np.floor(values * levels + 0.5)
    return grid / levels if isinstance(code, TtfsCode) and not fixed else grid


def code_levels(code: Code) -> int | None:
    """The levels of the input values; None for real values or plain spikes."""
    return code.levels if isinstance(code, Direct | TtfsCode) else None


def largest_value(code: Code) -> int:
    """The largest integer that one neuron of a fixed-point input population sends in a step."""
    return code_levels(code) or most_sent(code)
