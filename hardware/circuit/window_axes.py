"""The axes of synapses that go over a map with a window, a kernel or a factor."""

from typing import Any

from spikewright.hardware.circuit.axes import Axis, convolved, enlarged, pooled, spread
from spikewright.hardware.circuit.shapes import LayerBlocks, Map
from spikewright.snn import AvgPool2d, ConvTranspose2d, Identity, Projection, Separable2d, Upsample, Windows


def windowed_axes(projection: Projection, source: Map, blocks: LayerBlocks) -> tuple[Axis, Axis]:
    """The rows and the columns of a map `source` behind the pool of `projection`, as its synapse reaches the target."""
    synapse: Any = projection.synapse
    banks, axes = (blocks.lanes.rows, blocks.lanes.columns), []
    for axis in (0, 1):
        inside = source[axis + 1] // projection.pool[axis]
        reached = pooled(_reached(synapse, axis, inside), source[axis + 1], projection.pool[axis])
        axes.append(Axis.of(reached, blocks.shape[axis + 1], banks[axis]))
    return axes[0], axes[1]


def gained_kernel(synapse: Any) -> tuple[int, int]:
    """The taps of a synapse without weights along both axes."""
    if isinstance(synapse, Identity):
        return (1, 1)
    return synapse.factor if isinstance(synapse, Upsample) else synapse.kernel


def _reached(synapse: Any, axis: int, size: int) -> list[list[tuple[int, int]]]:
    if isinstance(synapse, Separable2d):
        return spread((synapse.rows, synapse.columns)[axis])[0]
    kernel = (synapse.weights.shape[2:] if synapse.weights is not None else gained_kernel(synapse))[axis]
    if isinstance(synapse, Identity):
        return convolved(size, 1, 1, 0, 1)
    if isinstance(synapse, AvgPool2d):
        return convolved(size, kernel, synapse.stride[axis], 0, 1)
    if isinstance(synapse, Windows):
        return convolved(size, kernel, synapse.stride[axis], synapse.padding[axis], 1)
    if isinstance(synapse, Upsample):
        return enlarged(size, kernel, kernel, 0, 1)
    law = enlarged if isinstance(synapse, ConvTranspose2d) else convolved
    return law(size, kernel, synapse.stride[axis], synapse.padding[axis], synapse.dilation[axis])
