"""What a thread has of its own: arrays that a run asks for again and again, and a look at whether it should stop."""

from math import prod
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Stopped(Exception):
    """Another thread failed or the user interrupted; what this one has done is not wanted."""


class Buffers:
    """`take(key, shape, kind)` gives an array of that shape, its contents undefined; one key, one piece of memory.

    Arrays are allocated once, at their largest.
    """

    def __init__(self, stop: Event | None = None) -> None:
        self._flat: dict[tuple[str, str], NDArray[Any]] = {}
        self._stop = stop or Event()

    def check(self) -> None:
        """Raises Stopped when the run is over for everybody; to be called between kernels."""
        if self._stop.is_set():
            raise Stopped

    def take(self, owner: str, role: str, shape: tuple[int, ...], kind: DTypeLike) -> NDArray[Any]:
        """The buffer of `owner` for `role`; it is valid until the next call with the same two names."""
        size = prod(shape)
        flat = self._flat.get((owner, role))
        if flat is None or flat.size < size or flat.dtype != np.dtype(kind):
            flat = self._flat[owner, role] = np.empty(size, kind)
        return flat[:size].reshape(shape)

    def zeros(self, owner: str, role: str, size: int, kind: DTypeLike) -> NDArray[Any]:
        """A flat buffer that is zero at first; whoever takes it leaves it so."""
        flat = self._flat.get((owner, role))
        if flat is None or flat.size < size or flat.dtype != np.dtype(kind):
            flat = self._flat[owner, role] = np.zeros(size, kind)
        return flat[:size]
