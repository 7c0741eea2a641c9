"""Vector instructions of masks: from 64 flags in a word to 64 bytes, and the bytes of chosen channels moved together."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from spikewright.snn.kernels.dot_ways import BLOCK, BYTES, called
from spikewright.snn.kernels.simd import read_vector, write_vector
from spikewright.snn.kernels.simd_dots import vector_at

FLAGS = ir.VectorType(ir.IntType(1), BLOCK)
COMPRESSES = "+avx512vbmi2" in cpu_target.target_context.codegen().magic_tuple()[2].split(",")
"""Whether the processor moves chosen bytes together in an instruction; only then `compress_four` and `compress_bytes` may be
called."""


def _bytes(builder: Any, word: Any) -> Any:
    return builder.zext(builder.bitcast(word, FLAGS), BYTES)


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


@intrinsic
def add_flags(typingctx, target, to, word):
    """target[to + i] += bit i of `word`, i < 64; `target` is flat, of bytes."""
    return types.void(target, types.uint64, types.uint64), _add_flags


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
