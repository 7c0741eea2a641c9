"""The verb: `convert(model, samples, recipe) -> Network`."""

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import GraphView, trace
from spikewright.compress.exact.fold import fold_view
from spikewright.compress.freshness import check_fresh
from spikewright.compress.graph.equality import check_equal
from spikewright.compress.graph.models import as_module, check_finite, plain_copy
from spikewright.compress.graph.unwrap import notes
from spikewright.compress.graph.view import view_of
from spikewright.compress.training.data import answers, tensor_of
from spikewright.compress.training.threads import steady_threads
from spikewright.conversion.calibration.finish import finish
from spikewright.conversion.coding import coding_of, with_output
from spikewright.conversion.emitting import emit
from spikewright.conversion.errors import Unconvertible
from spikewright.conversion.forward import Rewritten
from spikewright.conversion.integers.cnn import integer_cnn
from spikewright.conversion.integers.gains import whole_gains
from spikewright.conversion.integers.twins import spiking
from spikewright.conversion.reading.check import check_same
from spikewright.conversion.reading.plan import read
from spikewright.conversion.reading.swaps import swapped
from spikewright.conversion.recipes import Exact, Quantized, Rate, Recipe
from spikewright.inputs import as_images
from spikewright.snn import Network, Report, ReportRow
from spikewright.snn.core_parts import core_row


def convert(model: Any, samples: torch.Tensor | np.ndarray, recipe: Recipe) -> Network:
    """The spiking network of a trained CNN.

    `model` is an nn.Module or a `Compressed`, taken in evaluation mode (a copy; the model is not touched). `samples`
    are images `(n, C, H, W)`, or vectors `(n, features)`, that show how large activations get. `recipe` is one
    of `conversion.recipes`, such as `Rate(steps=7)`.
    A spike counts one: W' = W * amplitude of the source. Zeros stay zeros and integers stay
    integers. `network.report` says what became of every layer, and what of it no spike core can be built from.

    Raises Unconvertible, before anything is measured, when a layer has no spiking form, and InvalidInput for samples
    that are empty, not finite or of the wrong shape, for weights that are not finite, and for layers that are silent.
    (Rueckauer et al. 2017; Bu et al. 2022, arXiv 2303.04347; Stanojevic et al. 2022, arXiv 2212.12522.)
    """
    images = check_samples(samples)
    with steady_threads(as_module(model), images):
        return _converted(model, images, recipe)


def _converted(model: Any, images: torch.Tensor, recipe: Recipe) -> Network:
    view, rows = rewritten_view(model, images)
    integers = getattr(model, "integers", None) or {}
    plan = read(view, integers, (*_mode_rows(model), *rows))
    check_same(plan, images)
    plan = with_output(plan, recipe)
    plan = whole_gains(plan) if _is_integer(recipe) else plan
    network = emit(plan, coding_of(plan, images, recipe))
    network = finish(network, plan, images, recipe) if isinstance(recipe, Rate) else network
    network = integer_cnn(network) if _is_integer(recipe) else network
    network = spiking(network, recipe.schedule, recipe.window) if isinstance(recipe, Exact) else network
    run = replace(network.run, largest=float(images.abs().max()) or None)
    return replace(network, run=run, report=network.report.plus(*core_row(network)))


def rewritten(model: Any, samples: torch.Tensor | np.ndarray) -> nn.Module:
    """What the spiking network stands for, as an nn.Module that evaluates its populations and weights in float64.

    It is read from the plan of the network, not from the model's own layers, and ends in the model's softmax if there
    is one. Raises as `convert`.
    """
    images = check_samples(samples)
    view, rows = rewritten_view(model, images)
    plan = read(view, getattr(model, "integers", None) or {}, rows)
    check_same(plan, images)
    return Rewritten(plan)


def _is_integer(recipe: Recipe) -> bool:
    return isinstance(recipe, Exact) or (isinstance(recipe, Quantized) and recipe.integer)


def check_samples(samples: torch.Tensor | np.ndarray) -> torch.Tensor:
    """Samples as float32 `(n, ...)` on the CPU. Raises InvalidInput when empty, not finite, or no batch."""
    images = tensor_of(as_images(samples, "samples"))
    if images.ndim not in (2, 3, 4):
        raise InvalidInput(
            f"expected samples (n, C, H, W), (n, C, L) or (n, features), got shape {tuple(images.shape)}, and no layer of three "
            "dimensions has a spiking form; try images.flatten(1, 2) with depth as channels, and Conv2d"
        )
    return images


def rewritten_view(model: Any, images: torch.Tensor) -> tuple[GraphView, tuple[ReportRow, ...]]:
    """The graph after exact batch-norm folding, and a row for each batch norm that is gone."""
    check_fresh(model)
    inner = plain_copy(as_module(model))
    check_finite(inner)
    _check_fits(inner, images)
    try:
        view = trace(model, images)
    except InvalidInput as error:  # the model runs on these samples, so it is its graph that does not suit
        row = ReportRow("model", type(inner).__name__, "refused", str(error))
        raise Unconvertible.of((row,)) from error
    how = tuple(ReportRow("model", type(inner).__name__, "note", text) for text in view.notes)
    if getattr(model, "integers", None):  # folding would change the integers; the walk carries what is left
        moved, more = _swapped(view, images)
        return moved, (*how, *more)
    rows, _ = fold_view(view, images)
    done = tuple(ReportRow(row.node, "batchnorm", "folded", row.reason) for row in rows if row.action == "folded")
    moved, more = _swapped(view_of(view.graph_module, view.input_shape), images)
    return moved, (*how, *done, *more)


def _swapped(view: GraphView, images: torch.Tensor) -> tuple[GraphView, tuple[ReportRow, ...]]:
    before = copy.deepcopy(view.graph_module)
    moved, rows = swapped(view)
    if rows:
        check_equal(
            before, moved.graph_module, images, "max pooling behind its activation", "the activation in front of it"
        )
    return moved, rows


def _check_fits(model: nn.Module, images: torch.Tensor) -> None:
    try:
        answers(model, images[:2])
        answers(model, images[:1])  # one image without its batch would run as a batch, but not half of it
    except TypeError as error:
        row = ReportRow("model", type(model).__name__, "refused", f"{error}; try a wrapper with one input")
        raise Unconvertible(f"expected a model with one input, got: {error}; try a wrapper", Report((row,))) from error
    except Exception as error:  # a user's forward can raise anything
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InvalidInput(
            "expected samples (n, C, H, W), (n, C, L) or (n, features) that fit the model, "
            f"got shape {tuple(images.shape)}: {first}"
        ) from error


def _mode_rows(model: Any) -> tuple[ReportRow, ...]:
    told = notes(model) if isinstance(model, nn.Module) else ()
    if as_module(model).training:
        told = ("was in training mode; read as in evaluation mode", *told)
    return tuple(ReportRow("model", type(as_module(model)).__name__, "note", text) for text in told)
