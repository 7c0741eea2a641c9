"""Integers of any width side by side in bytes, the highest bit first."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_PIECE = 1 << 18


def pack(values: NDArray[Any], width: int) -> NDArray[np.uint8]:
    """The lowest `width` bits of integers `values (n,)` as ceil(n width / 8) bytes; the last byte is filled with zeros.

    Negative numbers are packed in two's complement.
    """
    if width == 0:
        return np.zeros(0, np.uint8)
    if width in (8, 16, 32, 64):
        return np.frombuffer(values.astype(np.int64).astype(f">i{width // 8}").tobytes(), np.uint8)
    shifts = np.arange(width - 1, -1, -1)
    parts = [
        np.packbits(((values[start : start + _PIECE, None].astype(np.int64) >> shifts) & 1).astype(np.uint8))
        for start in range(0, len(values), _PIECE)  # a piece ends with a byte
    ]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint8)


def unpack(packed: NDArray[np.uint8], width: int, count: int) -> NDArray[np.int64]:
    """The `count` numbers of `width` bits in `packed`, from 0 to 2**width - 1. Raises ValueError for too few bytes."""
    if len(packed) < size(count * width):
        raise ValueError(f"expected {size(count * width)} bytes, got {len(packed)}")
    if width == 0:
        return np.zeros(count, np.int64)
    if width in (8, 16, 32, 64):
        return np.frombuffer(packed.tobytes(), f">u{width // 8}", count).astype(np.int64)
    weights = 1 << np.arange(width - 1, -1, -1, dtype=np.int64)
    parts = []
    for start in range(0, count, _PIECE):
        some = min(_PIECE, count - start)
        bits = np.unpackbits(packed[start * width // 8 :], count=some * width)
        parts.append(bits.reshape(some, width).astype(np.int64) @ weights)
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def as_signed(words: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Words of `width` bits, 0 to 2**width - 1, read in two's complement."""
    if width in (0, 64):
        return words
    half = np.int64(1 << (width - 1))
    return (words ^ half) - half


def size(bits: int) -> int:
    """Bytes that hold `bits`."""
    return -(-bits // 8)
