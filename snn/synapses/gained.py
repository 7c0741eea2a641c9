"""Synapses that multiply by one gain for each channel: pooling, enlarging, passing on."""

from dataclasses import dataclass, field

from spikewright.snn.neurons import PerChannel
from spikewright.snn.synapses.record import Pair, Shape, Synapse, check_dimensions, check_pairs, windows


@dataclass(frozen=True, eq=False)
class AvgPool2d(Synapse):
    """Sums over windows times `gain` (scalar or `(channels,)`); 1 / (kernel area) makes it the average. No padding.

    S[c, y, x] = gain[c] sum over i, j of in[c, y stride + i, x stride + j], (extent - kernel) // stride + 1 rows and columns. In
    fixed point the gain is an integer: the divisor is in the unit of the target's potential, and nothing is rounded.
    """

    kernel: Pair
    stride: Pair
    gain: PerChannel = field()

    @property
    def inputs(self) -> int:
        """Those of a window."""
        return self.kernel[0] * self.kernel[1]

    def _shape(self, shape: Shape) -> Shape:
        check_dimensions(self, shape, 3)
        return (shape[0], *windows(shape, self.kernel, self.stride, (0, 0), (1, 1)))


@dataclass(frozen=True, eq=False)
class Upsample(Synapse):
    """Nearest neighbour: S[c, y, x] = gain[c] in[c, y // factor[0], x // factor[1]]; `gain` scalar or `(channels,)`."""

    factor: Pair
    gain: PerChannel = 1.0

    def _shape(self, shape: Shape) -> Shape:
        check_dimensions(self, shape, 3)
        check_pairs(self.factor)
        return (shape[0], shape[1] * self.factor[0], shape[2] * self.factor[1])


@dataclass(frozen=True, eq=False)
class Identity(Synapse):
    """S = gain x, neuron by neuron, on the same address; `gain` scalar or `(channels,)`, of N neurons one for each.

    A residual sum is two projections into one population.
    """

    gain: PerChannel = 1.0

    def _shape(self, shape: Shape) -> Shape:
        return shape
