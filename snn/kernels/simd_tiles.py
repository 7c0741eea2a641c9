"""Instructions of tiles: squares of numbers that the processor multiplies whole, sixteen rows of four counts by sixteen targets.

    sums[t, o] += sum over k < 16 and i < 4 of  counts[t, 4 k + i] weights[k, 4 o + i]        t < 16 rows, o < 16

In float32 a square has pairs where it has fours, i < 2, of bfloat16 numbers, whose products float32 holds: those of i = 0 are
added one after the other, so are those of i = 1, then both to each other and that to the sums, each time rounded to the nearest.

Tiles 0 to 3 hold sums, 4 and 5 counts, 6 and 7 weights. They belong to the thread, from `configure` until `release`. Only where
`dot_ways.TILES`, in float32 `REAL_TILES`, says so may any of this be called.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER, called
from spikewright.snn.kernels.simd import place_in

BYTE, WORD, NOTHING = ir.IntType(8), ir.IntType(64), ir.VoidType()
TILE = QUARTER * BLOCK
"""Bytes of a whole tile of weights."""
COUNTS, WEIGHTS = 4, 6
"""The first tile of counts, and of weights."""
MOST_KEPT = 16
"""Tiles of weights that stay in the first-level cache; where there are more they are loaded past it, so that all else stays."""


def emit_tile(builder: Any, name: str, numbers: tuple[int, ...], *arguments: Any) -> None:
    """An instruction of the tiles of these numbers."""
    called(builder, f"llvm.x86.{name}", NOTHING, [*map(BYTE, numbers), *arguments])


def place_of_tile(context: Any, builder: Any, array: tuple[Any, Any], index: Any, extent: Any) -> Any:
    """Where a tile begins in a flat array; it covers `extent` numbers, looked at where indices are checked."""
    place_in(context, builder, array, builder.add(index, builder.sub(extent, WORD(1))), 1)
    return builder.bitcast(place_in(context, builder, array, index, 1), BYTE.as_pointer())


def _configure(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    emit_tile(
        builder, "ldtilecfg", (), place_of_tile(context, builder, (signature.args[0], args[0]), WORD(0), WORD(BLOCK))
    )
    return context.get_dummy_value()


def _release(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    emit_tile(builder, "tilerelease", ())
    return context.get_dummy_value()


@intrinsic
def configure(typingctx, shape):
    """Give the tiles of this thread the sizes that 64 bytes of `shape` say."""
    return types.void(shape), _configure


@intrinsic
def release(typingctx):
    """Give the tiles of this thread back."""
    return types.void(), _release


class _Operands:
    """The arguments of `multiply_of`, and where tiles of them lie."""

    def __init__(self, context: Any, builder: Any, signature: Any, args: Any) -> None:
        self.context, self.builder = context, builder
        self.sums, self.sent, self.weight, self.at, self.by = (
            (signature.args[place], args[place]) for place in (0, 5, 7, 9, 10)
        )
        self.to, self.begin, self.begin_step, self.more, self.down, self.first, self.count, self.rows = (
            args[place] for place in (1, 2, 3, 4, 6, 8, 11, 12)
        )

    def of_sums(self, first: Any, step: Any, block: int, quarter: int) -> Any:
        """The sums of a block of rows, `step` numbers apart, and sixteen targets."""
        number, builder = self._rows_of(block, step), self.builder
        index = builder.add(builder.add(first, number), WORD(QUARTER * quarter))
        return place_of_tile(self.context, builder, self.sums, index, self._extent(step, QUARTER))

    def of_sent(self, k: Any, block: int) -> Any:
        """The counts of a block of rows in the k-th tile."""
        builder = self.builder
        at = builder.load(place_in(self.context, builder, self.at, k, 1))
        index = builder.add(at, builder.add(self.down, self._rows_of(block, WORD(BLOCK))))
        return place_of_tile(self.context, builder, self.sent, index, self._extent(WORD(BLOCK), BLOCK))

    def of_weights(self, k: Any, quarter: int) -> Any:
        """The weights of sixteen targets in the k-th tile."""
        builder = self.builder
        by = builder.load(place_in(self.context, builder, self.by, k, 1))
        index = builder.add(builder.add(by, self.first), WORD(TILE * quarter))
        return place_of_tile(self.context, builder, self.weight, index, WORD(TILE))

    def _rows_of(self, block: int, step: Any) -> Any:
        return self.builder.mul(self.builder.mul(self.rows, WORD(block)), step)

    def _extent(self, step: Any, width: int) -> Any:
        return self.builder.add(self.builder.mul(self.builder.sub(self.rows, WORD(1)), step), WORD(width))


def _multiply_emitter(blocks: int, quarters: int) -> Any:
    each = [(block, quarter) for block in range(blocks) for quarter in range(quarters)]

    def products(builder: Any, use: _Operands, load: str, real: bool) -> None:
        with cgutils.for_range(builder, use.count, intp=WORD) as loop:
            for number, (block, quarter) in enumerate(each):
                counts, weights = COUNTS + block, WEIGHTS + quarter % 2
                if quarter == 0:
                    emit_tile(builder, "tileloadd64", (counts,), use.of_sent(loop.index, block), WORD(BLOCK))
                if block == 0 or quarters > 2:
                    emit_tile(builder, load, (weights,), use.of_weights(loop.index, quarter), WORD(BLOCK))
                emit_tile(builder, "tdpbf16ps" if real else "tdpbusd", (number, counts, weights))

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        use = _Operands(context, builder, signature, args)
        row, real = WORD(4 * BLOCK), isinstance(signature.args[0].dtype, types.Float)
        with builder.if_else(use.more) as (given, fresh):
            with given:
                apart = builder.mul(use.begin_step, WORD(4))
                for number, (block, quarter) in enumerate(each):
                    place = use.of_sums(use.begin, use.begin_step, block, quarter)
                    emit_tile(builder, "tileloadd64", (number,), place, apart)
            with fresh:
                for number in range(len(each)):
                    emit_tile(builder, "tilezero", (number,))
        many = builder.icmp_unsigned(">", builder.mul(use.count, WORD(quarters)), WORD(MOST_KEPT))
        with builder.if_else(many) as (passing, staying):
            with passing:
                products(builder, use, "tileloaddt164", real)
            with staying:
                products(builder, use, "tileloadd64", real)
        for number, (block, quarter) in enumerate(each):
            place = use.of_sums(use.to, WORD(BLOCK), block, quarter)
            emit_tile(builder, "tilestored64", (number,), place, row)
        return context.get_dummy_value()

    return emit


def multiply_of(blocks: int, quarters: int) -> Any:
    """An instruction: sums[to + 64 t + o] = begin + sum over k < count of the products of the k-th tiles of counts and weights.

    For `blocks` (1 or 2, with more than two quarters 1) times `rows` rows t and 16 `quarters` targets o. Called as (sums, to,
    begin, begin step, more, sent, down, weight, first, at, by, count, rows), all arrays flat: the k-th counts of row t are the 64
    bytes sent[at[k] + down + 64 t :], the weights of a quarter the 1,024 bytes weight[by[k] + first + 1024 quarter :]. What sums
    begin with is sums[begin + t (begin step) + o], zero unless there is `more`. Rows of sums are 64 numbers apart.
    Where sums are float32 the bytes are bfloat16 numbers.
    """

    @intrinsic
    def multiply(typingctx, sums, to, begin, begin_step, more, sent, down, weight, first, at, by, count, rows):
        word = types.uint64
        of_sums, of_tiles = (sums, word, word, word, types.boolean), (sent, word, weight, word, at, by)
        return types.void(*of_sums, *of_tiles, word, word), _multiply_emitter(blocks, quarters)

    return multiply


def tile_shape(rows: int) -> bytes:
    """What `configure` takes for sums and counts of so many rows, at most 16."""
    shape = bytearray(BLOCK)
    shape[0] = 1
    for tile in range(8):
        shape[16 + 2 * tile], shape[48 + tile] = BLOCK, rows if tile < WEIGHTS else QUARTER
    return bytes(shape)
