"""Vector instructions that count bits and multiply sums by the units of their targets."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from spikewright.snn.kernels.dot_ways import QUARTER, called
from spikewright.snn.kernels.simd import pointer_to, read_vector, write_vector


def _ones(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    return called(builder, "llvm.ctpop.i64", args[0].type, [args[0]])


def _multiply(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    target, source = signature.args[0], signature.args[2]
    place = pointer_to(context, builder, (target, args[0]), args[1], QUARTER)
    old = read_vector(builder, place, target)
    factor = read_vector(builder, pointer_to(context, builder, (source, args[2]), args[3], QUARTER), source)
    if isinstance(target.dtype, types.Float):
        product = builder.fmul(old, builder.sitofp(factor, ir.VectorType(old.type.element, QUARTER)))
    else:
        product = builder.mul(old, factor)
    write_vector(builder, product, place, target)
    return context.get_dummy_value()


@intrinsic
def ones(typingctx, word):
    """How many bits of a word are set."""
    return types.uint64(types.uint64), _ones


@intrinsic
def multiply_by(typingctx, target, to, source, start):
    """target[to + i] *= source[start + i], i < 16; flat arrays, `source` int32, `target` int32 or float32."""
    return types.void(target, types.uint64, source, types.uint64), _multiply
