"""FewSpikeIF neurons: kernels that fire them, and the sums of what arrives, each step with its amplitude."""

from typing import Any

import numpy as np

from spikewright.snn.event.chunk import Array
from spikewright.snn.kernels.events import collect_spikes
from spikewright.snn.kernels.jit import compiled
from spikewright.snn.network import Network, Population
from spikewright.snn.neurons import FewSpikeIF

Law = tuple[Array, Array, Array, Any, Any]


def few_spike_law(network: Network, population: Population, thresholds: Array, shift: int) -> Law:
    """(thresholds, their factors by step, those of the resets, shift of the sums, top) as the kernels read them."""
    neuron, kind = population.neuron, thresholds.dtype
    assert isinstance(neuron, FewSpikeIF)
    parts = (np.array(neuron.thresholds).astype(kind), np.array(neuron.resets).astype(kind))
    top = 2 ** ((population.potential_bits or 32) - 1) - 1 if network.numbers == "fixed" else 0
    return thresholds, *parts, kind.type(shift), kind.type(top)


@compiled
def fire_few_float(S, V, bias, timing, law, out):
    """float32: U = V + (S + b); `timing` = (row of the bias, what S is multiplied by, step of the run) by step."""
    rows, charges, steps = timing
    thresholds, crossings, resets, _, _ = law
    index, ends, flags, trace = out
    for s in range(V.shape[0]):
        for t in range(steps.size):
            current, b, k = S[s, min(t, S.shape[1] - 1)], bias[rows[t]], steps[t]
            charge = np.float32(charges[t])
            for j in range(V.shape[1]):
                U = V[s, j] + (charge * current[j] + b[j])
                fires = U >= thresholds[j] * crossings[k]
                V[s, j] = U - thresholds[j] * resets[k] if fires else U
                flags[s, t, j] = fires
            if trace.size:
                trace[s, t] = V[s]
        collect_spikes(flags[s], V.shape[1], index[s], ends[s])


@compiled
def fire_few_fixed(S, V, bias, timing, law, out):
    """Integers: U = sat(V + (S << shift) + b)."""
    rows, charges, steps = timing
    thresholds, crossings, resets, shift, top = law
    index, ends, flags, trace = out
    kind = thresholds.dtype.type
    for s in range(V.shape[0]):
        for t in range(steps.size):
            current, b, k = S[s, min(t, S.shape[1] - 1)], bias[rows[t]], steps[t]
            factor = kind(kind(charges[t]) << shift)
            for j in range(V.shape[1]):
                U = kind(kind(V[s, j] + b[j]) + kind(factor * kind(current[j])))
                U = min(max(U, kind(-top - 1)), top)
                fires = U >= kind(thresholds[j] * crossings[k])
                V[s, j] = kind(U - kind(thresholds[j] * resets[k])) if fires else U
                flags[s, t, j] = fires
            if trace.size:
                trace[s, t] = V[s]
        collect_spikes(flags[s], V.shape[1], index[s], ends[s])


def weighted_sum(planes: Array, amplitudes: tuple[float, ...], start: int, total: Array) -> None:
    """total (samples, 1, neurons) += sum over the steps of amplitude * plane; `start`: the first step of the planes."""
    kind = total.dtype.type
    for step in range(planes.shape[1]):
        total[:, 0] += kind(amplitudes[start + step]) * planes[:, step]
