"""What a run of the event engine writes down, chunk by chunk, and the `Activity` it becomes."""

from threading import Lock

import numpy as np

from snn.activity import Activity
from snn.codes import Ttfs
from snn.engines.events import Events
from snn.engines.layer import Array, Layer
from snn.neurons import Source
from snn.simulate import Request


class Ledger:
    """Counts, operations, logits, and rasters and potentials where they were asked for. Public order everywhere."""

    def __init__(self, request: Request) -> None:
        network, batch = request.network, request.images.shape[0]
        self.request, self.network = request, network
        self.spikes = {p.name: np.zeros(batch, np.int64) for p in network.populations}
        self.operations = {q.name: np.zeros(batch, np.int64) for q in network.projections}
        self.rasters: dict[str, Array] = {}
        self.traces: dict[str, Array] = {}
        self._making = Lock()

    def sent(self, name: str, public: Array, events: Events, samples: slice, steps: slice) -> None:
        """Note the events that population `name` sent."""
        self.spikes[name][samples] += events.ends[:, -1]
        asked = "rasters" in self.request.record or (
            name == self.network.output and self.network.readout != "potential"
        )
        if not asked:
            return
        with self._making:
            raster = self._raster(name, events)
        for row in range(events.ends.shape[0]):
            for step in range(events.ends.shape[1] - 1):
                places = slice(events.ends[row, step], events.ends[row, step + 1])
                value = 1 if events.value is None else events.value[row, places]
                flat = raster[steps.start + step, samples.start + row].reshape(-1)
                flat[public[events.index[row, places]]] = value

    def potentials(self, layer: Layer, trace: Array, samples: slice, steps: slice) -> None:
        """Note potentials `(samples, steps, neurons)` in engine order."""
        population = layer.population
        if not trace.size:
            return
        with self._making:
            if population.name not in self.traces:
                shape = (self.network.steps, self.request.images.shape[0], population.size)
                self.traces[population.name] = np.zeros(shape, trace.dtype)
        place = self.traces[population.name][steps, samples]
        place[:, :, layer.public] = trace.transpose(1, 0, 2)

    def activity(self, engine: str) -> Activity:
        """Everything noted, as the result."""
        batch = self.request.images.shape[0]
        kept = self.traces if "potentials" in self.request.record else {}
        shapes = {p.name: p.shape for p in self.network.populations}
        return Activity(
            logits_over_time=self._logits(),
            axis="window" if isinstance(self.network.code, Ttfs) else "steps",
            spikes=self.spikes,
            synaptic_operations=self.operations,
            neurons={p.name: p.size for p in self.network.populations},
            decision_step=np.full(batch, self.network.steps, np.int64),
            engine=engine,
            rasters=self.rasters if "rasters" in self.request.record else {},
            potentials={name: trace.reshape(*trace.shape[:2], *shapes[name]) for name, trace in kept.items()},
        )

    def _raster(self, name: str, events: Events) -> Array:
        if name not in self.rasters:
            population = self.network.by_name[name]
            once = events.value is not None and isinstance(population.neuron, Source)
            shape = (1 if once else self.network.steps, self.request.images.shape[0], *population.shape)
            self.rasters[name] = np.zeros(shape, np.uint8 if events.value is None else events.value.dtype)
        return self.rasters[name]

    def _logits(self) -> Array:
        name = self.network.output
        if self.network.readout == "potential":
            return self.traces[name]
        raster = self.rasters[name].reshape(self.network.steps, self.request.images.shape[0], -1)
        if self.network.readout == "count":
            kind = np.float32 if raster.dtype.kind == "f" else np.int64
            return raster.cumsum(axis=0, dtype=kind)
        if isinstance(self.network.code, Ttfs):  # the value of a spike is the time left, so the first has the largest
            return raster
        since_first = (raster.cumsum(axis=0) > 0).cumsum(axis=0)
        return since_first.astype(np.int64)
