"""Noise on potentials: planes of summed inputs for every step, noise added to them, and upsets in the potential memory."""

import numpy as np

from spikewright.snn.kernels.draws import at_step, draw, normal
from spikewright.snn.kernels.jit import compiled


@compiled
def spread(S, charges, planes):
    """A plane for each step: S times what it counts in the step (0 after the first one of a gathered window)."""
    kind = planes.dtype.type
    for s in range(planes.shape[0]):
        for t in range(planes.shape[1]):
            current, charge = S[s, min(t, S.shape[1] - 1)], kind(charges[t])
            for i in range(planes.shape[2]):
                planes[s, t, i] = charge * current[i]


@compiled
def shake_float(planes, scale, weights, where):
    """Add scale * n, rounded to float32; `scale (neurons,)` float64 times the weight of the step.

    `where` = (keys of kinds 4 to 6, samples, first step, public).
    """
    keys, samples, start, public = where
    for s in range(planes.shape[0]):
        for t in range(planes.shape[1]):
            a, b = at_step(keys[0], samples[s], start + t), at_step(keys[1], samples[s], start + t)
            c = at_step(keys[2], samples[s], start + t)
            for i in range(planes.shape[2]):
                planes[s, t, i] += np.float32(scale[i] * weights[t] * normal(a, b, c, public[i]))


@compiled
def shake_fixed(planes, scale, weights, where):
    """The same in integers: floor(scale n + 1/2)."""
    keys, samples, start, public = where
    for s in range(planes.shape[0]):
        for t in range(planes.shape[1]):
            a, b = at_step(keys[0], samples[s], start + t), at_step(keys[1], samples[s], start + t)
            c = at_step(keys[2], samples[s], start + t)
            for i in range(planes.shape[2]):
                planes[s, t, i] += np.int64(np.floor(scale[i] * weights[t] * normal(a, b, c, public[i]) + 0.5))


@compiled
def flip(V, width, limit, where):
    """Before step `start`: potentials, words of `width` bits, get one bit flipped iff draw < limit.

    `where` = ((keys of kinds 7 and 13), samples, step, public).
    """
    keys, samples, step, public = where
    half = np.int64(1) << (width - 1)
    for s in range(V.shape[0]):
        hits, bits = at_step(keys[0], samples[s], step), at_step(keys[1], samples[s], step)
        for i in range(V.shape[1]):
            if limit[1] or draw(hits, public[i]) < limit[0]:
                bit = np.int64(draw(bits, public[i]) % np.uint64(width))
                word = (np.int64(V[s, i]) & (2 * half - 1)) ^ (np.int64(1) << bit)
                V[s, i] = (word ^ half) - half
