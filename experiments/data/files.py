"""Readers of the original data files: idx (MNIST) and CIFAR's pickles, which never run what they carry."""

import gzip
import io
import pickle
import struct
import zlib
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidFile

_UBYTE = 0x08
_MOST_BYTES = 2**30
_CIFAR_PIXELS = 3 * 32 * 32


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array of unsigned bytes in a gzipped idx file.

    Header: two zero bytes, the type 0x08, the number of dimensions, then each dimension as big-endian uint32.
    Raises InvalidFile when the file is no gzip, ends early, goes on too long or holds another type.
    """
    try:
        with gzip.open(path, "rb") as file:
            shape = _idx_shape(file.read(4), file, path)
            # One byte more than announced, so that a file that is too long is seen and no more of it unpacked.
            content = file.read(prod(shape) + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidFile(f"expected a whole gzip file at {path}, got: {error}; try to download it again") from error
    if len(content) != prod(shape):
        raise InvalidFile(f"expected {prod(shape)} bytes for shape {shape} in {path}, got {_count(content, shape)}")
    return np.frombuffer(content, np.uint8).reshape(shape)


def read_cifar_batch(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 `(n, 3, 32, 32)` and labels int64 `(n,)` of one CIFAR-10 batch.

    Raises InvalidFile when the pickle names anything but numpy arrays and plain containers, or has another layout.
    """
    batch = load_plain_pickle(path.read_bytes(), str(path))
    if not isinstance(batch, dict) or b"data" not in batch or b"labels" not in batch:
        raise InvalidFile(f"expected a dictionary with b'data' and b'labels' in {path}, got {type(batch).__name__}")
    data, labels = batch[b"data"], batch[b"labels"]
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.shape[1:] != (_CIFAR_PIXELS,):
        raise InvalidFile(f"expected uint8 pixels (n, {_CIFAR_PIXELS}) in {path}, got another array")
    if not isinstance(labels, list) or len(labels) != len(data) or not all(type(label) is int for label in labels):
        raise InvalidFile(f"expected a list of {len(data)} integer labels in {path}, got another value")
    return data.reshape(-1, 3, 32, 32), np.asarray(labels, np.int64)


def load_plain_pickle(content: bytes, origin: str) -> Any:
    """Unpickle numpy arrays, dictionaries, lists, strings, bytes and numbers; nothing else is ever looked up.

    Raises InvalidFile for any other name in the pickle, and for one that is damaged.
    """
    try:
        return _PlainUnpickler(io.BytesIO(content), encoding="bytes").load()
    except InvalidFile as error:
        raise InvalidFile(f"{error} (in {origin})") from None
    except Exception as error:  # a damaged pickle raises almost anything
        raise InvalidFile(f"expected a readable pickle at {origin}, got: {error}; try to download it again") from error


def _reconstruct(array_type: type, shape: tuple[int, ...], typecode: object) -> NDArray[Any]:
    """numpy's own way to rebuild an array, for the base class only."""
    if array_type is not np.ndarray:
        raise InvalidFile(f"expected a plain numpy array in the pickle, got {array_type!r}")
    return np.ndarray.__new__(np.ndarray, shape, dtype="b")


_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class _PlainUnpickler(pickle.Unpickler):
    """Knows the names in _ALLOWED; a pickle that asks for another one is refused before anything of it is called."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        try:
            return _ALLOWED[module_name, global_name]
        except KeyError:
            raise InvalidFile(
                f"expected only numpy arrays and plain containers in a pickle, got {module_name}.{global_name}; "
                "do not use this file"
            ) from None


def _idx_shape(magic: bytes, file: Any, path: Path) -> tuple[int, ...]:
    if len(magic) != 4 or magic[:2] != b"\0\0" or magic[2] != _UBYTE or not 1 <= magic[3] <= 4:
        raise InvalidFile(f"expected an idx file of unsigned bytes at {path}, got the header {magic.hex()!r}")
    header = file.read(4 * magic[3])
    if len(header) != 4 * magic[3]:
        raise InvalidFile(f"expected {magic[3]} dimensions in {path}, got a file that ends in its header")
    shape = struct.unpack(f">{magic[3]}I", header)
    if prod(shape) > _MOST_BYTES:  # before anything is allocated for it
        raise InvalidFile(f"expected at most {_MOST_BYTES} bytes of content in {path}, got the shape {shape}")
    return shape


def _count(content: bytes, shape: tuple[int, ...]) -> str:
    return "more" if len(content) > prod(shape) else f"{len(content)}; the file is truncated"
