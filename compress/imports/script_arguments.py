"""The inputs of a TorchScript module, by the names that its compiled forward gives them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.export.graph_signature import InputKind, TensorArgument

from spikewright import InvalidInput


@dataclass(frozen=True, eq=False)
class ScriptInputs:
    """The arguments of a call, in their order. `place`: where the images stand; `values`: all others, None at that place."""

    place: int
    values: tuple[Any, ...]

    def given(self, images: Any, **instead: Any) -> tuple[Any, ...]:
        """All arguments with these images; `others=...`: with that in the place of every other one."""
        return tuple(
            images if place == self.place else instead.get("others", value) for place, value in enumerate(self.values)
        )

    def called(self, model: Callable[..., Any]) -> Callable[[torch.Tensor], Any]:
        """The model as a function of the images."""
        return lambda images: model(*self.given(images))

    def in_program(self, program: torch.export.ExportedProgram) -> tuple[dict[str, torch.Tensor], str]:
        """The fixed tensors by the names that a program made of the module has for them, and the name of the images."""
        specs = [spec.arg for spec in program.graph_signature.input_specs if spec.kind is InputKind.USER_INPUT]
        names = [str(getattr(arg, "name", "")) for arg in specs]
        tensors = {
            name: value
            for place, (name, value, arg) in enumerate(zip(names, self.values, specs, strict=True))
            if place != self.place and isinstance(arg, TensorArgument)
        }
        return tensors, names[self.place]


def script_inputs(model: torch.jit.ScriptModule, fixed: Mapping[str, Any]) -> ScriptInputs:
    """The arguments of the forward of a module with some of them fixed; the images are the first that is not.

    Raises InvalidInput for names that forward does not have, and for others without a value or a default.
    """
    forward: Any = model.forward
    listed = forward.schema.arguments[1:]
    names = [one.name for one in listed]
    unknown = [name for name in fixed if name not in names]
    if unknown:
        raise InvalidInput(f"expected inputs of the TorchScript module out of {', '.join(names)}, got {unknown[0]!r}")
    free = [one for one in listed if one.name not in fixed]
    if not free:
        raise InvalidInput(f"expected an input that takes the images, got all of {', '.join(names)} fixed")
    needed = [one.name for one in free[1:] if not one.has_default_value()]
    if needed:
        others = ", ".join(f"{name!r}: its value" for name in needed)
        raise InvalidInput(f"expected one input, got {free[0].name}, {', '.join(needed)}; try fixed={{{others}}}")
    place = names.index(free[0].name)
    values = (None if one is free[0] else fixed.get(one.name, one.default_value) for one in listed)
    return ScriptInputs(place, tuple(values))
