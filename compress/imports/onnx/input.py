"""The input of an ONNX graph: its name, the size of its batch, and the shape of one image."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spikewright import InvalidFile, InvalidInput
from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.errors import Damaged
from spikewright.compress.imports.onnx.file import OnnxFile, declared_shape
from spikewright.compress.imports.steps import ImportedValue

_LOG = logging.getLogger(__name__)
_TO_FRONT = {3: (0, 2, 1), 4: (0, 3, 1, 2)}
"""Axes of the input -> the transpose that moves its channels from the end to the front."""


def input_of(
    file: OnnxFile, input_shape: Sequence[int] | None, builder: Builder
) -> tuple[str, int | None, ImportedValue]:
    """The name of the only input, its batch (None: open), and its value; `input_shape` says what the file leaves open.

    A file whose first step moves the channels to the front is read for images that have them there.
    Raises InvalidInput for several inputs and for open sizes, InvalidFile for sizes beyond reason.
    """
    given = _only_input(file)
    sizes = list(declared_shape(given))
    if not sizes and input_shape is not None:
        sizes = [None, *input_shape]
    if len(sizes) < 2:
        raise InvalidInput(
            f"expected an input (batch, C, H, W), got {sizes} for {given.name!r} in {file.path}; try input_shape=(C, H, W)"
        )
    shape = _image_shape(file.path, sizes[1:], input_shape)
    try:
        return given.name, sizes[0], _value(file, given.name, shape, builder)
    except Damaged as error:
        raise InvalidFile(f"expected an input of usual size in {file.path}, got {error}") from error


def _only_input(file: OnnxFile) -> Any:
    """What is given from outside, weights aside."""
    given = [one for one in file.graph.input if one.name not in file.constants]
    if len(given) != 1:
        names = ", ".join(one.name for one in given) or "none"
        raise InvalidInput(
            f"expected an ONNX file with one input, got {names} in {file.path}; try to export a model of images alone"
        )
    return given[0]


def _image_shape(path: Path, declared: list[int | None], given: Sequence[int] | None) -> tuple[int, ...]:
    """The declared sizes, with those of `given` where they are open."""
    if given is None:
        if any(size is None or size < 1 for size in declared):
            raise InvalidInput(f"expected the sizes of the input, got {declared} in {path}; try input_shape=(C, H, W)")
        return tuple(size for size in declared if size is not None)
    shape = tuple(int(size) for size in given)
    open_or_same = [size is None or size == new for size, new in zip(declared, shape, strict=False)]
    if len(shape) != len(declared) or not all(open_or_same) or min(shape) < 1:
        raise InvalidInput(f"expected an input_shape that fits {declared} of {path}, got {shape}")
    return shape


def _value(file: OnnxFile, name: str, shape: tuple[int, ...], builder: Builder) -> ImportedValue:
    """The input; when all that reads it moves the channels to the front, they are in front from the beginning."""
    readers = [node for node in file.graph.node if name in node.input]
    perm = _TO_FRONT.get(len(shape) + 1)
    moved = [node for node in readers if node.op_type == "Transpose" and _perm(node) == perm]
    if perm is None or not readers or len(moved) < len(readers):
        return builder.input(name, shape)
    _LOG.info("%s takes images with channels last; imported for images with channels first", file.path)
    plain = builder.input(name, (shape[-1], *shape[:-1]))
    return ImportedValue(plain.name, plain.shape, tuple(perm.index(axis) for axis in range(len(perm))))


def _perm(node: Any) -> tuple[int, ...]:
    return next((tuple(one.ints) for one in node.attribute if one.name == "perm"), ())
