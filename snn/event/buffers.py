"""What a thread has of its own: arrays that a run asks for again and again, and a look at whether it should stop."""

from collections.abc import Callable, Hashable
from math import prod
from threading import Event
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

Record = TypeVar("Record")


class Stopped(Exception):
    """Another thread failed or the user interrupted; what this one has done is not wanted."""


class Buffers:
    """`take(owner, role, shape, kind)` gives an array of that shape, its contents undefined; one piece of memory a role.

    Memory is allocated once, at its largest.
    """

    def __init__(self, stop: Event | None = None) -> None:
        self._flat: dict[tuple[str, str], NDArray[Any]] = {}
        self._given: dict[tuple[str, str], NDArray[Any]] = {}
        self._records: dict[tuple[str, str], tuple[Any, Any]] = {}
        self._stop = stop or Event()

    def check(self) -> None:
        """Raises Stopped when the run is over for everybody; to be called between kernels."""
        if self._stop.is_set():
            raise Stopped

    def take(self, owner: str, role: str, shape: tuple[int, ...], kind: DTypeLike) -> NDArray[Any]:
        """The buffer of `owner` for `role`; it is valid until the next call with the same two names."""
        given = self._given.get((owner, role))
        if given is not None and given.shape == shape and given.dtype == kind:
            return given
        size = prod(shape)
        flat = self._memory(owner, role, size, kind, np.empty)
        given = self._given[owner, role] = flat[:size].reshape(shape)
        return given

    def zeros(self, owner: str, role: str, size: int, kind: DTypeLike) -> NDArray[Any]:
        """A flat buffer that is zero at first; whoever takes it leaves it so."""
        return self._memory(owner, role, size, kind, np.zeros)[:size]

    def record(self, owner: str, role: str, key: Hashable, make: Callable[[], Record]) -> Record:
        """A record of buffers that `make` takes: the same one as long as the `key` is, from which all of its shapes follow."""
        found = self._records.get((owner, role))
        if found is None or found[0] != key:
            found = self._records[owner, role] = (key, make())
        record: Record = found[1]
        return record

    def _memory(self, owner: str, role: str, size: int, kind: DTypeLike, make: Callable[..., Any]) -> NDArray[Any]:
        """At least `size` numbers of a kind, made anew only where there are fewer."""
        flat = self._flat.get((owner, role))
        if flat is None or flat.size < size or flat.dtype != np.dtype(kind):
            flat = self._flat[owner, role] = make(size, kind)
        return flat
