"""IF and LIF whose spikes are kept as masks: sixteen neurons and more through all steps of a chunk at once.

The law is that of `snn.kernels.fire_plain`, integers in 32 bits, for drives that are alike in all steps but for the sums.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.jit import compiled, inlined, merged
from spikewright.snn.kernels.simd_fire import LANES, fire_of

fire_part, fire_one, fire_two, fire_four = (fire_of(vectors) for vectors in (0, 1, 2, 4))
free_part, free_one, free_two, free_four = (fire_of(vectors, clamps=False) for vectors in (0, 1, 2, 4))
calm_part, calm_one, calm_two, calm_four = (fire_of(vectors, calm=True) for vectors in (0, 1, 2, 4))
leak_part, leak_one, leak_two, leak_four = (fire_of(vectors, leaks=True) for vectors in (0, 1, 2, 4))
calm_two_pixels, calm_four_pixels = fire_of(4, calm=True, pixels=2), fire_of(4, calm=True, pixels=4)


class FiringCells(NamedTuple):
    """Neurons that fire into masks. `bias`, `threshold` int32 or float32, as the steps at hand have it, of each neuron or, where
    `apart` is 0, of each channel; `apart`: else the channels of a pixel.

    `potential (samples, neurons)`. `alone`: the steps at hand are all of the run; then each sample begins at `start`, as many as
    biases, and `potential (1, 64)` takes what nobody asks for. `law`: see `snn.kernels.simd_fire`; `leaks`: whether potentials
    leak. `unit`: what sums are multiplied by. `clamps`: whether potentials may leave their width. `channels`: of a pixel; of 16
    or 32 all constants of channels come several times, 64 in all. `idle`: whether a neuron whose drive is not above zero and
    whose potential is below the threshold may be left alone, since the drive is the same for good.
    """

    potential: NDArray[Any]
    start: NDArray[Any]
    bias: NDArray[Any]
    threshold: NDArray[Any]
    apart: int
    alone: bool
    law: tuple[Any, Any, Any, Any, Any]
    leaks: bool
    unit: Any
    clamps: bool
    channels: int
    idle: bool


class MaskRoom(NamedTuple):
    """Where masks go: `words (samples, pixels, steps, words)`, and the same memory as `parts (samples, all)` uint16."""

    words: NDArray[np.uint64]
    parts: NDArray[np.uint16]


@compiled
def fire_planes(sums, firing, room):
    """Fire by `sums (samples, planes, neurons)`, a plane for each step or one for all."""
    for s in range(np.uint64(sums.shape[0])):
        room.words[s] = 0
        fire_sample(sums[s].reshape(-1), np.uint64(sums.shape[2] if sums.shape[1] > 1 else 0), firing, s, room)


@compiled
def fire_sample(planes, stride, firing, s, room):
    """Fire sample s by flat planes that are a `stride` apart, none where all steps have the same; its masks are zero so far."""
    block, channels, p = np.uint64(BLOCK), np.uint64(firing.channels), np.uint64(0)
    pixels, steps = np.uint64(room.words.shape[1]), np.int64(room.words.shape[2])
    if stride == 0 and firing.apart == 0 and channels in (16, 32) and not firing.leaks and not firing.clamps:
        p = _fire_pixels(planes, firing, s, room)
    while p < pixels:
        for column in range(np.uint64(0), channels, block):
            first, width = p * channels + column, min(block, channels - column)
            calm = stride == 0 and _calm(planes, firing, s, first, width, steps)
            fire_block((planes, first, stride), firing, s, (p, column), room, calm)
        p += np.uint64(1)


@inlined
def _calm(plane, firing, s, first, width, steps):
    """Whether none of a block can leave its bounds in so many steps of this drive, and nothing leaks.

    What is subtracted of a potential that reached a threshold, which is not below zero, leaves it above zero and lower.
    """
    if firing.leaks or not firing.clamps:
        return not firing.leaks
    calm, top, bottom = True, np.int64(firing.law[2]), np.int64(firing.law[3])
    own = _own(firing, first)
    for j in range(width):
        drive = np.int64(plane[first + j]) * firing.unit + firing.bias[own + j]
        begun = np.int64(firing.start[own + j] if firing.alone else firing.potential[s, first + j])
        highest, lowest = begun + steps * drive, min(begun, 0) + steps * drive
        calm &= (highest <= top) & (lowest >= bottom) & (firing.threshold[own + j] >= 0)
    return calm


@inlined
def _own(firing, first):
    """Where the constants of a block begin."""
    return first if firing.apart else first % np.uint64(firing.channels)


@inlined
def _fire_pixels(planes, firing, s, room):
    """Two pixels of 32 channels or four of 16 at a time, whose drive is the same in all steps; the first pixel that is left."""
    block, channels = np.uint64(BLOCK), np.uint64(firing.channels)
    together, pixels, zero, p = block // channels, np.uint64(room.words.shape[1]), np.uint64(0), np.uint64(0)
    steps, step, masks, idle = np.uint64(room.words.shape[2]), np.uint64(BLOCK // LANES), room.parts[s], firing.idle
    alone, bias, threshold, law = firing.alone, firing.bias, firing.threshold, firing.law
    cells = firing.potential[zero if alone else s]
    start = firing.start if alone else cells
    while p + together <= pixels:
        first, bits = p * channels, p * steps * step
        begin, at = zero if alone else first, zero if alone else first
        if channels == 32:
            calm_two_pixels(
                start, begin, cells, at, bias, threshold, zero, planes, first, zero, masks, bits, step, steps, law, block,
                idle,
            )  # fmt: skip
        else:
            calm_four_pixels(
                start, begin, cells, at, bias, threshold, zero, planes, first, zero, masks, bits, step, steps, law, block,
                idle,
            )  # fmt: skip
        p += together
    return p


@merged
def fire_block(drive, firing, s, place, room, calm):
    """The neurons of a block of sample s through all steps, 64, 32, 16 or fewer at a time.

    `drive` (flat sums, place of the block's first, places between steps), `place` (pixel, first channel). `calm`: see
    `simd_fire.fire_of`.
    """
    sums, plane, stride = drive
    p, column = place
    steps, step = np.uint64(room.words.shape[2]), np.uint64(room.words.shape[3]) * np.uint64(BLOCK // LANES)
    first, width = p * np.uint64(firing.channels) + column, min(np.uint64(BLOCK), np.uint64(firing.channels) - column)
    bias, threshold, law, masks, idle = firing.bias, firing.threshold, firing.law, room.parts[s], firing.idle
    constants, alone = p * np.uint64(firing.apart) + column, firing.alone
    cells = firing.potential[np.uint64(0) if alone else np.uint64(s)]
    start = firing.start if alone else cells
    o, to = np.uint64(0), p * steps * step + column // np.uint64(LANES)
    while o < width:
        left, seen, bits, own = width - o, plane + o, to + o // np.uint64(LANES), constants + o
        begin, at = own if alone else first + o, np.uint64(0) if alone else first + o
        neurons = (
            start, begin, cells, at, bias, threshold, own, sums, seen, stride, masks, bits, step, steps, law, left, idle
        )  # fmt: skip
        if firing.leaks:
            if left >= 64:
                leak_four(*neurons)
            elif left >= 32:
                leak_two(*neurons)
            elif left >= 16:
                leak_one(*neurons)
            else:
                leak_part(*neurons)
        elif calm:
            if left >= 64:
                calm_four(*neurons)
            elif left >= 32:
                calm_two(*neurons)
            elif left >= 16:
                calm_one(*neurons)
            else:
                calm_part(*neurons)
        elif firing.clamps:
            if left >= 64:
                fire_four(*neurons)
            elif left >= 32:
                fire_two(*neurons)
            elif left >= 16:
                fire_one(*neurons)
            else:
                fire_part(*neurons)
        else:
            if left >= 64:
                free_four(*neurons)
            elif left >= 32:
                free_two(*neurons)
            elif left >= 16:
                free_one(*neurons)
            else:
                free_part(*neurons)
        o += np.uint64(64 if left >= 64 else 32 if left >= 32 else 16)
