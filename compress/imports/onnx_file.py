"""Reading an ONNX file without trusting it: its tensors must have the numbers that they declare, inside its folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from spikewright import InvalidFile
from spikewright.compress.imports.errors import Damaged
from spikewright.optional import require

MOST_VALUES = 1 << 28
_EXTERNAL = 1
_REPEATED = {
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
_HALF_BYTES = ("INT4", "UINT4")


@dataclass(frozen=True, eq=False)
class OnnxFile:
    """The graph of a file, the version of its operators, and its constants by name."""

    path: Path
    graph: Any
    opset: int
    constants: dict[str, np.ndarray]


def read(path: str | Path) -> OnnxFile:
    """The file with its tensors as numpy arrays. Nothing of it is run. Raises InvalidFile and MissingTool."""
    onnx, path = require("onnx"), Path(path)
    model = _parsed(onnx, path)
    if model.functions:
        model = onnx.inliner.inline_local_functions(model)
    foreign = [entry.domain for entry in model.opset_import if entry.domain not in ("", "ai.onnx")]
    versions = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
    if not versions:
        raise InvalidFile(f"expected operators of ONNX in {path}, got those of {foreign}; try to export it again")
    if model.graph.sparse_initializer:
        raise InvalidFile(f"expected dense tensors in {path}, got sparse ones; try to export dense weights")
    constants: dict[str, np.ndarray] = {}
    for tensor in model.graph.initializer:
        try:
            constants[tensor.name] = array_of(tensor, path.parent)
        except Damaged as error:
            raise InvalidFile(
                f"expected a whole tensor {tensor.name!r} in {path}, got {error}; try to export the model again"
            ) from error
    return OnnxFile(path, model.graph, max(versions), constants)


def array_of(tensor: Any, folder: Path) -> np.ndarray:
    """The numbers of a tensor, from the file or from a file beside it. Raises Damaged when they do not fit its shape."""
    onnx = require("onnx")
    shape = tuple(int(size) for size in tensor.dims)
    kind = onnx.TensorProto.DataType.Name(tensor.data_type)
    if min(shape, default=0) < 0 or prod(shape) > MOST_VALUES:
        raise Damaged(f"the shape {shape}")
    if kind in _HALF_BYTES:
        return _half_bytes(tensor, folder, shape, signed=kind == "INT4")
    if kind not in _REPEATED:
        raise Damaged(f"numbers of type {kind}")
    dtype = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type))
    size = prod(shape) * dtype.itemsize
    if tensor.data_location == _EXTERNAL:
        return np.frombuffer(_outside(tensor, folder, size), dtype).reshape(shape)
    if tensor.HasField("raw_data"):
        if len(tensor.raw_data) != size:
            raise Damaged(f"{len(tensor.raw_data):,} bytes for the shape {shape} of {dtype}")
        return np.frombuffer(tensor.raw_data, dtype.newbyteorder("<")).astype(dtype).reshape(shape)
    if len(getattr(tensor, _REPEATED[kind])) != prod(shape):
        raise Damaged(f"{len(getattr(tensor, _REPEATED[kind])):,} numbers for the shape {shape}")
    array: np.ndarray = onnx.numpy_helper.to_array(tensor)
    return array


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


def _parsed(onnx: Any, path: Path) -> Any:
    from google.protobuf.message import DecodeError

    try:
        with path.open("rb") as file:
            model = onnx.load_model(file, load_external_data=False)
    except OSError as error:
        raise InvalidFile(f"expected a readable file at {path}, got: {error.strerror}; try another path") from error
    except (DecodeError, ValueError, RuntimeError, RecursionError) as error:
        raise InvalidFile(
            f"expected an ONNX file at {path}, got something else or a piece of one; try to export the model again"
        ) from error
    if not model.ir_version or not model.HasField("graph") or not model.graph.node:
        raise InvalidFile(
            f"expected an ONNX file at {path}, got something without a graph; try to export the model again"
        )
    return model


def _outside(tensor: Any, folder: Path, size: int) -> bytes:
    """The bytes of a tensor that is kept in another file of the same folder."""
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location = entries.get("location", "")
    root = folder.resolve()
    target = (root / location).resolve()
    if not location or Path(location).is_absolute() or not target.is_relative_to(root):
        raise Damaged(f"numbers at {location!r}, which is outside of the folder of the file")
    offset, length = (_number(entries.get(key, default)) for key, default in (("offset", "0"), ("length", str(size))))
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


def _number(text: str) -> int:
    if not text.isdigit() or len(text) > 18:
        raise Damaged(f"{text[:40]!r} where a number of bytes belongs")
    return int(text)


def declared_shape(value: Any) -> Iterator[int | None]:
    """The sizes that a graph input declares; None where one is left open."""
    for dimension in value.type.tensor_type.shape.dim:
        yield int(dimension.dim_value) if dimension.HasField("dim_value") else None
