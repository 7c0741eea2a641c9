"""From a module to its executable graph: torch.fx with known sizes, and torch.export for what torch.fx cannot follow."""

import inspect
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import torch
from torch import fx, nn

from spikewright import InvalidInput
from spikewright.compress.graph.constants import fold_constants
from spikewright.compress.graph.deciding import depends, first_line
from spikewright.compress.graph.functional import as_modules
from spikewright.compress.graph.inplace import use_results
from spikewright.compress.graph.models import check_own_operations
from spikewright.compress.graph.pieces import take_apart
from spikewright.compress.graph.repeated import fold_repeated
from spikewright.compress.graph.sized_tracing import SizedTracer
from spikewright.compress.graph.sizes import BATCHES


class Untraceable(InvalidInput):
    """A model whose forward() decides by data what it computes."""


def traced(root: nn.Module, sample: torch.Tensor | None = None) -> fx.GraphModule:
    """The executable graph of `root`, which it shares its parameters with; `.meta["notes"]` says how it was read.

    With a `sample (1, ...)`, Python that depends on sizes is followed, and what torch.fx cannot follow is read by
    torch.export (parameters are copied then). Raises InvalidInput as `graph.view.trace` does.
    """
    _check_own_forward(root)
    module = _traced(root, sample)
    use_results(module)
    fold_constants(module)
    fold_repeated(module)
    as_modules(module)
    take_apart(module, sample)
    module.graph.eliminate_dead_code()
    used = fx.GraphModule(module, module.graph)  # without the parameters that are no longer read by themselves
    used.meta["notes"] = module.meta.get("notes", ())
    return used.train(module.training)


def _check_own_forward(root: nn.Module) -> None:
    """Raises InvalidInput for hooks on the model itself, and for a forward() of its own: that of its class is traced."""
    check_own_operations(root)
    if "forward" in vars(root):
        raise InvalidInput(
            f"expected the forward() of {type(root).__name__}, got one that was put in its place on the model itself; "
            "try torch.nn.Sequential(model), or a subclass with that forward()"
        )
    count = len(root._forward_pre_hooks) + len(root._forward_hooks)
    if count:
        raise InvalidInput(
            f"expected a model whose forward() is all that it computes, got {count} forward hook on "
            f"{type(root).__name__} itself; try torch.nn.Sequential(model), which calls it with its hooks"
        )


def _traced(root: nn.Module, sample: torch.Tensor | None) -> fx.GraphModule:
    try:
        graph = SizedTracer(sample).trace(root)
    except Exception as error:  # a user's forward can raise anything while it runs on proxies
        if len(needed := _required(root)) > 1:
            raise InvalidInput(_one_input(len(needed))) from error
        if sample is None:
            raise Untraceable(depends(error, error)) from error
        graph_or_none = _with_buffers(root, sample)
        if graph_or_none is None:
            return _exported(root, sample, error)
        graph = graph_or_none
    inputs = [node for node in graph.nodes if node.op == "placeholder"]
    if not inputs or any(node.users for node in inputs[1:]):
        raise InvalidInput(_one_input(len(inputs)))
    for node in inputs[1:]:
        graph.erase_node(node)
    return fx.GraphModule(root, graph)


def _with_buffers(root: nn.Module, sample: torch.Tensor) -> fx.Graph | None:
    """The graph where buffers are recorded too, such as those that are expanded to the batch; None where that fails."""
    tracer = SizedTracer(sample)
    tracer.proxy_buffer_attributes = True
    try:
        return tracer.trace(root)
    except Exception:  # as above
        return None


def _exported(root: nn.Module, sample: torch.Tensor, first: Exception) -> fx.GraphModule:
    """What torch.export makes of a model that torch.fx cannot follow, as ordinary layers under their own paths."""
    from spikewright.compress.imports.exported import from_exported

    images = sample[:1].expand(BATCHES[0], *sample.shape[1:]).clone()
    try:
        with torch.no_grad(), _quietly():
            program = torch.export.export(root, (images,), dynamic_shapes=({0: torch.export.Dim.AUTO},))
    except Exception as error:  # whatever the compiler raises for code that it cannot follow either
        raise Untraceable(depends(error, first)) from error
    try:
        module = from_exported(program, paths=True)
    except InvalidInput as error:
        raise InvalidInput(f"{error} (read by torch.export, since torch.fx stopped at: {first_line(first)})") from error
    module.meta["notes"] = (f"read by torch.export, since torch.fx stopped at: {first_line(first)}",)
    return module


@contextmanager
def _quietly() -> Iterator[None]:
    """torch.export prints the graph that it fails on; the error says it all."""
    log = logging.getLogger("torch.fx.experimental.symbolic_shapes")
    before, nowhere = log.disabled, io.StringIO()
    log.disabled = True
    try:
        with redirect_stdout(nowhere), redirect_stderr(nowhere):
            yield
    finally:
        log.disabled = before


def _required(root: nn.Module) -> list[str]:
    """The inputs of `forward` that have no default."""
    try:
        listed = inspect.signature(root.forward).parameters.values()
    except (TypeError, ValueError):  # compiled code has no signature
        return []
    return [
        one.name for one in listed if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]


def _one_input(count: int) -> str:
    return f"expected a model with one input, got {count}; try choose(model, fixed={{name: its value}}) for the others"
