"""IF and LIF whose spikes are kept as masks: sixteen neurons and more through all steps of a chunk at once.

The law is that of `snn.kernels.fire_plain`, integers in 32 bits, for drives that are alike in all steps but for the sums.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.simd_fire import LANES, fire_of

fire_part, fire_one, fire_two, fire_four = fire_of(0, False), fire_of(1, False), fire_of(2, False), fire_of(4, False)
calm_part, calm_one = fire_of(0, False, True), fire_of(1, False, True)
calm_two, calm_four = fire_of(2, False, True), fire_of(4, False, True)
leak_part, leak_one, leak_two, leak_four = fire_of(0, True), fire_of(1, True), fire_of(2, True), fire_of(4, True)


class FiringCells(NamedTuple):
    """Neurons that fire into masks. `bias`, `threshold (neurons,)` int32 or float32, as the steps at hand have it.

    `potential (samples, neurons)`. `law`: see `snn.kernels.simd_fire`; `leaks`: whether potentials leak. `unit`: what sums are
    multiplied by. `saturates`: whether potentials do, as all integers. `channels`: of a pixel. `idle`: whether a neuron whose
    drive is not above zero and whose potential is below the threshold may be left alone, since the drive is the same for good.
    """

    potential: NDArray[Any]
    bias: NDArray[Any]
    threshold: NDArray[Any]
    law: tuple[Any, Any, Any, Any, Any]
    leaks: bool
    unit: Any
    saturates: bool
    channels: int
    idle: bool


class MaskRoom(NamedTuple):
    """Where masks go: `words (samples, pixels, steps, words)`, and the same memory as `parts (samples, all)` uint16."""

    words: NDArray[np.uint64]
    parts: NDArray[np.uint16]


@compiled
def fire_planes(sums, firing, room):
    """Fire by `sums (samples, planes, neurons)`, a plane for each step or one for all."""
    block, channels = np.uint64(BLOCK), np.uint64(firing.channels)
    stride = np.uint64(sums.shape[2] if sums.shape[1] > 1 else 0)
    for s in range(np.uint64(sums.shape[0])):
        room.words[s] = 0
        planes = sums[s].reshape(-1)
        for p in range(np.uint64(room.words.shape[1])):
            for column in range(np.uint64(0), channels, block):
                first, width = p * channels + column, min(block, channels - column)
                if stride or not firing.idle or _able(planes, firing, s, first, width):
                    calm = not stride and _calm(planes, firing, s, first, width, np.int64(room.words.shape[2]))
                    fire_block((planes, first, stride), firing, s, (p, column), room, calm)


@inlined
def _able(plane, firing, s, first, width):
    """Whether any neuron of a block fires now or later."""
    able = False
    for j in range(first, first + width):
        able |= (plane[j] * firing.unit + firing.bias[j] > 0) | (firing.potential[s, j] >= firing.threshold[j])
    return able


@inlined
def _calm(plane, firing, s, first, width, steps):
    """Whether none of a block can leave its bounds in so many steps of this drive, and nothing leaks.

    What is subtracted of a potential that reached a threshold, which is not below zero, leaves it above zero and lower.
    """
    if firing.leaks or not firing.saturates:
        return not firing.leaks
    calm, top, bottom = True, np.int64(firing.law[2]), np.int64(firing.law[3])
    for j in range(first, first + width):
        drive = np.int64(plane[j]) * firing.unit + firing.bias[j]
        highest, lowest = (
            firing.potential[s, j] + steps * drive,
            min(np.int64(firing.potential[s, j]), 0) + steps * drive,
        )
        calm &= (highest <= top) & (lowest >= bottom) & (firing.threshold[j] >= 0)
    return calm


@compiled
def fire_block(drive, firing, s, place, room, calm):
    """The neurons of a block of sample s through all steps, 64, 32, 16 or fewer at a time.

    `drive` (flat sums, place of the block's first, places between steps), `place` (pixel, first channel). `calm`: see
    `simd_fire.fire_of`.
    """
    sums, plane, stride = drive
    p, column = place
    steps, step = np.uint64(room.words.shape[2]), np.uint64(room.words.shape[3]) * np.uint64(BLOCK // LANES)
    first, width = p * np.uint64(firing.channels) + column, min(np.uint64(BLOCK), np.uint64(firing.channels) - column)
    cells, bias, threshold, law, masks = firing.potential[s], firing.bias, firing.threshold, firing.law, room.parts[s]
    o, to = np.uint64(0), p * steps * step + column // np.uint64(LANES)
    while o < width:
        left, at, seen, bits = width - o, first + o, plane + o, to + o // np.uint64(LANES)
        if firing.leaks:
            if left >= 64:
                leak_four(cells, bias, threshold, at, sums, seen, stride, masks, bits, step, steps, law, left)
            elif left >= 32:
                leak_two(cells, bias, threshold, at, sums, seen, stride, masks, bits, step, steps, law, left)
            elif left >= 16:
                leak_one(cells, bias, threshold, at, sums, seen, stride, masks, bits, step, steps, law, left)
            else:
                leak_part(cells, bias, threshold, at, sums, seen, stride, masks, bits, step, steps, law, left)
        elif calm:
            if left >= 64:
                calm_four(cells, bias, threshold, at, sums, seen, stride, masks, bits, step, steps, law, left)
            elif left >= 32:
                calm_two(cells, bias, threshold, at, sums, seen, stride, masks, bits, step, steps, law, left)
            elif left >= 16:
                calm_one(cells, bias, threshold, at, sums, seen, stride, masks, bits, step, steps, law, left)
            else:
                calm_part(cells, bias, threshold, at, sums, seen, stride, masks, bits, step, steps, law, left)
        elif left >= 64:
            fire_four(cells, bias, threshold, at, sums, seen, stride, masks, bits, step, steps, law, left)
        elif left >= 32:
            fire_two(cells, bias, threshold, at, sums, seen, stride, masks, bits, step, steps, law, left)
        elif left >= 16:
            fire_one(cells, bias, threshold, at, sums, seen, stride, masks, bits, step, steps, law, left)
        else:
            fire_part(cells, bias, threshold, at, sums, seen, stride, masks, bits, step, steps, law, left)
        o += np.uint64(64 if left >= 64 else 32 if left >= 32 else 16)
