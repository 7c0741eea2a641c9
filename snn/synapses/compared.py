"""What a `MaxGate` looks at."""

from dataclasses import dataclass

from spikewright import InvalidNetwork
from spikewright.snn.synapses.record import Pair, Shape, Synapse, windows


@dataclass(frozen=True, eq=False)
class Windows(Synapse):
    """Which inputs a `MaxGate` compares: windows of `kernel` at `stride`, with `padding` by nothing (padded places never win).

    Window (y, x) of channel c holds the inputs (c, y stride + i - padding, x stride + j - padding), i, j in the kernel, that
    exist; there are (extent + 2 padding - kernel) // stride + 1 rows and columns of them. Channel c of the source is channel
    start + c of the gate. A synaptic operation is counted for each window that holds the spike's neuron.

    A sequence `(C, L)` is a map of one row: kernel (1, n), stride (1, m), padding (0, p).
    """

    compares = True

    kernel: Pair
    stride: Pair
    padding: Pair = (0, 0)

    def _shape(self, shape: Shape) -> Shape:
        if any(2 * pad > size for pad, size in zip(self.padding, self.kernel, strict=True)):
            raise InvalidNetwork(f"expected padding of at most half the kernel {self.kernel}, got {self.padding}")
        if len(shape) not in (2, 3) or (len(shape) == 2 and self.kernel[0] != 1):
            raise InvalidNetwork(f"expected an input (C, H, W), or (C, L) for windows of one row, got {shape}")
        grid = (shape[0], 1, shape[1]) if len(shape) == 2 else shape
        rows, columns = windows(grid, self.kernel, self.stride, self.padding, (1, 1))
        return (shape[0], columns) if len(shape) == 2 else (shape[0], rows, columns)
