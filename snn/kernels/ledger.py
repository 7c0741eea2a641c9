"""What a run of an engine writes down, chunk by chunk, and the `Activity` it becomes."""

from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.activity import Activity
from spikewright.snn.codes import TtfsCode, step_weight
from spikewright.snn.event.layer import Array, Layer, sent_type
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.jit import compiled
from spikewright.snn.neurons import MaxGate
from spikewright.snn.simulation import Request

Numbers = NDArray[np.int64]


class Ledger:
    """Counts, operations, logits, and rasters and potentials where they were asked for. Public order everywhere."""

    def __init__(self, request: Request) -> None:
        network, batch = request.network, request.batch
        self.request, self.network = request, network
        self.spikes = {p.name: np.zeros(batch, np.int64) for p in network.populations}
        self.operations = {q.name: np.zeros(batch, np.int64) for q in network.projections}
        self.decided = np.full(batch, network.steps, np.int64)
        self.rasters: dict[str, Array] = {}
        self.traces: dict[str, Array] = {}
        self._making = Lock()

    def sent(self, name: str, public: Array, events: Events, samples: Numbers, start: int) -> None:
        """Note the events that population `name` sent in the steps from `start` on."""
        if events.value is None or events.graded:
            self.spikes[name][samples] += events.ends[:, -1]
        else:
            self.spikes[name][samples] += _absolute(events.values, events.ends)
        answers = name == self.network.output and self.network.readout != "potential"
        if answers or "rasters" in self.request.record:
            with self._making:
                raster = self._raster(name, events)
            _write(raster, (events.index, events.ends, events.values), public, samples, start)

    def potentials(self, layer: Layer, trace: Array, samples: Numbers, steps: slice) -> None:
        """Note potentials `(samples, steps, neurons)` in engine order."""
        if not trace.size:
            return
        with self._making:
            if layer.name not in self.traces:
                shape = (self.network.steps, self.request.batch, layer.size)
                self.traces[layer.name] = np.zeros(shape, trace.dtype)
        public = np.empty_like(trace)
        public[:, :, layer.public] = trace
        self.traces[layer.name][steps.start : steps.start + trace.shape[1]][:, samples] = public.transpose(1, 0, 2)

    def raster(self, name: str) -> Array:
        """The raster of a population `(steps, batch, neurons)`, flat; of no neurons when nothing was noted yet."""
        if name not in self.rasters:
            return np.zeros((self.network.steps, self.request.batch, 0), np.uint8)
        raster = self.rasters[name]
        return raster.reshape(*raster.shape[:2], -1)

    def activity(self, engine: str) -> Activity:
        """Everything noted, as the result."""
        kept = self.traces if "potentials" in self.request.record else {}
        shapes = {p.name: p.shape for p in self.network.populations}
        return Activity(
            logits_over_time=self._held(self._logits()),
            axis="window" if isinstance(self.network.code, TtfsCode) else "steps",
            spikes=self.spikes,
            synaptic_operations=self.operations,
            neurons={p.name: p.size for p in self.network.populations},
            decision_step=self.decided,
            engine=engine,
            rasters=self.rasters if "rasters" in self.request.record else {},
            potentials={name: trace.reshape(*trace.shape[:2], *shapes[name]) for name, trace in kept.items()},
        )

    def _raster(self, name: str, events: Events) -> Array:
        if name not in self.rasters:
            population = self.network.by_name[name]
            kind: Any = sent_type(self.network, population) or np.uint8
            if events.graded or isinstance(population.neuron, MaxGate):
                kind = events.values.dtype
            shape = (1 if events.graded else self.network.steps, self.request.batch, *population.shape)
            self.rasters[name] = np.zeros(shape, kind)
        return self.rasters[name].reshape(*self.rasters[name].shape[:2], -1)

    def _logits(self) -> Array:
        name = self.network.output
        if self.network.readout == "potential":
            return self.traces[name]
        raster = self.raster(name)
        if self.network.readout == "count":
            weights = np.array([step_weight(self.network.code, step) for step in range(len(raster))])
            if raster.dtype.kind != "f":
                raster = raster * weights[:, None, None]
            return raster.cumsum(axis=0, dtype=np.float32 if raster.dtype.kind == "f" else np.int64)
        if isinstance(
            self.network.code, TtfsCode
        ):  # the value of a spike is the time left, so the first has the largest
            return raster
        since_first = (raster.cumsum(axis=0) > 0).cumsum(axis=0)
        return since_first.astype(np.int64)

    def _held(self, logits: Array) -> Array:
        """Samples that stopped keep their last answer."""
        early = np.flatnonzero(self.decided < self.network.steps)
        if early.size:
            logits = logits.copy()
        for sample in early:
            logits[self.decided[sample] :, sample] = logits[self.decided[sample] - 1, sample]
        return logits


@compiled
def _write(raster, events, public, samples, start):
    index, ends, value = events
    for s in range(ends.shape[0]):
        for t in range(ends.shape[1] - 1):
            for n in range(ends[s, t], ends[s, t + 1]):
                raster[start + t, samples[s], public[index[s, n]]] = value[s, n] if value.shape[1] else 1


def _absolute(value: Array, ends: Array) -> Numbers:
    """Sum of |value| of each sample."""
    total = np.zeros(len(ends), np.int64)
    _add_absolute(value, ends, total)
    return total


@compiled
def _add_absolute(value, ends, total):
    for s in range(ends.shape[0]):
        for n in range(ends[s, -1]):
            total[s] += abs(np.int64(value[s, n]))
