"""Vector instructions of the dot products: four sources times sixteen target channels, added exactly in 32 bits.

    sum[o] += n[0] w[0, o] + n[1] w[1, o] + n[2] w[2, o] + n[3] w[3, o]      n unsigned bytes, w signed ones, o < 16

In float32 the same instructions take one source at a time.

A machine with a dot product of bytes does this in one instruction. `DOTS` has a way for each kind of machine, and a plain one
for all others; which one a process uses depends on the features that Numba compiles for, which its cache on disk knows.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from spikewright.snn.kernels.simd import place_in, read_vector, write_vector

BYTE, HALF, INT, WORD = (ir.IntType(bits) for bits in (8, 16, 32, 64))
QUARTER = 16
"""Target channels of one dot product."""
BLOCK = 4 * QUARTER
"""Target channels that are worked on together: a row of weights of so many bytes is one vector."""
INTS, BYTES = ir.VectorType(INT, QUARTER), ir.VectorType(BYTE, BLOCK)
FLOATS = ir.VectorType(ir.FloatType(), QUARTER)


class DotWay(NamedTuple):
    """How four sources are multiplied: `emit(builder, sum, counts, weights)`, vectors of 16 int32, 64 bytes and 64 bytes.

    `needs`: features of the processor, any of which will do; empty for all processors. `most`: the largest count.
    """

    emit: Callable[[Any, Any, Any, Any], Any]
    needs: tuple[str, ...]
    most: int


def called(builder: Any, name: str, result: Any, arguments: Any) -> Any:
    kind = ir.FunctionType(result, [one.type for one in arguments])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)


def _part(builder: Any, vector: Any, first: int, count: int) -> Any:
    places = ir.Constant(ir.VectorType(INT, count), list(range(first, first + count)))
    return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), places)


def _joined(builder: Any, parts: list[Any]) -> Any:
    while len(parts) > 1:
        count = 2 * parts[0].type.count
        places = ir.Constant(ir.VectorType(INT, count), list(range(count)))
        parts = [builder.shuffle_vector(a, b, places) for a, b in zip(parts[::2], parts[1::2], strict=True)]
    return parts[0]


def _in_parts(builder: Any, values: Any, number: int, work: Callable[..., Any]) -> Any:
    """`work` on so many equal parts of the vectors, joined again."""
    counts = [value.type.count // number for value in values]
    parts = [
        work(*(_part(builder, value, part * count, count) for value, count in zip(values, counts, strict=True)))
        for part in range(number)
    ]
    return _joined(builder, parts)


def _vnni(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    return called(builder, "llvm.x86.avx512.vpdpbusd.512", INTS, [total, counts, weights])


def _vnni_halves(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    def half(total: Any, counts: Any, weights: Any) -> Any:
        return called(builder, "llvm.x86.avx512.vpdpbusd.256", total.type, [total, counts, weights])

    return _in_parts(builder, (total, counts, weights), 2, half)


def _arm(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    def part(total: Any, counts: Any, weights: Any) -> Any:
        return called(builder, "llvm.aarch64.neon.sdot.v4i32.v16i8", total.type, [total, counts, weights])

    return _in_parts(builder, (total, counts, weights), 4, part)


def _pairs(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    """Pairs in 16 bits, which hold them as long as counts are below 128, then pairs of these."""
    ones = ir.Constant(ir.VectorType(HALF, 32), [1] * 32)
    halves = called(builder, "llvm.x86.avx512.pmaddubs.w.512", ones.type, [counts, weights])
    return builder.add(total, called(builder, "llvm.x86.avx512.pmaddw.d.512", INTS, [halves, ones]))


def _pairs_halves(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    ones = ir.Constant(ir.VectorType(HALF, 16), [1] * 16)

    def half(total: Any, counts: Any, weights: Any) -> Any:
        halves = called(builder, "llvm.x86.avx2.pmadd.ub.sw", ones.type, [counts, weights])
        return builder.add(total, called(builder, "llvm.x86.avx2.pmadd.wd", total.type, [halves, ones]))

    return _in_parts(builder, (total, counts, weights), 2, half)


def _plain(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    """Byte by byte, in any instructions that there are."""
    counts, weights = builder.bitcast(counts, INTS), builder.bitcast(weights, INTS)

    def shift(bits: int) -> Any:
        return ir.Constant(INTS, [bits] * QUARTER)

    for byte in range(4):
        number = builder.lshr(builder.shl(counts, shift(24 - 8 * byte)), shift(24))
        weight = builder.ashr(builder.shl(weights, shift(24 - 8 * byte)), shift(24))
        total = builder.add(total, builder.mul(number, weight))
    return total


DOTS: dict[str, DotWay] = {
    "vnni": DotWay(_vnni, ("avx512vnni",), 255),
    "vnni halves": DotWay(_vnni_halves, ("avxvnni",), 255),
    "arm": DotWay(_arm, ("dotprod",), 127),
    "pairs": DotWay(_pairs, ("avx512bw",), 127),
    "pairs halves": DotWay(_pairs_halves, ("avx2",), 127),
    "plain": DotWay(_plain, (), 255),
}
"""Ways of the dot product, the best first."""


def way_of(features: str) -> str:
    """The best way for a processor of those features, such as "+avx2,-avx512f"."""
    has = {one[1:] for one in features.split(",") if one.startswith("+")}
    return next(name for name, way in DOTS.items() if not way.needs or has & {*way.needs})


_FEATURES = cpu_target.target_context.codegen().magic_tuple()[2]
FUSES = bool({"+fma", "+neon"} & {*_FEATURES.split(",")})
"""Whether the processor multiplies and adds in one rounding."""
DOT = way_of(_FEATURES)
"""The way of this process."""


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
