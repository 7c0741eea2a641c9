"""How each spike code encodes images: one table, code type -> what calls its kernel.

An encoder writes the number of spikes of each neuron and step at hand to `sent (samples, steps, padded neurons)`, int8.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from spikewright.snn.codes import (
    Bursts,
    Delta,
    JitteredPeriodic,
    PhaseCode,
    Poisson,
    RateCode,
    SingleBurst,
    SpikeSelectCode,
)
from spikewright.snn.event.addresses import inverse
from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.kernels import encode
from spikewright.snn.kernels.draws import Drawing, keys_of


class Encoding(NamedTuple):
    """What an encoder reads: the code, the name and place of the input population, the public address of each of its neurons,
    all images of the run, and the chunk of samples and steps at hand."""

    code: Any
    name: str
    place: int
    public: Array
    images: Any
    chunk: Chunk

    @property
    def start(self) -> int:
        """The first step at hand."""
        return int(self.chunk.steps.start)

    @property
    def pixels(self) -> Array:
        """The values of the samples, (samples, neurons) float64 in engine order."""
        if (self.name, "pixels") not in self.chunk.state:
            rows = np.asarray(self.images)[self.chunk.samples].reshape(self.chunk.count, -1)[:, self.public]
            self.chunk.remember(self.name, "pixels", rows.shape[1:], np.float64, rows)
        return self.chunk.state[self.name, "pixels"]

    def drawing(self, *kinds: int) -> Drawing:
        """The draws of some kinds, from the first step at hand on."""
        keys = keys_of(self.code.seed, self.place, *kinds)
        return Drawing(keys, self.chunk.samples, self.start, self.public)

    def state(self, role: str, size: int, kind: Any) -> Array:
        """Numbers that an encoder keeps from step to step, (samples, size), zero at first."""
        return self.chunk.remember(self.name, role, (size,), kind)


def _rate(this: Encoding, sent: Array) -> None:
    encode.rate(this.pixels, float(this.code.most), this.start, sent)


def _poisson(this: Encoding, sent: Array) -> None:
    encode.poisson(this.pixels, this.code.probability, this.drawing(8), sent)


def _single(this: Encoding, sent: Array) -> None:
    encode.single(this.pixels, this.code.steps, float(this.code.silent), this.start, sent)


def _phase(this: Encoding, sent: Array) -> None:
    encode.phase(this.pixels, this.code.period, this.start, sent)


def _jittered(this: Encoding, sent: Array) -> None:
    code, size = this.code, this.public.size
    law = encode.Periods(*(float(x) for x in (code.shortest, code.longest, code.deviation, code.silent)))
    time, number = this.state("time", size, np.float64), this.state("number", size, np.int32)
    encode.jittered(this.pixels, law, time, number, this.drawing(9, 10, 11, 12), sent)


def _delta(this: Encoding, sent: Array) -> None:
    pixels = this.public.size // 2
    frames = np.asarray(this.images).reshape(len(this.images), -1, pixels)
    reference = this.state("reference", pixels, np.float64)
    engine = inverse(this.public)
    encode.delta(frames, float(this.code.threshold), this.chunk.samples, engine, reference, this.start, sent)


ENCODERS: dict[type, Callable[[Encoding, Array], None]] = {
    RateCode: _rate,
    SpikeSelectCode: _rate,
    Bursts: _rate,
    Poisson: _poisson,
    SingleBurst: _single,
    PhaseCode: _phase,
    JitteredPeriodic: _jittered,
    Delta: _delta,
}
"""Camera events need none: `AddressEvents` arrive as events; graded codes have none."""
