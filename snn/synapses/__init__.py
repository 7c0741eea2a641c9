"""Synapses: what a projection does to the numbers that enter it, as parameters, and the shapes that follow.

x is what comes out of the projection's pool: numbers of spikes, or values. In fixed point weights and gains are integers, and a
synapse is an exact sum of products: nothing is divided, rounded or saturated here. x outside its map counts as 0 ("zeros are
padded"). With `groups` g, output channel o reads the input channels G(o, c) = (o // (out / g)) (in / g) + c, c = 0 .. in / g - 1.
A synaptic operation is counted for each weight or gain that is not zero and each spike that it meets at a target that exists,
whatever the sign of the spike; of a value, once. Spikes and values that a pool sums meet it one by one.
"""

from spikewright.snn.synapses.compared import Windows
from spikewright.snn.synapses.gained import AvgPool2d, Identity, Upsample
from spikewright.snn.synapses.record import Matrix, Pair, Shape, Synapse, pooled_shape
from spikewright.snn.synapses.separable import Separable2d
from spikewright.snn.synapses.weighted import Conv1d, Conv2d, ConvTranspose2d, Linear, Weighted

SYNAPSES: tuple[type[Synapse], ...] = (
    Linear,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    AvgPool2d,
    Upsample,
    Identity,
    Separable2d,
    Windows,
)
"""The synapses that files may hold."""

__all__ = [
    "SYNAPSES",
    "AvgPool2d",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "Identity",
    "Linear",
    "Matrix",
    "Pair",
    "Separable2d",
    "Shape",
    "Synapse",
    "Upsample",
    "Weighted",
    "Windows",
    "pooled_shape",
]
