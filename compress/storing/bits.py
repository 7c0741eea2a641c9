"""Unsigned numbers of any width side by side in bytes, the highest bit first."""

import numpy as np
from numpy.typing import NDArray

_PIECE = 1 << 18


def pack(values: NDArray[np.integer], width: int) -> NDArray[np.uint8]:
    """`values (n,)`, each from 0 to 2^width - 1, as ceil(n width / 8) bytes; the last is filled with zeros."""
    if width == 0:
        return np.zeros(0, np.uint8)
    shifts = np.arange(width - 1, -1, -1)
    parts = [
        np.packbits(((values[start : start + _PIECE, None].astype(np.int64) >> shifts) & 1).astype(np.uint8))
        for start in range(0, len(values), _PIECE)  # a piece ends with a byte
    ]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint8)


def unpack(packed: NDArray[np.uint8], width: int, count: int) -> NDArray[np.int64]:
    """The `count` numbers that `pack` put into `packed`."""
    if width == 0:
        return np.zeros(count, np.int64)
    weights = 1 << np.arange(width - 1, -1, -1, dtype=np.int64)
    parts = []
    for start in range(0, count, _PIECE):
        some = min(_PIECE, count - start)
        bits = np.unpackbits(packed[start * width // 8 :], count=some * width)
        parts.append(bits.reshape(some, width).astype(np.int64) @ weights)
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def size(bits: int) -> int:
    """Bytes that hold `bits`."""
    return -(-bits // 8)
