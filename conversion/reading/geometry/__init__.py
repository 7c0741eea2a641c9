"""How outputs lie over inputs: one small frozen record for each kind of linear map, without its weights."""

from spikewright.conversion.reading.geometry.base import Geometry, window_counts
from spikewright.conversion.reading.geometry.kernels import Kernel, dilated, ungrouped
from spikewright.conversion.reading.geometry.separable import SeparableGeometry
from spikewright.conversion.reading.geometry.unweighted import (
    IDENTITY,
    IdentityGeometry,
    PoolGeometry,
    UpsampleGeometry,
    WindowGeometry,
)
from spikewright.conversion.reading.geometry.weighted import (
    DENSE,
    ConvGeometry,
    DenseGeometry,
    TransposedGeometry,
)

__all__ = [
    "DENSE",
    "IDENTITY",
    "ConvGeometry",
    "DenseGeometry",
    "Geometry",
    "IdentityGeometry",
    "Kernel",
    "PoolGeometry",
    "SeparableGeometry",
    "TransposedGeometry",
    "UpsampleGeometry",
    "WindowGeometry",
    "dilated",
    "ungrouped",
    "window_counts",
]
