"""Substitutes put into the graph of a draft, and constant gates folded into the layers around them."""

import copy
from collections.abc import Iterable, Mapping

from torch import fx

from spikewright.compress.adapting.exchanges import Exchange
from spikewright.compress.adapting.places import Place
from spikewright.compress.adapting.seen import Seen
from spikewright.compress.compressed import Compressed
from spikewright.compress.draft import Draft
from spikewright.compress.exact.fold import fold_scales
from spikewright.compress.graph.rewrite import Rewrite, apply, substitute_path
from spikewright.compress.graph.standing import written
from spikewright.compress.graph.view import view_of


def put(module: fx.GraphModule, choice: Exchange, seen: Mapping[str, Seen]) -> tuple[Rewrite, ...]:
    """Let the substitute stand in at the places of a choice, set by what was seen there; the changes.

    Raises InvalidInput where it cannot stand.
    """
    return tuple(_put_one(module, place, choice, seen[place.node]) for place in choice.places)


def _put_one(module: fx.GraphModule, place: Place, choice: Exchange, seen: Seen) -> Rewrite:
    made = choice.substitute.made(place, seen)
    rewrite = Rewrite("substitute", place.node, 0, written(made, place.source))
    apply(module, rewrite)
    module.get_submodule(substitute_path(place.node)).load_state_dict(made.state_dict())
    return rewrite


def fold_constant_gates(small: Compressed, choices: Iterable[Exchange]) -> Compressed:
    """The model with the scales of constant gates in the layers around them, where that is exact; the others stay layers."""
    paths = {substitute_path(place.node) for choice in choices for place in choice.places if place.kind == "gate"}
    draft = Draft.of(small)
    module = draft.model
    if not isinstance(module, fx.GraphModule) or draft.input_shape is None:
        return small
    view = view_of(module, draft.input_shape)
    names = [node.name for node in view if node.path in paths and node.kind in ("conv1d", "conv2d")]
    if not names:
        return small
    rows, changes = fold_scales(view, names)
    draft.rewrites += changes
    for row in rows:
        if row.action == "folded":
            draft.forget(substitute_path(row.node))
    draft.steps += [f"constant gate {row.node} {row.action}, {row.reason}" for row in rows]
    return draft.finish()


def only(module: fx.GraphModule, choice: Exchange, seen: Mapping[str, Seen]) -> fx.GraphModule:
    """A copy of the original in which only this choice is replaced."""
    copied = copy.deepcopy(module)
    put(copied, choice, seen)
    return copied.eval()
