"""What a node of an exported program says: the name of its operator, its arguments, the layer that it comes from."""

from collections.abc import Callable
from typing import Any

import torch
from torch import fx

from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.steps import ImportedValue


def name_of(target: Any) -> tuple[str, Callable[..., Any]]:
    """The operator without namespace and overload ("add" for aten.add.Tensor), and what computes it. Another function keeps
    its own name, for which there is no rule."""
    if isinstance(target, torch._ops.OpOverload) and target.namespace == "aten":
        return target._schema.name.removeprefix("aten::"), target
    return str(getattr(target, "__name__", target)), target


def arguments_of(target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call by their names in the schema, defaults too; "self" and "other" where it has no schema."""
    schema = getattr(target, "_schema", None)
    if schema is None:
        return {"self": args[0] if args else None, "other": args[1] if len(args) > 1 else None, **kwargs}
    defaults = {one.name: one.default_value for one in schema.arguments if one.has_default_value()}
    return {**defaults, **{one.name: value for one, value in zip(schema.arguments, args, strict=False)}, **kwargs}


def result_of(value: Any, index: Any) -> Any:
    """A piece of a split; of other operators the first result, which is the only one that is imported."""
    if isinstance(value, tuple):
        return value[index]
    if isinstance(value, ImportedValue) and index == 0:
        return value
    raise Unsupported(f"result {index} of an operator", "max pooling without indices, batch norm in evaluation mode")


def label_of(node: fx.Node, program: torch.export.ExportedProgram) -> str:
    """The path of the layer in the model, where the name of a weight tells it; else the name of the node."""
    for source in node.all_input_nodes:
        path = str(program.graph_signature.inputs_to_parameters.get(source.name, ""))
        if path.endswith(".weight"):
            return path.removesuffix(".weight")
    return node.name


def constants_of(program: torch.export.ExportedProgram) -> dict[str, torch.Tensor]:
    """Parameters, buffers and other tensors of the program, by the names of their nodes."""
    signature = program.graph_signature
    places = {
        **signature.inputs_to_parameters,
        **signature.inputs_to_buffers,
        **signature.inputs_to_lifted_tensor_constants,
    }
    held = {**program.constants, **program.state_dict}
    return {name: held[path] for name, path in places.items() if isinstance(held.get(path), torch.Tensor)}
