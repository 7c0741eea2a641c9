"""Where the places of a resized axis lie among the old ones, and what each takes from its neighbours (Resize, ONNX)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.compress.imports.errors import Unsupported

CROPPED = "tf_crop_and_resize"
"""The mode that takes a part of an axis, and a constant beyond its ends."""
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
    """An axis of `size` places that gets `new` ones, `scale` times as many as the file says.

    `region`: where the new places begin and end, as shares of the axis (0 to 1), which only "tf_crop_and_resize" asks for.
    """

    size: int
    new: int
    scale: float
    region: tuple[float, float] = (0.0, 1.0)

    def covered(self, mode: str) -> slice:
        """The new places that lie on the old axis; a region may reach beyond it, at either end."""
        centres = self.centres(mode)
        if mode != CROPPED:
            return slice(0, self.new)
        found = np.flatnonzero((centres >= 0) & (centres <= self.size - 1))
        return slice(int(found[0]), int(found[-1]) + 1) if found.size else slice(0, 0)

    def centres(self, mode: str) -> Any:
        """Where the new places lie, `(new,)`, computed in float32 as runtimes do, which decides between two neighbours.

        Raises Unsupported where the standard and runtimes contradict each other.
        """
        self._check(mode)
        if mode == CROPPED:
            return self._cropped()
        places, scale = np.arange(self.new, dtype=np.float32), np.float32(self.scale)
        return _CENTRED[mode](places, self.size, self.new, scale).astype(np.float64)

    def _check(self, mode: str) -> None:
        if mode not in (*_CENTRED, CROPPED):
            raise Unsupported(f"resizing by {mode}", "half_pixel")
        if mode in ("align_corners", CROPPED) and abs(self.scale * self.size - self.new) > 1e-4 * self.new:
            raise Unsupported(f"resizing by {mode} and a scale that gives no whole size", "sizes")
        if mode == CROPPED and self.new == self.size and self.region != (0.0, 1.0):
            raise Unsupported(f"a region of {self.size} places that is resized to as many", "another size, or a Slice")
        if mode != CROPPED and self.new == self.size and abs(self.scale - 1) > 1e-6:
            raise Unsupported(f"resizing to the same size by {self.scale:.4g}", "sizes")

    def _cropped(self) -> Any:
        begin, end = (np.float32(one) for one in self.region)
        last = np.float32(self.size - 1)
        if self.new == 1:
            return np.array([np.float32(0.5) * (begin + end) * last], np.float64)
        places = np.arange(self.new, dtype=np.float32)
        return (begin * last + places * (end - begin) * last / np.float32(self.new - 1)).astype(np.float64)

    def nearest(self, mode: str, rounding: str) -> list[int]:
        """The old place that each new one that is `covered` takes its number from."""
        if rounding not in _ROUNDED:
            raise Unsupported(f"resizing by {rounding}", "round_prefer_floor")
        centres = self.centres(mode)[self.covered(mode)]
        return [int(one) for one in np.clip(_ROUNDED[rounding](centres), 0, self.size - 1)]

    def matrix(self, mode: str, cubic: float | None, *, inside: bool, smooth: bool = False) -> np.ndarray:
        """What each new place that is `covered` takes of each old one, float32 `(new, size)`.

        Straight lines between neighbours or, with the coefficient `cubic`, cubic ones (Keys 1981). Beyond the ends the last
        number goes on; with `inside` what lies there does not count. `smooth` (antialias): where the axis shrinks, a place takes
        from as many more neighbours as it shrinks.
        """
        centres = self.centres(mode)[self.covered(mode)]
        narrow = min(self.scale, 1.0) if smooth else 1.0
        reach = int(np.floor(-(1 if cubic is None else 2) / narrow)) + 1
        places = np.floor(centres)[:, None] + np.arange(reach, 2 - reach)
        shares = _shares(narrow * np.abs(centres[:, None] - places), cubic)
        if inside:
            shares = np.where((places < 0) | (places >= self.size), 0, shares)
        if inside or smooth:
            shares /= shares.sum(1, keepdims=True)
        made = np.zeros((len(centres), self.size))
        np.add.at(made, (np.arange(len(centres))[:, None], np.clip(places, 0, self.size - 1).astype(np.int64)), shares)
        return made.astype(np.float32)


def _shares(far: np.ndarray, cubic: float | None) -> np.ndarray:
    """What a neighbour counts that is so `far` away."""
    shares: np.ndarray = np.maximum(1 - far, 0)
    if cubic is None:
        return shares
    near = ((cubic + 2) * far - (cubic + 3)) * far * far + 1
    wide = ((cubic * far - 5 * cubic) * far + 8 * cubic) * far - 4 * cubic
    return np.where(far <= 1, near, np.where(far < 2, wide, 0))
