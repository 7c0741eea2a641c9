"""From images to what the input population emits."""

import numpy as np
from numpy.typing import NDArray

from snn.codes import Code, Direct, Rate, Ttfs
from spikewright import InvalidInput

Images = NDArray[np.float32]


def encode_graded(code: Code, images: Images) -> NDArray[np.float64]:
    """The values that a graded code (`Direct`, `Ttfs`) sends once, the shape of `images`.

    With levels: floor(x levels + 1/2) for `Direct` (an integer) and the same divided by levels for `Ttfs` (a value on the grid).
    Raises InvalidInput outside [0, 1] where the code needs that range.
    """
    values = images.astype(np.float64)
    if isinstance(code, Ttfs) or code_levels(code) is not None:
        check_unit_range(images)
    levels = code_levels(code)
    if levels is None:
        return values
    grid = np.floor(values * levels + 0.5)
    return grid / levels if isinstance(code, Ttfs) else grid


def encode_counts(code: Rate, images: Images) -> NDArray[np.uint8]:
    """Spikes of a deterministic rate, `(steps, *images.shape)`: floor(x (t + 1) + 1/2) - floor(x t + 1/2)."""
    check_unit_range(images)
    edges = np.arange(code.steps + 1).reshape(-1, *([1] * images.ndim))
    return np.diff(np.floor(images.astype(np.float64) * edges + 0.5), axis=0).astype(np.uint8)


def code_levels(code: Code) -> int | None:
    """The levels of the input values; None for real values or plain spikes."""
    return code.levels if isinstance(code, Direct | Ttfs) else None


def largest_value(code: Code) -> int:
    """The largest integer that the input population of a fixed-point network sends in a step."""
    return code_levels(code) or 1


def check_unit_range(images: Images) -> None:
    """Raise InvalidInput unless every value lies in [0, 1]."""
    low, high = float(images.min()), float(images.max())
    if low < 0.0 or high > 1.0:
        raise InvalidInput(
            f"expected inputs in [0, 1], got {low:.3g} to {high:.3g}; put the standardisation inside the model"
        )
