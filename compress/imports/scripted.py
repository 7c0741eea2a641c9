"""A TorchScript module, as torch.jit.script, trace, freeze and load give it, as an nn.Module of ordinary layers."""

import io
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from math import inf
from typing import Any

import numpy as np
import torch
from torch import fx, nn
from torch.utils._pytree import tree_leaves

from spikewright import InvalidInput
from spikewright.compress.graph.equality import check_equal, relative_error, tolerance
from spikewright.compress.imports.exported import from_exported
from spikewright.compress.imports.exported.program_inputs import CalledProgram, inputs_of
from spikewright.compress.imports.script_arguments import ScriptInputs, script_inputs


def from_torchscript(
    model: Any, images: torch.Tensor | np.ndarray, fixed: Mapping[str, Any] | None = None
) -> fx.GraphModule:
    """The network of a TorchScript module as torch.nn layers, in evaluation mode, on the CPU, in float32.

    `images (n, C, H, W)` or `(n, features)`: an example of its input; branches over sizes are followed as this one takes
    them. Weights are copied; layers lie where they lay in the model that TorchScript compiled, unless it was
    frozen or comes from a file, where they are numbered. `fixed`: values of other inputs of its forward by name; those that are
    left out keep their defaults.
    Raises InvalidInput for another type, for operators without a layer here, and when the layers compute something
    else than the module does.
    """
    if not isinstance(model, torch.jit.ScriptModule):
        raise InvalidInput(
            f"expected a TorchScript module, got {type(model).__name__}; try torch.jit.load(file), or the nn.Module itself"
        )
    example = torch.as_tensor(images, dtype=torch.float32)[:1]
    was_training = getattr(model, "training", False)  # a frozen one does not say
    try:
        return _read(model.eval() if was_training else model, example, fixed or {})
    finally:
        if was_training:
            model.train()


def _read(model: torch.jit.ScriptModule, example: torch.Tensor, fixed: Mapping[str, Any]) -> fx.GraphModule:
    inputs = script_inputs(model, fixed)
    program = _program(model, example, inputs)
    values, image = inputs.in_program(program)
    module = from_exported(program, paths=True, fixed=values, input=image)
    way = "the model that torch.jit was given"
    check_equal(CalledProgram(program, inputs_of(program, values, image)), module, example, "the imported layers", way)
    _check_answers(inputs.called(model), module, example, way)
    return module


def _check_answers(scripted: Callable[[torch.Tensor], Any], module: nn.Module, example: torch.Tensor, way: str) -> None:
    """Compiled code runs in float32 only: here it is asked as it is. Raises InvalidInput where the answers differ."""
    images = torch.cat([example, torch.randn(3, *example.shape[1:], generator=torch.Generator().manual_seed(0))])
    with torch.no_grad():
        wanted, found = (_tensors(one(images)) for one in (scripted, module))
    error = max(map(relative_error, wanted, found), default=inf) if len(wanted) == len(found) else inf
    if error > tolerance(torch.float32):
        raise InvalidInput(
            f"expected layers that answer as TorchScript does, got other answers, by {error:.2g}; try {way}"
        )


def _tensors(answer: Any) -> list[torch.Tensor]:
    return [one for one in tree_leaves(answer) if isinstance(one, torch.Tensor)]


def _program(
    model: torch.jit.ScriptModule, example: torch.Tensor, inputs: ScriptInputs
) -> torch.export.ExportedProgram:
    """The module as a program whose sizes are those of the example, but for the batch."""
    two = example.expand(2, *example.shape[1:]).clone()
    try:
        from torch._export.converter import TS2EPConverter

        with torch.no_grad(), _quietly():
            given = inputs.given(two)
            whole = TS2EPConverter(model, given).convert()
            open_sizes = inputs.given({0: torch.export.Dim.AUTO}, others=None)
            return torch.export.export(whole.module(), given, dynamic_shapes=open_sizes)
    except Exception as error:  # whatever the converter and the interpreter raise for code that they cannot follow
        raise InvalidInput(
            f"expected a TorchScript module of layers that run on inputs {tuple(example.shape[1:])}, got: {_last_line(error)}; "
            "try the model that torch.jit was given, with load_state_dict(scripted.state_dict())"
        ) from error


@contextmanager
def _quietly() -> Iterator[None]:
    """The converter warns of its own workings and prints what it fails on; the error says it all."""
    nowhere, before = io.StringIO(), logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), redirect_stdout(nowhere), redirect_stderr(nowhere):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _last_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]
