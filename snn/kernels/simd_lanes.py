"""Vector instructions of the time lanes: a weight times the steps of a train, its vectors held in registers."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from spikewright.snn.kernels.simd import lanes_of, place_in, pointer_to, read_vector, write_vector

_INT32 = ir.IntType(32)


def _spread(builder: Any, number: Any, vector: Any) -> Any:
    undefined = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(undefined, number, ir.Constant(_INT32, 0))
    return builder.shuffle_vector(
        first, undefined, ir.Constant(ir.VectorType(_INT32, vector.count), [0] * vector.count)
    )


def _element(context: Any, builder: Any, array: tuple[Any, Any], index: Any) -> Any:
    return builder.load(place_in(context, builder, array, index, 1))


def _plus(builder: Any, total: Any, product: tuple[Any, Any], kind: Any) -> Any:
    if isinstance(kind.dtype, types.Float):
        return builder.fadd(total, builder.fmul(*product))
    return builder.add(total, builder.mul(*product))


def _row_emitter(sources: int, units: int) -> Any:
    """Instructions of `rows_to_lanes` for so many sources and units: their vectors stay in registers along the row."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        tile, _, _, lanes, _, weights, _, _ = signature.args
        unit = lanes_of(tile)
        vector = ir.VectorType(context.get_value_type(tile.dtype), unit)
        places = cgutils.unpack_tuple(builder, args[4], sources)
        firsts = cgutils.unpack_tuple(builder, args[6], sources)
        word = ir.IntType(64)
        seen = [
            [
                read_vector(
                    builder,
                    pointer_to(context, builder, (lanes, args[3]), builder.add(at, word(unit * u)), unit),
                    lanes,
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
                to = pointer_to(context, builder, (tile, args[0]), builder.add(cell, word(unit * u)), unit)
                total = read_vector(builder, to, tile)
                for source in range(sources):
                    total = _plus(builder, total, (seen[source][u], spread[source]), tile)
                write_vector(builder, total, to, tile)
        return context.get_dummy_value()

    return emit


def _list_emitter(units: int) -> Any:
    """Instructions of `list_to_lanes` for so many units."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        tile, _, _, lanes, _, channels, weights, _, _ = signature.args
        unit, word = lanes_of(tile), ir.IntType(64)
        vector = ir.VectorType(context.get_value_type(tile.dtype), unit)
        seen = [
            read_vector(
                builder,
                pointer_to(context, builder, (lanes, args[3]), builder.add(args[4], word(unit * u)), unit),
                lanes,
            )
            for u in range(units)
        ]
        with cgutils.for_range(builder, builder.sub(args[8], args[7]), intp=word) as loop:
            place = builder.add(args[7], loop.index)
            spread = _spread(builder, _element(context, builder, (weights, args[6]), place), vector)
            channel = builder.zext(_element(context, builder, (channels, args[5]), place), word)
            cell = builder.add(args[1], builder.mul(channel, args[2]))
            for u in range(units):
                to = pointer_to(context, builder, (tile, args[0]), builder.add(cell, word(unit * u)), unit)
                write_vector(builder, _plus(builder, read_vector(builder, to, tile), (seen[u], spread), tile), to, tile)
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
