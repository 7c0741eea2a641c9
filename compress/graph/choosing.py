"""A model with the signature that everything here works on: one input, and of what forward returns the outputs that are wanted.

choose(model, output="logits")                      # of a dict, a named tuple, a dataclass; "out.0" goes further inside
choose(model, output=["classes", "box"])            # several, side by side
choose(model, fixed={"return_features": False})     # flags, masks and other inputs of forward
"""

import dataclasses
import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx, nn

from spikewright import InvalidInput
from spikewright.answers import Head, head_of_answer
from spikewright.compress.graph.models import as_module, program_module
from spikewright.compress.graph.outputs import Output, Path, at, named, outputs_in


class Chosen(nn.Module):
    """A model as a module with one input and one answer; it keeps its layers under `model`.

    outputs: the path of each output that is kept, by its name. single: the answer is that output as it is; else all of them are
    one vector, one after the other (`heads_of` says where each lies).
    flags: the inputs of forward that are fixed, other than tensors; the tensors are buffers.
    """

    def __init__(
        self, model: nn.Module, output: Output | None, fixed: Mapping[str, Any], image: str | None = None
    ) -> None:
        super().__init__()
        self.model, self.single = model, output is None or isinstance(output, Path)
        self.outputs: dict[str, Path | None] = named(output)
        self.image = image_input(model, fixed, image)
        self.flags: dict[str, Any] = {}
        for name, value in fixed.items():
            if isinstance(value, Tensor | np.ndarray):
                self.register_buffer(f"fixed_{name}", torch.as_tensor(value).detach().clone(), persistent=False)
            else:
                self.flags[name] = value

    def forward(self, x: Tensor) -> Tensor:
        """The chosen output for images x, or the chosen ones as vectors side by side."""
        found = self.answers(x)
        answer: Tensor = found[0] if self.single else torch.cat([one.flatten(1) for one in found], 1)
        return answer

    def answers(self, x: Tensor) -> list[Any]:
        """Each of the chosen outputs for images x. Raises InvalidInput for those that the model does not return."""
        buffers = {name.removeprefix("fixed_"): getattr(self, name) for name in vars(self)["_buffers"]}
        given = {**self.flags, **buffers}
        whole = self.model(x, **given) if self.image is None else self.model(**{self.image: x}, **given)
        found = [whole if path is None else at(whole, path) for path in self.outputs.values()]
        for name, one in zip(self.outputs, found, strict=True):
            if name and not isinstance(one, Tensor | fx.Proxy):
                known = ", ".join(map(repr, outputs_in(whole)))
                raise InvalidInput(
                    f"expected an output that is a tensor, got {type(one).__name__} for {name!r}; try one of {known}"
                )
        return found

    def told(self) -> str:
        """What was chosen, in words."""
        named = ", ".join(map(repr, self.outputs)) if any(self.outputs) else "its only one"
        fixed = [f"{name}={value!r:.40}" for name, value in self.flags.items()]
        fixed += [f"{name.removeprefix('fixed_')}=a tensor" for name in vars(self)["_buffers"]]
        return f"output {named}" + (f", with {', '.join(fixed)}" if fixed else "")


def choose(
    model: Any,
    output: Output | None = None,
    fixed: Mapping[str, Any] | None = None,
    *,
    input: str | None = None,
) -> Any:
    """`model` with one input and the outputs that are wanted; itself where nothing is chosen. Its layers lie under "model.".

    `output`: by name or position where forward returns a tuple, list, dict, named tuple or dataclass, "out.0" for what is inside
    of another; several are kept side by side, in a list or as {name: output}, and become the heads of a network. `fixed`: values
    of forward's other inputs, flags as well as tensors; `input` names the one that takes the images, else it is the first that
    has no value.
    Of a torch.export program flags have the values that it was made with; a TorchScript module takes `fixed` in
    `from_torchscript` and `convert`.
    Everything here that takes a model takes the result. Raises InvalidInput for inputs that forward does not have, and for those
    that are left without a value; outputs are looked for when the model first runs.
    """
    if output is None and not fixed and input is None:
        return model
    if hasattr(model, "weights") and hasattr(model, "model"):
        return _of_compressed(model, output, fixed or {}, input)
    if isinstance(model, torch.export.ExportedProgram):
        model, fixed, input = program_module(model, fixed, input), None, None
        if output is None:
            return model
    return Chosen(as_module(model), output, dict(fixed or {}), input)


