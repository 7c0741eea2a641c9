"""Putting staircases in the place of activations, and the check that nothing else changed."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, isfinite

import torch
from torch import fx, nn

from spikewright.compress.graph.equality import check_equal
from spikewright.compress.graph.rewrite import Rewrite, apply, find, inserted_path, quantised_path, substitute_path
from spikewright.compress.graph.standing import written
from spikewright.compress.quantisers.activations import QuantizedReLU
from spikewright.compress.quantisers.bends import Bend
from spikewright.compress.quantisers.sides import QuantizedFrom, QuantizedHalves

_FINE, _HIGH = 1 << 62, float(1 << 40)
"""A staircase of so many steps up to such a height is the ReLU itself."""


@dataclass(frozen=True)
class Levelled:
    """Which activations of a graph get staircases.

    bends: by node, as of `bends_of`.
    gathered: steps that get one in front of them, as of `gathered`.
    """

    bends: Mapping[str, Bend]
    gathered: tuple[str, ...] = ()

    def told(self) -> Iterator[str]:
        """A sentence for each way in which activations that are no ReLUs, and gathered values, get their levels."""
        sided = [one for one in self.bends.values() if one.has_sides]
        moved = [one for one in self.bends.values() if not one.has_sides and not one.one_sided]
        if sided:
            told = ", ".join(f"{one.path or one.node} ({one.what}, {_told(one)})" for one in sided)
            yield f"activations of both signs as two staircases, q(x) - s p(-s a x), s the sign of the slope a: {told}"
        if moved:
            told = ", ".join(f"{one.path or one.node} ({one.what}, {_told(one)})" for one in moved)
            yield f"activations that begin elsewhere than at zero as one staircase from there: {told}"
        if self.gathered:
            yield (
                "values of both signs that one population has to send, in levels from the lowest one that is passed on, rounded "
                f"once more in front of {', '.join(self.gathered)}"
            )


@dataclass(frozen=True)
class RangeStart:
    """Where the ranges of staircases begin: above and below their origin, a staircase of its own has `above` alone."""

    above: float
    below: float = 1.0
    origin: float = 0.0


def quantise_bends(
    module: fx.GraphModule, placed: Levelled, levels: int, starts: Mapping[str, RangeStart]
) -> tuple[Rewrite, ...]:
    """Every activation becomes staircases of `levels` levels, and gathered values get theirs; ranges begin as `starts` say.

    Returns the changes, for a file to repeat.
    """
    made: dict[str, nn.Module] = {}
    changes = []
    for name, bend in placed.bends.items():
        if not bend.one_sided:
            source = find(module, bend.entering).all_input_nodes[0].name
            made[substitute_path(name)] = layer = _layer(bend, levels, starts[name])
            changes.append(Rewrite("substitute", name, 0, written(layer, source)))
    for name in placed.gathered:
        made[inserted_path(name)] = layer = _from(levels, starts[name], downwards=False)
        changes.append(Rewrite("insert", name, 0, written(layer, find(module, name).all_input_nodes[0].name)))
    apply(module, *changes)
    for path, layer in made.items():
        module.get_submodule(path).load_state_dict(layer.state_dict())
    plain = {name: starts[name].above for name, bend in placed.bends.items() if bend.one_sided}
    return (*changes, *quantise_relus(module, levels, plain))


def quantise_relus(module: fx.GraphModule, levels: int, starts: Mapping[str, float]) -> tuple[Rewrite, ...]:
    """Every ReLU node named in `starts` becomes a QuantizedReLU of `levels` levels whose range begins there; the changes."""
    changes = tuple(Rewrite("quantise", name, levels) for name in starts)
    apply(module, *changes)
    with torch.no_grad():
        for name, start in starts.items():
            module.get_submodule(quantised_path(name)).get_parameter("alpha").fill_(start)
    return changes


def check_quantised(before: fx.GraphModule, after: fx.GraphModule, placed: Levelled, samples: torch.Tensor) -> None:
    """Raise InvalidInput unless `after`, with staircases so fine that they are what they stand for, computes `before`."""
    ends: dict[str, float] = {}
    for name, bend in placed.bends.items():
        above, below = bend.ends
        if bend.one_sided:
            ends[quantised_path(name)] = above
        elif bend.has_sides:
            ends |= {f"{substitute_path(name)}.above": above, f"{substitute_path(name)}.below": below}
        else:
            ends[f"{substitute_path(name)}.steps"] = below if bend.downwards else above
    fine = {path: end if isfinite(end) else _HIGH for path, end in ends.items()}
    free = _refined(after, fine)
    for name in placed.gathered:
        free.set_submodule(inserted_path(name), nn.Identity())
    check_equal(_refined(before, {}), free, samples, "the quantised graph", "activation_bits=None")


def _refined(module: fx.GraphModule, heights: Mapping[str, float]) -> fx.GraphModule:
    copied = copy.deepcopy(module)
    for path, part in copied.named_modules():
        if isinstance(part, QuantizedReLU):
            part.levels = _FINE
            with torch.no_grad():
                part.alpha.fill_(heights.get(path, _HIGH))
    return copied


def _layer(bend: Bend, levels: int, start: RangeStart) -> nn.Module:
    if not bend.has_sides:
        return _from(levels, start, bend.downwards)
    made = QuantizedHalves(levels, len(bend.slopes), bend.learned)
    with torch.no_grad():
        made.above.alpha.fill_(start.above)
        made.below.alpha.fill_(start.below)
        made.slopes.copy_(torch.tensor(bend.slopes))
    return made


def _from(levels: int, start: RangeStart, downwards: bool) -> QuantizedFrom:
    made = QuantizedFrom(levels, start.origin, downwards)
    with torch.no_grad():
        made.steps.alpha.fill_(start.below if downwards else start.above)
    return made


def _told(bend: Bend) -> str:
    """The slopes and ends of an activation in words."""
    low, high = min(bend.slopes), max(bend.slopes)
    slopes = f"slope {low:.3g}" if low == high else f"{len(bend.slopes)} slopes from {low:.3g} to {high:.3g}"
    ends = [] if (bend.low, bend.high) == (-inf, inf) else [f"from {bend.low:.3g} to {bend.high:.3g}"]
    return ", ".join([*([slopes] if bend.has_sides else []), *ends])
