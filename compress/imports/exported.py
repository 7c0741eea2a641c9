"""A torch.export program as an nn.Module of ordinary layers."""

from collections.abc import Callable
from typing import Any

import torch
from torch import fx, nn

from spikewright import InvalidInput
from spikewright.compress.graph.equality import check_equal
from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.exported_call import AtenCall, Batch
from spikewright.compress.imports.exported_rules import CONSTANT, RULES
from spikewright.compress.imports.steps import Flow


def from_exported(program: Any, *, paths: bool = False) -> fx.GraphModule:
    """The network of a `torch.export.ExportedProgram` as torch.nn layers, in evaluation mode, on the CPU, in float32.

    Programs as `torch.export.export` gives them and as `run_decompositions` leaves them are both read; dimension 0 of
    the input is the batch, whatever its size was when the program was made. Weights are copied. `paths`: layers lie where
    their parameters lay in the model ("layers.0.conv"), instead of side by side ("layers_0_conv").
    Raises InvalidInput for another type, several inputs or outputs, and for operators without a layer here, with their
    names and what to try; and when the layers compute something else than the program.
    """
    if not isinstance(program, torch.export.ExportedProgram):
        raise InvalidInput(
            f"expected a torch.export program, got {type(program).__name__}; try torch.export.export(model, (images,))"
        )
    walk = _Walk(program, paths)
    module = walk.run()
    if not paths:  # where tracing asks for paths, it compares with the model itself
        samples = torch.zeros(1, *walk.start.shape) if walk.start is not None else torch.zeros(1, 1)
        check_equal(
            _InBatches(program, walk.batch), module, samples, "the imported layers", "a program of the model in eval()"
        )
    return module


class _InBatches(nn.Module):
    """A program as it is, for any number of images also where it takes batches of one `size` only."""

    def __init__(self, program: torch.export.ExportedProgram, size: int | None) -> None:
        super().__init__()
        self.program, self.size = program.module(), size

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """The answers, batch by batch; the last one is filled up with zeros."""
        if self.size is None:
            answer: torch.Tensor = self.program(images)
            return answer
        missing = -len(images) % self.size
        filled = torch.cat([images, images.new_zeros(missing, *images.shape[1:])])
        return torch.cat([self.program(part) for part in torch.split(filled, self.size)])[: len(images)]


