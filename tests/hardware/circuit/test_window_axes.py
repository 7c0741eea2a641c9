"""Axes of windows: as many places as the source has, and as many targets as the synapse says."""

from typing import Any

import pytest

from spikewright import snn
from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes
from spikewright.hardware.circuit.window_axes import gained_kernel, windowed_axes

KINDS: tuple[tuple[Any, tuple[int, int]], ...] = (
    (snn.AvgPool2d((2, 3), (2, 3), 1), (2, 3)),
    (snn.Upsample((2, 3), 1), (2, 3)),
    (snn.Identity(2), (1, 1)),
    (snn.Windows((3, 2), (2, 2), (1, 0)), (3, 2)),
)


@pytest.mark.parametrize(("synapse", "kernel"), KINDS)
def test_a_map_of_six_by_six(synapse: Any, kernel: tuple[int, int]) -> None:
    shape = synapse.output_shape((1, 6, 6))
    blocks = LayerBlocks(shape, PhysicalLanes(1, 2, 1))
    axes = windowed_axes(snn.Projection("a", "b", synapse), (1, 6, 6), blocks)
    assert gained_kernel(synapse) == kernel
    assert [len(axis.entries) for axis in axes] == [6, 6]
    assert (axes[0].blocks, axes[1].blocks) == (-(-shape[1] // 2), shape[2])
