"""What is taken for a model, the copy of it that this project works on, and the checks that its numbers are there."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import fx, nn
from torch._ops import OpOverload

from spikewright import InvalidInput
from spikewright.compress.graph.kinds.table import LEAVES
from spikewright.compress.graph.unwrap import own_copy, unwrapped


def as_module(model: Any) -> nn.Module:
    """The nn.Module of a model (inside of its wrappers, such as DataParallel), of a Compressed or of a torch.export program.

    Raises InvalidInput for anything else.
    """
    if isinstance(model, torch.export.ExportedProgram):
        return program_module(model)
    inner = model if isinstance(model, nn.Module) else getattr(model, "model", None)
    if not isinstance(inner, nn.Module):
        raise InvalidInput(f"expected an nn.Module or a Compressed, got {type(model).__name__}; try model=your_module")
    found = unwrapped(inner)
    if isinstance(found, torch.jit.ScriptModule):
        raise InvalidInput(
            "expected a model in Python, got one that TorchScript compiled, whose sizes are not known without an input; "
            "try from_torchscript(model, images), or the model that torch.jit was given"
        )
    return found


def program_module(
    program: torch.export.ExportedProgram, fixed: Mapping[str, Any] | None = None, input: str | None = None
) -> nn.Module:
    """A torch.export program as layers, with values of other inputs than the images, see `from_exported`."""
    from spikewright.compress.imports import from_exported

    return from_exported(program, fixed=fixed, input=input)


def plain_copy(model: Any) -> nn.Module:
    """A copy in evaluation mode, on the CPU, in float32, see `own_copy`; a bare layer is put in an nn.Sequential, to have
    a path.
    """
    check_present(as_module(model))
    copied = own_copy(as_module(model)).to("cpu", torch.float32)
    return nn.Sequential(copied) if any(isinstance(copied, leaf) for leaf in LEAVES) else copied


def check_own_operations(model: nn.Module) -> None:
    """Raises InvalidInput for what `program.module()` gives: it has checks of sizes and operations that only torch.export has."""
    if isinstance(model, fx.GraphModule) and any(isinstance(node.target, OpOverload) for node in model.graph.nodes):
        raise InvalidInput(
            "expected layers, or a torch.export program as torch.export.export gave it, got what its module() gives; "
            "try the program itself, such as convert(program, samples, ...)"
        )


def check_present(model: nn.Module) -> None:
    """Raises InvalidInput that names the first parameter or buffer without memory, as on the meta device."""
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        if value.is_meta or nn.parameter.is_lazy(value):
            raise InvalidInput(
                f"expected weights in memory, got {name} without any ({value.device}); "
                "try model.to_empty(device='cpu') and load_state_dict, or one call of a lazy model"
            )


def check_finite(model: nn.Module) -> None:
    """Raises InvalidInput that names the first parameter or buffer with a NaN or an infinity."""
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise InvalidInput(f"expected finite weights, got NaN or infinity in {name}; try the last good checkpoint")
