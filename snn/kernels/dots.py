"""The route by dot products: four sources times sixteen target channels in an instruction, over those that sent at all.

for each target pixel p, group of its channels and block of 64 of these:        a tile (steps, 64), 32 bits
    for each source pixel q in the view of p, and each four of its channels that sent:
        four rows of weights, interleaved once for all steps
    tile[t, o] += sum over all fours and their members k:  count[t, k] w[k, o]
    planes[t, p, o] = tile[t, o]

Weights of more than a byte are one all the same where those of each target channel are bytes times a whole number: their sums
are multiplied by it in the end. Others are two bytes, 256 times the one plus the other, which takes two turns. All this is exact
modulo 2**32, and so are the sums that are proved to fit.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_products import gather
from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.fire_masks import fire_block
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.mask_trains import pack_masks
from spikewright.snn.kernels.tile_ends import add_beside, put_held, take_sums, times_256, times_unit
from spikewright.snn.kernels.trains import Sources, pack_events, share_of


class Dots(NamedTuple):
    """What reaches each target pixel, and through which weights.

    Target pixel p sees the runs first_run[p]:first_run[p + 1] of source pixels; those of run k are seen[run[k]:run[k + 1]],
    neighbours, channel c of one through the weight row number
    row[...] + c taps. Row r is weight[r row_places : + row_places], 64 channels after 64 and the last 16, 32 or 64, each as
    `simd_dots.row_order` has them, zeros behind the last; in float32 as they come, sixteen to a vector.
    `alive`: by place of `weight` // 16, whether the 64 weights of a row that begin there have any that is not zero; empty where
    hardly any are pruned whole. `length`: channels of a group of the target, `groups` of them; of several groups each run is one
    pixel. `unit (groups * length,)`: what the sums of each target channel are multiplied by, empty where that is one.
    `digits`: bytes of a weight. With two of them the views of all target pixels come twice, first those of the lower bytes.
    """

    sources: Sources
    first_run: NDArray[np.int32]
    run: NDArray[np.int32]
    seen: NDArray[np.int32]
    row: NDArray[np.int32]
    weight: NDArray[Any]
    alive: NDArray[np.uint8]
    length: int
    row_places: int
    groups: int
    unit: NDArray[np.int32]
    digits: int


@compiled
def deliver_dots(planes, events, dots, work, operations):
    """Add what events bring to the planes, one for each step or one for all; the projection fills all channels of its target."""
    for s in range(0, events.address.shape[0], work.trains.samples):
        share = share_of(s, events.address.shape[0], planes.sums.shape[1], work.trains)
        pack_events(events, share, dots.sources, work.trains, operations)
        _add_pixels(planes, share, dots, work)


@compiled
def deliver_dots_of_masks(planes, masks, dots, work, operations):
    """The same for masks `(samples, pixels, steps, words)`, a plane for each step."""
    for s in range(0, masks.shape[0], work.trains.samples):
        share = share_of(s, masks.shape[0], masks.shape[2], work.trains)
        pack_masks(masks, share, dots.sources, work.trains, operations)
        _add_pixels(planes, share, dots, work)


@compiled
def fire_dots(begin, events, dots, work, beside, firing, room, operations):
    """Deliver events and fire by the sums, pixel by pixel; see `snn.kernels.fire_masks`.

    `begin (samples, planes, neurons)`: what else arrives, a plane for each step or one for all; of no neurons without any.
    """
    for s in range(0, events.address.shape[0], work.trains.samples):
        share = share_of(s, events.address.shape[0], events.ends.shape[1] - 1, work.trains)
        pack_events(events, share, dots.sources, work.trains, operations)
        _fire_pixels(begin, share, dots, work, beside, firing, room)


@compiled
def fire_dots_of_masks(begin, sent, dots, work, beside, firing, room, operations):
    """The same for masks that are `sent`."""
    for s in range(0, sent.shape[0], work.trains.samples):
        share = share_of(s, sent.shape[0], sent.shape[2], work.trains)
        pack_masks(sent, share, dots.sources, work.trains, operations)
        _fire_pixels(begin, share, dots, work, beside, firing, room)


@inlined
def _fire_pixels(begin, share, dots, work, beside, firing, room):
    block, length = np.uint64(BLOCK), np.uint64(dots.length)
    plain, pixels, digits = dots.unit.size == 0, _pixels(dots), np.uint64(dots.digits)
    for g in range(share.samples):
        room.words[share.first + g] = 0
    for p in range(pixels):
        for column in range(np.uint64(0), length, block):
            width, to = min(block, length - column), p * length + column
            more = plain and begin.shape[2] > 0
            if more:
                put_held(work.tile, begin, to, width, share, False)
            for digit in range(digits):
                if digit:
                    times_256(work.tile, share.columns)
                view = (digits - np.uint64(1) - digit) * pixels + p
                gather(view, np.uint64(0), column, more or digit > 0, share.columns, dots, work)
            if not plain:
                times_unit(work.tile, dots.unit, column, width, share.columns)
                if begin.shape[2]:
                    put_held(work.tile, begin, to, width, share, True)
            if beside.words.size:
                add_beside(work.tile, beside, (p, column), width, share)
            for g in range(share.samples):
                drive = work.tile, g * share.planes * block, block
                fire_block(drive, firing, share.first + g, (p, column), room, False)


@inlined
def _add_pixels(planes, share, dots, work):
    sums, begin, tile, block, length = planes.sums, planes.begin, work.tile, np.uint64(BLOCK), np.uint64(dots.length)
    plain, pixels, digits, held = dots.unit.size == 0, _pixels(dots), np.uint64(dots.digits), not planes.fresh
    for p in range(pixels):
        for group in range(np.uint64(dots.groups)):
            for column in range(np.uint64(0), length, block):
                of_group, width = group * length + column, min(block, length - column)
                to = p * np.uint64(dots.groups) * length + of_group
                if plain and held:
                    put_held(tile, sums, to, width, share, False)
                elif plain and begin.shape[2] > 0:
                    put_held(tile, begin, to, width, share, False)
                more = plain and (held or begin.shape[2] > 0)
                for digit in range(digits):
                    if digit:
                        times_256(tile, share.columns)
                    view = (digits - np.uint64(1) - digit) * pixels + p
                    gather(view, group, column, more or digit > 0, share.columns, dots, work)
                if not plain:
                    times_unit(tile, dots.unit, of_group, width, share.columns)
                    if held:
                        put_held(tile, sums, to, width, share, True)
                    elif begin.shape[2]:
                        put_held(tile, begin, to, width, share, True)
                take_sums(sums, tile, to, width, share)


@inlined
def _pixels(dots):
    """Target pixels."""
    return np.uint64(dots.first_run.size - 1) // np.uint64(dots.digits)
