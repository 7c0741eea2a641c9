"""Time to first spike: what a neuron answers at the end of its sources' window, once, as the time left in its own."""

from typing import Any, NamedTuple

import numpy as np

from spikewright.snn.kernels.jit import compiled


class RampLaw(NamedTuple):
    """`window`: its length, in integers the charge of a slot. `levels`: slots, 0 without a grid. `top`: the largest integer."""

    window: Any
    levels: int
    top: int


@compiled
def ramp_float(sums, initial, bias, law, potential, sent):
    """V = initial + (S + b), x = clip(V, 0, window), on the grid where there is one; `sums (samples, 1, neurons)`."""
    window, levels = law.window, law.levels
    for s in range(sums.shape[0]):
        for q in range(sums.shape[2]):
            v = initial[q] + (sums[s, 0, q] + bias[q])
            potential[s, 0, q] = v
            x = min(max(v, 0.0), window)
            if levels:
                x = window / levels * min(max(np.floor(v * levels / window + 0.5), 0.0), float(levels))
            sent[s, q] = x


@compiled
def ramp_fixed(sums, initial, bias, law, potential, sent):
    """V = sat(initial + S + b), slots = clip((2 V + d) // (2 d), 0, levels), d the charge of a slot."""
    d, levels, top = law.window, law.levels, law.top
    for s in range(sums.shape[0]):
        for q in range(sums.shape[2]):
            v = min(max(initial[q] + (sums[s, 0, q] + bias[q]), -top - 1), top)
            potential[s, 0, q] = v
            sent[s, q] = min(max((v + d // 2) // d, 0), levels) if levels else 0
