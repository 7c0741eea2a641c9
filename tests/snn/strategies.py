"""Random small networks with inputs that fit them. Structure is drawn, so that hypothesis can shrink it; numbers come
from one drawn seed. All float numbers are dyadic, so that their sums are exact whatever the order of additions."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from hypothesis import strategies as st

from spikewright.index_maps import IndexMap
from spikewright.snn import (
    IF,
    LIF,
    AvgPool2d,
    Conv2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    QuantReLU,
    Ramp,
    RateCode,
    Source,
    TtfsCode,
    codebook,
    dense,
    sparse,
)
from spikewright.snn.synapses import pooled_shape

CLASSES = 3


@dataclass(frozen=True)
class Case:
    """A network and a batch of inputs for it."""

    network: Network
    images: np.ndarray


class Sketch:
    """A network under construction: `add` a population with its projections, then `finish`."""

    def __init__(self, draw, family: str, numbers: str) -> None:
        self.draw, self.family, self.fixed = draw, family, numbers == "fixed"
        self.random = np.random.default_rng(draw(st.integers(0, 2**20)))
        shape = (draw(st.integers(1, 3)) * 2, draw(st.integers(3, 7)), draw(st.integers(3, 7)))
        self.populations, self.projections, self.classes = [Population("in", shape, Source())], [], CLASSES

    @property
    def last(self) -> Population:
        return self.populations[-1]

    def pick(self, *choices):
        return self.draw(st.sampled_from(choices))

    def numbers(self, low: int, high: int, shape=()):
        """Integers from low to high in fixed point, else as many sixteenths."""
        whole = self.random.integers(low, high + 1, shape)
        if self.fixed:
            return whole if shape else int(whole)
        return (whole / 16).astype(np.float32) if shape else float(whole) / 16

    def storage(self, shape):
        """Weights of `shape` in one of the storages; about a third of them are zero, sometimes most, sometimes all."""
        whole = self.random.integers(-7, 8, shape) * (
            self.random.random(shape) < self.pick(0.8, 0.8, 0.8, 0.8, 0.1, 0.0)
        )
        kind = self.pick("dense", "sparse", "codebook")
        scaled = not self.fixed and self.pick(True, False)
        scale = 2.0 ** -self.random.integers(3, 6, shape[0]) if scaled else None
        if self.fixed or scaled:
            values = whole.astype(self.pick(np.int8, np.int16))
        else:
            values = (whole / 16).astype(np.float32)
        if kind == "dense":
            return dense(values, scale)
        if kind == "sparse":
            places = np.flatnonzero(values)
            return sparse(shape, places.astype(np.uint32), values.reshape(-1)[places], scale)
        table, indices = np.unique(values, return_inverse=True)
        return codebook(indices.reshape(shape), table, scale)

    def neuron(self, channels: int):
        if self.family == "quantised":
            return self._quantiser(channels)
        if self.family == "timed":
            return Ramp(self.pick(0.5, 1.0, 4.0), self.pick(None, 8))
        threshold = self.numbers(1, 31, (channels,) if self.pick(True, False) else ())
        reset = self.pick("subtract", "zero")
        leak = self.pick(None, 0.5, 0.25, 0.125)
        return IF(threshold, reset) if leak is None else LIF(threshold, leak, reset)

    def _quantiser(self, channels: int) -> QuantReLU:
        shape = (channels,) if self.pick(True, False) else ()
        if self.fixed:
            return QuantReLU(self.random.integers(1, 60, shape) if shape else 37, self.pick(0, 1, 6), self.pick(1, 15))
        return QuantReLU(self.random.random(shape) + 0.1 if shape else 2 / 3, 0, self.pick(1, 15))

    def add(self, shape, neuron, *projections: Projection) -> None:
        name = f"p{len(self.populations)}"
        bias = self.numbers(-6, 6, self.pick((), (shape[0],), shape))
        initial = 0 if self.family != "spiking" else self.numbers(-20, 20, self.pick((), (shape[0],)))
        bits = self.draw(st.integers(6, 16)) if self.fixed else None
        self.populations.append(Population(name, shape, neuron, bias, initial, bits))
        for number, projection in enumerate(projections):
            self.projections.append(replace(projection, target=name, name=f"{name}.{number}", shift=self.shift()))

    def shift(self) -> int:
        return self.pick(0, 0, 1, 3) if self.fixed else 0

    def pool(self):
        fits = [(1, 1)] + [
            pool for pool in ((2, 2), (1, 2)) if pool[0] <= self.last.shape[1] and pool[1] <= self.last.shape[2]
        ]
        return self.pick(*fits)

    def gain(self, channels: int):
        return self.numbers(1, 5, (channels,) if self.pick(True, False) else ())

    def groups(self) -> int:
        return self.pick(1, 2) if self.last.shape[0] % 2 == 0 else 1

    def conv(self) -> None:
        pool, groups = self.pool(), self.groups()
        shape = pooled_shape(self.last.shape, pool)
        kernel = tuple(self.draw(st.integers(1, min(3, extent))) for extent in shape[1:])
        fits = all(1 + 2 * (size - 1) <= extent for size, extent in zip(kernel, shape[1:], strict=True))
        dilation = self.pick((1, 1), (2, 1), (2, 2)) if fits else (1, 1)
        out = groups * self.draw(st.integers(1, 2))
        stride = (self.draw(st.integers(1, 3)), self.draw(st.integers(1, 2)))
        padding = (self.draw(st.integers(0, 2)), self.draw(st.integers(0, 2)))
        weights = self.storage((out, shape[0] // groups, *kernel))
        synapse = Conv2d(weights, stride, padding, dilation, groups)
        result = synapse.output_shape(shape)
        self.add(result, self.neuron(out), Projection(self.last.name, "", synapse, pool))

    def average(self) -> None:
        shape = self.last.shape
        kernel = tuple(self.draw(st.integers(1, min(3, extent))) for extent in shape[1:])
        synapse = AvgPool2d(kernel, (self.pick(1, 2), self.pick(1, 2)), self.gain(shape[0]))
        self.add(synapse.output_shape(shape), self.neuron(shape[0]), Projection(self.last.name, "", synapse))

    def residual(self) -> None:
        """A convolution that keeps the shape, added to what entered it."""
        shape = self.last.shape
        synapse = Conv2d(self.storage((shape[0], shape[0], 3, 3)), padding=(1, 1))
        main, skip = (Projection(self.last.name, "", s) for s in (synapse, Identity(self.gain(shape[0]))))
        self.add(shape, self.neuron(shape[0]), main, skip)

    def concatenation(self) -> None:
        """Two convolutions of the last population side by side in one."""
        channels, *rest = self.last.shape
        parts = [
            Projection(self.last.name, "", Conv2d(self.storage((2, channels, 1, 1))), channels=(start, start + 2))
            for start in (0, 2)
        ]
        self.add((4, *rest), self.neuron(4), *parts)

    def order(self, source) -> IndexMap:
        """Numbers of a source in other places: any, with nothing here and there, or all of them once, or rows upside down."""
        if self.pick(True, False):
            size = int(np.prod(source))
            addresses = np.arange(size).reshape(source)[..., ::-1]
            addresses = self.pick(addresses, self.random.permutation(size).reshape(source))
        else:
            shape = (self.pick(2, 4), *(self.draw(st.integers(3, 5)) for _ in source[1:]))
            addresses = self.random.integers(-1, np.prod(source), shape)
        return IndexMap.of(source, addresses)

    def ordered(self, layers) -> None:
        """A layer that reads the last population in another order."""
        source, before, place = self.last, len(self.projections), len(self.populations) - 1
        order = self.order(source.shape)
        self.populations[place] = replace(source, shape=order.shape)
        self.pick(*layers)(self)
        self.populations[place] = source
        self.projections[before:] = [replace(one, order=order) for one in self.projections[before:]]

    def linear(self, size: int, neuron) -> None:
        pool = self.pool() if len(self.last.shape) == 3 else (1, 1)
        inputs = int(np.prod(pooled_shape(self.last.shape, pool)))
        self.add((size,), neuron, Projection(self.last.name, "", Linear(self.storage((size, inputs))), pool))

    def finish(self, code, schedule: str) -> Network:
        """Add the output and close the network."""
        readout = self.pick(
            "potential", *{"spiking": ("count", "first"), "quantised": ("count",), "timed": ("first",)}[self.family]
        )
        integrates = readout == "potential" and (self.family != "spiking" or self.pick(True, False))
        self.linear(self.classes, Integrator() if integrates else self.neuron(self.classes))
        names = self.populations[0].name, self.last.name
        numbers = "fixed" if self.fixed else "float32"
        return Network(tuple(self.populations), tuple(self.projections), *names, code, schedule, readout, numbers)


LAYERS = (Sketch.conv, Sketch.conv, Sketch.average, Sketch.residual, Sketch.concatenation)
ORDERED = (*LAYERS, partial(Sketch.ordered, layers=LAYERS), partial(Sketch.ordered, layers=LAYERS))
"""Some of which read what is in front of them in another order."""


@st.composite
def networks(draw, family: str = "spiking", numbers: str | None = None, layers=LAYERS) -> Network:
    """Networks of a family: "spiking" (IF and LIF), "quantised" (QuantReLU, one step) or "timed" (Ramp)."""
    numbers = numbers or draw(st.sampled_from(["float32", "fixed"]))
    sketch = Sketch(draw, family, "float32" if family == "timed" else numbers)
    for layer in draw(st.lists(st.sampled_from(layers), min_size=1, max_size=2)):
        layer(sketch)
    if draw(st.booleans()):
        sketch.linear(4, sketch.neuron(4))
    return sketch.finish(draw(codes(family, sketch.fixed)), draw(st.sampled_from(schedules(family))))


def schedules(family: str) -> list[str]:
    return ["synchronous", "layerwise"] if family == "spiking" else ["synchronous"]


@st.composite
def codes(draw, family: str, fixed: bool):
    if family == "timed":
        return TtfsCode(draw(st.sampled_from([None, 16])))
    steps = 1 if family == "quantised" else draw(st.integers(1, 9))
    direct = st.builds(Direct, steps=st.just(steps), levels=st.sampled_from([7, 15] if fixed else [None, 7, 15]))
    return draw(direct if family == "quantised" else st.one_of(direct, st.just(RateCode(steps))))


@st.composite
def cases(draw, family: str = "spiking", numbers: str | None = None, layers=LAYERS) -> Case:
    """A network with one to five images: sixteenths in [0, 1], about a quarter of them zero."""
    network = draw(networks(family, numbers, layers))
    random = np.random.default_rng(draw(st.integers(0, 2**20)))
    shape = (draw(st.integers(1, 5)), *network.by_name[network.input].shape)
    return Case(network, (np.maximum(random.integers(-5, 17, shape), 0) / 16).astype(np.float32))
