"""The numbers of an ONNX tensor: as bytes, in a field of their type, or in another file of the same folder."""

from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.optional import require

MOST_VALUES = 1 << 28
FLOATS = (1, 10, 11, 16)
"""FLOAT, FLOAT16, DOUBLE, BFLOAT16."""
_EXTERNAL = 1
_FIELDS = {
    "FLOAT": "float_data",
    "INT32": "int32_data",
    "INT16": "int32_data",
    "INT8": "int32_data",
    "UINT16": "int32_data",
    "UINT8": "int32_data",
    "BOOL": "int32_data",
    "FLOAT16": "int32_data",
    "BFLOAT16": "int32_data",
    "INT64": "int64_data",
    "DOUBLE": "double_data",
    "UINT32": "uint64_data",
    "UINT64": "uint64_data",
}
"""Type of a tensor -> the field with its numbers, where they are not bytes."""
HALF_BYTES = (21, 22)
"""UINT4, INT4."""


def array_of(tensor: Any, folder: Path) -> np.ndarray:
    """The numbers of a tensor, from the file or from a file of `folder`.

    Raises Damaged when they do not fit its shape, Unsupported for types of 8 bits and less that are no integers of 4 or 8.
    """
    onnx = require("onnx")
    shape = tuple(int(size) for size in tensor.dims)
    known = onnx.TensorProto.DataType
    kind = known.Name(tensor.data_type) if tensor.data_type in known.values() else str(tensor.data_type)
    if min(shape, default=0) < 0 or prod(shape) > MOST_VALUES:
        raise Damaged(f"the shape {shape}")
    if tensor.data_type in HALF_BYTES:
        return _half_bytes(tensor, folder, shape, signed=kind == "INT4")
    if kind not in _FIELDS:
        raise _of_no_number(kind)
    dtype = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type))
    size = prod(shape) * dtype.itemsize
    if tensor.data_location == _EXTERNAL:
        return np.frombuffer(_outside(tensor, folder, size), dtype).reshape(shape)
    if tensor.HasField("raw_data"):
        if len(tensor.raw_data) != size:
            raise Damaged(f"{len(tensor.raw_data):,} bytes for the shape {shape} of {dtype}")
        return np.frombuffer(tensor.raw_data, dtype.newbyteorder("<")).astype(dtype).reshape(shape)
    if len(getattr(tensor, _FIELDS[kind])) != prod(shape):
        raise Damaged(f"{len(getattr(tensor, _FIELDS[kind])):,} numbers for the shape {shape}")
    array: np.ndarray = onnx.numpy_helper.to_array(tensor)
    return array


def _of_no_number(kind: str) -> Exception:
    """What is said of a type that float32 does not stand for here."""
    if kind.startswith(("FLOAT8", "FLOAT4", "INT2", "UINT2")):
        return Unsupported(f"numbers of type {kind}", "float32, float16, or integers of 4 or 8 bits with scales")
    return Damaged(f"numbers of type {kind}")


def _half_bytes(tensor: Any, folder: Path, shape: tuple[int, ...], *, signed: bool) -> np.ndarray:
    """Numbers of four bits, two to a byte, the lower half first, as int8 or uint8."""
    size = (prod(shape) + 1) // 2
    if tensor.data_location == _EXTERNAL:
        content = _outside(tensor, folder, size)
    else:
        listed = [int(one) & 0xFF for one in tensor.int32_data]
        content = tensor.raw_data if tensor.HasField("raw_data") else bytes(listed)
    if len(content) != size:
        raise Damaged(f"{len(content):,} bytes for the shape {shape} of four bits each")
    packed = np.frombuffer(content, np.uint8)
    values = np.stack([packed & 15, packed >> 4], axis=1).reshape(-1)[: prod(shape)]
    return (((values ^ 8).astype(np.int8) - 8) if signed else values).reshape(shape)


def _outside(tensor: Any, folder: Path, size: int) -> bytes:
    """The `size` bytes of a tensor that is kept in another file. Raises Damaged when that is not inside `folder`."""
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location = entries.get("location", "")
    if "\0" in location:
        raise Damaged(f"numbers at {location!r}, which is no name of a file")
    root = folder.resolve()
    target = (root / location).resolve()
    if not location or Path(location).is_absolute() or not target.is_relative_to(root):
        raise Damaged(f"numbers at {location!r}, which is outside of the folder of the file")
    offset, length = (_count(entries.get(key, default)) for key, default in (("offset", "0"), ("length", str(size))))
    if length != size:
        raise Damaged(f"{length:,} bytes in {location} where its shape needs {size:,}")
    try:
        with target.open("rb") as file:
            file.seek(offset)
            content: bytes = file.read(size)
    except OSError as error:
        raise Damaged(f"no readable file {location} beside it ({error.strerror})") from error
    if len(content) != size:
        raise Damaged(f"{len(content):,} of {size:,} bytes in {location}")
    return content


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise Damaged(f"{text[:40]!r} where a number of bytes belongs")
    return int(text)
