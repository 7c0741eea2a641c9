"""A Compressed in the making: what a method starts from, changes and finishes."""

from dataclasses import dataclass, field
from math import prod
from typing import Any

import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.compressed import Compressed
from spikewright.compress.expressions import (
    Flags,
    Straight,
    float_weights,
    kept_of,
    restored,
    rows_of,
    write,
)
from spikewright.compress.graph.models import check_finite, plain_copy
from spikewright.compress.graph.rewrite import Rewrite
from spikewright.compress.graph.unwrap import notes
from spikewright.compress.graph.view import GraphView, Shape, trace
from spikewright.compress.graph.weighted import left_alone, weight_layers
from spikewright.weights import Expression

PRUNED_FROM = 0.01
"""The share of exact zeros from which a layer counts as pruned."""


@dataclass
class Draft:
    """A copy of a model that may be changed, and how its weights are to be stored.

        draft = Draft.of(model)
        draft.weights["0"] = Lookup(table, index)          # what a method puts here, the model computes with in the end
        draft.steps.append("k-means: 16 values in layer 0")
        small = draft.finish()

    weights: by path of a layer, outputs first. Where a method changes the weights of `model` instead, they are stored as before.
    loose: of layers that are loose, as of `Compressed`, the expression that is.
    """

    model: nn.Module
    weights: dict[str, Expression] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    rewrites: list[Rewrite] = field(default_factory=list)
    input_shape: Shape | None = None
    loose: dict[str, Expression] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._given = dict(self.weights)

    @classmethod
    def of(cls, model: Any) -> "Draft":
        """Start from a copy of an nn.Module or of a Compressed. Raises InvalidInput for weights that are not finite."""
        copied = plain_copy(model)
        check_finite(copied)
        if isinstance(model, Compressed):
            loose = {path: model.weights[path] for path in model.loose}
            return cls(copied, dict(model.weights), list(model.steps), list(model.rewrites), model.input_shape, loose)
        draft = cls(copied, steps=list(notes(model)) if isinstance(model, nn.Module) else [])
        draft._keep_zeros()
        return draft

    def _keep_zeros(self) -> None:
        """Masks for the layers that were pruned before."""
        rows = {path: rows_of(layer) for path, layer in weight_layers(self.model).items()}
        alive = {path: values != 0 for path, values in rows.items()}
        pruned = {path: kept for path, kept in alive.items() if was_pruned(kept)}
        self.weights = {path: float_weights(rows[path], kept) for path, kept in pruned.items()}
        self._given = dict(self.weights)
        if pruned:
            shares = ", ".join(f"{path} ({100 * (1 - kept.mean()):.1f} %)" for path, kept in pruned.items())
            self.steps.append(f"zeros that were there before stay zeros: {shares}")

    def kept(self, path: str) -> Flags | None:
        """Which weights of a layer survived pruning, outputs first; None where it was not pruned."""
        e = self.weights.get(path)
        return None if e is None or self.is_loose(path) else kept_of(e)

    def is_loose(self, path: str) -> bool:
        """Also where nothing is known."""
        return self.loose.get(path) is self.weights.get(path)

    def straight(self, path: str) -> Straight:
        """How the weights of a layer are stored one by one; shared and factorised ones as real numbers, which a step says."""
        e = self.weights.get(path)
        found = Straight() if e is None else Straight.of(e, loose=self.is_loose(path))
        if found is None:
            self.steps.append(f"{path}: its weights, stored as {type(e).__name__}, are stored one by one from here on")
            return Straight(self.kept(path))
        return found

    def traced(self, images: torch.Tensor) -> GraphView:
        """The view of the model's graph, which is the model from here on; rewrites and steps say so."""
        view = trace(self.model, images)
        self.model, self.input_shape = view.graph_module, view.input_shape
        self.rewrites.append(Rewrite("trace"))
        self.steps += view.notes
        return view

    def forget(self, path: str) -> None:
        """Say no more of a layer that is gone because others took in what it did."""
        self.weights.pop(path, None)
        self._given.pop(path, None)

    def left_alone(self) -> str:
        """A sentence for the steps about what no method treats; empty when there is nothing."""
        names = [
            f"{path or 'the model itself'} ({type(part).__name__})" for path, part in left_alone(self.model).items()
        ]
        return f"; left as they were, in 32 bits: {', '.join(names)}" if names else ""

    def finish(self) -> Compressed:
        """The frozen result, in evaluation mode. Raises InvalidInput where weights cannot be stored as they were."""
        layers = weight_layers(self.model)
        gone = [path for path in self._given if path not in layers]
        if gone:
            self.steps.append(f"left out, since the forward pass does not call them: {', '.join(gone)}")
        known = {path: self._stored(path, layer) for path, layer in layers.items()}
        loose = frozenset(path for path in layers if self.loose.get(path) is known[path])
        made = tuple(self.rewrites), tuple(self.steps), self.input_shape, loose
        return Compressed(self.model.eval(), known, *made)

    def _stored(self, path: str, layer: Any) -> Expression:
        e, loose = self.weights.get(path), self.is_loose(path)
        if e is not None and e is not self._given.get(path):
            write(layer, e, path)
            return e
        found = float_weights(rows_of(layer)) if e is None else restored(e, rows_of(layer), loose=loose)
        if found is None:
            raise InvalidInput(
                f"expected weights of {path} that are stored as they were, {type(e).__name__}, got others; "
                f"try draft.weights[{path!r}] = an expression of them"
            )
        if loose:
            self.loose[path] = found
        return found


def was_pruned(kept: Any) -> bool:
    """Whether a layer was pruned, of whose weights `kept`, flags of numpy or torch, are not exactly zero.

    At least `PRUNED_FROM` are zero, but not all: a dense layer that was trained has no exact zeros, one that starts at zero has
    nothing else.
    """
    return bool(0 < kept.sum() <= (1 - PRUNED_FROM) * prod(kept.shape))
