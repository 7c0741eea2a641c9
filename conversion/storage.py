"""Amplitudes into weights: a spike counts one, so what it stands for is multiplied into the weights that it meets.

    W'_oc = W_oc * amplitude_c * gain_c * gain_o

Integers stay integers: as long as the factor of the inputs is one number for each output channel, it goes into `scale`.
"""

from dataclasses import dataclass

import numpy as np

from spikewright.conversion.reading.geometry import Kernel
from spikewright.conversion.reading.shapes import Floats, pooled
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.snn import (
    Synapse,
)
from spikewright.snn.synapses import Shape
from spikewright.weights import Expression, compact, scaled, unscaled


@dataclass(frozen=True, eq=False)
class StoredSynapse:
    """A synapse with its weights, and whether integers, or shared weights, had to give way to real numbers one by one."""

    synapse: Synapse
    rounded: bool = False
    unshared: bool = False


def synapse_of(term: SourceTerm, amplitude: Floats, shape: Shape) -> StoredSynapse:
    """The synapse of `term`; `amplitude` () or `(channels,)` is what a spike of its source, of `shape`, stands for."""
    gain = input_gain(term, amplitude, shape)
    if term.kernel is None:
        plain = float(gain) if gain.ndim == 0 else gain.astype(np.float32)
        return StoredSynapse(term.geometry.synapse(plain, shape))
    weights = _weights(term.kernel, term, gain)
    rounded, unshared = term.integer and unscaled(weights)[1] is None, term.shared and weights.elementwise
    return StoredSynapse(term.geometry.synapse(weights, shape), rounded, unshared)


def input_gain(term: SourceTerm, amplitude: Floats, shape: Shape) -> Floats:
    """Amplitude times gain for each input of the term: () or one for each channel, each column of a linear layer."""
    if amplitude.ndim:
        amplitude = np.repeat(amplitude, term.geometry.per_channel(pooled(shape, term.pool)))
    gain = amplitude * term.gain_in
    uniform = gain.ndim > 0 and bool(np.all(gain == gain[0]))
    return np.asarray(gain[0] if uniform else gain)


def real_weights(term: SourceTerm, shape: Shape) -> Floats:
    """The weights of a term that has a kernel in the model's units, float64."""
    assert term.kernel is not None
    return _folded(term.kernel.real(), term, input_gain(term, np.ones(()), shape))


def keeps_integers(term: SourceTerm) -> bool:
    """True when a factor for each input channel fits into the scale of the output channels: depthwise convolutions."""
    return term.geometry.depthwise(term.kernel)


def _weights(kernel: Kernel, term: SourceTerm, gain: Floats) -> Expression:
    """As the kernel is stored where that can be; else integers and their scale, or real numbers, without their zeros."""
    kept = kernel.kept
    made = None if kept is None else scaled(kept, term.gain_out, gain)
    return _anew(kernel, term, gain) if made is None else made


def _anew(kernel: Kernel, term: SourceTerm, gain: Floats) -> Expression:
    factor = _output_factor(kernel, term, gain)
    if kernel.scale is None or factor is None:
        return compact(_folded(kernel.real(), term, gain).astype(np.float32))
    scale = kernel.scale * factor
    signs = np.sign(scale).reshape(-1, *[1] * (kernel.values.ndim - 1))
    values = (kernel.values * signs).astype(kernel.values.dtype)
    # A channel that is switched off keeps a scale above zero: its integers are zeros.
    return compact(values, np.where(scale == 0, kernel.scale, np.abs(scale)))


def _output_factor(kernel: Kernel, term: SourceTerm, gain: Floats) -> Floats | None:
    """The factor of the input as one number for each output channel, or None when there is none."""
    if gain.ndim and not keeps_integers(term):
        return None
    inputs = np.repeat(gain, kernel.values.shape[0] // gain.size) if gain.ndim else gain
    return inputs * term.gain_out * np.ones(kernel.values.shape[0])


def _folded(values: Floats, term: SourceTerm, gain: Floats) -> Floats:
    out = values.shape[0]
    result = values * (term.gain_out.reshape(-1, *[1] * (values.ndim - 1)) if term.gain_out.ndim else term.gain_out)
    if gain.ndim == 0:
        return result * gain
    groups = term.geometry.group_count
    split = result.reshape(groups, out // groups, values.shape[1], -1) * gain.reshape(groups, 1, values.shape[1], 1)
    return split.reshape(values.shape)
