"""Weights as they are stored, while a model is trained: no step of an optimiser can break the way they are stored."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.utils import parametrize

from spikewright import InvalidInput
from spikewright.compress.compressed import Compressed
from spikewright.compress.draft import Draft
from spikewright.compress.expressions import Straight, write
from spikewright.compress.freshness import fresh
from spikewright.compress.graph.weighted import from_output, weight_layers
from spikewright.compress.quantisers.activations import keep_ranges_positive
from spikewright.compress.quantisers.integers import scales_of
from spikewright.compress.training.rules import part_of
from spikewright.compress.training.straight import StraightPart
from spikewright.weights import Expression


class ComputedPart(nn.Module):
    """Parametrisation of a weight that is computed from stored tensors; the layer's own weight is not used."""

    def __init__(self, layer: nn.Module, e: Expression) -> None:
        super().__init__()
        self.layer, self.part = (layer,), part_of(e)

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """The weight of the layer."""
        return from_output(self.layer[0], self.part().to(weight.dtype))

    def stored(self, _: torch.Tensor) -> Expression:
        """How it is stored."""
        found: Expression = self.part.stored()
        return found


class Attached:
    """The expressions of the layers of a model while it is trained.

    `ways` says for each layer how it is stored: one by one, as a `Straight`, which starts from the layer's weight as it is, or by
    the expression. `learns`: scales of integers are trained.
    """

    def __init__(self, model: nn.Module, ways: Mapping[str, Straight | Expression], *, learns: bool) -> None:
        self._held: dict[str, tuple[nn.Module, Any, bool]] = {}
        self.harmed: tuple[str, ...] = ()
        layers = weight_layers(model)
        made = {path: _part(layers[path], way, learns) for path, way in ways.items()}
        for path, part in made.items():
            layer: Any = layers[path]
            own = layer.weight.requires_grad
            part.requires_grad_(own)  # a layer that is frozen stays so, whatever it is stored as
            parametrize.register_parametrization(layer, "weight", part.to(layer.weight.device), unsafe=True)
            _free(layer).requires_grad_(own and isinstance(part, StraightPart))
            self._held[path] = (layer, part, own)

    def rescale(self, method: str) -> None:
        """Choose the scales of all integers anew, by the `method` of `weight_scales`."""
        for layer, part, _ in self._held.values():
            if isinstance(part, StraightPart) and part.bits is not None:
                rows = part.rows(_free(layer))
                part.scale = scales_of(rows, part.bits, method, shared=part.straight.shared)

    def release(self, known: Mapping[str, Expression] | None = None) -> dict[str, Expression]:
        """Make the weights plain again, with the values of their expressions, and give these.

        A layer whose numbers are not finite gets those of `known`, and stands in `harmed`; without, InvalidInput is raised.
        """
        found = {}
        for path, (layer, part, own) in self._held.items():
            free = _free(layer)
            sound = known is None or all(bool(torch.isfinite(one).all()) for one in (free, *part.parameters()))
            e = part.stored(free) if sound or known is None else known[path]
            self.harmed += () if sound else (path,)
            parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
            layer.get_parameter("weight").requires_grad_(own)
            write(layer, e, path)
            found[path] = e
        return found


@contextmanager
def held(draft: Draft, ways: Mapping[str, Straight]) -> Iterator[Attached]:
    """The weights of a draft, stored in these `ways`, for the length of the block; then they are what the draft holds.

    Layers that are not named are held as they are stored.
    """
    rest = [path for path in weight_layers(draft.model) if path in draft.weights and path not in ways]
    others = {path: _way(draft.weights[path], loose=draft.is_loose(path)) for path in rest}
    attached = Attached(draft.model, {**others, **ways}, learns=False)
    yield attached
    loose = [path for path, way in ways.items() if way.kept is None] + [path for path in others if draft.is_loose(path)]
    draft.weights.update(attached.release())
    draft.loose.update({path: draft.weights[path] for path in loose})


@contextmanager
def trainable(small: Compressed) -> Iterator[nn.Module]:
    """The model of a Compressed, to be trained in a loop of your own; afterwards `small` says what it has become.

        with trainable(small) as module:
            optimiser = torch.optim.SGD(module.parameters(), lr=0.01)
            ...

    What is stored are the parameters: weights, tables, factors and scales. Pruned weights stay zero, integers are rounded from
    real numbers straight through, indices stay; a layer that was frozen stays as it is. After a step of yours,
    `keep_ranges_positive(module)` holds the ranges of QuantizedReLUs. Leaving the block, also by an exception, makes the weights
    plain again, in evaluation mode, and `small.weights` what they are.
    Raises InvalidInput for a model that is being trained already, or was changed so that it is no longer stored that way; and on
    leaving with weights that are not finite, which become what they were before.
    """
    current = fresh(small)
    ways = {path: _way(e, loose=path in current.loose) for path, e in current.weights.items()}
    attached = Attached(small.model, ways, learns=True)
    try:
        yield small.model
    finally:
        released = attached.release(current.weights)
        keep_ranges_positive(small.model.eval())
        object.__setattr__(small, "weights", released)
    if attached.harmed:
        path = attached.harmed[0]
        raise InvalidInput(f"expected finite weights after training, got others in {path}; try a lower learning rate")


def _way(e: Expression, *, loose: bool) -> Straight | Expression:
    return Straight.of(e, loose=loose) or e


def _part(layer: nn.Module, way: Straight | Expression, learns: bool) -> nn.Module:
    return StraightPart(layer, way, learns=learns) if isinstance(way, Straight) else ComputedPart(layer, way)


def _free(layer: nn.Module) -> torch.Tensor:
    return layer.get_parameter("parametrizations.weight.original")
