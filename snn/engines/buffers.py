"""Arrays that a run asks for again and again: allocated once, at their largest."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Buffers:
    """`take(key, shape, kind)` gives an array of that shape, its contents undefined; one key, one piece of memory."""

    def __init__(self) -> None:
        self._flat: dict[tuple[str, str], NDArray[Any]] = {}

    def take(self, owner: str, role: str, shape: tuple[int, ...], kind: DTypeLike) -> NDArray[Any]:
        """The buffer of `owner` for `role`; it is valid until the next call with the same two names."""
        size = int(np.prod(shape))
        flat = self._flat.get((owner, role))
        if flat is None or flat.size < size or flat.dtype != np.dtype(kind):
            flat = self._flat[owner, role] = np.empty(size, kind)
        return flat[:size].reshape(shape)
