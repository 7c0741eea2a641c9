"""One of each geometry, with a kernel where it has one and the map that it reads."""

from typing import Any

import numpy as np

from spikewright.conversion.reading.geometry import (
    DENSE,
    IDENTITY,
    ConvGeometry,
    Geometry,
    Kernel,
    PoolGeometry,
    SeparableGeometry,
    TransposedGeometry,
    UpsampleGeometry,
)


def kernel(*shape: int) -> Kernel:
    return Kernel(np.random.default_rng(0).integers(-3, 4, shape).astype(np.float64))


WEIGHTED: dict[str, tuple[Geometry, Kernel]] = {
    "matrix": (DENSE, kernel(5, 4 * 6 * 6)),
    "convolution": (ConvGeometry((2, 1), (1, 0), (1, 2), 2), kernel(6, 2, 3, 2)),
    "depthwise": (ConvGeometry(groups=4), kernel(8, 1, 3, 3)),
    "transposed": (TransposedGeometry((2, 3), (1, 0), (0, 1), (1, 2), 2), kernel(6, 2, 3, 2)),
}
GAINED: dict[str, Geometry] = {
    "identity": IDENTITY,
    "pool": PoolGeometry((2, 3), (1, 3)),
    "upsampling": UpsampleGeometry((2, 3)),
    "rows and columns": SeparableGeometry(np.tri(4, 6) / 2, np.eye(9, 6)),
}
SHAPE = (4, 6, 6)
ALL: dict[str, tuple[Geometry, Any]] = {**WEIGHTED, **{name: (one, None) for name, one in GAINED.items()}}
