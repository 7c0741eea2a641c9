"""What a run of an engine writes down, chunk by chunk, and the `Activity` it becomes."""

from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.activity import Activity
from spikewright.snn.kernels.events import Events, add_magnitudes, write_events
from spikewright.snn.simulation import Request
from spikewright.snn.traits import answered, is_timed, scale_of

Array = NDArray[Any]
Samples = NDArray[np.int64]
"""Samples of a batch by their numbers."""


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

    def sent(self, name: str, public: Array, events: Events, samples: Samples, start: int) -> None:
        """Note the events that population `name` sent in the steps from `start` on."""
        if events.valued and not events.graded:
            total = np.zeros(len(samples), np.int64)
            add_magnitudes(events, total)
            self.spikes[name][samples] += total
        else:
            self.spikes[name][samples] += events.ends[:, -1]
        if self.wants_raster(name):
            with self._making:
                raster = self._raster(name, events)
            write_events(events, raster, public, samples, start)

    def wants_raster(self, name: str) -> bool:
        """Whether somebody wants to know when a population sent what."""
        answers = name == self.network.output and self.network.readout != "potential"
        return answers or "rasters" in self.request.record

    def wants_potentials(self, name: str) -> bool:
        """Whether somebody wants the potentials of a population."""
        answers = name == self.network.output and self.network.readout == "potential"
        return answers or "potentials" in self.request.record

    def potentials(self, name: str, public: Array, trace: Array, samples: Samples, steps: slice) -> None:
        """Note potentials `(samples, steps, neurons)` in engine order; none are noted where there are none."""
        if not trace.size:
            return
        with self._making:
            if name not in self.traces:
                self.traces[name] = np.zeros((self.network.steps, self.request.batch, public.size), trace.dtype)
        ordered = np.empty_like(trace)
        ordered[:, :, public] = trace
        self.traces[name][steps.start : steps.start + trace.shape[1]][:, samples] = ordered.transpose(1, 0, 2)

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
            logits_over_time=answered(self.network, self._held(self._logits())),
            axis="window" if is_timed(self.network) else "steps",
            spikes=self.spikes,
            synaptic_operations=self.operations,
            neurons={p.name: p.size for p in self.network.populations},
            decision_step=self.decided,
            engine=engine,
            rasters=self.rasters if "rasters" in self.request.record else {},
            potentials={name: trace.reshape(*trace.shape[:2], *shapes[name]) for name, trace in kept.items()},
            heads=self.network.heads,
            logit_scale=scale_of(self.network),
        )

    def _raster(self, name: str, events: Events) -> Array:
        if name not in self.rasters:
            kind: Any = events.value.dtype if events.valued or events.graded else np.uint8
            steps = 1 if events.graded else self.network.steps
            shape = (steps, self.request.batch, *self.network.by_name[name].shape)
            self.rasters[name] = np.zeros(shape, kind)
        return self.rasters[name].reshape(*self.rasters[name].shape[:2], -1)

    def _logits(self) -> Array:
        name = self.network.output
        if self.network.readout == "potential":
            return self.traces[name]
        raster = self.raster(name)
        if self.network.readout == "count":
            weights = np.array([self.network.code.weight(step) for step in range(len(raster))])
            if raster.dtype.kind != "f":
                raster = raster * weights[:, None, None]
            return raster.cumsum(axis=0, dtype=np.float32 if raster.dtype.kind == "f" else np.int64)
        if is_timed(self.network):  # a spike is the time left: the first one has the largest value
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
