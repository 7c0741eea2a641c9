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


class Neighbours:
    """Vectors of neighbouring numbers of an array, as int32 or float32; only the first `count`, where that is given."""

    def __init__(self, context: Any, builder: Any, array: tuple[Any, Any], count: Any = None) -> None:
        self.context, self.builder, self.array = context, builder, array
        self.kind = ir.VectorType(context.get_value_type(array[0].dtype), LANES)
        self.mask, self.floats = None, isinstance(array[0].dtype, types.Float)
        if count is not None:
            lanes = ir.Constant(INTS, list(range(LANES)))
            self.mask = builder.icmp_unsigned("<", lanes, spread(builder, builder.trunc(count, INT)))

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


def spread(builder: Any, number: Any) -> Any:
    """A number in all lanes."""
    undefined = ir.Constant(ir.VectorType(number.type, LANES), ir.Undefined)
    return builder.shuffle_vector(
        builder.insert_element(undefined, number, INT(0)), undefined, ir.Constant(INTS, [0] * LANES)
    )


class _Emitter:
    """Instructions of `fire_of`: so many vectors side by side, since each waits for its own last step; 0: part of one."""

    def __init__(self, vectors: int, leaks: bool, calm: bool, clamps: bool, pixels: int) -> None:
        self.part, self.lanes = vectors == 0, [LANES * number for number in range(max(1, vectors))]
        self.leaks, self.calm, self.clamps, self.pixels = leaks, calm, clamps, pixels

    def __call__(self, context: Any, builder: Any, signature: Any, args: Any) -> Any:
        (start, _, cells, _, bias, threshold, _, sums, *_), count = signature.args, args[15] if self.part else None
        begins, cells, biases, thresholds, sums = (
            Neighbours(context, builder, (kind, args[place]), count)
            for kind, place in ((start, 0), (cells, 2), (bias, 4), (threshold, 5), (sums, 7))
        )
        law = [spread(builder, one) for one in cgutils.unpack_tuple(builder, args[14], 5)]
        fixed = [
            (biases.read(at), thresholds.read(at, largest=True)) for at in self._places(builder, args[6])
        ]  # fmt: skip
        first = [begins.read(at) for at in self._places(builder, args[1])]
        potentials = [cgutils.alloca_once(builder, law[0].type) for _ in first]
        for value, potential in zip(first, potentials, strict=True):
            builder.store(value, potential)
        drives = []
        if self.calm:
            places = self._places(builder, args[8])
            drives = [_drive(builder, sums.read(at), bias, law[0]) for at, (bias, _) in zip(places, fixed, strict=True)]
            awake = builder.or_(builder.not_(args[16]), _able(builder, first, drives, [one for _, one in fixed]))
        else:
            awake = BIT(1)
        with builder.if_then(awake):
            self._steps(context, builder, signature, args, (sums, potentials, drives, fixed, law))
            for at, potential in zip(self._places(builder, args[3]), potentials, strict=True):
                cells.write(builder.load(potential), at)
        return context.get_dummy_value()

    def _places(self, builder: Any, first: Any) -> list[Any]:
        return [builder.add(first, WORD(lane)) for lane in self.lanes]

    def _steps(self, context: Any, builder: Any, signature: Any, args: Any, work: Any) -> None:
        sums, potentials, drives, fixed, law = work
        with cgutils.for_range(builder, args[13], intp=WORD) as loop:
            plane = builder.add(args[8], builder.mul(loop.index, args[9]))
            bits = self._bits(builder, builder.add(args[11], builder.mul(loop.index, args[12])), args)
            for number, potential in enumerate(potentials):
                old = builder.load(potential)
                if self.calm:
                    fires, rest = _fired(builder, _sum(builder, old, drives[number]), fixed[number][1], law[4])
                else:
                    arrived = sums.read(builder.add(plane, WORD(self.lanes[number])))
                    fires, rest = self._stepped(builder, old, arrived, fixed[number], law)
                builder.store(rest, potential)
                place = place_in(context, builder, (signature.args[10], args[10]), bits[number], 1)
                builder.store(builder.bitcast(fires, HALF), builder.bitcast(place, HALF.as_pointer())).align = 2

    def _bits(self, builder: Any, first: Any, args: Any) -> list[Any]:
        """Where the bits of each vector go; those of the next pixel lie behind all steps of one."""
        each, pixel = len(self.lanes) // self.pixels, builder.mul(args[12], args[13])
        found = []
        for number in range(len(self.lanes)):
            begin = builder.add(first, builder.mul(pixel, WORD(number // each)))
            found.append(builder.add(begin, WORD(number % each)))
        return found

    def _stepped(self, builder: Any, old: Any, arrived: Any, fixed: tuple[Any, Any], law: list[Any]) -> Any:
        """One step of a vector: who fires, and what is left of the potentials; in float32 as `snn.kernels.fire_plain` rounds."""
        shift, leak, top, bottom, rests = law
        bias, threshold = fixed
        drive = _drive(builder, arrived, bias, shift)
        if _is_float(old):
            return _fired(
                builder, builder.fadd(builder.fmul(leak, old) if self.leaks else old, drive), threshold, rests
            )
        new = builder.add(old, drive)
        if self.leaks:
            new = builder.sub(new, builder.ashr(old, leak))
        if self.clamps:
            new = builder.select(builder.icmp_signed("<", new, bottom), bottom, new)
            new = builder.select(builder.icmp_signed(">", new, top), top, new)
        return _fired(builder, new, threshold, rests)


def _able(builder: Any, potentials: list[Any], drives: list[Any], thresholds: list[Any]) -> Any:
    """Whether any neuron fires now or later by a drive that stays: it is above zero, or the potential at the threshold."""
    zero = ir.Constant(drives[0].type, [0.0 if _is_float(drives[0]) else 0] * LANES)
    found: Any = None
    for old, drive, threshold in zip(potentials, drives, thresholds, strict=True):
        if _is_float(drive):
            one = builder.or_(builder.fcmp_ordered(">", drive, zero), builder.fcmp_ordered(">=", old, threshold))
        else:
            one = builder.or_(builder.icmp_signed(">", drive, zero), builder.icmp_signed(">=", old, threshold))
        found = one if found is None else builder.or_(found, one)
    return builder.icmp_unsigned("!=", builder.bitcast(found, HALF), HALF(0))


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


def fire_of(vectors: int, leaks: bool = False, calm: bool = False, clamps: bool = True, pixels: int = 1) -> Any:
    """An instruction: sixteen neurons a vector through `steps` steps; of no vectors, the first `count` of one.

        U = sat(V - (V >> leak) + (sums[plane + t stride + i] << shift) + bias)       fires where U >= threshold

    Called as (start, begin, cells, first, biases, thresholds, own, sums, plane, stride, masks, to, step, steps, law, count,
    idle): V is start[begin + i] at first and cells[first + i] in the end, biases and thresholds are from `own` on; bit i % 16 of
    masks[to + i // 16 + t step] says whether neuron i fires in step t. `law` = (shift, leak, top, bottom, -1 where a threshold
    is subtracted and 0 where a spike sets to zero), int32. Flat arrays of integers of 16 or 32 bits; `masks` uint16. Without
    `leaks` nothing leaks, without `clamps` no potential saturates. `calm`: all steps have the sums of the first, nothing leaks
    and no potential saturates; where `idle`, vectors of which no neuron will ever fire by these sums are left alone.
    `pixels`: the vectors are those of so many, the bits of each behind those of all steps of the last. In float32
    U = decay V + (S + bias) and `law` = (0, decay, 0, 0, 1 where a threshold is subtracted and 0 else).
    """

    @intrinsic
    def fire(
        typingctx, start, begin, cells, first, biases, thresholds, own, sums, plane, stride, masks, to, step, steps, law,
        count, idle,
    ):  # fmt: skip
        word = types.uint64
        neurons = start, word, cells, word, biases, thresholds, word
        planes, places = (sums, word, word), (masks, word, word)
        emitter = _Emitter(vectors, leaks, calm, clamps, pixels)
        return types.void(*neurons, *planes, *places, word, law, word, types.boolean), emitter

    return fire
