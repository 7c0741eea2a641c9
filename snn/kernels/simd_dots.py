"""Vector instructions of the dot products: four sources times sixteen target channels, added exactly in 32 bits.

    sum[o] += n[0] w[0, o] + n[1] w[1, o] + n[2] w[2, o] + n[3] w[3, o]      n unsigned bytes, w signed ones, o < 16

In float32 the same instructions take one source at a time.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from spikewright.snn.kernels.dot_ways import BLOCK, BYTES, DOTS, FUSES, INTS, QUARTER, DotWay, called
from spikewright.snn.kernels.simd import place_in, read_vector, write_vector

BYTE, HALF, INT, WORD = (ir.IntType(bits) for bits in (8, 16, 32, 64))
FLOATS = ir.VectorType(ir.FloatType(), QUARTER)


def vector_at(context: Any, builder: Any, array: Any, index: Any, kind: Any) -> Any:
    """The vector of a `kind` that begins at an index of a flat array of (Numba type, value)."""
    width = 32 if isinstance(kind.element, ir.FloatType) else kind.element.width
    count = kind.count * width // array[0].dtype.bitwidth
    pointer = builder.bitcast(place_in(context, builder, array, index, count), kind.as_pointer())
    return pointer


def _interleave(quarters: int) -> Any:
    """Instructions of `interleave_of`: bytes of two rows by turns, then pairs of bytes of two pairs."""
    size = QUARTER * quarters

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        target, _, source, _ = signature.args
        if isinstance(source.dtype, types.Float):
            place = place_in(context, builder, (target, args[0]), args[1], 1)
            builder.store(builder.extract_value(args[3], 0), place)
            return context.get_dummy_value()
        to = builder.mul(args[1], WORD(4 * BLOCK))
        narrow = ir.VectorType(BYTE, size)
        rows = [
            read_vector(builder, vector_at(context, builder, (source, args[2]), at, narrow), source)
            for at in cgutils.unpack_tuple(builder, args[3], 4)
        ]
        low = [16 * (lane // 16) + lane % 16 // 2 + size * (lane % 2) for lane in range(size)]
        first = [_shuffled(builder, rows[a], rows[b], low, 8 * high) for a, b in ((0, 1), (2, 3)) for high in (0, 1)]
        low = [8 * (lane // 8) + lane % 8 // 2 + size // 2 * (lane % 2) for lane in range(size // 2)]
        halves = [builder.bitcast(one, ir.VectorType(HALF, size // 2)) for one in first]
        done = [_shuffled(builder, halves[a], halves[a + 2], low, 4 * high) for a in (0, 1) for high in (0, 1)]
        for number, one in enumerate(done):
            at = builder.add(to, WORD(size * number))
            pointer = vector_at(context, builder, (target, args[0]), at, narrow)
            write_vector(builder, builder.bitcast(one, narrow), pointer, target)
        return context.get_dummy_value()

    return emit


def _shuffled(builder: Any, one: Any, other: Any, low: list[int], offset: int) -> Any:
    lanes = [lane + offset for lane in low]
    return builder.shuffle_vector(one, other, ir.Constant(ir.VectorType(INT, len(lanes)), lanes))


def interleave_of(quarters: int) -> Any:
    """An instruction: target[256 n + 4 o + k] = the weight of target channel o in row k, for k < 4 and o < 16 quarters.

    Called as (target, n, source, (row, ...)): the rows begin at these places of `source`, in the order of `row_order`. Weights
    in float32 stay where they are: target[n] = the first row.
    """

    @intrinsic
    def interleave(typingctx, target, number, source, rows):
        word = types.uint64
        return types.void(target, word, source, types.UniTuple(word, 4)), _interleave(quarters)

    return interleave


def row_order(width: int) -> list[int]:
    """The target channels of a row of `width` bytes (16, 32 or 64) one after the other, so that interleaved they are in order."""
    quarters = width // QUARTER
    return [4 * quarters * (lane % 16 // 4) + 4 * (lane // 16) + lane % 4 for lane in range(width)]


class _Factors:
    """What a loop over fours reads: their weights as vectors, and what was counted in each step in every lane of one."""

    def __init__(self, context: Any, builder: Any, signature: Any, args: Any) -> None:
        self.context, self.builder = context, builder
        self.placed, self.weights, self.trains, self.firsts = (
            (signature.args[place], args[place]) for place in (3, 5, 6, 8)
        )
        self.at, self.step = args[4], args[7]
        self.floats = isinstance(self.weights[0].dtype, types.Float)

    def weights_of(self, four: Any, quarters: int) -> list[Any]:
        """Vectors of a four from column `at` on."""
        if self.floats:
            row = self.builder.load(place_in(self.context, self.builder, self.placed, four, 1))
            array, at, apart, kind = self.weights, self.builder.add(row, self.at), QUARTER, FLOATS
        else:
            at = self.builder.mul(self.builder.add(self.builder.mul(four, WORD(BLOCK)), self.at), WORD(4))
            array, apart, kind = self.placed, BLOCK, BYTES
        places = [self.builder.add(at, WORD(apart * quarter)) for quarter in range(quarters)]
        return [
            read_vector(self.builder, vector_at(self.context, self.builder, array, place, kind), array[0])
            for place in places
        ]

    def counts_of(self, four: Any, steps: int) -> Any:
        """The counts of a four, step by step."""
        first = self.builder.load(place_in(self.context, self.builder, self.firsts, four, 1))
        first = self.builder.add(first, self.step)
        for step in range(steps):
            at = self.builder.add(first, WORD(step))
            yield self.builder.load(place_in(self.context, self.builder, self.trains, at, 1))

    def added(self, way: DotWay, total: Any, counts: Any, weights: Any) -> Any:
        """The sum with one product more."""
        if self.floats:
            return _product(self.builder, total, _spread(self.builder, counts, FLOATS), weights)
        return way.emit(self.builder, total, self.builder.bitcast(_spread(self.builder, counts, INTS), BYTES), weights)


def _product(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    """In one rounding where the processor does so, else in two."""
    if FUSES:
        return called(builder, "llvm.fma.v16f32", FLOATS, [counts, weights, total])
    return builder.fadd(total, builder.fmul(counts, weights))


def _dots_emitter(way: DotWay, steps: int, quarters: int) -> Any:
    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        tile, factors = signature.args[0], _Factors(context, builder, signature, args)
        kind = FLOATS if factors.floats else INTS
        sums = [cgutils.alloca_once(builder, kind) for _ in range(steps * quarters)]
        offsets = [
            builder.add(builder.mul(args[2], WORD(step)), WORD(QUARTER * quarter))
            for step in range(steps)
            for quarter in range(quarters)
        ]
        places = [vector_at(context, builder, (tile, args[0]), builder.add(args[1], one), kind) for one in offsets]
        for total in sums:
            builder.store(ir.Constant(kind, [0] * QUARTER), total)
        with builder.if_then(args[10]):
            for total, place in zip(sums, places, strict=True):
                builder.store(read_vector(builder, place, tile), total)
        with cgutils.for_range(builder, args[9], intp=WORD) as loop:
            weights = factors.weights_of(loop.index, quarters)
            for step, counts in enumerate(factors.counts_of(loop.index, steps)):
                for quarter in range(quarters):
                    total = sums[step * quarters + quarter]
                    builder.store(factors.added(way, builder.load(total), counts, weights[quarter]), total)
        for total, place in zip(sums, places, strict=True):
            write_vector(builder, builder.load(total), place, tile)
        return context.get_dummy_value()

    return emit


def _spread(builder: Any, number: Any, kind: Any) -> Any:
    undefined = ir.Constant(kind, ir.Undefined)
    first = builder.insert_element(undefined, number, INT(0))
    return builder.shuffle_vector(first, undefined, ir.Constant(INTS, [0] * QUARTER))


def dots_of(way: str, steps: int, quarters: int) -> Any:
    """An instruction: tile[to + t stride + 16 j + i] += sum_g sum_k n[g, t, k] w[g, k, 16 j + i] for t < steps, j < quarters.

    Called as (tile, to, stride, placed, column, weights, trains, step, firsts, groups, more): the weights of group g from
    `column` on are in `placed` and `weights` as `interleave_of` leaves them, its counts of step t are the four bytes of
    trains[firsts[g] + step + t]; in float32 the count of the one member of the group. Unless `more`, the tile is set,
    whatever it holds.
    """

    @intrinsic
    def dots(typingctx, tile, to, stride, placed, column, weights, trains, step, firsts, groups, more):
        word = types.uint64
        of_tile, of_weights = (tile, word, word), (placed, word, weights)
        signature = types.void(*of_tile, *of_weights, trains, word, firsts, word, types.boolean)
        return signature, _dots_emitter(DOTS[way], steps, quarters)

    return dots
