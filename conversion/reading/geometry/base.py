"""What every geometry answers, with the answers of most of them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

from torch import Tensor

from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.geometry.kernels import Kernel
from spikewright.conversion.reading.shapes import Border
from spikewright.snn import Synapse
from spikewright.snn.synapses import Pair, Shape


@dataclass(frozen=True, eq=False)
class Geometry(ABC):
    """A linear map between shapes, as far as it is not its numbers.

    Maps are `(C, H, W)`, vectors `(N,)`; a sequence `(C, L)` is a map of one row. Those with weights take a kernel
    `(out, in / groups, rows, columns)` (`DenseGeometry` one of `(out, in)`), the others a gain, () or one for each channel.
    """

    word: ClassVar[str]
    """What reports call it."""
    in_mac_core: ClassVar[bool] = True
    """Whether a core of neurons that compute values has its synapse (`snn.core_parts`); a core of spikes has them all."""
    merges: ClassVar[bool] = False
    """Whether a layer of it can be merged with an affine layer in front of it."""

    in_products: ClassVar[bool] = False
    """Whether its weights are products that are rounded one by one."""

    @property
    def group_count(self) -> int:
        """Groups of channels that do not meet."""
        return 1

    def in_groups(self, groups: int) -> "Geometry":
        """The same with another number of groups. Raises Refusal."""
        raise Refusal("a part of the channels in front of this layer", "groups=1")

    @abstractmethod
    def apply(self, x: Tensor, weights: Tensor) -> Tensor:
        """The outputs for inputs `(n, C, H, W)` or `(n, N)`; `weights`: a kernel, or a gain that multiplies the outputs."""

    def magnitudes(self) -> "Geometry":
        """The same with the magnitude of every number that is its own."""
        return self

    def synapse(self, weights: Any, shape: Shape) -> Synapse:
        """Its record in `snn` for a source of `shape`; `weights`: how the kernel is stored, or the gain. Raises Refusal."""
        raise Refusal(f"a {self.word} as the input of neurons", "a linear layer behind it")

    def per_channel(self, shape: Shape) -> int:
        """How many inputs of a map of `shape` have a factor of their own in each channel: one, or each pixel its own."""
        return 1

    def depthwise(self, kernel: Kernel | None) -> bool:
        """Whether each output channel reads one input channel, so that a factor of the input is one of the output."""
        return False

    def pointwise(self, kernel: Kernel | None) -> bool:
        """Whether each output pixel reads the pixel of the same place only, so that it commutes with pooling."""
        return False

    def disjoint_windows(self, kernel: Kernel | None) -> Pair | None:
        """The windows that it sums, with one factor for all, where they neither overlap nor leave gaps; else None."""
        return None

    def copies(self, kernel: Kernel | None) -> bool:
        """Whether every output is one of the inputs as it is, or zero."""
        return False

    def additions(self, kernel: Kernel | None, inside: Shape, outside: Shape) -> float:
        """How many there are when every input sends one spike, borders aside. `inside`, `outside`: shapes of both ends."""
        return float(prod(outside))

    def over_pool(self, pool: Pair) -> "tuple[Geometry, Pair]":
        """The same map of sums over disjoint windows `pool`, and the windows that are then left in front of it."""
        return self, pool

    def framed(self, kernel: Kernel, border: Border) -> "tuple[Kernel, Geometry]":
        """The layer that does the same without `border`, rows and columns of zeros around its input. Raises Refusal."""
        raise Refusal("zeros around the map in front of this layer", "the padding argument of the layer")


def window_counts(sizes: Pair, spans: Pair, steps: Pair, padding: Pair = (0, 0), dilation: Pair = (1, 1)) -> Pair:
    """How many windows fit along rows and columns: (size + 2 padding - dilation (span - 1) - 1) // step + 1."""
    rows, columns = (
        (size + 2 * pad - gap * (span - 1) - 1) // step + 1
        for size, span, step, pad, gap in zip(sizes, spans, steps, padding, dilation, strict=True)
    )
    return rows, columns
