"""From images to what a graded code sends once."""

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.codes import Code

Images = NDArray[np.float32]


def encode_graded(code: Code, images: Images, *, fixed: bool) -> NDArray[np.float64]:
    """The values that a graded code (`Direct`, `TtfsCode`) sends once, the shape of `images`.

    With levels: floor(x levels + 1/2), an integer, for `Direct` and for `TtfsCode` in fixed point; for `TtfsCode` in float32
    networks the same divided by levels, a value on the grid.
    """
    values, levels = images.astype(np.float64), code.levels
    if levels is None:
        return values
    grid = np.floor(values * levels + 0.5)
    return grid / levels if code.sends == "times" and not fixed else grid
