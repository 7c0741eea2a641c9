"""Vector instructions of firing: sixteen neurons and more through all steps of a chunk, their spikes as bits."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from spikewright.snn.kernels.dot_ways import called
from spikewright.snn.kernels.simd import place_in

LANES = 16
"""Neurons of a vector: a part of a word of masks."""
BIT, HALF, INT, WORD = (ir.IntType(bits) for bits in (1, 16, 32, 64))
INTS = ir.VectorType(INT, LANES)


class _Neighbours:
    """Vectors of neighbouring numbers of an array, as int32 or float32; only the first `count`, where that is given."""

    def __init__(self, context: Any, builder: Any, array: tuple[Any, Any], count: Any = None) -> None:
        self.context, self.builder, self.array = context, builder, array
        self.kind = ir.VectorType(context.get_value_type(array[0].dtype), LANES)
        self.mask, self.floats = None, isinstance(array[0].dtype, types.Float)
        if count is not None:
            lanes = ir.Constant(INTS, list(range(LANES)))
            self.mask = builder.icmp_unsigned("<", lanes, _spread(builder, builder.trunc(count, INT)))

    def _place(self, index: Any) -> Any:
        count = 1 if self.mask is not None else LANES
        place = place_in(self.context, self.builder, self.array, index, count)
        return self.builder.bitcast(place, self.kind.as_pointer())

    @property
    def _name(self) -> str:
        return f"v{LANES}{'f' if self.floats else 'i'}{self.array[0].dtype.bitwidth}.p0"

    def read(self, index: Any, largest: bool = False) -> Any:
        """Those from `index` on; zero, or the `largest` number, where there are no more."""
        align = INT(self.array[0].dtype.bitwidth // 8)
        if self.mask is None:
            value = self.builder.load(self._place(index))
            value.align = align.constant
        else:
            other = (float("inf") if self.floats else 2 ** (self.array[0].dtype.bitwidth - 1) - 1) if largest else 0
            arguments = [self._place(index), align, self.mask, ir.Constant(self.kind, [other] * LANES)]
            value = called(self.builder, f"llvm.masked.load.{self._name}", self.kind, arguments)
        return self.builder.sext(value, INTS) if not self.floats and self.kind.element.width < 32 else value

    def write(self, value: Any, index: Any) -> None:
        """Set those from `index` on."""
        align = self.array[0].dtype.bitwidth // 8
        if not self.floats and self.kind.element.width < 32:
            value = self.builder.trunc(value, self.kind)
        if self.mask is None:
            self.builder.store(value, self._place(index)).align = align
        else:
            arguments = [value, self._place(index), INT(align), self.mask]
            called(self.builder, f"llvm.masked.store.{self._name}", ir.VoidType(), arguments)


def _spread(builder: Any, number: Any) -> Any:
    undefined = ir.Constant(ir.VectorType(number.type, LANES), ir.Undefined)
    return builder.shuffle_vector(
        builder.insert_element(undefined, number, INT(0)), undefined, ir.Constant(INTS, [0] * LANES)
    )


def _emitter(vectors: int, leaks: bool, calm: bool) -> Any:
    """Instructions of `fire_of`: so many vectors side by side, since each waits for its own last step; 0: part of one."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds, count = signature.args, args[12] if vectors == 0 else None
        lanes = range(0, max(1, vectors) * LANES, LANES)
        cells, biases, thresholds, sums = (
            _Neighbours(context, builder, (kinds[place], args[place]), count) for place in (0, 1, 2, 4)
        )
        law = [_spread(builder, one) for one in cgutils.unpack_tuple(builder, args[11], 5)]
        first = [builder.add(args[3], WORD(lane)) for lane in lanes]
        fixed = [(biases.read(at), thresholds.read(at, largest=True)) for at in first]
        potentials = [cgutils.alloca_once(builder, law[0].type) for _ in lanes]
        stepped = _stepped_floats if cells.floats else _stepped
        for at, potential in zip(first, potentials, strict=True):
            builder.store(cells.read(at), potential)
        if calm:
            places = [builder.add(args[5], WORD(lane)) for lane in lanes]
            drives = [_drive(builder, sums.read(at), bias, law[0]) for at, (bias, _) in zip(places, fixed, strict=True)]
        with cgutils.for_range(builder, args[10], intp=WORD) as loop:
            plane = builder.add(args[5], builder.mul(loop.index, args[6]))
            bits = builder.add(args[8], builder.mul(loop.index, args[9]))
            for number, potential in enumerate(potentials):
                old = builder.load(potential)
                if calm:
                    fires, rest = _fired(builder, _sum(builder, old, drives[number]), fixed[number][1], law[4])
                else:
                    arrived = sums.read(builder.add(plane, WORD(LANES * number)))
                    fires, rest = stepped(builder, old, arrived, fixed[number], law, leaks)
                builder.store(rest, potential)
                place = place_in(context, builder, (kinds[7], args[7]), builder.add(bits, WORD(number)), 1)
                builder.store(builder.bitcast(fires, HALF), builder.bitcast(place, HALF.as_pointer())).align = 2
        for at, potential in zip(first, potentials, strict=True):
            cells.write(builder.load(potential), at)
        return context.get_dummy_value()

    return emit


