"""From what the user gave to a plan: samples and model are checked, the model is traced, folded and read."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import GraphView
from spikewright.compress.adapting.places import replaceable
from spikewright.compress.compressed import Compressed
from spikewright.compress.exact.fold import fold_view
from spikewright.compress.freshness import check_fresh
from spikewright.compress.graph.choosing import Chosen, choose, image_input
from spikewright.compress.graph.copies import passing_copy
from spikewright.compress.graph.equality import check_equal
from spikewright.compress.graph.models import as_module, check_finite, check_own_operations, plain_copy
from spikewright.compress.graph.outputs import Output, check_single
from spikewright.compress.graph.tracing import Untraceable
from spikewright.compress.graph.unwrap import notes, unwrapped
from spikewright.compress.graph.view import trace_copy, view_of
from spikewright.compress.imports.scripted import from_torchscript
from spikewright.compress.training.data import answers, tensor_of
from spikewright.conversion.errors import Obstacle, Unconvertible
from spikewright.conversion.reading.endings import without_endings
from spikewright.conversion.reading.graph import surveyed
from spikewright.conversion.reading.halves import halved
from spikewright.conversion.reading.input_range import in_unit
from spikewright.conversion.reading.obstacles.catalogue import advice_of_layer
from spikewright.conversion.reading.plan import CodeTraits, Plan, Stored
from spikewright.conversion.reading.swaps import swapped
from spikewright.inputs import as_images
from spikewright.snn import ReportRow
from spikewright.snn.running import InputRange

MOST_REMEMBERED = 1 << 25
"""Weights up to which folded ones are kept in float64, a quarter of a gigabyte, until they are stored; more are rounded twice."""


def check_samples(samples: torch.Tensor | np.ndarray) -> torch.Tensor:
    """Samples as float32 `(n, ...)` on the CPU. Raises InvalidInput when empty, not finite, or no batch."""
    images = tensor_of(as_images(samples, "samples"))
    if images.ndim not in (2, 3, 4):
        raise InvalidInput(
            f"expected samples (n, C, H, W), (n, C, L) or (n, features), got shape {tuple(images.shape)}, and no layer of three "
            "dimensions has a spiking form; try images.flatten(1, 2) with depth as channels, and Conv2d"
        )
    return images


def chosen_in_python(
    model: Any, images: torch.Tensor | np.ndarray, output: Output | None = None, fixed: Mapping[str, Any] | None = None
) -> Any:
    """What `choose` makes of a model; a TorchScript module, also inside of a wrapper, is read as `from_torchscript` does."""
    inner = unwrapped(model) if isinstance(model, nn.Module) else model
    if isinstance(inner, torch.jit.ScriptModule):
        return choose(from_torchscript(inner, images, fixed), output)
    return choose(model, output, fixed)


def plan_of(
    model: Any, images: torch.Tensor, input_range: InputRange | None = None, traits: CodeTraits | None = None
) -> Plan:
    """The plan of an nn.Module or `Compressed` for checked samples, with a report row for all that was found and changed.

    With an `input_range` the input of the plan is in [0, 1], and the first layers take in what undoes that. `traits`: what
    depends on the code, that of rates unless given.
    Raises Unconvertible for layers without a spiking form, and InvalidInput for samples that do not fit.
    """
    plan, obstacles = surveyed_plan(model, images, input_range, traits)
    if obstacles:
        raise Unconvertible.of(plan.rows, obstacles, replaceable(plan.view))
    return plan


def surveyed_plan(
    model: Any, images: torch.Tensor, input_range: InputRange | None = None, traits: CodeTraits | None = None
) -> tuple[Plan, tuple[Obstacle, ...]]:
    """As `plan_of`, with what stands in its way beside it. Raises Unconvertible where the model has no graph to read."""
    wanted = traits or CodeTraits()
    view, rows = rewritten_view(model, images, wanted)
    view = view if input_range is None else in_unit(view, input_range)
    return surveyed(view, _stored(model), (*_mode_rows(model), *rows), wanted)


def rewritten_view(
    model: Any, images: torch.Tensor, traits: CodeTraits | None = None
) -> tuple[GraphView, tuple[ReportRow, ...]]:
    """The graph after exact batch-norm folding and other rewrites, and a row for each batch norm that is gone."""
    wanted = traits or CodeTraits()
    check_fresh(model)
    inner = plain_copy(as_module(model))
    check_finite(inner)
    check_own_operations(inner)
    _check_fits(inner, images)
    try:
        view = trace_copy(inner, images)
    except InvalidInput as error:  # the model runs on these samples, so it is its graph that does not suit
        raise Unconvertible.of((), (_without_graph(inner, error),)) from error
    told = tuple(ReportRow("model", type(inner).__name__, "note", text) for text in view.notes)
    view, ended = without_endings(view)
    told += ended
    if not _stored(model):  # folding would change what is stored; scale and shift are carried into the layers around
        rows, _ = fold_view(view, images, remember=wanted.precise and _is_small(inner))
        told += tuple(ReportRow(row.node, "batchnorm", "folded", row.reason) for row in rows if row.action == "folded")
        view = view_of(view.graph_module, view.input_shape)
    moved, more = _arranged(view, images, wanted.two_sided)
    return moved, (*told, *more)


def _is_small(model: nn.Module) -> bool:
    """Whether its weights may be there in float64 too."""
    return sum(value.numel() for value in model.parameters()) <= MOST_REMEMBERED


def _stored(model: Any) -> Stored:
    """By path of a layer how its weights are stored, where that is more than real numbers one by one."""
    held = model.weights if isinstance(model, Compressed) else {}
    return {path: e for path, e in held.items() if not (e.elementwise and e.real)}


def _arranged(view: GraphView, images: torch.Tensor, two_sided: bool) -> tuple[GraphView, tuple[ReportRow, ...]]:
    """Max pooling where it can be compared, and activations in halves."""
    with passing_copy(view.graph_module) as before:
        moved, rows = swapped(view, two_sided)
        moved, halves = halved(moved, two_sided)
        if rows or halves:
            what = "max pooling beside its activation, and activations as two ReLUs"
            check_equal(before, moved.graph_module, images, what, "ReLU as the activation")
    return moved, (*rows, *halves)


def _check_fits(model: nn.Module, images: torch.Tensor) -> None:
    """Raises Unconvertible for another signature than one input and one output, InvalidInput for samples that do not fit."""
    kind = type(model.model if isinstance(model, Chosen) else model).__name__
    try:
        image_input(model, {})
    except InvalidInput as error:
        raise Unconvertible.of((), (Obstacle.of("model", kind, str(error)),)) from error
    try:
        found = answers(model, images[:2])
        answers(model, images[:1])  # one image without its batch would run as a batch, but not half of it
    except InvalidInput:  # an output that the model does not have
        raise
    except TypeError as error:
        told = f"expected a model with one input, got: {error}; try choose(model, fixed={{name: its value}})"
        raise Unconvertible.of((), (Obstacle.of("model", kind, told),)) from error
    except Exception as error:  # a user's forward can raise anything
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InvalidInput(
            "expected samples (n, C, H, W), (n, C, L) or (n, features) that fit the model, "
            f"got shape {tuple(images.shape)}: {first}"
        ) from error
    try:
        check_single(found)
    except InvalidInput as error:
        raise Unconvertible.of((), (Obstacle.of("model", kind, str(error)),)) from error


def _without_graph(model: nn.Module, error: InvalidInput) -> Obstacle:
    """What stands in the way of reading at all; what the model's layers are is told, and that nobody judged them."""
    what = "data-dependent control" if isinstance(error, Untraceable) else type(model).__name__
    found = Obstacle.of("model", what, str(error))
    held = Counter(advice.what for module in model.modules() if (advice := advice_of_layer(module)) is not None)
    if not held:
        return found
    listed = ", ".join(f"{count} {name}" for name, count in held.items())
    return replace(found, reason=f"{found.reason} (not judged, since there is no graph: {listed})")


def _mode_rows(model: Any) -> tuple[ReportRow, ...]:
    told = notes(model) if isinstance(model, nn.Module) else ()
    if as_module(model).training:
        told = ("was in training mode; read as in evaluation mode", *told)
    chosen = as_module(model)
    if isinstance(chosen, Chosen):
        told = (chosen.told(), *told)
    return tuple(ReportRow("model", type(as_module(model)).__name__, "note", text) for text in told)
