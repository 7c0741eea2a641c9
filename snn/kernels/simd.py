"""Vector instructions that a plain loop does not give: fixed lengths, no tests for overlap, no remainder."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from spikewright.snn.kernels.jit import CHECKED

VECTOR_BYTES = 64
"""Bytes of a vector that multiplies; machines with narrower registers use several."""
UNIT = 16
"""Rows and columns of a square that is transposed, and weights that are added at once."""


_INT32 = ir.IntType(32)


def lanes_of(kind: Any) -> int:
    """Numbers of an array's type in a vector."""
    return 8 * VECTOR_BYTES // int(kind.dtype.bitwidth)


def pointer_to(context: Any, builder: Any, array: tuple[Any, Any], index: Any, lanes: int) -> Any:
    """Where a vector of so many numbers of `array` = (its Numba type, its value) begins."""
    vector = ir.VectorType(context.get_value_type(array[0].dtype), lanes)
    return builder.bitcast(place_in(context, builder, array, index, lanes), vector.as_pointer())


def place_in(context: Any, builder: Any, array: tuple[Any, Any], index: Any, count: int) -> Any:
    """Where `count` numbers of a flat array begin; kernels that check their indices raise IndexError where it has fewer."""
    kind, value = array
    held = context.make_array(kind)(context, builder, value)
    if CHECKED:
        stop = builder.add(index, ir.Constant(index.type, count))
        outside = builder.or_(
            builder.icmp_unsigned(">", stop, held.nitems), builder.icmp_unsigned("<", stop, index)
        )  # fmt: skip
        with builder.if_then(outside, likely=False):
            context.call_conv.return_user_exc(builder, IndexError, ("a vector that is not inside its array",))
    return builder.gep(held.data, [index])


def read_vector(builder: Any, pointer: Any, kind: Any) -> Any:
    value = builder.load(pointer)
    value.align = kind.dtype.bitwidth // 8
    return value


def write_vector(builder: Any, value: Any, pointer: Any, kind: Any) -> None:
    builder.store(value, pointer).align = kind.dtype.bitwidth // 8


def _add(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    target, _, source, _ = signature.args
    to = pointer_to(context, builder, (target, args[0]), args[1], UNIT)
    old = read_vector(builder, to, target)
    more = read_vector(builder, pointer_to(context, builder, (source, args[2]), args[3], UNIT), source)
    write_vector(
        builder,
        builder.fadd(old, more) if isinstance(target.dtype, types.Float) else builder.add(old, more),
        to,
        target,
    )
    return context.get_dummy_value()


@intrinsic
def add_vector(typingctx, target, to, source, at):
    """target[to : to + UNIT] += source[at : at + UNIT]; flat contiguous arrays of one type that do not overlap."""
    return types.void(target, types.uint64, source, types.uint64), _add


def _transpose(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    target, _, _, source, _, _, _ = signature.args
    rows = []
    for row in range(UNIT):
        place = builder.add(args[4], builder.mul(args[5], ir.Constant(ir.IntType(64), row)))
        rows.append(read_vector(builder, pointer_to(context, builder, (source, args[3]), place, UNIT), source))
    half = UNIT // 2
    low = [lane // 2 + UNIT * (lane % 2) for lane in range(UNIT)]
    high = [lane + half for lane in low]
    for _ in range(half.bit_length()):
        pairs = [(rows[row], rows[row + half]) for row in range(half)]
        rows = [
            builder.shuffle_vector(one, other, ir.Constant(ir.VectorType(_INT32, UNIT), lanes))
            for one, other in pairs
            for lanes in (low, high)
        ]
    for row, value in enumerate(rows):
        with builder.if_then(builder.icmp_unsigned("<", ir.Constant(ir.IntType(64), row), args[6])):
            place = builder.add(args[1], builder.mul(args[2], ir.Constant(ir.IntType(64), row)))
            write_vector(builder, value, pointer_to(context, builder, (target, args[0]), place, UNIT), target)
    return context.get_dummy_value()


@intrinsic
def transpose_to(typingctx, target, to, stride, source, at, length, count):
    """target[to + t stride + o] = source[at + o length + t] for o < UNIT and t < min(count, UNIT); flat arrays of one type."""
    word = types.uint64
    return types.void(target, word, word, source, word, word, word), _transpose
