"""The input of an ONNX graph: its name, the size of its batch, and the shape of one image."""

import logging
from collections.abc import Iterable, Sequence
from operator import index
from pathlib import Path
from typing import Any

from spikewright import InvalidFile, InvalidInput
from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.errors import Damaged
from spikewright.compress.imports.onnx.file import OnnxFile, declared_shape
from spikewright.compress.imports.onnx.tensors import FLOATS
from spikewright.compress.imports.steps import ImportedValue
from spikewright.optional import require

_LOG = logging.getLogger(__name__)
_TO_FRONT = {3: (0, 2, 1), 4: (0, 3, 1, 2)}
"""Axes of the input -> the transpose that moves its channels from the end to the front."""
_FRONT = ("Add", "Sub", "Mul", "Div", "Pad", "Cast", "Identity", "Clip", "Relu", "Neg")
"""What files do with images before they move the channels."""


def input_of(
    file: OnnxFile, input_shape: Sequence[int] | None, builder: Builder
) -> tuple[str, int | None, ImportedValue]:
    """The name of the only input, its batch (None: open), and its value; `input_shape` says what the file leaves open.

    A file whose first step moves the channels to the front is read for images that have them there.
    Raises InvalidInput for several inputs and for open sizes, InvalidFile for sizes beyond reason.
    """
    given = _only_input(file)
    sizes = list(declared_shape(given))
    if input_shape is not None:
        input_shape = _whole(input_shape)
    if not sizes and input_shape is not None:
        sizes = [None, *input_shape]
    if len(sizes) < 2:
        raise InvalidInput(
            f"expected an input (batch, C, H, W), got {sizes} for {given.name!r} in {file.path}; try input_shape=(C, H, W)"
        )
    shape = _image_shape(file.path, sizes[1:], input_shape)
    _check_kind(file, given)
    try:
        return given.name, sizes[0], _value(file, given.name, shape, builder)
    except Damaged as error:
        raise InvalidFile(f"expected an input of usual size in {file.path}, got {error}") from error


def _only_input(file: OnnxFile) -> Any:
    """The only input, or the only one that the output depends on."""
    given, read = file.inputs, {name for node in file.nodes for name in node.input}
    if len(given) != 1:
        given = [one for one in given if one.name in read] or given
    if len(given) != 1:
        names = ", ".join(one.name for one in given) or "none"
        others = "".join(f", fixed={{{one.name!r}: its value}}" for one in given[1:2])
        raise InvalidInput(
            f"expected an ONNX file with one input, got {names} in {file.path}; "
            f"try {others[2:] or 'to export a model of images'}"
        )
    return given[0]


def _whole(shape: Any) -> tuple[int, ...]:
    """The shape that the user gave, if it is one."""
    sizes: list[Any] = list(shape) if isinstance(shape, Iterable) and not isinstance(shape, str | bytes) else [None]
    try:
        return tuple(index(size) for size in sizes)
    except TypeError as error:
        raise InvalidInput(
            f"expected whole numbers as input_shape, got {shape!r}; try input_shape=(3, 32, 32)"
        ) from error


def _check_kind(file: OnnxFile, given: Any) -> None:
    """Raise InvalidInput for an input of whole numbers that the graph computes with; a cast to floats is no such thing."""
    kind = int(given.type.tensor_type.elem_type)
    readers = [node for node in file.nodes if given.name in node.input]
    if kind in FLOATS or (readers and all(_to_float(node) for node in readers)):
        return
    names = require("onnx").TensorProto.DataType
    name = names.Name(kind) if kind in names.values() else str(kind)
    raise InvalidInput(
        f"expected an input of floats, got {name} for {given.name!r} in {file.path}; "
        "try an export for float images, or one that casts them to float first"
    )


def _to_float(node: Any) -> bool:
    return node.op_type == "Cast" and any(one.name == "to" and one.i in FLOATS for one in node.attribute)


def _image_shape(path: Path, declared: list[int | None], given: Sequence[int] | None) -> tuple[int, ...]:
    """The declared sizes, with those of `given` where they are open."""
    if given is None:
        if any(size is None or size < 1 for size in declared):
            raise InvalidInput(f"expected the sizes of the input, got {declared} in {path}; try input_shape=(C, H, W)")
        return tuple(size for size in declared if size is not None)
    shape = tuple(given)
    open_or_same = [size is None or size == new for size, new in zip(declared, shape, strict=False)]
    if len(shape) != len(declared) or not all(open_or_same) or min(shape) < 1:
        raise InvalidInput(f"expected an input_shape that fits {declared} of {path}, got {shape}")
    return shape


def _value(file: OnnxFile, name: str, shape: tuple[int, ...], builder: Builder) -> ImportedValue:
    """The input; when all that reads it moves the channels to the front, they are in front from the beginning."""
    perm = _TO_FRONT.get(len(shape) + 1)
    if perm is None or not _moves_channels(file, name, perm, shape[-1]):
        return builder.input(name, shape)
    _LOG.info("%s takes images with channels last; imported for images with channels first", file.path)
    plain = builder.input(name, (shape[-1], *shape[:-1]))
    return ImportedValue(plain.name, plain.shape, tuple(perm.index(axis) for axis in range(len(perm))))


def _moves_channels(file: OnnxFile, name: str, perm: tuple[int, ...], channels: int) -> bool:
    """Whether all that reads `name`, behind padding and steps on each number, moves the last axis to the front.

    With one channel a reshape (N, H, W, 1) -> (N, 1, H, W) does so too.
    """
    names, moved = [name], False
    if all(node.op_type in (*_FRONT, "Transpose") for node in file.nodes):
        return False  # nothing but the transpose: there is no layer behind it that wants its channels in front
    for current in names:
        for node in (node for node in file.nodes if current in node.input):
            if node.op_type == "Transpose" and _perm(node) == perm:
                moved = True
            elif channels == 1 and node.op_type == "Reshape" and _one_channel(file, node, len(perm)):
                moved = True
            elif node.op_type in _FRONT and all(one in (current, "") or one in file.constants for one in node.input):
                names.extend(one for one in node.output if one not in names)
            else:
                return False
        if current in file.outputs:
            return False
    return moved


def _one_channel(file: OnnxFile, node: Any, rank: int) -> bool:
    target = file.constants.get(node.input[1]) if len(node.input) > 1 else None
    return target is not None and target.size == rank and int(target.reshape(-1)[1]) == 1


def _perm(node: Any) -> tuple[int, ...]:
    return next((tuple(one.ints) for one in node.attribute if one.name == "perm"), ())
