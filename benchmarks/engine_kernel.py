"""The one place where the benchmarks look inside the event engine: its delivery kernels, called alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.snn import Network
from spikewright.snn.event.buffers import Buffers, aligned
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.dots import DotsRoute
from spikewright.snn.event.routes.rows import compile_rows
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.event.synapse_taps import taps_of
from spikewright.snn.kernels.dot_products import FOURS, two_of_eight
from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER
from spikewright.snn.kernels.events import Events, no_values
from spikewright.snn.kernels.masks import Masks
from spikewright.snn.kernels.planes import emptied
from spikewright.snn.kernels.rows import deliver_spikes
from spikewright.snn.kernels.simd_tiles import TILE, configure, release, tile_shape
from spikewright.snn.kernels.tile_products import two_by_two


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


@dataclass(frozen=True, eq=False)
class Delivered:
    """Random spikes of some steps and a call that delivers them by dot products.

    `spikes (steps, channels, rows, columns)` uint8. `products`: of a weight and a count, of all sources that fire at all in these
    steps, in each of them. `sums()`: what the last call left, `(steps, channels, rows, columns)`.
    """

    call: Callable[[], None]
    products: int
    spikes: NDArray[np.uint8]
    sums: Callable[[], NDArray[np.int32]]


def dot_delivery(network: Network, projection: str, density: float, steps: int) -> Delivered:
    """The same by dot products, from the masks that populations leave, for a fixed-point network.

    Raises InvalidInput for a projection that goes another way.
    """
    found = next(q for q in network.projections if q.name == projection)
    route = compile_route(Wanted(network, found, np.dtype(np.int32), over_time=True))
    if not isinstance(route, DotsRoute):
        raise InvalidInput(f"expected a projection by dot products, got {projection!r} by {type(route).__name__}")
    shape, to = network.by_name[found.source].shape, network.by_name[found.target].shape
    spikes = (np.random.default_rng(0).random((steps, *shape)) < density).astype(np.uint8)
    pixels = spikes.reshape(steps, shape[0], -1).transpose(2, 0, 1)
    flags = np.zeros((*pixels.shape[:2], -(-shape[0] // 64) * 64), np.uint8)
    flags[..., : shape[0]] = pixels
    masks = Masks(np.packbits(flags, axis=-1, bitorder="little").view(np.uint64)[None], shape[0])
    sums = np.zeros((1, steps, network.by_name[found.target].size), np.int32)
    planes, buffers = emptied(sums), Buffers()
    fired = spikes.any(axis=0).reshape(shape[0], -1).T.reshape(-1)
    products = int(route.dots.sources.fanout[route.dots.sources.slot[fired]].sum()) * steps

    def call() -> None:
        route.deliver_masks(planes, masks, np.zeros(1, np.int64), buffers)

    def whole() -> NDArray[np.int32]:
        return sums[0].reshape(steps, to[1], to[2], to[0]).transpose(0, 3, 1, 2)

    call()
    return Delivered(call, products, spikes, whole)


def bare_dots(total: int) -> tuple[Callable[[], None], int]:
    """A call of at least `total` products by the same instruction, and how many they are: what the machine can do.

    Eight steps of 32 channels stay in registers; weights, counts and sums lie in the first-level cache, and nothing else is done.
    """
    rng, steps, channels = np.random.default_rng(0), 8, 2 * QUARTER
    placed = rng.integers(-128, 128, FOURS * 4 * BLOCK).astype(np.int8)
    words = rng.integers(0, 2**32, FOURS * steps).astype(np.uint32)
    firsts, tile = (np.arange(FOURS) * steps).astype(np.uint64), np.zeros(steps * BLOCK, np.int32)
    each = FOURS * 4 * channels * steps
    rounds, kernel = np.uint64(max(1, -(-total // each))), _compiled_dots()

    def call() -> None:
        kernel(tile, placed, words, firsts, rounds)

    call()
    return call, int(rounds) * each


def _compiled_dots() -> Callable[..., None]:
    import numba

    stride, fours, zero = np.uint64(BLOCK), np.uint64(FOURS), np.uint64(0)

    @numba.njit(nogil=True, error_model="numpy")
    def multiply(
        tile: NDArray[Any], placed: NDArray[Any], words: NDArray[Any], firsts: NDArray[Any], rounds: np.uint64
    ) -> None:
        for _ in range(rounds):
            two_of_eight(tile, zero, stride, placed, zero, placed, words, zero, firsts, fours, True)

    kernel: Callable[..., None] = multiply
    return kernel


def bare_tiles(total: int) -> tuple[Callable[[], None], int]:
    """A call of at least `total` products by whole tiles, and how many they are; for processors that have them.

    Four tiles of sums stay where they are; two of counts and two of weights come from the first-level cache for each four
    products of tiles.
    """
    rng, rows, blocks, some = np.random.default_rng(0), 16, 2, 8
    sent = aligned(some * blocks * TILE, np.uint8)
    weight = aligned(some * blocks * TILE, np.int8)
    sent[:], weight[:] = rng.integers(0, 256, sent.size), rng.integers(-128, 128, weight.size)
    at = (np.arange(some) * blocks * TILE).astype(np.uint64)
    shape, tile = np.frombuffer(bytearray(tile_shape(rows)), np.uint8), aligned(blocks * rows * BLOCK, np.int32)
    each = some * blocks * rows * BLOCK * 2 * QUARTER
    rounds, kernel = np.uint64(max(1, -(-total // each))), _compiled_tiles()

    def call() -> None:
        kernel(shape, tile, sent, weight, at, rounds)

    call()
    return call, int(rounds) * each


def _compiled_tiles() -> Callable[..., None]:
    import numba

    zero, block, rows = np.uint64(0), np.uint64(BLOCK), np.uint64(16)

    @numba.njit(nogil=True, error_model="numpy")
    def multiply(
        shape: NDArray[Any],
        tile: NDArray[Any],
        sent: NDArray[Any],
        weight: NDArray[Any],
        at: NDArray[Any],
        rounds: np.uint64,
    ) -> None:
        configure(shape)
        count = np.uint64(at.size)
        for _ in range(rounds):
            two_by_two(tile, zero, zero, block, True, sent, zero, weight, zero, at, at, count, rows)
        release()

    kernel: Callable[..., None] = multiply
    return kernel


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
