"""Networks of every neuron, synapse and code under construction. Structure is drawn; numbers come from one drawn seed."""

from dataclasses import replace
from functools import partial

import numpy as np
from hypothesis import strategies as st

from spikewright.snn import (
    IF,
    LIF,
    AddressEvents,
    Burst,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Delta,
    Direct,
    FewSpikeIF,
    Identity,
    Integrator,
    LatchedIF,
    Linear,
    MaxGate,
    Network,
    PhaseCode,
    Population,
    Projection,
    Quiescence,
    Ramp,
    Separable2d,
    SignedIF,
    Source,
    SpikeSelectCode,
    TerminateDelta,
    TerminateMax,
    TernaryIF,
    Upsample,
    Windows,
)
from spikewright.snn.neurons.few_spikes import MOST_FEW
from tests.snn.strategies import CLASSES, Sketch

SLOTS = 6
FIRING = (IF, LIF, SignedIF, TernaryIF, Burst)
TIMED = {"synchronous": LatchedIF, "layerwise": FewSpikeIF}


class FullSketch(Sketch):
    """`Sketch` with every neuron and synapse that goes with the code and the schedule."""

    def __init__(self, draw, family: str, numbers: str, code, schedule: str) -> None:
        super().__init__(draw, family, numbers)
        self.code, self.schedule, self.late, self.decides = code, schedule, True, False
        self.stepwise = family == "spiking" and schedule == "synchronous"
        self.classes = self.pick(CLASSES, CLASSES, CLASSES, 1)
        self.populations = [Population("in", self.entrance(), Source())]

    def entrance(self):
        """The input's shape: a map or a line, seldom one of a single channel, row, column or neuron."""
        whole = self.last.shape
        pair = isinstance(self.code, Delta)  # ON and OFF channels
        if isinstance(self.code, AddressEvents):
            return (2, *whole[1:])
        if self.pick(*[False] * 3, True):
            whole = (2 * self.size(1, 3), self.size(3, 9))
        one = (2 if pair else 1,)
        narrow = [(*one, *whole[1:]), (*whole[:-1], 1), (*one, *[1] * (len(whole) - 1))]
        return self.pick(*[whole] * 5, *narrow)

    def size(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def neuron(self, channels: int, *, output: bool = False):
        if self.family == "quantised":
            return self._quantiser(channels)
        if self.family == "timed":
            slot = self.size(1, 9)
            return Ramp(slot * SLOTS, SLOTS) if self.fixed else Ramp(self.pick(0.5, 1.0, 4.0), self.pick(None, 8))
        few = self.schedule == "synchronous" or self.code.steps <= MOST_FEW
        kinds = (IF,) if isinstance(self.code, PhaseCode) else (*FIRING, *[TIMED[self.schedule]] * few)
        if output:
            kinds = FIRING if not isinstance(self.code, PhaseCode) else kinds
        if isinstance(self.code, SpikeSelectCode) and not output:
            kinds = (IF, LIF)
        return self._firing(self.pick(*kinds), channels)

    def _firing(self, kind, channels: int):
        threshold, negative = (self.numbers(1, 31, (channels,) if self.pick(True, False) else ()) for _ in range(2))
        refractory = 0 if isinstance(self.code, PhaseCode) else self.pick(0, 0, 1, 3)
        reset = self.pick("subtract", "zero")
        if kind is IF:
            return IF(threshold, reset, refractory)
        if kind is LIF:
            return LIF(threshold, self.pick(0.5, 0.25, 0.125), reset, refractory)
        if kind is LatchedIF:
            return LatchedIF(threshold)
        if kind is FewSpikeIF:
            steps = self.code.steps
            return FewSpikeIF(
                threshold, *(tuple(map(float, self.random.integers(low, 6, steps))) for low in (-1, -1, 1))
            )
        if kind is SignedIF:
            return SignedIF(threshold, self.pick(None, 1, 3))
        return TernaryIF(threshold, negative) if kind is TernaryIF else Burst(threshold, self.pick(1, 3, 127))

    def add(self, shape, neuron, *projections: Projection) -> None:
        """A population; its thresholds may be those of each neuron, its projections late."""
        super().add(shape, neuron, *projections)
        if isinstance(neuron, MaxGate):
            self.populations[-1] = Population(self.last.name, shape, neuron)
            for place in range(len(self.projections) - len(projections), len(self.projections)):
                self.projections[place] = replace(self.projections[place], shift=0)
            return
        if isinstance(neuron, (*FIRING, LatchedIF, FewSpikeIF)) and self.pick(False, False, True):
            each = replace(neuron, threshold=self.numbers(1, 31, shape))
            self.populations[-1] = replace(self.last, neuron=each)
        if self.late and self.stepwise and not isinstance(self.code, PhaseCode):
            for place in range(len(self.projections) - len(projections), len(self.projections)):
                if self.projections[place].source != "in" or not self.code.graded:
                    late = replace(self.projections[place], delay=self.pick(0, 0, 0, 1, 3, 20))
                    self.projections[place] = late

    def through(self, synapse, pool=(1, 1)) -> None:
        shape = synapse.output_shape(self.last.shape)
        self.add(shape, self.neuron(shape[0]), Projection(self.last.name, "", synapse, pool))

    def one_dimensional(self) -> None:
        channels, length = self.last.shape
        groups, kernel = self.groups(), self.size(1, min(3, length))
        dilation = self.pick(1, 2) if 1 + 2 * (kernel - 1) <= length else 1
        weights = self.storage((groups * self.size(1, 2), channels // groups, kernel))
        self.through(Conv1d(weights, self.size(1, 3), self.size(0, 2), dilation, groups))

    def same(self) -> None:
        self.through(Identity(self.gain(self.last.shape[0])))

    def transposed(self) -> None:
        channels, groups = self.last.shape[0], self.groups()
        weights = self.storage((groups * self.size(1, 2), channels // groups, self.size(1, 3), self.size(1, 2)))
        stride, dilation = (self.size(1, 2), self.size(1, 3)), (self.size(1, 2), self.size(1, 2))
        more = tuple(self.size(0, max(pair) - 1) for pair in zip(stride, dilation, strict=True))
        padding = tuple(self.size(0, int(extent > 2)) for extent in self.last.shape[1:])
        self.through(ConvTranspose2d(weights, stride, padding, more, dilation, groups))

    def upsampled(self) -> None:
        self.through(Upsample((self.size(1, 2), self.size(1, 3)), self.gain(self.last.shape[0])))

    def separable(self) -> None:
        """A matrix for each axis, entries of both signs with gaps; a line has one row."""
        rows, columns = (
            self.numbers(-3, 4, (self.size(1, 4), extent)) * (self.random.random(extent) < 0.6)
            for extent in ((1, 1, *self.last.shape[1:])[-2:])
        )
        line = len(self.last.shape) == 2
        self.through(Separable2d(np.ones((1, 1), int) if line else rows, columns, self.gain(self.last.shape[0])))

    def gate(self) -> None:
        """Max-pool of the last population, alone or twice side by side."""
        source = self.last
        graded = isinstance(source.neuron, Source) and isinstance(self.code, Direct) and self.family == "spiking"
        if graded or isinstance(self.code, PhaseCode) or isinstance(source.neuron, FewSpikeIF):
            return self.same()
        kernel = tuple(self.size(1, min(3, extent)) for extent in source.shape[1:])
        padding = tuple(self.size(0, extent // 2) for extent in kernel)
        windows = Windows(kernel, (self.size(1, 3), self.size(1, 2)), padding)
        channels, *rest = windows.output_shape(source.shape)
        times = self.pick(1, 1, 2)
        parts = [
            Projection(source.name, "", windows, channels=(channels * n, channels * (n + 1)) if times > 1 else None)
            for n in range(times)
        ]
        return self.add((channels * times, *rest), MaxGate(), *parts)

    def recurrent(self) -> None:
        """The last population onto itself, a step or more later."""
        shape, name = self.last.shape, self.last.name
        if (
            not (self.late and self.stepwise)
            or isinstance(self.code, PhaseCode)
            or not isinstance(self.last.neuron, FIRING)
        ):
            return
        synapse = Identity(self.numbers(-5, 5))
        if len(shape) == 3 and self.pick(True, False):
            synapse = Conv2d(self.storage((shape[0], shape[0], 3, 3)), padding=(1, 1))
        if len(shape) == 1:
            synapse = Linear(self.storage((shape[0], shape[0])))
        self.projections.append(Projection(name, name, synapse, name=f"{name}.back", delay=self.pick(1, 2, 5)))

    def close(self) -> Network:
        """The output, the readout and perhaps an early decision."""
        integrates = self.pick(True, False)
        neuron = Integrator() if integrates else self.neuron(self.classes, output=True)
        self.linear(self.classes, neuron)
        readouts = ["potential"] if integrates or isinstance(neuron, FIRING) else []
        readouts += ["count"] if not integrates and self.family != "timed" else []
        readouts += ["first"] if isinstance(neuron, IF | LIF | Ramp) else []
        decisions = [None]
        if self.decides:
            lead = self.pick(1, 2, 3)
            decisions = [TerminateDelta(lead), TerminateMax(lead)]
            decisions += [Quiescence()] * 3 if getattr(self.code, "window", None) else []
            readouts = ["count"] if "count" in readouts else readouts
        return Network(
            tuple(self.populations), tuple(self.projections), "in", self.last.name, self.code, self.schedule,
            self.pick(*readouts), "fixed" if self.fixed else "float32", decision=self.pick(*decisions),
        )  # fmt: skip


PLANES = (
    FullSketch.conv, FullSketch.average, FullSketch.residual, FullSketch.concatenation, FullSketch.transposed,
    FullSketch.upsampled, FullSketch.separable, FullSketch.gate, FullSketch.gate, FullSketch.same,
)  # fmt: skip
LINES = (FullSketch.one_dimensional, FullSketch.one_dimensional, FullSketch.separable, FullSketch.same)
PLANES += (partial(FullSketch.ordered, layers=PLANES),) * 3
LINES += (partial(FullSketch.ordered, layers=LINES),)
