"""The engines' order of neurons: rows, columns, channels, so that the channels of a pixel lie side by side."""

import numpy as np
from numpy.typing import NDArray

Grid = tuple[int, int, int]


def as_grid(shape: tuple[int, ...]) -> Grid:
    """`(C, H, W)`, with `(C, L)` read as one row and `(N,)` as N channels of one pixel."""
    rows, columns = (1, 1, *shape[1:])[-2:]
    return (shape[0], rows, columns)


def engine_order(shape: tuple[int, ...]) -> NDArray[np.int64]:
    """For each engine address (rows, columns, channels) the public one (channels, rows, columns)."""
    return np.arange(int(np.prod(shape))).reshape(as_grid(shape)).transpose(1, 2, 0).reshape(-1)


def inverse(order: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each public address the engine's, where `order` gives the public one of each of the engine's."""
    places = np.empty_like(order)
    places[order] = np.arange(order.size)
    return places
