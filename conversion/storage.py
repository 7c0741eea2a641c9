"""Amplitudes into weights: a spike counts one, so what it stands for is multiplied into the weights that it meets.

    W'_oc = W_oc * amplitude_c * gain_c * gain_o

Integers stay integers: as long as the factor of the inputs is one number for each output channel, it goes into `scale`.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from spikewright.conversion.reading.shapes import pooled
from spikewright.conversion.reading.values import Floats, Kernel, SourceTerm
from spikewright.snn import (
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Dense,
    Identity,
    Linear,
    Sparse,
    Storage,
    Synapse,
    Upsample,
    Windows,
)
from spikewright.snn.synapses import Shape
from spikewright.snn.weights import with_shape

SPARSE_FROM = 0.5
"""Share of zeros from which only the surviving weights are stored."""


@dataclass(frozen=True, eq=False)
class StoredSynapse:
    """A synapse with its weights, and whether integers had to give way to real numbers."""

    synapse: Synapse
    rounded: bool = False


def synapse_of(term: SourceTerm, amplitude: Floats, shape: Shape) -> StoredSynapse:
    """The synapse of `term`; `amplitude` () or `(channels,)` is what a spike of its source, of `shape`, stands for."""
    args = term.args
    if term.op == "windows":
        return StoredSynapse(Windows(args["kernel"], args["stride"], args["padding"]))
    gain = input_gain(term, amplitude, shape)
    if term.kernel is None:
        return StoredSynapse(_gained(term, float(gain) if gain.ndim == 0 else gain.astype(np.float32)))
    weights = _weights(term.kernel, term, gain)
    return StoredSynapse(_weighted(term, weights, shape), term.kernel.integer and weights.scale is None)


def _gained(term: SourceTerm, gain: float | NDArray[np.float32]) -> Synapse:
    if term.op == "identity":
        return Identity(gain)
    if term.op == "upsample":
        return Upsample(term.args["factor"], gain)
    return AvgPool2d(term.args["kernel"], term.args["stride"], gain)


def _weighted(term: SourceTerm, weights: Storage, shape: Shape) -> Synapse:
    args = term.args
    if term.op == "linear":
        return Linear(weights)
    if term.op == "conv_transpose2d":
        outside = (args["padding"], args["output_padding"])
        return ConvTranspose2d(weights, args["stride"], *outside, args["dilation"], args["groups"])
    if len(shape) == 2:  # kernels of sequences have one row
        flat = with_shape(weights, (*weights.shape[:2], weights.shape[3]))
        return Conv1d(flat, args["stride"][1], args["padding"][1], args["dilation"][1], args["groups"])
    return Conv2d(weights, args["stride"], args["padding"], args["dilation"], args["groups"])


def input_gain(term: SourceTerm, amplitude: Floats, shape: Shape) -> Floats:
    """Amplitude times gain for each input of the term: () or one for each channel, each column of a linear layer."""
    if amplitude.ndim and term.op == "linear":
        amplitude = np.repeat(amplitude, prod(pooled(shape, term.pool)) // amplitude.size)
    gain = amplitude * term.gain_in
    uniform = gain.ndim > 0 and bool(np.all(gain == gain[0]))
    return np.asarray(gain[0] if uniform else gain)


def real_weights(term: SourceTerm, shape: Shape) -> Floats:
    """The weights of a term that has a kernel in the model's units, float64."""
    assert term.kernel is not None
    return _folded(term.kernel.real(), term, input_gain(term, np.ones(()), shape))


def keeps_integers(term: SourceTerm) -> bool:
    """True when a factor for each input channel fits into the scale of the output channels: depthwise convolutions."""
    return term.op.startswith("conv") and term.kernel is not None and term.kernel.values.shape[1] == 1


def _weights(kernel: Kernel, term: SourceTerm, gain: Floats) -> Storage:
    factor = _output_factor(kernel, term, gain)
    if kernel.scale is None or factor is None:
        return _store(_folded(kernel.real(), term, gain).astype(np.float32), None)
    scale = kernel.scale * factor
    signs = np.sign(scale).reshape(-1, *[1] * (kernel.values.ndim - 1))
    values = (kernel.values * signs).astype(kernel.values.dtype)
    # A channel that is switched off keeps a scale above zero: its integers are zeros.
    return _store(values, np.where(scale == 0, kernel.scale, np.abs(scale)))


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
    groups = term.args.get("groups", 1)
    split = result.reshape(groups, out // groups, values.shape[1], -1) * gain.reshape(groups, 1, values.shape[1], 1)
    return split.reshape(values.shape)


def _store(values: NDArray[np.generic], scale: Floats | None) -> Storage:
    kept = np.flatnonzero(values)
    if kept.size > (1.0 - SPARSE_FROM) * values.size:
        return Dense(values, scale)
    return Sparse(values.shape, kept.astype(np.int64), values.reshape(-1)[kept], scale)
