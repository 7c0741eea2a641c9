"""The one torch.fx view of a model's graph, shared by compression and conversion."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import fx, nn

from spikewright import InvalidInput
from spikewright.compress.graph.choosing import heads_of
from spikewright.compress.graph.equality import check_equal
from spikewright.compress.graph.kinds.call import Found, GraphCall
from spikewright.compress.graph.kinds.table import classify, operation_of
from spikewright.compress.graph.models import check_finite, plain_copy
from spikewright.compress.graph.propagation import Propagated, propagated
from spikewright.compress.graph.tracing import traced
from spikewright.compress.training.data import tensor_of
from spikewright.inputs import as_images

Shape = tuple[int, ...]
DISPLACED: Mapping[str, Any] = {"displaced": True}
"""Arguments of an unsupported node that has the batch, or reads it, on another axis than the first."""
PLAIN_FORWARD = "a forward() of nn layers and plain operations, without hooks on the model itself or changes in place"


@dataclass(frozen=True, eq=False)
class GraphNode:
    """One tensor-valued step of the model.

    `kind` is canonical ("conv2d", "linear", "relu", ..., "unsupported"), `inputs` are node names, `shape` leaves the
    batch out, `module` and `path` name the called module (shared by every call of a reused module), `args` holds
    kernel, stride, padding and the like, and `detail` says what an unsupported node is. `operation`: what is called, in small
    letters without underscores, the same for module, function and method: "silu", "layernorm", "matmul".
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    shape: Shape
    module: nn.Module | None
    path: str | None
    args: Mapping[str, Any]
    detail: str
    operation: str = ""


@dataclass(frozen=True, eq=False)
class GraphView:
    """The nodes of a model in execution order, over `graph_module`, an executable copy of the model."""

    graph_module: fx.GraphModule
    nodes: tuple[GraphNode, ...]
    input: str
    output: str

    def __iter__(self) -> Iterator[GraphNode]:
        return iter(self.nodes)

    @property
    def input_shape(self) -> Shape:
        """Shape of one input sample, without the batch."""
        return self.node(self.input).shape

    @property
    def notes(self) -> tuple[str, ...]:
        """How the model was read, where that was not the usual way."""
        told: tuple[str, ...] = self.graph_module.meta.get("notes", ())
        return told

    def node(self, name: str) -> GraphNode:
        """The node of that name. Raises InvalidInput when there is none."""
        found = self._by_name.get(name)
        if found is not None:
            return found
        raise InvalidInput(f"expected the name of a graph node, got {name!r}; try one of {self._names()}")

    def calls(self, path: str) -> tuple[GraphNode, ...]:
        """Every call of the module at `path`: more than one when it is reused."""
        return tuple(node for node in self.nodes if node.path == path)

    @cached_property
    def _by_name(self) -> Mapping[str, GraphNode]:
        return {node.name: node for node in reversed(self.nodes)}

    def _names(self) -> str:
        return ", ".join(node.name for node in self.nodes)


def trace(model: Any, sample: torch.Tensor | np.ndarray) -> GraphView:
    """The graph of a copy of `model` (evaluation mode, CPU, float32), with shapes found by running `sample`.

    `model` is an nn.Module, a Compressed or a torch.export program, `sample` a batch `(batch, C, H, W)` or
    `(batch, features)`.
    Unknown operations become nodes of kind "unsupported"; whether they can be lived with is the caller's matter.

    The graph is compared with the model (see `compress.graph.equality`); more samples than one make that check sharper.

    Raises InvalidInput when the control flow depends on data, when the model has several inputs or outputs, when a
    parameter is not finite, when the sample does not fit, or when the graph gives other outputs than the model.
    """
    return trace_copy(plain_copy(model), _sample_tensor(sample))


def trace_copy(root: nn.Module, images: torch.Tensor) -> GraphView:
    """`trace` of a module that is a copy of the caller's own already: the graph shares its layers."""
    check_finite(root)
    view = _view(traced(root, images), images)
    heads = heads_of(root, images)
    if heads is not None:
        view.graph_module.meta["heads"] = heads
    check_equal(root, view.graph_module, images, "the graph of the model", PLAIN_FORWARD)
    return view


def view_of(module: fx.GraphModule, input_shape: Shape) -> GraphView:
    """A fresh view of an already traced module, after it was rewritten."""
    return _view(module, torch.zeros(1, *input_shape))


def _view(module: fx.GraphModule, sample: torch.Tensor) -> GraphView:
    found = propagated(module, sample)
    records = tuple(
        _record(node, module, found) for node in module.graph.nodes if node.op != "output" and node.name in found.shapes
    )
    return GraphView(module, records, records[0].name, _output_name(module.graph, found))


def _record(node: fx.Node, module: fx.GraphModule, found: Propagated) -> GraphNode:
    shapes = found.shapes
    inputs = tuple(source for source in node.all_input_nodes if source.name in shapes)
    called = module.get_submodule(str(node.target)) if node.op == "call_module" else None
    sources, several = tuple(shapes[source.name] for source in inputs), node.name in found.several
    call = GraphCall(node, called, sources, shapes[node.name], several, inputs)
    kind, args, detail = _displaced(node, inputs, found) or classify(call)
    names = tuple(source.name for source in inputs)
    if kind == "add" and len(names) == 1:
        names = names * 2  # x + x: fx lists the source once
    if kind == "identity":
        names = names[:1]  # x.type_as(y) reads no number of y
    if kind in ("concat", "sub"):  # in their order, and one that comes twice is there twice
        listed: Any = node.args[:2] if kind == "sub" else (node.args[0] if node.args else node.kwargs["tensors"])
        names = tuple(source.name for source in listed)
    path = str(node.target) if called is not None else None
    return GraphNode(node.name, kind, names, shapes[node.name], called, path, args, detail, operation_of(call))


def _displaced(node: fx.Node, inputs: tuple[fx.Node, ...], found: Propagated) -> Found | None:
    """That no rule may judge what has the batch, or reads it, on another axis than the first."""
    if any(source.name in found.displaced for source in inputs):
        return Found("unsupported", DISPLACED, "works on values whose batch is not dimension 0")
    if node.name in found.displaced:
        return Found("unsupported", DISPLACED, "takes the batch away from dimension 0, as for windows of an image")
    return None


def _output_name(graph: fx.Graph, found: Propagated) -> str:
    result = next(node for node in graph.nodes if node.op == "output").args[0]
    if not isinstance(result, fx.Node) or result.name not in found.shapes or result.name in found.several:
        raise InvalidInput(f"expected a model with one output tensor, got {result}; try choose(model, output=...)")
    if result.name in found.displaced:
        raise InvalidInput(
            f"expected the batch as dimension 0 of what the model returns, got it elsewhere at {result.name}; "
            "try x.flatten(1) and no fixed batch size"
        )
    return result.name


def _sample_tensor(sample: torch.Tensor | np.ndarray) -> torch.Tensor:
    return tensor_of(as_images(sample, "samples"))
