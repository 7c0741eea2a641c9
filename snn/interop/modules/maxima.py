"""Max-pooling of spikes: 1 in a step where any spike of the window is 1.

It becomes neurons of its own, with threshold 1 and reset to zero, fed by the window with weights of one: such a neuron fires in
a step exactly if one of its window does.
"""

from typing import Any, NamedTuple

import numpy as np
from torch import nn

from spikewright import InvalidNetwork
from spikewright.snn.interop.modules.chain import pair
from spikewright.snn.synapses import AvgPool2d, Conv1d, Conv2d, Shape, Windows
from spikewright.weights import Expression, dense


class SpikeMaximum(NamedTuple):
    """The windows of a max-pool; along a sequence they have one row."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]

    @property
    def windows(self) -> Windows:
        """As a synapse, for its output shape."""
        return Windows(self.kernel, self.stride, self.padding)

    def synapse(self, shape: Shape) -> Any:
        """Weights of one over the windows of a source `(C, H, W)` or `(C, L)`."""
        if len(shape) == 2:
            return Conv1d(_ones(shape[0], 1, self.kernel[1]), self.stride[1], self.padding[1], groups=shape[0])
        if self.padding != (0, 0):
            return Conv2d(_ones(shape[0], 1, *self.kernel), self.stride, self.padding, groups=shape[0])
        return AvgPool2d(self.kernel, self.stride, 1.0)


def maximum_of(axes: int, kernel_size: Any, stride: Any, padding: Any) -> SpikeMaximum:
    """The windows of max-pooling over 2 axes, or over 1, along a sequence."""
    stride = stride or kernel_size
    if axes == 2:
        return SpikeMaximum(pair(kernel_size), pair(stride), pair(padding))
    return SpikeMaximum((1, _one(kernel_size)), (1, _one(stride)), (0, _one(padding)))


def maximum_of_layer(name: str, layer: nn.MaxPool1d | nn.MaxPool2d) -> SpikeMaximum:
    """The windows of torch's layer `name`. Raises InvalidNetwork for settings that have no counterpart."""
    if layer.ceil_mode or layer.return_indices or pair(layer.dilation) != (1, 1):
        raise InvalidNetwork(f"{name!r}: expected max-pooling without ceil_mode, indices and dilation")
    axes = 1 if isinstance(layer, nn.MaxPool1d) else 2
    return maximum_of(axes, layer.kernel_size, layer.stride, layer.padding)


def _one(value: Any) -> int:
    return int(value[0] if isinstance(value, tuple | list) else value)


def _ones(*shape: int) -> Expression:
    return dense(np.ones(shape, dtype=np.float32))
