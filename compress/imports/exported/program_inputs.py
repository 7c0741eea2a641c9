"""What a torch.export program takes: the one input for the images, and the values of all others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.export.graph_signature import ConstantArgument, InputKind, TensorArgument
from torch.utils._pytree import tree_map, tree_unflatten

from spikewright import InvalidInput


@dataclass(frozen=True, eq=False)
class ProgramInputs:
    """The inputs of a program, flat and in its order.

    `names`: of all of them; `image`: of the one that takes the images; `tensors`: the values of other tensors by name;
    `flags`: those of all that is no tensor, with which the program was made. `layout`: how the program packs them.
    """

    names: tuple[str, ...]
    image: str
    tensors: Mapping[str, torch.Tensor]
    flags: Mapping[str, Any]
    layout: Any

    def packed(self, images: Any, tensors: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a call of the program with these images, by place and by name."""
        known = {**self.flags, **tensors, self.image: images}
        flat = [known[name] for name in self.names]
        if self.layout is None:
            return tuple(flat), {}
        args, kwargs = tree_unflatten(flat, self.layout)
        return tuple(args), dict(kwargs)


class CalledProgram(nn.Module):
    """A program as it is, for any number of images also where it takes batches of one `size` only."""

    def __init__(self, program: torch.export.ExportedProgram, inputs: ProgramInputs, size: int | None = None) -> None:
        super().__init__()
        self.program, self.inputs, self.size = program.module(), inputs, size
        for name, value in inputs.tensors.items():
            self.register_buffer(f"fixed_{name}", value)

    def forward(self, images: torch.Tensor) -> Any:
        """The answers, batch by batch; the last one is filled up with zeros."""
        if self.size is None:
            return self._called(images)
        missing = -len(images) % self.size
        filled = torch.cat([images, images.new_zeros(missing, *images.shape[1:])])
        parts = [self._called(part) for part in torch.split(filled, self.size)]
        return tree_map(
            lambda *given: torch.cat(given)[: len(images)] if isinstance(given[0], torch.Tensor) else None, *parts
        )

    def _called(self, images: torch.Tensor) -> Any:
        args, kwargs = self.inputs.packed(
            images, {name: getattr(self, f"fixed_{name}") for name in self.inputs.tensors}
        )
        return self.program(*args, **kwargs)


def inputs_of(program: torch.export.ExportedProgram, fixed: Mapping[str, Any], image: str | None) -> ProgramInputs:
    """The inputs of a program with the values of `fixed`; `image` names the one for the images, else it is the one left.

    Raises InvalidInput for names that it does not have, for tensors of another shape than it was made for, for flags that
    differ from those it was made with, and where another number of inputs than one is left for the images.
    """
    found = [spec.arg for spec in program.graph_signature.input_specs if spec.kind is InputKind.USER_INPUT]
    tensors = [arg.name for arg in found if isinstance(arg, TensorArgument)]
    flags = {arg.name: arg.value for arg in found if isinstance(arg, ConstantArgument)}
    names = tuple(str(getattr(arg, "name", arg)) for arg in found)
    for name, value in fixed.items():
        if name not in (*tensors, *flags):
            raise InvalidInput(f"expected inputs of the program out of {', '.join(names)}, got {name!r}")
        if name in flags and not _same(flags[name], value):
            raise InvalidInput(
                f"expected {name}={flags[name]!r}, with which the program was made, got {value!r:.40}; "
                "try torch.export.export again with that value"
            )
    left = [name for name in tensors if name not in fixed]
    chosen = image if image in left else None
    if (image is not None and chosen is None) or len(left) != 1:
        others = [name for name in left if name != (chosen or left[0])]
        way = "{" + ", ".join(f"{name!r}: its value" for name in others) + "}"
        way = f"choose(program, fixed={way})" if others else "the name of another input"
        got = f"{image!r} and {', '.join(left) or 'none'}" if image is not None else ", ".join(left) or "none"
        raise InvalidInput(f"expected a program with one input left for the images, got {got}; try {way}")
    values = {name: _tensor(program, name, value) for name, value in fixed.items() if name in tensors}
    return ProgramInputs(names, left[0], values, flags, program.call_spec.in_spec)


def _same(known: Any, value: Any) -> bool:
    return type(known) is type(value) and bool(known == value)


def _tensor(program: torch.export.ExportedProgram, name: str, value: Any) -> torch.Tensor:
    """The value of an input, in the type and shape that the program has for it."""
    node = next(node for node in program.graph.nodes if node.op == "placeholder" and node.name == name)
    wanted = node.meta["val"]
    if not isinstance(value, torch.Tensor | np.ndarray | float | int):
        raise InvalidInput(f"expected a tensor for the input {name!r}, got {type(value).__name__}")
    given = torch.as_tensor(value).detach().clone()
    sizes = [size if isinstance(size, int) else None for size in wanted.shape]
    fits = given.ndim == len(sizes) and all(size in (None, own) for size, own in zip(sizes, given.shape, strict=True))
    if not fits:
        raise InvalidInput(f"expected the input {name!r} of shape {tuple(wanted.shape)}, got {tuple(given.shape)}")
    return given.to(wanted.dtype)
