"""Instructions of fields: tiles whose rows are neighbouring target pixels, any number of bytes apart, into planes of sums.

Tiles 0 to 3 hold sums, 4 and 5 values, 6 and 7 weights, as in `snn.kernels.simd_tiles`, which configures and releases them.
"""

from typing import Any

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER
from spikewright.snn.kernels.simd_tiles import COUNTS, TILE, WEIGHTS, WORD, emit_tile, place_of_tile


def _emitter(quarters: int) -> Any:
    each = [(block, quarter) for block in range(2) for quarter in range(quarters)]

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        sums, sent, weight = ((signature.args[place], args[place]) for place in (0, 3, 6))
        to, apart, at, stride, first, pitch, count, rows = (args[place] for place in (1, 2, 4, 5, 7, 8, 9, 10))
        below = builder.sub(rows, WORD(1))
        for number in range(len(each)):
            emit_tile(builder, "tilezero", (number,))
        with cgutils.for_range(builder, count, intp=WORD) as loop:
            begin = builder.add(first, builder.mul(loop.index, pitch))
            extent = builder.add(builder.mul(below, stride), WORD(BLOCK))
            for number, (block, quarter) in enumerate(each):
                if quarter == 0:
                    index = builder.add(builder.extract_value(at, block), builder.mul(loop.index, WORD(BLOCK)))
                    place = place_of_tile(context, builder, sent, index, extent)
                    emit_tile(builder, "tileloadd64", (COUNTS + block,), place, stride)
                if block == 0:
                    index = builder.add(begin, WORD(TILE * quarter))
                    place = place_of_tile(context, builder, weight, index, WORD(TILE))
                    emit_tile(builder, "tileloadd64", (WEIGHTS + quarter,), place, WORD(BLOCK))
                emit_tile(builder, "tdpbusd", (number, COUNTS + block, WEIGHTS + quarter))
        extent, row = builder.add(builder.mul(below, apart), WORD(QUARTER)), builder.mul(apart, WORD(4))
        for number, (block, quarter) in enumerate(each):
            index = builder.add(builder.extract_value(to, block), WORD(QUARTER * quarter))
            place = place_of_tile(context, builder, sums, index, extent)
            emit_tile(builder, "tilestored64", (number,), place, row)
        return context.get_dummy_value()

    return emit


def multiply_field_of(quarters: int) -> Any:
    """An instruction: the sums of two blocks of `rows` target pixels and 16 `quarters` (1 or 2) channels.

    Called as (sums, (to, to), apart, sent, (at, at), stride, weight, first, pitch, count, rows), arrays flat: the k-th 64
    values of row t of a block are sent[at + 64 k + t stride :], its sums are sums[to + t apart :]; the k-th weights of a quarter
    are the 1,024 bytes weight[first + k pitch + 1024 quarter :]. The sums are set, whatever they were.
    """

    @intrinsic
    def multiply(typingctx, sums, to, apart, sent, at, stride, weight, first, pitch, count, rows):
        word = types.uint64
        pair = types.UniTuple(word, 2)
        signature = types.void(sums, pair, word, sent, pair, word, weight, word, word, word, word)
        return signature, _emitter(quarters)

    return multiply