class _Walk:
    """The nodes of a program in order, and the value of each."""

    def __init__(self, program: torch.export.ExportedProgram, paths: bool) -> None:
        self.program, self.builder = program, Builder(paths=paths)
        self.values: dict[fx.Node, Any] = {}
        self.constants = _constants(program)
        self.inputs = [name for name in program.graph_signature.user_inputs if isinstance(name, str)]
        if len(self.inputs) != 1 or len(program.graph_signature.user_outputs) != 1:
            raise InvalidInput(
                f"expected a program with one input and one output, got {len(self.inputs)} and "
                f"{len(program.graph_signature.user_outputs)}; try a wrapper that takes images and returns logits"
            )
        self.batch: int | None = None
        self.start: Flow | None = None

    def run(self) -> fx.GraphModule:
        for node in self.program.graph.nodes:
            if node.op == "placeholder":
                self.values[node] = self._placeholder(node)
            elif node.op == "call_function":
                self._visit(node)
            elif node.op != "output":
                raise InvalidInput(f"expected a flat program, got {node.op} {node.target}; try torch.export.export")
        output = next(node for node in self.program.graph.nodes if node.op == "output").args[0]
        answer = self.values.get(output[-1])
        if not isinstance(answer, Flow) or self.start is None:
            raise InvalidInput("expected an output that depends on the input, got a constant; try another model")
        return self.builder.finish(self.start, answer)

    def _placeholder(self, node: fx.Node) -> Any:
        if node.name not in self.inputs:
            return self.constants.get(node.name)
        shape = node.meta["val"].shape
        if len(shape) < 2 or any(not isinstance(size, int) for size in shape[1:]):
            raise InvalidInput(
                f"expected an input (batch, C, H, W) with fixed sizes, got {list(shape)}; "
                "try dynamic_shapes for dimension 0 only"
            )
        self.batch = shape[0] if isinstance(shape[0], int) else None
        try:
            self.start = self.builder.input(node.name, tuple(int(size) for size in shape[1:]))
        except Damaged as error:
            raise InvalidInput(f"expected an input of usual size, got {error}") from error
        return self.start

    def _visit(self, node: fx.Node) -> None:
        name, overload = _name_of(node.target)
        where = f"node {node.name!r} ({name})"
        try:
            result = self._result(node, name, overload)
        except Unsupported as error:
            way = error.substitute or "an ordinary layer in its place"
            raise InvalidInput(f"expected layers that torch.nn has, got {error} in {where}; try {way}") from error
        except (Damaged, ValueError, TypeError, KeyError, IndexError, RuntimeError) as error:
            text = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise InvalidInput(f"expected a sound program, got {text} in {where}; try to export it again") from error
        self.values[node] = result
        if name.endswith("_") and isinstance(node.args[0], fx.Node):  # in place: who reads it later reads the result
            self.values[node.args[0]] = result

    def _size(self, node: fx.Node, axis: Any) -> int:
        source = self.values.get(node.all_input_nodes[0])
        if not isinstance(source, Flow):
            raise Unsupported("the size of a constant", "a fixed number")
        return int(source.shape[int(axis) - 1])

    def _result(self, node: fx.Node, name: str, overload: Any) -> Any:
        args, kwargs = fx.map_arg(node.args, self.values.get), fx.map_arg(node.kwargs, self.values.get)
        if name == "getitem" and not node.users:
            return None
        if name == "getitem":
            return _item(args[0], args[1])
        if name in ("sym_size", "size"):
            axis = node.args[1]
            return Batch() if axis == 0 else self._size(node, axis)
        found: list[Any] = []
        fx.map_arg((node.args, node.kwargs), lambda one: found.append(self.values.get(one)))
        plain = name.rstrip("_")
        if not any(isinstance(one, Flow | Batch) for one in found):
            if plain not in CONSTANT:
                raise Unsupported("a constant computed in a way that is not known here", "a buffer that holds it")
            return overload(*args, **kwargs)
        if plain not in RULES:
            raise Unsupported(
                "an operator that is not imported",
                "the program before run_decompositions, or another layer in its place",
            )
        call = AtenCall(plain, _label(node, self.program), _bound(overload, args, kwargs), self.builder, self.batch)
        return RULES[plain](call)


def _name_of(target: Any) -> tuple[str, Callable[..., Any]]:
    """The operator without namespace and overload. Raises Unsupported later, by having no rule, for anything else."""
    if isinstance(target, torch._ops.OpOverload) and target.namespace == "aten":
        return target._schema.name.removeprefix("aten::"), target
    return str(getattr(target, "__name__", target)), target


def _bound(target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    schema = getattr(target, "_schema", None)
    if schema is None:
        return {"self": args[0] if args else None, "other": args[1] if len(args) > 1 else None, **kwargs}
    defaults = {one.name: one.default_value for one in schema.arguments if one.has_default_value()}
    return {**defaults, **{one.name: value for one, value in zip(schema.arguments, args, strict=False)}, **kwargs}


def _item(value: Any, index: Any) -> Any:
    """Operators that return several values have the one that matters first."""
    if isinstance(value, Flow) and index == 0:
        return value
    raise Unsupported(f"result {index} of an operator", "max pooling without indices, batch norm in evaluation mode")


def _label(node: fx.Node, program: torch.export.ExportedProgram) -> str:
    """The path of the layer in the model, where a parameter tells; else the name of the node."""
    signature = program.graph_signature
    for source in node.all_input_nodes:
        path = str(signature.inputs_to_parameters.get(source.name, ""))
        if path.endswith(".weight"):
            return path.removesuffix(".weight")
    return node.name


def _constants(program: torch.export.ExportedProgram) -> dict[str, torch.Tensor]:
    signature = program.graph_signature
    places = {
        **signature.inputs_to_parameters,
        **signature.inputs_to_buffers,
        **signature.inputs_to_lifted_tensor_constants,
    }
    held = {**program.constants, **program.state_dict}
    return {name: held[path] for name, path in places.items() if isinstance(held.get(path), torch.Tensor)}
