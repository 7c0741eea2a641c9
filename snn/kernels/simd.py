"""Vector instructions that a plain loop does not give: fixed lengths, no tests for overlap, no remainder."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from spikewright.snn.kernels.jit import CHECKED

VECTOR_BYTES = 64
"""Bytes of a vector that multiplies; machines with narrower registers use several."""
UNIT = 16
"""Rows and columns of a block that is transposed, and weights of a block that is added."""


_INT32 = ir.IntType(32)


def _lanes(kind: Any) -> int:
    """Numbers of an array's type in a vector."""
    return 8 * VECTOR_BYTES // int(kind.dtype.bitwidth)


def _pointer(context: Any, builder: Any, array: tuple[Any, Any], index: Any, lanes: int) -> Any:
    """Where a vector of so many numbers of `array` = (its Numba type, its value) begins."""
    vector = ir.VectorType(context.get_value_type(array[0].dtype), lanes)
    return builder.bitcast(_place(context, builder, array, index, lanes), vector.as_pointer())


def _place(context: Any, builder: Any, array: tuple[Any, Any], index: Any, count: int) -> Any:
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


def _read(builder: Any, pointer: Any, kind: Any) -> Any:
    value = builder.load(pointer)
    value.align = kind.dtype.bitwidth // 8
    return value


def _write(builder: Any, value: Any, pointer: Any, kind: Any) -> None:
    builder.store(value, pointer).align = kind.dtype.bitwidth // 8


def _spread(builder: Any, number: Any, vector: Any) -> Any:
    undefined = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(undefined, number, ir.Constant(_INT32, 0))
    return builder.shuffle_vector(
        first, undefined, ir.Constant(ir.VectorType(_INT32, vector.count), [0] * vector.count)
    )


def _element(context: Any, builder: Any, array: tuple[Any, Any], index: Any) -> Any:
    return builder.load(_place(context, builder, array, index, 1))


def _plus(builder: Any, total: Any, product: tuple[Any, Any], kind: Any) -> Any:
    if isinstance(kind.dtype, types.Float):
        return builder.fadd(total, builder.fmul(*product))
    return builder.add(total, builder.mul(*product))


def _row_emitter(sources: int, units: int) -> Any:
    """Instructions of `rows_to_lanes` for so many sources and units: their vectors stay in registers along the row."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        tile, _, _, lanes, _, weights, _, _ = signature.args
        unit = _lanes(tile)
        vector = ir.VectorType(context.get_value_type(tile.dtype), unit)
        places = cgutils.unpack_tuple(builder, args[4], sources)
        firsts = cgutils.unpack_tuple(builder, args[6], sources)
        word = ir.IntType(64)
        seen = [
            [
                _read(
                    builder, _pointer(context, builder, (lanes, args[3]), builder.add(at, word(unit * u)), unit), lanes
                )
                for u in range(units)
            ]
            for at in places
        ]
        with cgutils.for_range(builder, args[7], intp=word) as loop:
            spread = [
                _spread(builder, _element(context, builder, (weights, args[5]), builder.add(at, loop.index)), vector)
                for at in firsts
            ]
            cell = builder.add(args[1], builder.mul(loop.index, args[2]))
            for u in range(units):
                to = _pointer(context, builder, (tile, args[0]), builder.add(cell, word(unit * u)), unit)
                total = _read(builder, to, tile)
                for source in range(sources):
                    total = _plus(builder, total, (seen[source][u], spread[source]), tile)
                _write(builder, total, to, tile)
        return context.get_dummy_value()

    return emit


def _list_emitter(units: int) -> Any:
    """Instructions of `list_to_lanes` for so many units."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        tile, _, _, lanes, _, channels, weights, _, _ = signature.args
        unit, word = _lanes(tile), ir.IntType(64)
        vector = ir.VectorType(context.get_value_type(tile.dtype), unit)
        seen = [
            _read(
                builder, _pointer(context, builder, (lanes, args[3]), builder.add(args[4], word(unit * u)), unit), lanes
            )
            for u in range(units)
        ]
        with cgutils.for_range(builder, builder.sub(args[8], args[7]), intp=word) as loop:
            place = builder.add(args[7], loop.index)
            spread = _spread(builder, _element(context, builder, (weights, args[6]), place), vector)
            channel = builder.zext(_element(context, builder, (channels, args[5]), place), word)
            cell = builder.add(args[1], builder.mul(channel, args[2]))
            for u in range(units):
                to = _pointer(context, builder, (tile, args[0]), builder.add(cell, word(unit * u)), unit)
                _write(builder, _plus(builder, _read(builder, to, tile), (seen[u], spread), tile), to, tile)
        return context.get_dummy_value()

    return emit


def rows_to_lanes(sources: int, units: int) -> Any:
    """An instruction: tile[to + o step + t] += sum_s weights[first_s + o] lanes[at_s + t] for o < count and t in so many
    vectors.

    Called as (tile, to, step, lanes, (at, ...), weights, (first, ...), count); flat arrays of one type.
    """

    @intrinsic
    def rows(typingctx, tile, to, step, lanes, at, weights, first, count):
        word = types.uint64
        many = types.UniTuple(word, sources)
        return types.void(tile, word, word, lanes, many, weights, many, word), _row_emitter(sources, units)

    return rows


def list_to_lanes(units: int) -> Any:
    """An instruction: tile[to + channel[j] step + t] += weights[j] lanes[at + t] for first <= j < stop and t in so
    many vectors.

    Called as (tile, to, step, lanes, at, channel, weights, first, stop).
    """

    @intrinsic
    def entries(typingctx, tile, to, step, lanes, at, channel, weights, first, stop):
        word = types.uint64
        return types.void(tile, word, word, lanes, word, channel, weights, word, word), _list_emitter(units)

    return entries


def _add(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    target, _, source, _ = signature.args
    to = _pointer(context, builder, (target, args[0]), args[1], UNIT)
    old = _read(builder, to, target)
    more = _read(builder, _pointer(context, builder, (source, args[2]), args[3], UNIT), source)
    _write(
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
        rows.append(_read(builder, _pointer(context, builder, (source, args[3]), place, UNIT), source))
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
            _write(builder, value, _pointer(context, builder, (target, args[0]), place, UNIT), target)
    return context.get_dummy_value()


@intrinsic
def transpose_to(typingctx, target, to, stride, source, at, length, count):
    """target[to + t stride + o] = source[at + o length + t] for o < UNIT and t < min(count, UNIT); flat arrays of one type."""
    word = types.uint64
    return types.void(target, word, word, source, word, word, word), _transpose
