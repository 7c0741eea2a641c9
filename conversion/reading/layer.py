"""An affine layer of the model, before it is known what it reads."""

from dataclasses import dataclass, replace
from math import prod

import numpy as np
import torch

from spikewright.conversion.reading.geometry import DENSE, ConvGeometry, Geometry, Kernel, ungrouped
from spikewright.conversion.reading.shapes import ONE, Border, Floats, bordered
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.snn.synapses import Pair, Shape


@dataclass(frozen=True, eq=False)
class AffineLayer:
    """y = W x + b. `inputs`, `shape`: of x and y as the graph sees them; `bias ()` or `(out,)`."""

    name: str
    geometry: Geometry
    kernel: Kernel
    bias: Floats
    inputs: Shape
    shape: Shape

    @property
    def bias_map(self) -> Floats:
        """The bias for every neuron."""
        shaped = self.bias.reshape(-1, *[1] * (len(self.shape) - 1)) if self.bias.ndim else self.bias
        return np.broadcast_to(shaped, self.shape)

    def term(self, source: str = "", pool: Pair = (1, 1), gain: Floats = ONE) -> SourceTerm:
        """W over a source, whose sums over `pool` are multiplied by `gain` first."""
        return SourceTerm(source, self.geometry, pool, self.kernel, gain)

    def framed(self, border: Border, inputs: Shape) -> "AffineLayer":
        """The layer for `inputs` that do not have `border`, rows and columns of zeros, around them. Raises Refusal."""
        kernel, geometry = self.geometry.framed(self.kernel, border)
        return replace(self, kernel=kernel, geometry=geometry, inputs=inputs)


def restricted(layer: AffineLayer, start: int, stop: int) -> tuple[AffineLayer, tuple[int, int] | None]:
    """What of a layer reads the inputs start..stop (channels, of a vector elements), and which outputs it drives.

    Groups that are read in part become one layer with zeros for the inputs of other groups. Raises Refusal.
    """
    if (start, stop) == (0, layer.inputs[0]):
        return layer, None
    inputs, groups = (stop - start, *layer.inputs[1:]), layer.geometry.group_count
    if groups == 1:
        kernel = layer.kernel.changed(lambda values: values[:, start:stop])
        return replace(layer, kernel=kernel, bias=np.zeros(()), inputs=inputs), None
    width, rows = layer.inputs[0] // groups, layer.kernel.shape[0] // groups
    first, last = start // width, -(-stop // width)
    kernel, left = layer.kernel.rows(first * rows, last * rows), last - first
    if start % width or stop % width:
        read, many = slice(start - first * width, stop - first * width), left
        kernel, left = kernel.changed(lambda values: ungrouped(values, many)[:, read]), 1
    geometry, shape = layer.geometry.in_groups(left), ((last - first) * rows, *layer.shape[1:])
    made = replace(layer, geometry=geometry, kernel=kernel, bias=np.zeros(()), inputs=inputs, shape=shape)
    return made, (first * rows, last * rows)


def summing(
    name: str, shape: Shape, windows: tuple[Pair, Pair, Pair], weight: float, extra: Pair = (0, 0)
) -> AffineLayer:
    """Sums over `windows` (kernel, stride, padding) times `weight`, with `extra` rows and columns of zeros at the end."""
    channels, (size, stride, padding) = shape[0], windows
    plain = ConvGeometry(stride, padding, groups=channels)
    kernel, geometry = plain.framed(Kernel(np.full((channels, 1, *size), weight)), (0, extra[0], 0, extra[1]))
    return AffineLayer(name, geometry, kernel, np.zeros(()), shape, geometry.output_shape(kernel, shape))


def identity_conv(name: str, shape: Shape, border: Border) -> AffineLayer:
    """A map copied into the middle of a larger one, as a depthwise convolution with one weight."""
    kernel, geometry = ConvGeometry(groups=shape[0]).framed(Kernel(np.ones((shape[0], 1, 1, 1))), border)
    return AffineLayer(name, geometry, kernel, np.zeros(()), shape, bordered(shape, border))


def over_vector(layer: AffineLayer) -> AffineLayer | None:
    """A layer of channels of one pixel as a matrix, to a vector of all its outputs; None where it is a matrix, or has pixels."""
    if layer.geometry is DENSE or set(layer.inputs[1:]) != {1}:
        return None
    tap = _single_tap(layer)
    if tap is None:
        inside = layer.inputs if len(layer.inputs) == 3 else (*layer.inputs, 1)
        columns = torch.eye(inside[0], dtype=torch.float64).reshape(-1, *inside)
        values = layer.geometry.apply(columns, torch.from_numpy(layer.kernel.real())).reshape(inside[0], -1)
        kernel = Kernel(np.ascontiguousarray(values.numpy().T))
    else:
        kernel = tap
    bias = layer.bias if layer.bias.size == 1 else layer.bias_map.reshape(-1)
    return AffineLayer(layer.name, DENSE, kernel, bias, layer.inputs[:1], (prod(layer.shape),))


def _single_tap(layer: AffineLayer) -> Kernel | None:
    """Of a convolution to channels of one pixel the tap that lies on it, as a matrix; else None."""
    geometry = layer.geometry
    if not isinstance(geometry, ConvGeometry) or set(layer.shape[1:]) != {1}:
        return None
    (row, no_row), (column, no_column) = map(divmod, geometry.padding, geometry.dilation)
    if no_row or no_column or row >= layer.kernel.shape[2] or column >= layer.kernel.shape[3]:
        return None
    return layer.kernel.changed(lambda values: ungrouped(values[:, :, row, column], geometry.groups))
