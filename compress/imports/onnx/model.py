"""An ONNX file as an nn.Module of ordinary layers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import fx

from spikewright.compress.imports.onnx.choosing import Choice
from spikewright.compress.imports.onnx.rounding import RoundedValues
from spikewright.compress.imports.onnx.walk import OnnxWalk


def from_onnx(
    path: str | Path,
    input_shape: Sequence[int] | None = None,
    *,
    output: Any = None,
    input: str | None = None,
    fixed: Mapping[str, Any] | None = None,
) -> fx.GraphModule:
    """The network in an ONNX file, made of torch.nn layers, in evaluation mode.

    `input_shape` is the shape of one image `(C, H, W)`, needed only where the file leaves sizes other than the batch
    open. Of a file with several outputs `output` chooses: a name (of any value in the file) or a place gives that one, a list
    of them a tuple, a dict of them a dict. Of one with several inputs `input` names the one that images go into, and `fixed`
    gives others their values (a flag, a mask): `fixed={"training": False}`. Only what the outputs depend on is read.
    Constants, also those computed from shapes, are folded; a file that takes its images with channels last (a transpose is
    then the first thing that it does, padding and steps on each number aside) is imported for images with channels first.
    Integer weights are read as the real numbers that they stand for; `from_quantized_onnx` keeps them. The file is
    read as data, no loop or choice in it is run, and tensors outside of its folder are not opened.

    Raises InvalidFile for a file that is damaged or contradicts itself, InvalidInput for operators and graphs that have
    no layers here (with file, node, operator, and what to try), MissingTool without the package onnx.
    """
    return OnnxWalk(path, input_shape, Choice(output, input, fixed or {}), RoundedValues(leave_off=False)).run()
