"""Which route a projection takes.

- lists: survivor by survivor, where a sparse layer is too large to be unfolded.
- rows: row of weights by row of weights, always possible; real values and signed numbers never go otherwise, but by lists.
- blocks: rows without the blocks of output channels that are pruned, where enough are.
- lanes: one weight to many steps at once, over either of these, for each sample whichever costs less.
- dots: four sources that fired times sixteen targets in one instruction, for weights of one byte or two; instead of lanes,
  and of rows and blocks where one plane gathers all steps or values of at most 8 bits come. With all sources in view or with
  those that fired: by what is usual, in float32 by what each sample sends (`routes.chosen_dots`).
- fields: neighbouring target pixels times values of few channels, such as the pixels of an image, in one instruction.
- shortcuts: an identity, a gain for each channel, of spikes that are bits; of others by lanes or rows.

A projection with an order takes one of these from the places on that the order gives (`snn.event.ordering`).

A new route is a file here that makes one, or None where it does not suit, and a kernel; its place among the others is here.
"""

from spikewright.snn.event.ordering import OrderedRoute, compile_order
from spikewright.snn.event.routes.blocks import compile_blocks
from spikewright.snn.event.routes.choosing_dots import compile_dots
from spikewright.snn.event.routes.fields import compile_fields
from spikewright.snn.event.routes.lanes import compile_lanes
from spikewright.snn.event.routes.lists import compile_lists
from spikewright.snn.event.routes.rows import compile_rows
from spikewright.snn.event.routes.shortcuts import compile_shortcut
from spikewright.snn.event.routes.wanted import Route, Wanted
from spikewright.snn.event.synapse_taps import taps_of


def compile_route(wanted: Wanted) -> Route:
    """The route of a projection. Raises InvalidNetwork for one without weights or of more places than 32 bits count."""
    order = wanted.projection.order
    found = _route_of_places(wanted)
    return found if order is None else OrderedRoute(compile_order(wanted.projection.name, order), found)


def _route_of_places(wanted: Wanted) -> Route:
    lists = compile_lists(wanted)
    if lists is not None:
        return lists
    taps = taps_of(wanted.network, wanted.projection)
    rows = compile_rows(wanted, taps)
    fields = compile_fields(wanted, rows)
    if fields is not None:
        return fields
    blocks = compile_blocks(wanted, taps, rows.rows)
    found = compile_lanes(wanted, taps, rows, blocks) or blocks or rows
    return compile_dots(wanted, taps, rows, found) or compile_shortcut(wanted, rows.rows, found) or found
