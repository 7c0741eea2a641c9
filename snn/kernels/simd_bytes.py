"""Vector instructions of levels as bytes: what sixteen neurons send by their sums, and the sums of bytes in a window."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from spikewright.snn.kernels.simd import place_in, read_vector, write_vector
from spikewright.snn.kernels.simd_dots import vector_at
from spikewright.snn.kernels.simd_fire import HALF, INT, INTS, LANES, Neighbours, spread

BYTE, LONG, WORD = ir.IntType(8), ir.IntType(64), ir.IntType(64)
LONGS, NARROW = ir.VectorType(LONG, LANES), ir.VectorType(BYTE, LANES)


def _levels(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    arrays = [(kind, value) for kind, value in zip(signature.args, args, strict=True)]
    sums, biases, multiplier, since, until, target = (arrays[place] for place in (0, 2, 4, 5, 6, 9))
    at, own_bias, own, to = args[1], args[3], args[7], args[10]
    shift, product_shift, half, levels = cgutils.unpack_tuple(builder, args[8], 4)
    read = [Neighbours(context, builder, array) for array in (sums, biases, since, until)]
    entered = builder.shl(read[0].read(at), spread(builder, builder.trunc(shift, INT)))
    potential = builder.add(entered, read[1].read(own_bias))
    able = builder.icmp_signed(">=", potential, read[2].read(own))
    zero, place = ir.Constant(INTS, [0] * LANES), vector_at(context, builder, target, to, NARROW)
    with builder.if_else(builder.icmp_unsigned("!=", builder.bitcast(able, HALF), HALF(0))) as (some, none):
        with some:
            most = read[3].read(own)
            held = builder.select(builder.icmp_signed("<", potential, zero), zero, potential)
            held = builder.sext(builder.select(builder.icmp_signed(">", held, most), most, held), LONGS)
            bits = multiplier[0].dtype.bitwidth
            kind = ir.VectorType(ir.IntType(bits), LANES)
            factor = builder.load(
                builder.bitcast(place_in(context, builder, multiplier, own, LANES), kind.as_pointer())
            )
            factor.align = bits // 8
            product = builder.mul(held, builder.sext(factor, LONGS) if bits < 64 else factor)
            level = builder.ashr(builder.add(product, _long(builder, half)), _long(builder, product_shift))
            highest = _long(builder, levels)
            level = builder.select(builder.icmp_signed(">", level, highest), highest, level)
            write_vector(builder, builder.trunc(level, NARROW), place, target[0])
        with none:
            write_vector(builder, ir.Constant(NARROW, [0] * LANES), place, target[0])
    return context.get_dummy_value()


def _long(builder: Any, number: Any) -> Any:
    undefined = ir.Constant(LONGS, ir.Undefined)
    first = builder.insert_element(undefined, number, INT(0))
    return builder.shuffle_vector(first, undefined, ir.Constant(INTS, [0] * LANES))


@intrinsic
def level_bytes(typingctx, sums, at, biases, own_bias, multiplier, since, until, own, numbers, target, to):
    """target[to + i] = the level of the neuron of sums[at + i], i < 16, at most 255, as `simd_levels.levels_of` says.

    Biases from `own_bias` on, the other constants from `own` on; `multiplier` int32 or int64, `target` flat, of bytes.
    """
    word = types.uint64
    constants = multiplier, since, until, word
    return types.void(sums, word, biases, word, *constants, numbers, target, word), _levels


def _window_emitter(windows: int, width: int, wide: bool) -> Any:
    bytes_, halves = ir.VectorType(BYTE, width), ir.VectorType(HALF, width)

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        sent, flat = ((signature.args[place], args[place]) for place in (0, 2))
        kind, total, seen = (halves if wide else bytes_), None, None
        for number in range(windows):
            place = vector_at(context, builder, flat, builder.extract_value(args[3], number), bytes_)
            value = read_vector(builder, place, flat[0])
            seen = value if seen is None else builder.or_(seen, value)
            value = builder.zext(value, halves) if wide else value
            total = value if total is None else builder.add(total, value)
        low = builder.trunc(total, bytes_) if wide else total
        write_vector(builder, low, vector_at(context, builder, sent, args[1], bytes_), sent[0])
        if wide:
            high = builder.trunc(builder.lshr(total, ir.Constant(kind, [8] * width)), bytes_)
            place = vector_at(context, builder, sent, builder.add(args[1], WORD(64)), bytes_)
            write_vector(builder, high, place, sent[0])
        there = builder.icmp_unsigned("!=", seen, ir.Constant(bytes_, [0] * width))
        bits = builder.bitcast(there, ir.IntType(width))
        return bits if width == 64 else builder.zext(bits, WORD)

    return emit


def window_bytes_of(windows: int, width: int, wide: bool = False) -> Any:
    """An instruction: sent[to + i] = the sum over places p of flat[p + i], i < width.

    Called as (sent, to, flat, (place, ...)), flat arrays of bytes; bit i of what it returns says whether any of them is not zero.
    `wide`: sums have two bytes, the higher ones from sent[to + 64] on; otherwise they are below 256.
    """

    @intrinsic
    def add_window(typingctx, sent, to, flat, places):
        word = types.uint64
        return word(sent, word, flat, types.UniTuple(word, windows)), _window_emitter(windows, width, wide)

    return add_window
