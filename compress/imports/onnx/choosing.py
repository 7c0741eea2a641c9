"""What of an ONNX file is read: some of its outputs, the nodes that they depend on, and one of its inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from spikewright import InvalidInput
from spikewright.compress.imports.onnx.file import OnnxFile
from spikewright.inputs import is_whole


@dataclass(frozen=True)
class Choice:
    """What the user wants of a file.

    output: a name or a place among the outputs, several of them, or a dict of them; None: the only one.
    input: the name of the input that images go into, where there are several; None: the only one that is not fixed.
    fixed: the values of other inputs by their names.
    """

    output: Any = None
    input: str | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def arranged(self, values: Sequence[Any]) -> Any:
        """`values` of the chosen outputs as they were asked for: one, a tuple, or a dict."""
        if isinstance(self.output, Mapping):
            return dict(zip(self.output, values, strict=True))
        return tuple(values) if _is_several(self.output) else values[0]


def chosen(file: OnnxFile, choice: Choice) -> OnnxFile:
    """`file` with the nodes that the chosen outputs depend on, and with inputs that are fixed as constants.

    Raises InvalidInput for names and places that the file does not have, and for several outputs of which none is chosen.
    """
    asked = choice.output
    if isinstance(asked, Mapping):
        asked = list(asked.values())
    if _is_several(choice.output) and not list(asked):
        raise InvalidInput(f"expected outputs of {file.path}, got none; try output={_names(file)[:1] or None}")
    names = tuple(_output(file, one) for one in (asked if _is_several(choice.output) else [asked]))
    file = replace(file, constants={**file.constants, **_fixed(file, choice.fixed)}, outputs=names)
    file = replace(file, nodes=_needed(file, names))
    return file if choice.input is None else _with_input(file, choice.input)


def _is_several(output: Any) -> bool:
    return isinstance(output, Sequence | Mapping) and not isinstance(output, str)


def _names(file: OnnxFile) -> list[str]:
    return [str(value.name) for value in file.graph.output]


def _output(file: OnnxFile, output: Any) -> str:
    """The name of an output: of one that the file has, of any value in it, or of the one at a place."""
    names = _names(file)
    if output is None and len(names) == 1:
        return names[0]
    if is_whole(output, -len(names)) and output < len(names):
        return names[int(output)]
    if isinstance(output, str) and (output in names or any(output in node.output for node in file.graph.node)):
        return output
    found = ", ".join(names) or "none"
    if output is not None:
        raise InvalidInput(f"expected the name of an output of {file.path}, got {output!r}; try one of {found}")
    several = f"try output={names[0]!r}, or output={names!r} for all" if names else ""
    raise InvalidInput(
        f"expected an ONNX file with one output, got {found} in {file.path}; "
        f"{several or 'try to export a model that returns its logits'}"
    )


def _with_input(file: OnnxFile, name: str) -> OnnxFile:
    """`file` with `name` as the only input. Raises InvalidInput where the outputs need others."""
    given = [str(one.name) for one in file.inputs]
    if name not in given:
        raise InvalidInput(
            f"expected the name of an input of {file.path}, got {name!r}; try {', '.join(given) or 'none'}"
        )
    read = {source for node in file.nodes for source in node.input}
    others = [one for one in given if one != name and one in read]
    if others:
        raise InvalidInput(
            f"expected values for the other inputs of {file.path}, got none for {', '.join(others)}; "
            f"try fixed={{{others[0]!r}: its value}}"
        )
    return replace(file, input=name)


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


def _needed(file: OnnxFile, outputs: Sequence[str]) -> list[Any]:
    """The nodes behind `outputs`, in the order of the file; all of those that make one where several do."""
    makers: dict[str, list[int]] = {}
    for place, node in enumerate(file.graph.node):
        for name in node.output:
            makers.setdefault(name, []).append(place)
    open_names, places = list(outputs), set[int]()
    while open_names:
        for place in makers.get(open_names.pop(), []):
            if place not in places:
                places.add(place)
                open_names.extend(name for name in file.graph.node[place].input if name)
    return [file.graph.node[place] for place in sorted(places)]
