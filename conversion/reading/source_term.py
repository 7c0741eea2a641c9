"""One projection in the making."""

from dataclasses import dataclass, field

from spikewright.conversion.reading.geometry import IDENTITY, Geometry, Kernel
from spikewright.conversion.reading.shapes import ONE, Floats
from spikewright.snn.synapses import Pair


@dataclass(frozen=True, eq=False)
class SourceTerm:
    """What one source brings to a sum, by a `geometry` and its numbers.

    `pool`: disjoint windows of the source that are summed first. `kernel`: the weights, None where the geometry has none.
    `gain_in` scales the inputs (() or one for each input channel, for each column of a matrix), `gain_out` the outputs (() or
    `(out,)`); both are in the model's units. `channels`: the slice of the target's channels that it drives, None for all.
    """

    source: str
    geometry: Geometry = IDENTITY
    pool: Pair = (1, 1)
    kernel: Kernel | None = None
    gain_in: Floats = field(default_factory=lambda: ONE)
    gain_out: Floats = field(default_factory=lambda: ONE)
    channels: tuple[int, int] | None = None

    @property
    def integer(self) -> bool:
        """True when its weights are integers times a scale."""
        return self.kernel is not None and self.kernel.integer

    @property
    def shared(self) -> bool:
        """True when real numbers are shared between its weights."""
        return self.kernel is not None and self.kernel.shared