def _is_float(value: Any) -> bool:
    return isinstance(value.type.element, ir.FloatType)


def _sum(builder: Any, one: Any, other: Any) -> Any:
    return (builder.fadd if _is_float(one) else builder.add)(one, other)


def _drive(builder: Any, arrived: Any, bias: Any, shift: Any) -> Any:
    """What enters in a step."""
    return _sum(builder, arrived if _is_float(arrived) else builder.shl(arrived, shift), bias)


def _fired(builder: Any, new: Any, threshold: Any, rests: Any) -> tuple[Any, Any]:
    """Who fires, and what is left of the potentials; `rests` as in the law."""
    if _is_float(new):
        fires, zero = builder.fcmp_ordered(">=", new, threshold), ir.Constant(new.type, [0.0] * LANES)
        rest = builder.select(builder.fcmp_ordered(">", rests, zero), builder.fsub(new, threshold), zero)
    else:
        fires = builder.icmp_signed(">=", new, threshold)
        rest = builder.and_(builder.sub(new, threshold), rests)
    return fires, builder.select(fires, rest, new)


def _stepped(
    builder: Any, old: Any, arrived: Any, fixed: tuple[Any, Any], law: list[Any], leaks: bool
) -> tuple[Any, Any]:
    """One step of a vector: who fires, and what is left of the potentials."""
    shift, leak, top, bottom, rests = law
    bias, threshold = fixed
    new = builder.add(old, _drive(builder, arrived, bias, shift))
    if leaks:
        new = builder.sub(new, builder.ashr(old, leak))
    new = builder.select(builder.icmp_signed("<", new, bottom), bottom, new)
    new = builder.select(builder.icmp_signed(">", new, top), top, new)
    return _fired(builder, new, threshold, rests)


def _stepped_floats(
    builder: Any, old: Any, arrived: Any, fixed: tuple[Any, Any], law: list[Any], leaks: bool
) -> tuple[Any, Any]:
    """The same in float32, rounded as `snn.kernels.fire_plain` does."""
    new = builder.fadd(builder.fmul(law[1], old) if leaks else old, _drive(builder, arrived, fixed[0], law[0]))
    return _fired(builder, new, fixed[1], law[4])


def fire_of(vectors: int, leaks: bool, calm: bool = False) -> Any:
    """An instruction: sixteen neurons a vector through `steps` steps; of no vectors, the first `count` of one.

        U = sat(V - (V >> leak) + (sums[plane + t stride + i] << shift) + bias)       fires where U >= threshold

    Called as (cells, biases, thresholds, first, sums, plane, stride, masks, to, step, steps, law, count): V is cells[first + i],
    and so on; bit i % 16 of masks[to + i // 16 + t step] says whether neuron i fires in step t. `law` = (shift, leak, top,
    bottom, -1 where a threshold is subtracted and 0 where a spike sets to zero), int32. Flat arrays of integers of 16 or 32
    bits; `masks` uint16. Without `leaks` nothing leaks. `calm`: all steps have the sums of the first, nothing leaks, and no
    potential saturates. In float32 U = decay V + (S + bias) and `law` = (0, decay, 0, 0, 1 where a threshold is subtracted and
    0 else).
    """

    @intrinsic
    def fire(
        typingctx, cells, biases, thresholds, first, sums, plane, stride, masks, to, step, steps, law, count
    ):  # fmt: skip
        word = types.uint64
        planes, places = (sums, word, word), (masks, word, word)
        return types.void(cells, biases, thresholds, word, *planes, *places, word, law, word), _emitter(
            vectors, leaks, calm
        )

    return fire
