"""Maps without a kernel: the same address, sums over windows, repetition, largest values. They take a gain at most."""

from dataclasses import dataclass
from math import prod

from torch import Tensor
from torch.nn import functional as F

from spikewright.conversion.reading.geometry.base import Geometry, window_counts
from spikewright.conversion.reading.geometry.kernels import Kernel
from spikewright.conversion.reading.shapes import grid, ungrid
from spikewright.snn import AvgPool2d, Identity, Synapse, Upsample, Windows
from spikewright.snn.neurons import PerChannel
from spikewright.snn.synapses import Pair, Shape


@dataclass(frozen=True)
class IdentityGeometry(Geometry):
    """Each input to the same address."""

    word = "identity"

    def apply(self, x: Tensor, weights: Tensor) -> Tensor:
        """gain x."""
        return x * weights

    def synapse(self, weights: PerChannel, shape: Shape) -> Synapse:
        """`snn.Identity`."""
        return Identity(weights)

    def pointwise(self, kernel: Kernel | None) -> bool:
        """It is."""
        return True

    def copies(self, kernel: Kernel | None) -> bool:
        """It does."""
        return True

    def over_pool(self, pool: Pair) -> tuple[Geometry, Pair]:
        """Sums over windows are a synapse of their own."""
        return (self, pool) if pool == (1, 1) else (PoolGeometry(pool, pool), (1, 1))


@dataclass(frozen=True)
class PoolGeometry(Geometry):
    """Sums over windows of one size, without padding."""

    kernel: Pair
    stride: Pair

    word = "avgpool"

    def apply(self, x: Tensor, weights: Tensor) -> Tensor:
        """gain times the sum of each window."""
        return F.avg_pool2d(x, self.kernel, self.stride, divisor_override=1) * weights

    def synapse(self, weights: PerChannel, shape: Shape) -> Synapse:
        """`snn.AvgPool2d`."""
        return AvgPool2d(self.kernel, self.stride, weights)

    def disjoint_windows(self, kernel: Kernel | None) -> Pair | None:
        """Its windows, if they are a stride apart."""
        return self.kernel if self.kernel == self.stride else None

    def additions(self, kernel: Kernel | None, inside: Shape, outside: Shape) -> float:
        """One for each place of each window."""
        return float(prod(outside)) * prod(self.kernel)


@dataclass(frozen=True)
class UpsampleGeometry(Geometry):
    """Each pixel repeated over a block of `factor` (rows, columns)."""

    factor: Pair

    word = "upsample"

    def apply(self, x: Tensor, weights: Tensor) -> Tensor:
        """gain times the nearest pixel."""
        rows, columns = self.factor
        return x.repeat_interleave(rows, dim=2).repeat_interleave(columns, dim=3) * weights

    def synapse(self, weights: PerChannel, shape: Shape) -> Synapse:
        """`snn.Upsample`."""
        return Upsample(self.factor, weights)

    def copies(self, kernel: Kernel | None) -> bool:
        """It does."""
        return True


@dataclass(frozen=True)
class WindowGeometry(Geometry):
    """The largest input of each window, which a `MaxGate` finds; padded places never win."""

    kernel: Pair
    stride: Pair
    padding: Pair = (0, 0)

    word = "windows"

    def output_shape(self, shape: Shape) -> Shape:
        """What it makes of `shape`, `(C, H, W)` or `(C, L)`; windows that reach over the end do not count."""
        channels, height, width = grid(shape)
        counts = window_counts((height, width), self.kernel, self.stride, self.padding)
        return ungrid((channels, *counts), shape)

    def apply(self, x: Tensor, weights: Tensor) -> Tensor:
        """The largest value of each window; no gain."""
        return F.max_pool2d(x, self.kernel, self.stride, self.padding)

    def synapse(self, weights: PerChannel, shape: Shape) -> Synapse:
        """`snn.Windows`."""
        return Windows(self.kernel, self.stride, self.padding)


IDENTITY = IdentityGeometry()
