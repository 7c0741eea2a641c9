"""Memory files: one hex word a line, two's complement, every line ended with a newline.

The last newline matters: some Verilator versions drop the last word of a $readmemh file that lacks it.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidFile

if TYPE_CHECKING:
    from spikewright.hardware.core.schema_parts import CoreMemory

_DIGITS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_VALUES = np.full(256, 255, dtype=np.uint8)
_VALUES[_DIGITS] = np.arange(16, dtype=np.uint8)
NEWLINE = 10


def hex_text(values: NDArray[Any], bits: int) -> bytes:
    """Integers, flat, as lines of ceil(bits / 4) hex digits; negative ones in two's complement of `bits`."""
    digits = -(-bits // 4)
    words = values.reshape(-1).astype(np.int64).view(np.uint64) & np.uint64(2**bits - 1)
    lines = np.full((words.size, digits + 1), NEWLINE, dtype=np.uint8)
    for place in range(digits):
        shift = np.uint64(4 * (digits - 1 - place))
        lines[:, place] = _DIGITS[(words >> shift) & np.uint64(15)]
    return lines.tobytes()


def hex_values(text: bytes, memory: "CoreMemory") -> NDArray[Any]:
    """The integers of `text`, shaped as `memory` says, in the narrowest type that holds its width. Raises
    InvalidFile."""
    digits = -(-memory.bits // 4)
    lines = np.frombuffer(text, dtype=np.uint8).reshape(-1, digits + 1)
    nibbles = _VALUES[lines[:, :digits]]
    if np.any(lines[:, digits] != NEWLINE) or np.any(nibbles > 15):
        raise InvalidFile(f"expected {digits} lower-case hex digits on every line of {memory.file}")
    words = np.zeros(len(lines), dtype=np.uint64)
    for place in range(digits):
        words = (words << np.uint64(4)) | nibbles[:, place]
    if memory.bits < 64 and np.any(words >> np.uint64(memory.bits)):
        raise InvalidFile(f"expected words of {memory.bits} bits in {memory.file}, got wider ones")
    return _typed(words, memory.bits, memory.signed).reshape(memory.shape)


def _typed(words: NDArray[np.uint64], bits: int, signed: bool) -> NDArray[Any]:
    if not signed:
        return words.astype(np.min_scalar_type(2**bits - 1))
    away = np.uint64(64 - bits)
    values = (words << away).view(np.int64) >> np.int64(64 - bits)
    return values.astype(next(kind for kind in (np.int8, np.int16, np.int32, np.int64) if np.iinfo(kind).bits >= bits))


def read_checked(folder: Path, file: str, size: int, sha256: str) -> bytes:
    """The bytes of `file`, after its size and before its hash was checked. Raises InvalidFile; never follows a link."""
    path = folder / file
    if path.is_symlink() or path.parent.is_symlink() or not path.is_file():
        raise InvalidFile(f"expected the file {file} in {folder}, got none; export the core again")
    if path.stat().st_size != size:
        raise InvalidFile(f"expected {size} bytes in {file}, got {path.stat().st_size}; the file is damaged")
    text = path.read_bytes()
    if hashlib.sha256(text).hexdigest() != sha256:
        raise InvalidFile(f"expected the contents of {file} that core.json was written with, got another hash")
    return text


def read_memory(folder: Path, memory: "CoreMemory") -> NDArray[Any]:
    """The integers of a memory, everything about it checked first. Raises InvalidFile."""
    size = memory.words * (-(-memory.bits // 4) + 1)
    return hex_values(read_checked(folder, memory.file, size, memory.sha256), memory)
