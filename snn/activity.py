"""What a simulation did: answers, spikes and work, on a declared time axis."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from spikewright.inputs import as_labels

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Activity:
    """The result of `simulate`.

    `logits_over_time (steps, batch, classes)`: the readout of `snn.network.Network` after each step (integers in fixed
    point), the output's neurons row-major; raw, not times `logit_scale`.
    `axis`: "steps", or "window" when there is no time step and the answer comes once.
    `spikes[population] (batch,)`: spikes sent per sample, the sum of |number sent| over neurons and steps, those of either
    sign; graded values count once when not zero. After SpikeSelectCode's limit and stuck neurons, before noise on the way.
    `synaptic_operations[projection] (batch,)`: additions of a surviving weight to an existing target neuron, one for each
    spike that arrives, after noise on the way, delayed ones if they arrive within the run; into a `MaxGate` one for each
    window that holds the spike's neuron; of a graded value that is not zero once in the run, in however many steps it flows.
    In front of a pool each neuron of a window counts by itself, by its own |number that arrives in a step| or value.
    `neurons[population]`: how many neurons there are. `rasters[population] (steps, batch, *shape)` (signed numbers of
    spikes, or values, counted as `spikes`; one step of them where they are sent once; zeros of an Integrator) and
    `potentials[population] (steps, batch, *shape)`, after the reset, of all but the input: when they were recorded.
    `decision_step (batch,)`: steps that a sample took; all of them without an early decision. After it the sample's logits
    stay, its rasters and potentials are zero, and spikes and operations are those until then.
    """

    logits_over_time: NDArray[Any]
    axis: Literal["steps", "window"]
    spikes: Mapping[str, Counts]
    synaptic_operations: Mapping[str, Counts]
    neurons: Mapping[str, int]
    decision_step: Counts
    engine: str
    rasters: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    potentials: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Steps simulated; 1 on the axis "window"."""
        return int(self.logits_over_time.shape[0])

    @property
    def logits(self) -> NDArray[Any]:
        """The readout at the end, `(batch, classes)`."""
        last: NDArray[Any] = self.logits_over_time[-1]
        return last

    @property
    def predictions(self) -> NDArray[np.int64]:
        """The class with the largest logit, `(batch,)`; the lowest number wins a tie."""
        return np.asarray(self.logits.argmax(axis=-1), dtype=np.int64)

    def accuracy(self, labels: Any) -> float:
        """Share of samples whose prediction is the label. `labels (batch,)` integers in [0, classes)."""
        return float((self.predictions == self._labels(labels)).mean())

    def accuracy_over_time(self, labels: Any) -> NDArray[np.float64]:
        """Accuracy if one stopped after each step, `(steps,)`."""
        right = self.logits_over_time.argmax(axis=-1) == self._labels(labels)
        return np.asarray(right.mean(axis=-1), dtype=np.float64)

    @property
    def spikes_per_neuron(self) -> dict[str, float]:
        """Mean spikes of a neuron over the whole run, for each population."""
        return {name: float(count.mean()) / self.neurons[name] for name, count in self.spikes.items()}

    @property
    def density(self) -> dict[str, float]:
        """Spikes per neuron and step, for each population."""
        return {name: rate / self.steps for name, rate in self.spikes_per_neuron.items()}

    def _labels(self, labels: Any) -> NDArray[np.int64]:
        return as_labels(labels, *self.logits.shape)
