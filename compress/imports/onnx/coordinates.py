"""Where the places of a resized axis lie among the old ones, and what each takes from its neighbours (Resize, ONNX)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.compress.imports.errors import Unsupported

_ROUNDED: dict[str, Callable[[Any], Any]] = {
    "floor": np.floor,
    "ceil": np.ceil,
    "round_prefer_ceil": lambda x: np.floor(x + 0.5 + _TIE),
    "round_prefer_floor": lambda x: np.ceil(x - 0.5 - _TIE),
}
"""nearest_mode -> which of two neighbours a place between them takes."""
_TIE = 1e-6
"""What is nearer than that to the middle counts as the middle, as in onnxruntime: in float32 it often lies beside it."""
_CENTRED: dict[str, Callable[[Any, int, int, Any], Any]] = {
    "half_pixel": lambda places, size, new, scale: (places + 0.5) / scale - 0.5,
    "half_pixel_symmetric": lambda places, size, new, scale: (
        size / 2 * (1 - new / (scale * size)) + (places + 0.5) / scale - 0.5
    ),
    "tf_half_pixel_for_nn": lambda places, size, new, scale: (places + 0.5) / scale,
    "align_corners": lambda places, size, new, scale: places * (size - 1) / max(new - 1, 1),
    "asymmetric": lambda places, size, new, scale: places / scale,
}
"""coordinate_transformation_mode -> where the `new` places lie among the `size` old ones; `scale` is that of the file."""
_CENTRED["pytorch_half_pixel"] = lambda places, size, new, scale: (
    _CENTRED["half_pixel"](places, size, new, scale) if new > 1 else places * 0.0
)


@dataclass(frozen=True)
class ResizedAxis:
    """An axis of `size` places that gets `new` ones, `scale` times as many as the file says."""

    size: int
    new: int
    scale: float

    def centres(self, mode: str) -> Any:
        """Where the new places lie, `(new,)`, computed in float32 as runtimes do, which decides between two neighbours.

        Raises Unsupported where the standard and runtimes contradict each other.
        """
        if mode not in _CENTRED:
            raise Unsupported(f"resizing by {mode}", "half_pixel")
        if mode == "align_corners" and abs(self.scale * self.size - self.new) > 1e-4 * self.new:
            raise Unsupported("resizing by align_corners and a scale that gives no whole size", "sizes")
        if self.new == self.size and abs(self.scale - 1) > 1e-6:
            raise Unsupported(f"resizing to the same size by {self.scale:.4g}", "sizes")
        places, scale = np.arange(self.new, dtype=np.float32), np.float32(self.scale)
        return _CENTRED[mode](places, self.size, self.new, scale).astype(np.float64)

    def nearest(self, mode: str, rounding: str) -> list[int]:
        """The old place that each new one takes its number from."""
        if rounding not in _ROUNDED:
            raise Unsupported(f"resizing by {rounding}", "round_prefer_floor")
        return [int(one) for one in np.clip(_ROUNDED[rounding](self.centres(mode)), 0, self.size - 1)]

    def matrix(self, mode: str, cubic: float | None, *, inside: bool, smooth: bool = False) -> np.ndarray:
        """What each new place takes of each old one, float32 `(new, size)`.

        Straight lines between neighbours or, with the coefficient `cubic`, cubic ones (Keys 1981). Beyond the ends the last
        number goes on; with `inside` what lies there does not count. `smooth` (antialias): where the axis shrinks, a place takes
        from as many more neighbours as it shrinks.
        """
        centres = self.centres(mode)
        narrow = min(self.scale, 1.0) if smooth else 1.0
        reach = int(np.floor(-(1 if cubic is None else 2) / narrow)) + 1
        places = np.floor(centres)[:, None] + np.arange(reach, 2 - reach)
        shares = _shares(narrow * np.abs(centres[:, None] - places), cubic)
        if inside:
            shares = np.where((places < 0) | (places >= self.size), 0, shares)
        if inside or smooth:
            shares /= shares.sum(1, keepdims=True)
        made = np.zeros((self.new, self.size))
        np.add.at(made, (np.arange(self.new)[:, None], np.clip(places, 0, self.size - 1).astype(np.int64)), shares)
        return made.astype(np.float32)


def _shares(far: np.ndarray, cubic: float | None) -> np.ndarray:
    """What a neighbour counts that is so `far` away."""
    shares: np.ndarray = np.maximum(1 - far, 0)
    if cubic is None:
        return shares
    near = ((cubic + 2) * far - (cubic + 3)) * far * far + 1
    wide = ((cubic * far - 5 * cubic) * far + 8 * cubic) * far - 4 * cubic
    return np.where(far <= 1, near, np.where(far < 2, wide, 0))
