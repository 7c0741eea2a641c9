"""What a thread has of its own: arrays that a run asks for again and again, and a look at whether it should stop."""

from collections.abc import Callable, Hashable
from math import prod
from threading import Event, Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

Record = TypeVar("Record")


MOST_IDLE_BYTES = 16 << 20
"""Of the buffers of a network that wait for its next run: what a single sample of a network of usual size needs."""


LINE = 64
"""Bytes of a line of the first-level cache: a vector of so many that begins elsewhere takes two accesses."""


def aligned(size: int, kind: DTypeLike, make: Callable[..., Any] = np.zeros) -> NDArray[Any]:
    """A flat array that begins at a line of the cache; `make`: np.zeros, or np.empty where its contents do not matter."""
    number = size * np.dtype(kind).itemsize
    raw = make(number + LINE, np.uint8)
    begin = -raw.__array_interface__["data"][0] % LINE
    found: NDArray[Any] = raw[begin : begin + number].view(kind)
    return found


def moved(values: NDArray[Any]) -> NDArray[Any]:
    """A flat copy that begins at a line of the cache."""
    found = aligned(values.size, values.dtype, np.empty)
    found[:] = values.reshape(-1)
    return found


class Stopped(Exception):
    """Another thread failed or the user interrupted; what this one has done is not wanted."""


class Buffers:
    """`take(owner, role, shape, kind)` gives an array of that shape, its contents undefined; one piece of memory a role.

    Memory is allocated once, at its largest. `bytes`: of all that, about.
    """

    def __init__(self, stop: Event | None = None) -> None:
        self._flat: dict[tuple[str, str], NDArray[Any]] = {}
        self._given: dict[tuple[str, str], NDArray[Any]] = {}
        self._records: dict[tuple[str, str], tuple[Any, Any]] = {}
        self._stop = stop or Event()
        self.bytes = 0

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
            self.bytes -= _bytes_of(found)
            found = self._records[owner, role] = (key, make())
            self.bytes += _bytes_of(found)
        record: Record = found[1]
        return record

    def _memory(self, owner: str, role: str, size: int, kind: DTypeLike, make: Callable[..., Any]) -> NDArray[Any]:
        """At least `size` numbers of a kind, made anew only where there are fewer."""
        flat = self._flat.get((owner, role))
        if flat is None or flat.size < size or flat.dtype != np.dtype(kind):
            self.bytes -= _bytes_of(flat)
            flat = self._flat[owner, role] = aligned(size, kind, make)
            self.bytes += flat.nbytes
        return flat

    def begin(self, stop: Event) -> None:
        """Serve another run, which is over when `stop` is set."""
        self._stop = stop


class IdleBuffers:
    """Buffers that wait for the next run of the same populations, as long as they are small. Threads share it.

    Those of work that failed never come here: they may not be as their next user expects them.
    """

    def __init__(self) -> None:
        self._waiting: list[Buffers] = []
        self._lock = Lock()

    def take(self, stop: Event) -> Buffers:
        """Buffers for a run that is over when `stop` is set."""
        with self._lock:
            buffers = self._waiting.pop() if self._waiting else Buffers()
        buffers.begin(stop)
        return buffers

    def leave(self, buffers: Buffers) -> None:
        """Keep buffers for the next run, where all that wait are small together."""
        with self._lock:
            if buffers.bytes + sum(one.bytes for one in self._waiting) <= MOST_IDLE_BYTES:
                self._waiting.append(buffers)


def _bytes_of(record: Any) -> int:
    """Bytes of the arrays in a record, which is a tuple; arrays that it has twice count twice."""
    if isinstance(record, tuple):
        return sum(map(_bytes_of, record))
    return record.nbytes if isinstance(record, np.ndarray) else 0
