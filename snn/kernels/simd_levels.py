"""Vector instructions of levels: what sixteen neurons send by their sums, those that send anything moved together."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from spikewright.snn.kernels.dot_ways import called
from spikewright.snn.kernels.simd import place_in
from spikewright.snn.kernels.simd_fire import HALF, INT, INTS, LANES, Neighbours, spread

LONG = ir.IntType(64)
LONGS = ir.VectorType(LONG, LANES)
GATHERS = "+avx512f" in cpu_target.target_context.codegen().magic_tuple()[2].split(",")
"""Whether the processor moves chosen integers together in an instruction; only then `levels_of` may be called."""


def _emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    arrays = [(kind, value) for kind, value in zip(signature.args, args, strict=True)]
    sums, biases, multiplier, since, until, address, value = (arrays[place] for place in (0, 1, 3, 4, 5, 8, 9))
    at, own, count = args[2], args[6], args[10]
    shift, product_shift, half, levels = cgutils.unpack_tuple(builder, args[7], 4)
    read = [Neighbours(context, builder, array) for array in (sums, biases, since, until)]
    entered = builder.shl(read[0].read(at), spread(builder, builder.trunc(shift, INT)))
    potential = builder.add(entered, read[1].read(at))
    able = builder.icmp_signed(">=", potential, read[2].read(own))
    found = cgutils.alloca_once_value(builder, count)
    with builder.if_then(builder.icmp_unsigned("!=", builder.bitcast(able, HALF), HALF(0))):
        zero, most = ir.Constant(INTS, [0] * LANES), read[3].read(own)
        held = builder.select(builder.icmp_signed("<", potential, zero), zero, potential)
        held = builder.sext(builder.select(builder.icmp_signed(">", held, most), most, held), LONGS)
        factor = builder.load(builder.bitcast(place_in(context, builder, multiplier, own, LANES), LONGS.as_pointer()))
        factor.align = 8
        product = builder.add(builder.mul(held, factor), _long(builder, half))
        level, highest = builder.ashr(product, _long(builder, product_shift)), _long(builder, levels)
        level = builder.select(builder.icmp_signed(">", level, highest), highest, level)
        level = builder.trunc(level, INTS)
        sends = builder.icmp_signed(">", level, zero)
        lanes = builder.add(
            spread(builder, builder.trunc(at, INT)), ir.Constant(INTS, list(range(LANES)))
        )  # fmt: skip
        for what, into in ((lanes, address), (level, value)):
            together = called(builder, "llvm.x86.avx512.mask.compress.v16i32", INTS, [what, zero, sends])
            place = builder.bitcast(place_in(context, builder, into, count, LANES), INTS.as_pointer())
            builder.store(together, place).align = 4
        number = called(builder, "llvm.ctpop.i16", HALF, [builder.bitcast(sends, HALF)])
        builder.store(builder.add(count, builder.zext(number, count.type)), found)
    return builder.load(found)


def _long(builder: Any, number: Any) -> Any:
    undefined = ir.Constant(LONGS, ir.Undefined)
    first = builder.insert_element(undefined, number, INT(0))
    return builder.shuffle_vector(first, undefined, ir.Constant(INTS, [0] * LANES))


@intrinsic
def levels_of(typingctx, sums, biases, at, multiplier, since, until, own, numbers, address, value, count):
    """The levels of neurons at + i, i < 16, those above zero with their addresses from `count` on; where the next would go.

        y = min((clip((sums << shift) + bias, 0, until) multiplier + half) >> product shift, levels)      none where below `since`

    `numbers` = (shift, product shift, half, levels), int64. Sums of 16 or 32 bits, biases, `since`, `until`, addresses and values
    int32, `multiplier` int64; constants are from `own` on. Sixteen places are written, whatever becomes of them.
    """
    word = types.uint64
    neurons = sums, biases, word, multiplier, since, until, word
    return word(*neurons, numbers, address, value, word), _emit
