"""Random small integer CNNs with images: structure is drawn, numbers come from one drawn seed."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from spikewright.snn import (
    AvgPool2d,
    Conv2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    MaxGate,
    Network,
    Population,
    Projection,
    QuantReLU,
    Source,
    Windows,
    dense,
)
from spikewright.snn.fixed.snapping import exact_division
from spikewright.snn.synapses import pooled_shape
from spikewright.weights import Expression

WIDE = 40
IMAGE_LEVELS = 7


@dataclass(frozen=True)
class Case:
    network: Network
    images: np.ndarray


class Sketch:
    """A network under construction; every block starts from the last population of the plane."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.random = np.random.default_rng(draw(st.integers(0, 2**20)))
        shape = (2, draw(st.integers(4, 6)), draw(st.integers(4, 6)))
        self.populations, self.projections = [Population("in", shape, Source())], []
        self.conv()

    @property
    def last(self) -> Population:
        return self.populations[-1]

    def pick(self, *choices):
        return self.draw(st.sampled_from(choices))

    def weights(self, *shape: int) -> Expression:
        return dense(self.random.integers(-3, 4, shape).astype(np.int8))

    def quantiser(self, channels: int, area: int) -> QuantReLU:
        theta = 2 * self.random.integers(1, 2 + 2 * area, (channels,) if self.pick(True, False) else ())
        levels = self.pick(1, 2, 3, 3, 7)
        multiplier, shift = exact_division(np.asarray(theta), levels)
        return QuantReLU(multiplier if multiplier.ndim else int(multiplier), shift, levels)

    def fire(self, shape, *projections: Projection, area: int = 9) -> None:
        """A population of levels, with a bias of any form."""
        name = f"p{len(self.populations)}"
        form = self.pick((), (shape[0],), shape)
        bias = self.random.integers(-12, 13, form) if form else int(self.random.integers(-12, 13))
        self.populations.append(Population(name, shape, self.quantiser(shape[0], area), bias, 0, WIDE))
        self.enter(name, projections)

    def enter(self, name: str, projections) -> None:
        for place, q in enumerate(projections):
            made = Projection(q.source, name, q.synapse, q.pool, q.channels, q.shift, f"{name}.{place}")
            self.projections.append(made)

    def conv(self) -> None:
        shape = self.last.shape
        pool = self.pick((1, 1), (2, 2), (1, 2)) if min(shape[1:]) >= 4 else (1, 1)
        shape = pooled_shape(shape, pool)
        synapse = Conv2d(self.weights(4, shape[0], 3, 3), (self.pick(1, 2), 1), (1, 1))
        self.fire(synapse.output_shape(shape), Projection(self.last.name, "", synapse, pool, shift=self.pick(0, 1)))

    def depthwise(self) -> None:
        shape = self.last.shape
        synapse = Conv2d(self.weights(shape[0], 1, 3, 3), padding=(1, 1), groups=shape[0])
        self.fire(shape, Projection(self.last.name, "", synapse), area=4)

    def average(self) -> None:
        """Overlapping sums over windows; the divisor is in theta."""
        shape = self.last.shape
        synapse = AvgPool2d((2, 2), (1, 1), 1)
        if min(shape[1:]) >= 2:
            self.fire(synapse.output_shape(shape), Projection(self.last.name, "", synapse), area=2)

    def gate(self) -> None:
        shape = self.last.shape
        if min(shape[1:]) < 2:
            return
        synapse = Windows((2, 2), (self.pick(1, 2), 1), (self.pick(0, 1), 0))
        name = f"p{len(self.populations)}"
        source = self.last.name
        self.populations.append(Population(name, synapse.output_shape(shape), MaxGate()))
        self.enter(name, [Projection(source, "", synapse)])

    def residual(self) -> None:
        """A block of two layers that is added to what entered it, with a gain for each channel."""
        start = self.last
        shape = start.shape
        self.fire(shape, Projection(start.name, "", Conv2d(self.weights(shape[0], shape[0], 3, 3), padding=(1, 1))))
        main = Conv2d(self.weights(shape[0], shape[0], 1, 1))
        gain = self.random.integers(-3, 8, (shape[0],))
        self.fire(shape, Projection(self.last.name, "", main), Projection(start.name, "", Identity(gain)), area=6)

    def concatenation(self) -> None:
        """Two layers side by side in one population, one of them a layer later than the other."""
        start = self.last
        shape = start.shape
        self.fire(shape, Projection(start.name, "", Conv2d(self.weights(shape[0], shape[0], 1, 1))), area=2)
        parts = [
            Projection(source, "", Conv2d(self.weights(2, shape[0], 1, 1)), channels=(place, place + 2))
            for place, source in ((0, start.name), (2, self.last.name))
        ]
        self.fire((4, *shape[1:]), *parts, area=3)

    def finish(self) -> Network:
        size = int(np.prod(self.last.shape))
        synapse = Linear(self.weights(3, size))
        if self.pick(True, False):
            bias = self.random.integers(-9, 10, 3)
            source, name = self.last.name, f"p{len(self.populations)}"
            self.populations.append(Population(name, (3,), Integrator(), bias, 0, WIDE))
            self.enter(name, [Projection(source, "", synapse)])
            readout = "potential"
        else:
            self.fire((3,), Projection(self.last.name, "", synapse))
            readout = "count"
        code = Direct(1, IMAGE_LEVELS)
        parts = tuple(self.populations), tuple(self.projections)
        return Network(*parts, "in", self.last.name, code, readout=readout, numbers="fixed")


BLOCKS = (Sketch.conv, Sketch.depthwise, Sketch.average, Sketch.gate, Sketch.residual, Sketch.concatenation)


@st.composite
def integer_cnns(draw: st.DrawFn) -> Case:
    """A network of one to four blocks after a convolution, and three images."""
    sketch = Sketch(draw)
    for block in draw(st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=4)):
        block(sketch)
    network = sketch.finish()
    shape = network.by_name["in"].shape
    images = sketch.random.integers(0, IMAGE_LEVELS + 1, (3, *shape)) * (sketch.random.random((3, *shape)) < 0.7)
    return Case(network, (images / IMAGE_LEVELS).astype(np.float32))
