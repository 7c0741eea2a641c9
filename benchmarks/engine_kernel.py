"""The one place where the benchmarks look inside the event engine: its delivery kernel, called alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn import Network
from spikewright.snn.event.routes.rows import compile_rows
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.event.synapse_taps import taps_of
from spikewright.snn.kernels.events import Events, no_values
from spikewright.snn.kernels.planes import emptied
from spikewright.snn.kernels.rows import deliver_spikes


def delivery(
    network: Network, projection: str, kind: np.dtype[Any], density: float, steps: int
) -> tuple[Callable[[], None], int]:
    """A call that delivers `steps` steps of random spikes through one projection, and how many additions that is.

    Every source neuron fires with probability `density` in each step. `kind`: the number type of weights and sums.
    """
    found = next(q for q in network.projections if q.name == projection)
    rows = compile_rows(Wanted(network, found, kind), taps_of(network, found)).rows
    fired = np.random.default_rng(0).random((steps, network.by_name[found.source].size)) < density
    index = np.concatenate([np.flatnonzero(row) for row in fired]).astype(np.int32)[None]
    ends = np.concatenate([[0], np.cumsum(fired.sum(axis=1))]).astype(np.int32)[None]
    sums = np.zeros((1, steps, network.by_name[found.target].size), kind)
    planes, operations = emptied(sums), np.zeros(1, np.int64)

    def call() -> None:
        operations[:] = 0
        deliver_spikes(planes, Events(index, ends, no_values(1)), rows, operations)

    call()
    return call, int(operations[0])


def bare_adds(length: int, span: int, total: int, kind: np.dtype[Any]) -> tuple[Callable[[], None], int]:
    """A call that adds rows of `length` weights, eight at a time, and how many additions that is: at least `total`.

    The rows lie in `span` weights and go to a plane of as many numbers as rows reach: the bytes of the layer, and nothing else
    to do. This is what the machine can do.
    """
    rng = np.random.default_rng(0)
    groups = max(1, -(-total // (8 * length)))
    rows = (rng.integers(0, max(1, span // length), (groups, 8)) * length).astype(np.uint64)
    places = (rng.integers(0, max(1, span // length // 9), groups) * length).astype(np.uint64)
    weights, plane = rng.integers(-3, 4, span).astype(kind), np.zeros(max(length, span), kind)
    kernel = _compiled_adds()

    def call() -> None:
        kernel(plane, weights, rows, places, np.uint64(length))

    call()
    return call, groups * 8 * length


def _compiled_adds() -> Callable[..., None]:
    import numba

    @numba.njit(nogil=True, error_model="numpy")
    def add_rows(
        plane: NDArray[Any], weights: NDArray[Any], rows: NDArray[Any], places: NDArray[Any], length: np.uint64
    ) -> None:
        for n in range(rows.shape[0]):
            a, b, c, d = rows[n, 0], rows[n, 1], rows[n, 2], rows[n, 3]
            e, f, g, h = rows[n, 4], rows[n, 5], rows[n, 6], rows[n, 7]
            to = places[n]
            for j in range(length):
                four = (weights[a + j] + weights[b + j]) + (weights[c + j] + weights[d + j])
                plane[to + j] += four + ((weights[e + j] + weights[f + j]) + (weights[g + j] + weights[h + j]))

    kernel: Callable[..., None] = add_rows
    return kernel
