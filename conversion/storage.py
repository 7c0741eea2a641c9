"""Amplitudes into weights: a spike counts one, so what it stands for is multiplied into the weights that it meets.

    W'_oc = W_oc * amplitude_c * gain_c * gain_o

Integers stay integers: as long as the factor of the inputs is one number for each output channel, it goes into `scale`.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from spikewright.conversion.reading.geometry import Kernel
from spikewright.conversion.reading.shapes import ONE, Floats, pooled
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.snn import Synapse
from spikewright.snn.synapses import Shape
from spikewright.weights import Expression, Factors, compact, opposite, scaled, unscaled


@dataclass(frozen=True, eq=False)
class StoredSynapse:
    """A synapse with its weights, and whether integers, or shared weights, had to give way to real numbers one by one."""

    synapse: Synapse
    rounded: bool = False
    unshared: bool = False


class SharedWeights:
    """Weights by what they are made of: terms with one kernel and the same factors store them once, with opposite ones as well.

    A sum that several layers read brings its kernels to each of them, and two units that send both signs need W and -W.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[Hashable, bytes, bytes], Expression] = {}

    def of(self, kernel: Kernel, term: SourceTerm, gain: Floats) -> Expression:
        """The weights of `term`, whose inputs have the factor `gain` () or `(in,)`."""
        factors = Factors.of(term.gain_out, gain, kernel.shape)
        signs = (factors.outputs, -factors.outputs)
        same, turned = ((kernel.place, outputs.tobytes(), factors.inputs.tobytes()) for outputs in signs)
        if same not in self._made:
            other = self._made.get(turned)
            turns = other is not None and other.real and other.elementwise
            self._made[same] = opposite(other) if other is not None and turns else _weights(kernel, term, gain)
        return self._made[same]


def synapse_of(term: SourceTerm, amplitude: Floats, shape: Shape, shared: SharedWeights) -> StoredSynapse:
    """The synapse of `term`; `amplitude` () or `(channels,)` is what a spike of its source, of `shape`, stands for.

    `shared`: what other terms of the same network store.
    """
    gain = input_gain(term, amplitude, shape)
    if term.kernel is None:
        plain = float(gain) if gain.ndim == 0 else gain.astype(np.float32)
        return StoredSynapse(term.geometry.synapse(plain, shape))
    weights = shared.of(term.kernel, term, gain)
    rounded, unshared = term.integer and unscaled(weights)[1] is None, term.shared and weights.elementwise
    return StoredSynapse(term.geometry.synapse(weights, shape), rounded, unshared)


def rounding(term: SourceTerm, made: StoredSynapse) -> SourceTerm:
    """What the synapse of `term`, for a source whose spikes stand for one, does more than the term: a term of the differences.

    Of a gain in front of matrices (`Separable2d`) only the difference of the gain.
    """
    if term.kernel is None:
        stored = np.asarray(made.synapse.gain).astype(np.float32).astype(np.float64)
        return replace(term, gain_in=stored - term.gain_in)
    weights = made.synapse.weights
    assert weights is not None
    stored = weights.values().astype(np.float64).reshape(term.kernel.shape)
    return replace(term, kernel=Kernel(stored - _folded(term.kernel, term, term.gain_in)), gain_in=ONE, gain_out=ONE)


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
    return _folded(term.kernel, term, input_gain(term, np.ones(()), shape))


def keeps_integers(term: SourceTerm) -> bool:
    """True when a factor for each input channel fits into the scale of the output channels: depthwise convolutions."""
    return term.geometry.depthwise(term.kernel)


def _weights(kernel: Kernel, term: SourceTerm, gain: Floats) -> Expression:
    """As the kernel is stored, or its integers and their scale, where that can be; else real numbers, without their zeros."""
    stored = compact(kernel.values, kernel.scale) if kernel.integer and kernel.kept is None else kernel.kept
    made = None if stored is None else scaled(stored, term.gain_out, gain)
    if made is not None:
        return made
    values = _folded(kernel, term, gain).astype(np.float32)
    values.flags.writeable = False  # an expression would copy what somebody could still change
    return compact(values)


def _folded(kernel: Kernel, term: SourceTerm, gain: Floats) -> Floats:
    """The weights with all factors in them, float64."""
    values = kernel.real() if kernel.integer else kernel.values
    return Factors.of(term.gain_out, gain, values.shape).times(values)
