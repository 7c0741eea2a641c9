"""The input population of a run: from images or camera events to the events of the steps at hand."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.codes import (
    AddressEvents,
    Bursts,
    Delta,
    JitteredPeriodic,
    PhaseCode,
    Poisson,
    RateCode,
    SingleBurst,
    SpikeSelectCode,
    most_sent,
)
from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.event.scatter import engine_order
from spikewright.snn.graded import encode_graded
from spikewright.snn.kernels import encode as encoders
from spikewright.snn.kernels.draws import key_of
from spikewright.snn.kernels.events import Events, collect_flags, graded_events, padded
from spikewright.snn.simulation import Request
from spikewright.snn.streams import EventStream

SLACK = 8
"""Places behind the last event that a collecting kernel may write to."""


class Input:
    """Encodes the input of a request, chunk by chunk. Threads share it."""

    def __init__(self, request: Request) -> None:
        network = request.network
        self.name, self.code, self.images = network.input, network.code, request.images
        self.fixed = network.numbers == "fixed"
        self.place = [p.name for p in network.populations].index(self.name)
        self.public = engine_order(network.by_name[self.name].shape)
        self.engine = np.empty_like(self.public)
        self.engine[self.public] = np.arange(self.public.size)
        self.stream = self._sorted(request.images) if isinstance(request.images, EventStream) else None

    def events(self, chunk: Chunk) -> Events:
        """What the input sends in the steps at hand."""
        if self.stream is not None:
            return self._addressed(chunk, self.stream)
        if not self.code.graded:
            return self._encoded(chunk)
        if chunk.steps.start:  # the planes of the first chunk are constant
            none = np.zeros((chunk.count, 1), np.int32)
            return Events(none[:, :0], none, none[:, :0], True)
        values = encode_graded(self.code, self._rows(chunk), fixed=self.fixed)[:, self.public]
        return graded_events(values.astype(np.int32 if self.fixed else np.float32))

    def _rows(self, chunk: Chunk) -> NDArray[np.float32]:
        images: NDArray[np.float32] = np.asarray(self.images)[chunk.samples]
        return images.reshape(chunk.count, -1)

    def _encoded(self, chunk: Chunk) -> Events:
        size = self.public.size
        sent = chunk.take(self.name, "flags", (chunk.length, padded(size)), np.int8)
        self._fill(chunk, sent)
        index = chunk.take(self.name, "index", (size * chunk.length + SLACK,), np.int32)
        ends = chunk.take(self.name, "ends", (chunk.length + 1,), np.int32)
        value = index[:, :0].astype(np.int8)
        if most_sent(self.code) > 1:
            value = chunk.take(self.name, "value", index.shape[1:], np.int8)
        collect_flags(sent, size, index, value, ends)
        return Events(index, ends, value if value.shape[1] else None)

    def _fill(self, chunk: Chunk, sent: Array) -> None:
        """The spikes of each neuron and step."""
        code, start = self.code, chunk.steps.start
        if isinstance(code, Delta):
            self._changes(code, chunk, sent)
            return
        pixels = self._pixels(chunk)
        if isinstance(code, RateCode | SpikeSelectCode | Bursts):
            encoders.rate(pixels, float(most_sent(code)), start, sent)
        elif isinstance(code, Poisson):
            encoders.poisson(
                pixels, code.probability, start, (key_of(code.seed, self.place, 8), chunk.samples, self.public), sent
            )
        elif isinstance(code, SingleBurst):
            encoders.single(pixels, code.steps, float(code.silent), start, sent)
        elif isinstance(code, PhaseCode):
            encoders.phase(pixels, code.period, start, sent)
        elif isinstance(code, JitteredPeriodic):
            self._jittered(code, chunk, pixels, sent)

    def _pixels(self, chunk: Chunk) -> Array:
        if (self.name, "pixels") not in chunk.state:
            rows = self._rows(chunk)[:, self.public]
            chunk.remember(self.name, "pixels", rows.shape[1:], np.float64, rows)
        return chunk.state[self.name, "pixels"]

    def _jittered(self, code: JitteredPeriodic, chunk: Chunk, pixels: Array, sent: Array) -> None:
        time = chunk.remember(self.name, "time", pixels.shape[1:], np.float64)
        number = chunk.remember(self.name, "number", pixels.shape[1:], np.int32)
        keys = tuple(key_of(code.seed, self.place, kind) for kind in (9, 10, 11, 12))
        law = tuple(float(x) for x in (code.shortest, code.longest, code.deviation, code.silent))
        where = (keys, chunk.samples, self.public)
        encoders.jittered(pixels, law, where, (time, number), chunk.steps.start, sent)

    def _changes(self, code: Delta, chunk: Chunk, sent: Array) -> None:
        pixels = self.public.size // 2
        frames = np.asarray(self.images).reshape(len(self.images), -1, pixels)
        references = chunk.remember(self.name, "references", (pixels,), np.float64)
        law = (float(code.threshold), chunk.samples, self.engine)
        encoders.delta(frames, law, references, chunk.steps.start, sent)

    def _sorted(self, stream: EventStream) -> tuple[Any, ...]:
        """Camera events by sample, step and engine address."""
        address = self.engine[stream.address].astype(np.int32)
        sample = np.repeat(np.arange(len(stream)), np.diff(stream.offsets))
        order = np.lexsort((address, stream.step, sample))
        return stream.step[order], address[order], stream.offsets

    def _addressed(self, chunk: Chunk, stream: tuple[Any, ...]) -> Events:
        places = np.empty((chunk.count, 2), np.int64)
        encoders.bounds(stream, chunk.samples, chunk.steps.start, chunk.steps.stop, places)
        capacity = int(np.diff(places, axis=1).max(initial=0)) + 1
        index = chunk.take(self.name, "index", (capacity,), np.int32)
        ends = chunk.take(self.name, "ends", (chunk.length + 1,), np.int32)
        value = index[:, :0].astype(np.int8)
        if isinstance(self.code, AddressEvents) and self.code.limit > 1:
            value = chunk.take(self.name, "value", (capacity,), np.int8)
        encoders.addressed(stream, places, chunk.steps.start, (index, value, ends))
        return Events(index, ends, value if value.shape[1] else None)
