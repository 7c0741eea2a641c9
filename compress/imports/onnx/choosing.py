"""What of an ONNX file is read: one of its outputs, and the nodes that it depends on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from spikewright import InvalidInput
from spikewright.compress.imports.onnx.file import OnnxFile


def chosen(file: OnnxFile, output: str | None, fixed: Mapping[str, Any]) -> OnnxFile:
    """`file` with the nodes that `output` depends on (None: the only one), and with the inputs `fixed` as constants.

    Raises InvalidInput for names that the file does not have, and for several outputs of which none is named.
    """
    name = _output(file, output)
    file = replace(file, constants={**file.constants, **_fixed(file, fixed)})
    return replace(file, output=name, nodes=_needed(file, name))


def _output(file: OnnxFile, output: str | None) -> str:
    names = [value.name for value in file.graph.output]
    if output is None and len(names) == 1:
        return str(names[0])
    if output in names:
        return str(output)
    found = ", ".join(names) or "none"
    if output is not None:
        raise InvalidInput(f"expected the name of an output of {file.path}, got {output!r}; try one of {found}")
    raise InvalidInput(
        f"expected an ONNX file with one output, got {found} in {file.path}; "
        + (f"try output={names[0]!r}" if names else "try to export a model that returns its logits")
    )


def _fixed(file: OnnxFile, fixed: Mapping[str, Any]) -> dict[str, np.ndarray]:
    names = [one.name for one in file.graph.input]
    for name in fixed:
        if name not in names:
            raise InvalidInput(f"expected the inputs of {file.path} in fixed, got {name!r}; try {', '.join(names)}")
    arrays = {name: np.asarray(value) for name, value in fixed.items()}
    for name, array in arrays.items():
        if array.dtype.kind not in "biuf":
            raise InvalidInput(f"expected numbers for the fixed input {name!r}, got {array.dtype}; try a numpy array")
    return arrays


def _needed(file: OnnxFile, output: str) -> list[Any]:
    """The nodes behind `output`, in the order of the file; all of them where nothing makes it."""
    makers: dict[str, list[int]] = {}
    for place, node in enumerate(file.graph.node):
        for name in node.output:
            makers.setdefault(name, []).append(place)
    open_names, places = [output], set[int]()
    while open_names:
        for place in makers.get(open_names.pop(), []):
            if place not in places:
                places.add(place)
                open_names.extend(name for name in file.graph.node[place].input if name)
    return [file.graph.node[place] for place in sorted(places)]
