"""The rule that names interpolation: one matrix for the rows, one for the columns, found by calling it on single pixels."""

from math import prod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx

from spikewright.compress.graph.kinds.call import Found, GraphCall, unsupported

AT_ONCE = 1 << 22
"""Numbers of the probes that are interpolated at once."""


def resampled(call: GraphCall) -> Found:
    """`rows (out rows, in rows)`, `columns`: y = rows x columns^T in each channel.

    Both sum to one along each row, so pixels that are alike along one axis show the matrix of the other.
    """
    source = call.sources[0]
    if len(source) not in (2, 3) or len(call.shape) != len(source) or source[0] != call.shape[0]:
        return unsupported(f"an interpolation from {source} to {call.shape}")
    try:
        columns = _matrix(call, len(source) - 1)
        rows = _matrix(call, 1) if len(source) == 3 else np.ones((1, 1))
    except Exception:  # whatever an interpolation raises for arguments that are computed
        return unsupported("an interpolation whose size is computed")
    return Found("resampled", {"rows": rows, "columns": columns})


def _matrix(call: GraphCall, axis: int) -> NDArray[np.float64]:
    """What one axis of an image becomes: the outputs of images that are one at a single place of it."""
    shape = (1, *call.sources[0][1:])
    lonely = [size if place == axis else 1 for place, size in enumerate(shape)]
    parts = []
    for places in torch.split(torch.eye(shape[axis], dtype=torch.float64), max(1, AT_ONCE // prod(shape))):
        out = _called(call, places.reshape(-1, *lonely).expand(-1, *shape).contiguous())
        parts.append(out[tuple(slice(None) if place in (0, axis + 1) else 0 for place in range(out.ndim))].numpy())
    matrix: NDArray[np.float64] = np.ascontiguousarray(np.concatenate(parts).T)
    return matrix


def _called(call: GraphCall, images: Tensor) -> Tensor:
    """The interpolation of other images. Sizes that follow the batch are no sizes of pixels, and stay as they are."""
    first = call.node.all_input_nodes[0]

    def load(node: fx.Node) -> Any:
        if node is not first:
            raise ValueError("a size that is computed")
        return images

    args, kwargs = fx.map_arg(call.node.args, load), fx.map_arg(call.node.kwargs, load)
    target: Any = call.module if call.module is not None else call.node.target
    result: Tensor = target(*args, **kwargs)
    return result