def several_outputs(model: Any) -> tuple[str, ...]:
    """The names of the outputs that a model gives side by side as one vector; none of a model with one."""
    inner: Any = model if isinstance(model, nn.Module) else getattr(model, "model", None)
    if isinstance(inner, Chosen):
        return () if inner.single else tuple(inner.outputs)
    return tuple(head.name for head in getattr(inner, "meta", {}).get("heads", ()))


def check_one_output(model: Any, what: str) -> None:
    """Raises InvalidInput for a model that gives several outputs side by side, with their names; `what` needs one."""
    names = several_outputs(model)
    if names:
        raise InvalidInput(
            f"expected one output for {what}, got {', '.join(map(repr, names))}; try choose(model, output={names[0]!r})"
        )


def heads_of(model: nn.Module, images: Tensor) -> tuple[Head, ...] | None:
    """Of a model with several chosen outputs what each is, in order; None for others. Images `(n, ...)` show their shapes.

    A traced one remembers them in `meta`. Raises InvalidInput for outputs that are no tensors `(batch, ...)`.
    """
    if not isinstance(model, Chosen):
        known: tuple[Head, ...] | None = getattr(model, "meta", {}).get("heads")
        return known
    if model.single:
        return None
    with torch.no_grad():
        found = model.answers(images[:1].clone())
    return tuple(_head(name, answer) for name, answer in zip(model.outputs, found, strict=True))


def _of_compressed(small: Any, output: Output | None, fixed: Mapping[str, Any], image: str | None) -> Any:
    if small.rewrites:
        raise InvalidInput(
            "expected outputs to be chosen before a model is rewritten, got one whose graph was; "
            "try prune(choose(model, ...)) or quantize(choose(model, ...))"
        )
    return dataclasses.replace(
        small,
        model=Chosen(small.model, output, dict(fixed), image).eval(),
        weights={f"model.{path}": e for path, e in small.weights.items()},
        loose=frozenset(f"model.{path}" for path in small.loose),
    )


def image_input(model: nn.Module, fixed: Mapping[str, Any], image: str | None = None) -> str | None:
    """The input that takes the images, by its name; None where it is the first one. Raises InvalidInput as `choose` does."""
    try:
        listed = list(inspect.signature(model.forward).parameters.values())
    except (TypeError, ValueError):  # compiled code has no signature
        return None
    open_ended = any(one.kind is one.VAR_KEYWORD for one in listed)
    names = [one.name for one in listed if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    unknown = [name for name in (*fixed, *([image] if image else [])) if name not in names]
    if unknown and not open_ended:
        raise InvalidInput(f"expected inputs of {type(model).__name__} out of {', '.join(names)}, got {unknown[0]!r}")
    if image in fixed:
        raise InvalidInput(f"expected an input for the images that is not fixed, got {image!r}; try another one")
    free = [one for one in listed if one.name in names and one.name not in fixed]
    if image is not None:
        free = sorted(free, key=lambda one: one.name != image)
    needed = [one.name for one in free if one.default is one.empty]
    if len(needed) > 1 or (needed and needed[0] != free[0].name):
        others = ", ".join(f"{name!r}: its value" for name in needed if name != free[0].name)
        raise InvalidInput(
            f"expected one input, got {', '.join(dict.fromkeys([free[0].name, *needed]))} of {type(model).__name__}; "
            f"try fixed={{{others}}}"
        )
    if not free and not any(one.kind is one.VAR_POSITIONAL for one in listed):
        raise InvalidInput(f"expected an input that takes the images, got all of {', '.join(names)} fixed")
    if image is not None and image not in names:
        return image
    return None if not free or free[0] is listed[0] else free[0].name


def _head(name: str, answer: Any) -> Head:
    if not isinstance(answer, Tensor) or answer.ndim < 2:
        told = f"shape {tuple(answer.shape)}" if isinstance(answer, Tensor) else type(answer).__name__
        raise InvalidInput(f"expected outputs (batch, ...), got {told} for {name!r}; try another one")
    return head_of_answer(tuple(answer.shape[1:]), name=name)
