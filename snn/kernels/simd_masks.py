"""Vector instructions of masks: from 64 flags in a word to 64 bytes, and the bytes of chosen channels moved together."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from spikewright.snn.kernels.dot_ways import BLOCK, BYTES, called
from spikewright.snn.kernels.simd import place_in, read_vector, write_vector
from spikewright.snn.kernels.simd_dots import vector_at

INT, HALF = ir.IntType(32), BLOCK // 2
FLAGS = ir.VectorType(ir.IntType(1), BLOCK)
COMPRESSES = "+avx512vbmi2" in cpu_target.target_context.codegen().magic_tuple()[2].split(",")
"""Whether the processor moves chosen bytes together in an instruction; only then `compress_four` and `compress_bytes` may be
called."""


def _bytes(builder: Any, word: Any, width: int = BLOCK) -> Any:
    """The first flags of a word as bytes."""
    part = word if width == BLOCK else builder.trunc(word, ir.IntType(width))
    flags = builder.bitcast(part, ir.VectorType(ir.IntType(1), width))
    return builder.zext(flags, ir.VectorType(ir.IntType(8), width))


def _compressed(builder: Any, value: Any, word: Any) -> Any:
    arguments = [value, ir.Constant(BYTES, [0] * BLOCK), builder.bitcast(word, FLAGS)]
    return called(builder, "llvm.x86.avx512.mask.compress.v64i8", BYTES, arguments)


def _add_flags(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    target = signature.args[0]
    place = vector_at(context, builder, (target, args[0]), args[1], BYTES)
    write_vector(builder, builder.add(read_vector(builder, place, target), _bytes(builder, args[2])), place, target)
    return context.get_dummy_value()


def _compress_bytes(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    target = signature.args[0]
    place = vector_at(context, builder, (target, args[0]), args[1], BYTES)
    write_vector(builder, _compressed(builder, read_vector(builder, place, target), args[2]), place, target)
    return context.get_dummy_value()


def _unfold_emitter(windows: int, width: int) -> Any:
    kind = ir.VectorType(ir.IntType(8), width)

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        sent, flat, totals = ((signature.args[place], args[place]) for place in (0, 2, 6))
        total, word = cgutils.alloca_once_value(builder, ir.Constant(kind, [0] * width)), args[1].type
        with cgutils.for_range(builder, args[5], intp=word) as loop:
            further = builder.mul(loop.index, args[4])
            found = None
            for number in range(windows):
                index = builder.add(builder.extract_value(args[3], number), further)
                flags = _bytes(builder, builder.load(place_in(context, builder, flat, index, 1)), width)
                found = flags if found is None else builder.add(found, flags)
            to = builder.add(args[1], builder.mul(loop.index, word(BLOCK)))
            write_vector(builder, found, vector_at(context, builder, sent, to, kind), sent[0])
            builder.store(builder.add(builder.load(total), found), total)
        write_vector(builder, builder.load(total), vector_at(context, builder, totals, word(0), kind), totals[0])
        return context.get_dummy_value()

    return emit


def _compress_four(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    target = signature.args[0]
    words = [builder.extract_value(args[2], number) for number in range(4)]
    one, two, three, four = (_bytes(builder, word) for word in words)
    total = builder.add(builder.add(one, two), builder.add(three, four))
    place = vector_at(context, builder, (target, args[0]), args[1], BYTES)
    write_vector(builder, _compressed(builder, total, args[3]), place, target)
    return context.get_dummy_value()


def _trailing_zeros(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    return called(builder, "llvm.cttz.i64", args[0].type, [args[0], ir.Constant(ir.IntType(1), 1)])


def _halve(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    target, source = signature.args[0], signature.args[3]
    counts = read_vector(builder, vector_at(context, builder, (source, args[3]), args[4], BYTES), source)
    for half in range(2):
        lanes = ir.Constant(ir.VectorType(INT, HALF), list(range(HALF * half, HALF * (half + 1))))
        part = builder.zext(builder.shuffle_vector(counts, counts, lanes), ir.VectorType(INT, HALF))
        bits = builder.bitcast(builder.uitofp(part, ir.VectorType(ir.FloatType(), HALF)), part.type)
        high = builder.trunc(
            builder.lshr(bits, ir.Constant(part.type, [16] * HALF)), ir.VectorType(ir.IntType(16), HALF)
        )
        place = vector_at(context, builder, (target, args[0]), args[1 + half], BYTES)
        write_vector(builder, builder.bitcast(high, BYTES), place, target)
    return context.get_dummy_value()


@intrinsic
def add_flags(typingctx, target, to, word):
    """target[to + i] += bit i of `word`, i < 64; `target` is flat, of bytes."""
    return types.void(target, types.uint64, types.uint64), _add_flags


@intrinsic
def halve(typingctx, target, low, high, source, start):
    """The 64 bytes from `start` on as 32 bfloat16 numbers from target[low] on, and 32 from target[high] on; flat, of bytes."""
    word = types.uint64
    return types.void(target, word, word, source, word), _halve


def unfold_of(windows: int, width: int) -> Any:
    """An instruction: sent[to + 64 t + i] = the sum over places p of bit i of masks[p + t stride], for i < width and t < count.

    Called as (sent, to, masks, (place, ...), stride, count, totals), arrays flat: totals[i] is the sum over t, in a byte.
    """

    @intrinsic
    def unfold(typingctx, sent, to, masks, places, stride, count, totals):
        word = types.uint64
        signature = types.void(sent, word, masks, types.UniTuple(word, windows), word, word, totals)
        return signature, _unfold_emitter(windows, width)

    return unfold


@intrinsic
def compress_bytes(typingctx, target, to, chosen):
    """Those of the bytes target[to : to + 64] whose bit is set in `chosen`, moved together; zeros follow."""
    return types.void(target, types.uint64, types.uint64), _compress_bytes


@intrinsic
def compress_four(typingctx, target, to, words, chosen):
    """target[to : to + 64] = the sums of the bits of four words, those of the bits in `chosen` moved together; zeros follow."""
    return types.void(target, types.uint64, types.UniTuple(types.uint64, 4), types.uint64), _compress_four


@intrinsic
def trailing_zeros(typingctx, word):
    """The number of the lowest bit that is set in a word that is not zero."""
    return types.uint64(types.uint64), _trailing_zeros
