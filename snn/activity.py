"""What a simulation did: answers, spikes and work, on a declared time axis."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.answers import Head, Values
from spikewright.label_checks import labels_of
from spikewright.markup import html_table
from spikewright.several_heads import decisions, only_head

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
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
    `heads`: what the output's neurons mean (`spikewright.answers.Head`), one after the other; `logit_scale`: logits times it
    are in the units of the model that the network came from, None where no number makes them so: steps since a first
    spike only say who was first. Both are the network's own.
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
    heads: tuple[Head, ...] = (Head(),)
    logit_scale: float | None = 1.0

    def __repr__(self) -> str:
        spikes, work = (
            sum(float(one.mean()) for one in given.values()) for given in (self.spikes, self.synaptic_operations)
        )
        _, samples, outputs = self.logits_over_time.shape
        ran = f"{samples:,} samples, {self.steps} {self.axis}, {outputs} outputs, engine {self.engine!r}"
        return f"Activity({ran}; {spikes:,.0f} spikes and {work:,.0f} synaptic operations a sample)"

    def _repr_html_(self) -> str:
        means = {name: float(count.mean()) for name, count in self.spikes.items()}
        rows = (
            {
                "population": name,
                "neurons": self.neurons[name],
                "spikes a sample": mean,
                "spikes a neuron": mean / self.neurons[name],
            }
            for name, mean in means.items()
        )
        return html_table(repr(self), rows)

    @property
    def steps(self) -> int:
        """Steps simulated; 1 on the axis "window"."""
        return int(self.logits_over_time.shape[0])

    @property
    def logits(self) -> NDArray[Any]:
        """The readout at the end, `(batch, output neurons)`: of one head that gives a class, `(batch, classes)`."""
        last: NDArray[Any] = self.logits_over_time[-1]
        return last

    def head(self, name: str) -> "Activity":
        """The same run with one of several outputs: its logits and what they mean; spikes and work are those of the whole run.

        Raises InvalidInput for the name of no output.
        """
        names, start = [head.name for head in self.heads], 0
        if name not in names:
            raise InvalidInput(f"expected an output out of {', '.join(map(repr, names))}, got {name!r}")
        for head in self.heads[: names.index(name)]:
            start += head.neurons(self.logits.shape[-1])
        chosen = self.heads[names.index(name)]
        logits = self.logits_over_time[..., start : start + chosen.neurons(self.logits.shape[-1])]
        return replace(self, logits_over_time=logits, heads=(chosen,))

    def in_units(self, logits: Values) -> Values:
        """Logits in the units of the model, float64. Raises InvalidInput where they are steps since a first spike."""
        if self.logit_scale is None:
            raise InvalidInput(
                "expected logits in the units of the model, got steps since a first spike, which only say who was first; "
                "try Rate or Ttfs"
            )
        return np.asarray(logits, dtype=np.float64) * self.logit_scale

    @property
    def answers(self) -> Values:
        """What the model would have given, float64 `(batch, *shape)`: logits in its units, through the function it ended in."""
        return self._head.answers(self.in_units(self.logits))

    @property
    def probabilities(self) -> Values:
        """Float64 `(batch, *shape)`: a softmax over the classes, a sigmoid where the model ended in one and of several labels."""
        return self._head.probabilities(self.in_units(self.logits))

    @property
    def predictions(self) -> Values:
        """The class with the largest logit, int64 `(batch,)`, of a map of classes `(batch, H, W)`; the lowest number wins a tie.

        Of several labels a sample 0 or 1 for each, and of values themselves, `(batch, *shape)`; see `spikewright.answers.Head`.
        """
        return self._predicted(self.logits)

    @property
    def decisions(self) -> NDArray[np.int64]:
        """The predictions of all heads side by side, int64 `(batch, decisions)`; values, and a single score, decide nothing."""
        plain = all(head.kind == "classes" for head in self.heads)
        return decisions(self.heads, self.logits if plain else self.in_units(self.logits))

    def accuracy(self, labels: Any) -> float:
        """Share of labels that are predicted: `(batch,)` integers in [0, classes), or as many as there are `predictions`.

        Ignored labels do not count. Raises InvalidInput for values, which have an `error` instead.
        """
        return float(self._right(self.logits, labels).mean())

    def accuracy_over_time(self, labels: Any) -> NDArray[np.float64]:
        """Accuracy if one stopped after each step, `(steps,)`."""
        return np.array([self._right(logits, labels).mean() for logits in self.logits_over_time], dtype=np.float64)

    def mean_iou(self, labels: Any) -> float:
        """Intersection over union of predictions and labels, the mean over the classes that either of them has."""
        self._head.check_scored(("classes",), "an overlap of classes")
        wanted = self._labels(labels)
        counted = self._head.counts(wanted)
        found, truth = self.predictions[counted], wanted[counted]
        shares = [
            ((found == k) & (truth == k)).sum() / ((found == k) | (truth == k)).sum() for k in np.union1d(found, truth)
        ]
        return float(np.mean(shares))

    def error(self, labels: Any) -> float:
        """The root of the mean squared difference between `answers` and labels `(batch, *shape)`, in the units of the model."""
        self._head.check_scored(("values",), "an error")
        return float(np.sqrt(np.mean((self.answers - self._labels(labels)) ** 2)))

    @property
    def spikes_per_neuron(self) -> dict[str, float]:
        """Mean spikes of a neuron over the whole run, for each population."""
        return {name: float(count.mean()) / self.neurons[name] for name, count in self.spikes.items()}

    @property
    def density(self) -> dict[str, float]:
        """Spikes per neuron and step, for each population."""
        return {name: rate / self.steps for name, rate in self.spikes_per_neuron.items()}

    @property
    def _head(self) -> Head:
        return only_head(self.heads, "activity.head({})")

    def _predicted(self, logits: Values) -> Values:
        head = self._head
        return head.predictions(logits if head.kind == "classes" else self.in_units(logits))

    def _right(self, logits: Values, labels: Any) -> Values:
        """For each label that counts whether it is predicted."""
        self._head.check_scored(("classes", "multilabel"), "an accuracy")
        wanted = self._labels(labels)
        right: Values = (self._predicted(logits) == wanted)[self._head.counts(wanted)]
        return right

    def _labels(self, labels: Any) -> Values:
        return labels_of(self._head, labels, *self.logits.shape)
