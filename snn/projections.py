"""`Projection`: what the spikes of one population bring to another, and how late."""

from dataclasses import dataclass, field

from spikewright.index_maps import IndexMap
from spikewright.snn.checked import Constant
from spikewright.snn.synapses import Pair, Shape, Synapse


@dataclass(frozen=True, eq=False)
class Projection(Constant):
    """Spikes of `source` through `synapse` into `target`: it adds 2**shift synapse(pool(a)) to the sums S of its target.

    a is what arrives of the source (`snn.disturb.noise`), in step t what it sent in step t - `delay`, nothing before step 0; what
    would arrive after the last step is lost. Without delay a spike arrives in its own step, since sources are worked through
    before targets; a circle of projections needs a delay of at least one step somewhere. `pool` = (h, w): first the numbers
    of non-overlapping windows are summed, pooled[c, y, x] = sum of a[c, y h + i, x w + j] over i < h, j < w; rows and columns
    that fill no window are dropped. There is no division and nothing is rounded: the divisor of an average pool stands in the
    weights. `order`: before the pool the numbers are put in other places, b[t] = a[order.addresses[t]], row-major, and 0 where
    that is -1; a neuron may be read at several places, a spike of it then being a spike at each of them, or at none. `channels`:
    the slice `(start, stop)` of the target's channels that the result is added to, for concatenation; None: all.
    `shift`: fixed point only.
    """

    source: str
    target: str
    synapse: Synapse
    pool: Pair = (1, 1)
    channels: tuple[int, int] | None = None
    shift: int = 0
    name: str = ""
    delay: int = 0
    order: IndexMap | None = field(default=None, metadata={"absent": None})

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.name:
            object.__setattr__(self, "name", f"{self.source}->{self.target}")
        if isinstance(self.order, IndexMap):
            object.__setattr__(self, "order", self.order.read_only())

    def reads(self, source: Shape) -> Shape:
        """The shape that its pool and its synapse see of a source of that shape."""
        return source if self.order is None else self.order.shape
