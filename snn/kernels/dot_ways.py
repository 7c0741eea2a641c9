"""Ways of the dot product: four unsigned bytes times four signed ones in each of sixteen lanes, added exactly to 32 bits.

A machine with a dot product of bytes does this in one instruction. `DOTS` has a way for each kind of machine, and a plain one
for all others; which one a process uses depends on the features that Numba compiles for, which its cache on disk knows.
Whole tiles of such products are kernels of their own (`snn.kernels.tiles`), called only where `TILES` allows it.
"""

import ctypes
import platform
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from llvmlite import ir
from numba.core import cgutils
from numba.core.registry import cpu_target

HALF, INT = ir.IntType(16), ir.IntType(32)
QUARTER = 16
"""Target channels of one dot product."""
BLOCK = 4 * QUARTER
"""Target channels that are worked on together: a row of weights of so many bytes is one vector."""
INTS, BYTES = ir.VectorType(INT, QUARTER), ir.VectorType(ir.IntType(8), BLOCK)


class DotWay(NamedTuple):
    """How four sources are multiplied: `emit(builder, sum, counts, weights)`, vectors of 16 int32, 64 bytes and 64 bytes.

    `needs`: features of the processor, any of which will do; empty for all processors. `most`: the largest count.
    """

    emit: Callable[[Any, Any, Any, Any], Any]
    needs: tuple[str, ...]
    most: int


def called(builder: Any, name: str, result: Any, arguments: Any) -> Any:
    kind = ir.FunctionType(result, [one.type for one in arguments])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)


def _part(builder: Any, vector: Any, first: int, count: int) -> Any:
    places = ir.Constant(ir.VectorType(INT, count), list(range(first, first + count)))
    return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), places)


def _joined(builder: Any, parts: list[Any]) -> Any:
    while len(parts) > 1:
        count = 2 * parts[0].type.count
        places = ir.Constant(ir.VectorType(INT, count), list(range(count)))
        parts = [builder.shuffle_vector(a, b, places) for a, b in zip(parts[::2], parts[1::2], strict=True)]
    return parts[0]


def _in_parts(builder: Any, values: Any, number: int, work: Callable[..., Any]) -> Any:
    """`work` on so many equal parts of the vectors, joined again."""
    counts = [value.type.count // number for value in values]
    parts = [
        work(*(_part(builder, value, part * count, count) for value, count in zip(values, counts, strict=True)))
        for part in range(number)
    ]
    return _joined(builder, parts)


def _vnni(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    return called(builder, "llvm.x86.avx512.vpdpbusd.512", INTS, [total, counts, weights])


def _vnni_halves(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    def half(total: Any, counts: Any, weights: Any) -> Any:
        return called(builder, "llvm.x86.avx512.vpdpbusd.256", total.type, [total, counts, weights])

    return _in_parts(builder, (total, counts, weights), 2, half)


def _arm(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    def part(total: Any, counts: Any, weights: Any) -> Any:
        return called(builder, "llvm.aarch64.neon.sdot.v4i32.v16i8", total.type, [total, counts, weights])

    return _in_parts(builder, (total, counts, weights), 4, part)


def _pairs(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    """Pairs in 16 bits, which hold them as long as counts are below 128, then pairs of these."""
    ones = ir.Constant(ir.VectorType(HALF, 32), [1] * 32)
    halves = called(builder, "llvm.x86.avx512.pmaddubs.w.512", ones.type, [counts, weights])
    return builder.add(total, called(builder, "llvm.x86.avx512.pmaddw.d.512", INTS, [halves, ones]))


def _pairs_halves(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    ones = ir.Constant(ir.VectorType(HALF, 16), [1] * 16)

    def half(total: Any, counts: Any, weights: Any) -> Any:
        halves = called(builder, "llvm.x86.avx2.pmadd.ub.sw", ones.type, [counts, weights])
        return builder.add(total, called(builder, "llvm.x86.avx2.pmadd.wd", total.type, [halves, ones]))

    return _in_parts(builder, (total, counts, weights), 2, half)


def _plain(builder: Any, total: Any, counts: Any, weights: Any) -> Any:
    """Byte by byte, in any instructions that there are."""
    counts, weights = builder.bitcast(counts, INTS), builder.bitcast(weights, INTS)

    def shift(bits: int) -> Any:
        return ir.Constant(INTS, [bits] * QUARTER)

    for byte in range(4):
        number = builder.lshr(builder.shl(counts, shift(24 - 8 * byte)), shift(24))
        weight = builder.ashr(builder.shl(weights, shift(24 - 8 * byte)), shift(24))
        total = builder.add(total, builder.mul(number, weight))
    return total


DOTS: dict[str, DotWay] = {
    "vnni": DotWay(_vnni, ("avx512vnni",), 255),
    "vnni halves": DotWay(_vnni_halves, ("avxvnni",), 255),
    "arm": DotWay(_arm, ("dotprod",), 127),
    "pairs": DotWay(_pairs, ("avx512bw",), 127),
    "pairs halves": DotWay(_pairs_halves, ("avx2",), 127),
    "plain": DotWay(_plain, (), 255),
}
"""Ways of the dot product, the best first."""


def way_of(features: str) -> str:
    """The best way for a processor of those features, such as "+avx2,-avx512f"."""
    has = {one[1:] for one in features.split(",") if one.startswith("+")}
    return next(name for name, way in DOTS.items() if not way.needs or has & {*way.needs})


_FEATURES = cpu_target.target_context.codegen().magic_tuple()[2]
FUSES = bool({"+fma", "+neon"} & {*_FEATURES.split(",")})
"""Whether the processor multiplies and adds in one rounding."""
DOT = way_of(_FEATURES)
"""The way of this process."""


def permits_tiles() -> bool:
    """Ask the system whether this process may use tiles, whose state is kept only for processes that asked.

    Threads made before and after may use them then. False where there is nobody to ask, or a refusal.
    """
    if not sys.platform.startswith("linux") or platform.machine() != "x86_64" or sys.maxsize < 2**32:
        return False
    try:
        return int(ctypes.CDLL(None).syscall(_ARCH_PRCTL, _REQUEST_PERMISSION, _TILE_DATA)) == 0
    except (OSError, AttributeError):
        return False


def has_tiles(features: str, permits: Callable[[], bool] = permits_tiles) -> bool:
    """Whether a processor of those features multiplies tiles of bytes, and the process may."""
    return {"+amx-tile", "+amx-int8", "+avx512vnni", "+avx512bw"} <= {*features.split(",")} and permits()


def has_real_tiles(features: str, tiles: bool) -> bool:
    """Whether a processor of those features that has `tiles` multiplies tiles of bfloat16 numbers into float32, too."""
    return tiles and "+amx-bf16" in features.split(",")


_ARCH_PRCTL, _REQUEST_PERMISSION, _TILE_DATA = 158, 0x1023, 18
TILES = has_tiles(_FEATURES)
"""Whether kernels of tiles may be called in this process; no other kernel has their instructions."""
REAL_TILES = has_real_tiles(_FEATURES, TILES)
"""Whether they may be called with sums of float32."""
