"""A torch.export program as an nn.Module of ordinary layers."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import fx
from torch.utils._pytree import tree_unflatten

from spikewright import InvalidInput
from spikewright.compress.graph.equality import check_equal
from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Damaged, Unsupported, told
from spikewright.compress.imports.exported.call import AtenCall
from spikewright.compress.imports.exported.nodes import arguments_of, constants_of, label_of, name_of, result_of
from spikewright.compress.imports.exported.program_inputs import CalledProgram, ProgramInputs, inputs_of
from spikewright.compress.imports.exported.table import ATEN_RULES, COMPUTED
from spikewright.compress.imports.steps import ImportedValue


def from_exported(
    program: Any, *, paths: bool = False, fixed: Mapping[str, Any] | None = None, input: str | None = None
) -> fx.GraphModule:
    """The network of a `torch.export.ExportedProgram` as torch.nn layers, in evaluation mode, on the CPU, in float32.

    Programs as `torch.export.export` gives them and as `run_decompositions` leaves them are both read; dimension 0 of
    the input is the batch, whatever its size was when the program was made. Weights are copied. `paths`: layers lie where
    their parameters lay in the model ("layers.0.conv"), instead of side by side ("layers_0_conv"). Several outputs are
    returned as the program returns them, in its tuple or dict (`choose` takes some), with None in the place of constants.
    `fixed`: values of other inputs by name, tensors and the flags that the program was made with; `input` names the one
    that takes the images, which is the one left otherwise.
    Raises InvalidInput for another type, several inputs left, and for operators without a layer here, with their
    names and what to try; and when the layers compute something else than the program.
    """
    if not isinstance(program, torch.export.ExportedProgram):
        raise InvalidInput(
            f"expected a torch.export program, got {type(program).__name__}; try torch.export.export(model, (images,))"
        )
    walk = _ProgramWalk(program, paths, inputs_of(program, fixed or {}, input))
    module = walk.run()
    if not paths:  # where tracing asks for paths, it compares with the model itself
        samples = torch.zeros(1, *walk.start.shape) if walk.start is not None else torch.zeros(1, 1)
        called = CalledProgram(program, walk.inputs, walk.batch)
        check_equal(called, module, samples, "the imported layers", "a program of the model in eval()")
    return module


class _ProgramWalk:
    """The nodes of a program in order, and the value of each."""

    def __init__(self, program: torch.export.ExportedProgram, paths: bool, inputs: ProgramInputs) -> None:
        self.inputs = inputs
        self.program, self.builder = program, Builder(paths=paths)
        self.values: dict[fx.Node, Any] = {}
        self.constants = {**constants_of(program), **inputs.tensors, **inputs.flags}
        self.batch: int | None = None
        self.start: ImportedValue | None = None

    def run(self) -> fx.GraphModule:
        """The module, once every node was visited."""
        for node in self.program.graph.nodes:
            if node.op == "placeholder":
                self.values[node] = self._placeholder(node)
            elif node.op == "call_function":
                self._visit(node)
            elif node.op != "output":
                raise InvalidInput(f"expected a flat program, got {node.op} {node.target}; try torch.export.export")
        found = self._outputs()
        if self.start is None or not any(isinstance(one, ImportedValue) for one in found):
            raise InvalidInput("expected an output that depends on the input, got a constant; try another model")
        return self.builder.finish(self.start, found[0] if len(found) == 1 else self._arranged(found))

    def _outputs(self) -> list[ImportedValue | None]:
        """What the program returns, one after the other; None for constants."""
        output = next(node for node in self.program.graph.nodes if node.op == "output").args[0]
        returned: Any = output[len(output) - len(self.program.graph_signature.user_outputs) :]
        values = [self.values.get(node) if isinstance(node, fx.Node) else None for node in returned]
        return [value if isinstance(value, ImportedValue) else None for value in values]

    def _arranged(self, found: list[ImportedValue | None]) -> Any:
        """Outputs in the containers of the program, or one after the other where fx knows none such."""
        spec: Any = self.program.call_spec.out_spec
        whole = tree_unflatten(found, spec) if spec is not None and spec.num_leaves == len(found) else tuple(found)
        return dict(whole) if isinstance(whole, dict) else whole if isinstance(whole, tuple | list) else tuple(found)

    def _placeholder(self, node: fx.Node) -> Any:
        """The input, or a constant."""
        if node.name != self.inputs.image:
            return self.constants.get(node.name)
        shape = [_known(size) for size in node.meta["val"].shape]
        if len(shape) < 2 or any(not isinstance(size, int) for size in shape[1:]):
            raise InvalidInput(
                f"expected an input (batch, C, H, W) with fixed sizes, got {shape}; "
                "try dynamic_shapes for dimension 0 only"
            )
        self.batch = shape[0] if isinstance(shape[0], int) else None
        try:
            self.start = self.builder.input(node.name, tuple(int(size) for size in shape[1:]))
        except Damaged as error:
            raise InvalidInput(f"expected an input of usual size, got {error}") from error
        return self.start

    def _visit(self, node: fx.Node) -> None:
        """What a call makes; in place, whoever reads its argument later reads the result."""
        name, overload = name_of(node.target)
        with told(f"node {node.name!r} ({name})", "program", InvalidInput):
            self.values[node] = self._result(node, name, overload)
        if name.endswith("_") and isinstance(node.args[0], fx.Node):
            self.values[node.args[0]] = self.values[node]

    def _result(self, node: fx.Node, name: str, overload: Any) -> Any:
        """What a call makes: a value by its rule, a constant on the spot."""
        args, kwargs = fx.map_arg(node.args, self.values.get), fx.map_arg(node.kwargs, self.values.get)
        if name.startswith("_assert"):
            return None
        if name == "getitem":
            return result_of(args[0], args[1]) if node.users else None
        if name in ("sym_size", "size"):
            return self._size(node, node.args[1])
        found = [self.values.get(one) for one in node.all_input_nodes]
        plain = name.rstrip("_")
        if not any(isinstance(one, ImportedValue | OpenSizes) for one in found):
            if plain not in COMPUTED:
                raise Unsupported("a constant computed in a way that is not known here", "a buffer that holds it")
            return overload(*args, **kwargs)
        if plain not in ATEN_RULES:
            raise Unsupported(
                "an operator that is not imported",
                "the program before run_decompositions, or another layer in its place",
            )
        label, arguments = label_of(node, self.program), arguments_of(overload, args, kwargs)
        return ATEN_RULES[plain](AtenCall(plain, label, self.builder, self.batch, arguments))

    def _size(self, node: fx.Node, axis: Any) -> Any:
        """One size of a value; that of the batch stays open."""
        if axis == 0:
            return OpenSizes((None,), flat=False)
        source = self.values.get(node.all_input_nodes[0])
        if not isinstance(source, ImportedValue):
            raise Unsupported("the size of a constant", "a fixed number")
        return int(source.shape[int(axis) - 1])


def _known(size: Any) -> Any:
    """A size, as a number also where the program came to know it while it was made, such as by len(x)."""
    found = size if isinstance(size, int) else size.node.maybe_as_int()
    return size if found is None else found
