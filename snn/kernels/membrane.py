"""Noise on potentials: planes of summed inputs for every step, noise added to them, and upsets in the potential memory."""

import numpy as np

from spikewright.snn.kernels.draws import at_step, draw, happens, normal
from spikewright.snn.kernels.jit import compiled


@compiled
def spread(sums, charges, planes):
    """A plane for each step: the sums times what they count in the step (0 after the first one of a gathered window)."""
    kind = planes.dtype.type
    for s in range(planes.shape[0]):
        for t in range(planes.shape[1]):
            current, charge = sums[s, min(t, sums.shape[1] - 1)], kind(charges[t])
            for i in range(planes.shape[2]):
                planes[s, t, i] = charge * current[i]


@compiled
def shake_float(planes, scale, weights, drawing):
    """Add scale * n, rounded to float32; `scale (neurons,)` float64 times the weight of the step. Kinds 4 to 6."""
    keys, start = drawing.keys, drawing.start
    for s in range(planes.shape[0]):
        sample = drawing.samples[s]
        for t in range(planes.shape[1]):
            a, b = at_step(keys[0], sample, start + t), at_step(keys[1], sample, start + t)
            c = at_step(keys[2], sample, start + t)
            for i in range(planes.shape[2]):
                planes[s, t, i] += np.float32(scale[i] * weights[t] * normal(a, b, c, drawing.public[i]))


@compiled
def shake_fixed(planes, scale, weights, drawing):
    """The same in integers: floor(scale n + 1/2)."""
    keys, start = drawing.keys, drawing.start
    for s in range(planes.shape[0]):
        sample = drawing.samples[s]
        for t in range(planes.shape[1]):
            a, b = at_step(keys[0], sample, start + t), at_step(keys[1], sample, start + t)
            c = at_step(keys[2], sample, start + t)
            for i in range(planes.shape[2]):
                n = normal(a, b, c, drawing.public[i])
                planes[s, t, i] += np.int64(np.floor(scale[i] * weights[t] * n + 0.5))


@compiled
def flip(potential, width, chance, drawing):
    """Before step `drawing.start`: potentials, words of `width` bits, get one bit flipped by chance. Kinds 7 and 13."""
    half = np.int64(1) << (width - 1)
    for s in range(potential.shape[0]):
        hits = at_step(drawing.keys[0], drawing.samples[s], drawing.start)
        bits = at_step(drawing.keys[1], drawing.samples[s], drawing.start)
        for i in range(potential.shape[1]):
            if happens(chance, hits, drawing.public[i]):
                bit = np.int64(draw(bits, drawing.public[i]) % np.uint64(width))
                word = (np.int64(potential[s, i]) & (2 * half - 1)) ^ (np.int64(1) << bit)
                potential[s, i] = (word ^ half) - half
