"""Each route in turn wherever it can serve, whatever it costs."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch
from weakref import WeakKeyDictionary

from spikewright.snn import Network
from spikewright.snn.event import masking, populations, prepared
from spikewright.snn.event.populations import CompiledNeurons, compiled_populations
from spikewright.snn.event.routes import blocks, choosing, choosing_dots, dots, fields, lanes, lists
from spikewright.snn.kernels.tiles import Tiles

ROUTES = ("rows", "blocks", "lanes", "dots", "tiles", "fields", "lists")


def _never(*_: Any) -> None:
    """A way that does not suit."""


def _flat(projection: Any) -> bool:
    """Whether lists can hold a projection: a dense layer behind no pool."""
    weights = projection.synapse.weights
    return weights is not None and len(weights.shape) == 2 and projection.pool == (1, 1)


BEFORE = {
    "rows": ("compile_lists", "compile_fields", "compile_blocks", "compile_lanes", "compile_dots", "compile_shortcut"),
    "blocks": ("compile_lists", "compile_fields", "compile_lanes", "compile_dots", "compile_shortcut"),
    "lanes": ("compile_lists", "compile_fields", "compile_dots", "compile_shortcut"),
    "dots": ("compile_lists", "compile_fields"),
    "tiles": ("compile_lists", "compile_fields"),
    "fields": ("compile_lists",),
    "lists": (),
}
"""Ways that may not serve, so that the one named does."""
DOTS: tuple[tuple[Any, dict[str, Any]], ...] = (
    (choosing_dots, {"FEWEST_CHANNELS": 1, "FEWEST_OF_VALUES": 1, "WIDEST_FLOATS": 2**20}),
    (choosing_dots, {"_quicker": lambda *_: True}),
    (dots, {"FEWEST_STEPS": 1}),
    (masking, {"FEWEST_STEPS": 1}),
)
TAKEN: dict[str, tuple[tuple[Any, dict[str, Any]], ...]] = {
    "rows": (),
    "blocks": ((blocks, {"MOST_ALIVE": 1.0}),),
    "lanes": ((lanes, {"FEWEST_STEPS": 1}),),
    "dots": (*DOTS, (choosing_dots, {"TILES": False, "REAL_TILES": False})),
    "tiles": (*DOTS, (choosing_dots, {"OF_TILES": 0.0})),
    "fields": ((fields, {"MOST_CHANNELS": 2**20, "FEWEST_PIXELS": 1}),),
    "lists": ((lists, {"_suits": _flat}),),
}
"""What is held against a way by its costs, set aside."""


@contextmanager
def forced(route: str) -> Iterator[None]:
    """Networks that are simulated for the first time within go by this route where it can serve, and by another elsewhere."""
    with ExitStack() as stack:
        for module in (populations, prepared):
            stack.enter_context(patch.object(module, "_KEPT", WeakKeyDictionary()))
        for name in BEFORE[route]:
            stack.enter_context(patch.object(choosing, name, _never))
        for module, changes in TAKEN[route]:
            stack.enter_context(patch.multiple(module, **changes))
        yield


def routes_of(network: Network) -> set[str]:
    """The names of the routes that the projections of a network take, through the places of an order; tiles are told apart."""
    found = [
        one.route for p in compiled_populations(network, ()) if isinstance(p, CompiledNeurons) for one in p.incoming
    ]
    inner = [getattr(route, "inner", route) for route in found]
    return {"Tiles" if isinstance(getattr(route, "dots", None), Tiles) else type(route).__name__ for route in inner}
