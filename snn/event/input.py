"""The input population of a run: from images or camera events to the events of the steps at hand."""

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import inverse
from spikewright.snn.event.chunk import Chunk
from spikewright.snn.event.encoders import ENCODERS, Encoding
from spikewright.snn.graded import encode_graded
from spikewright.snn.kernels.encode import CameraEvents, addressed, find_events, pixel_events
from spikewright.snn.kernels.events import SLACK, Events, collect_flags, graded_events, no_values, padded
from spikewright.snn.simulation import Request
from spikewright.snn.streams import EventStream


class SpikeInput:
    """Encodes the input of a request, chunk by chunk. Threads share it. `public`: the public address of each of its neurons."""

    def __init__(self, request: Request, public: NDArray[np.int64]) -> None:
        network = request.network
        self.name, self.code, self.images = network.input, network.code, request.images
        self.fixed, self.numbered = network.numbers == "fixed", network.code.most > 1
        self.place = [p.name for p in network.populations].index(self.name)
        self.public = public
        self.camera = self._sorted(request.images) if isinstance(request.images, EventStream) else None

    def events(self, chunk: Chunk) -> Events:
        """What the input sends in the steps at hand."""
        if self.camera is not None:
            return self._addressed(chunk, self.camera)
        return self._graded(chunk) if self.code.graded else self._encoded(chunk)

    def _graded(self, chunk: Chunk) -> Events:
        """The values of the images, in the first chunk of steps; they are held in the others."""
        kind = np.int32 if self.fixed else np.float32
        if chunk.steps.start:
            none = np.zeros((chunk.count, 1), np.int32)
            return Events(none[:, :0], none, none[:, :0].astype(kind), True)
        if self.code.sends == "values" and self.code.levels is not None:
            return self._on_levels(chunk, kind)
        images = np.asarray(self.images)[chunk.samples].reshape(chunk.count, -1)
        return graded_events(encode_graded(self.code, images, fixed=self.fixed)[:, self.public].astype(kind))

    def _on_levels(self, chunk: Chunk, kind: type[np.generic]) -> Events:
        """The same of pixels that are integers on a grid, in one go."""
        places, images = (self.public.size + SLACK,), np.asarray(self.images)
        address, value = (
            chunk.take(self.name, "address", places, np.int32),
            chunk.take(self.name, "value", places, kind),
        )
        events = Events(address, chunk.take(self.name, "ends", (2,), np.int32), value, True)
        pixel_events(
            images.reshape(len(images), -1), chunk.samples, self.public, np.float64(self.code.levels or 0), events
        )
        return events

    def _encoded(self, chunk: Chunk) -> Events:
        """The spikes of a code that sends them."""
        size = self.public.size
        sent = chunk.take(self.name, "flags", (chunk.length, padded(size)), np.int8)
        ENCODERS[type(self.code)](Encoding(self.code, self.name, self.place, self.public, self.images, chunk), sent)
        events = self._room(chunk, size * chunk.length + SLACK)
        collect_flags(sent, size, events)
        return events

    def _room(self, chunk: Chunk, places: int) -> Events:
        """Where so many events are written, with values where the code sends several spikes in a step."""
        address = chunk.take(self.name, "address", (places,), np.int32)
        ends = chunk.take(self.name, "ends", (chunk.length + 1,), np.int32)
        value = chunk.take(self.name, "value", (places,), np.int8) if self.numbered else no_values(chunk.count)
        return Events(address, ends, value)

    def _sorted(self, stream: EventStream) -> CameraEvents:
        """Camera events by sample, step and engine address."""
        address = inverse(self.public)[stream.address].astype(np.int32)
        sample = np.repeat(np.arange(len(stream)), np.diff(stream.offsets))
        order = np.lexsort((address, stream.step, sample))
        return CameraEvents(stream.step[order], address[order], stream.offsets)

    def _addressed(self, chunk: Chunk, camera: CameraEvents) -> Events:
        places = np.empty((chunk.count, 2), np.int64)
        find_events(camera, chunk.samples, chunk.steps.start, chunk.steps.stop, places)
        events = self._room(chunk, int(np.diff(places, axis=1).max(initial=0)) + 1)
        addressed(camera, places, chunk.steps.start, events)
        return events
