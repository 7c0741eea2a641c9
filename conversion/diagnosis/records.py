"""What a diagnosis says: numbers for every population, the worst of them, and what to try."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import Table

PARTS = ("inherited", "clipping", "quantisation", "unevenness")
"""The parts of an error, in the order in which they arise."""
OWN = PARTS[1:]
"""Those that a layer adds itself."""


@dataclass(frozen=True)
class ErrorPart:
    """One part p of an error e = y - a, in the model's units.

    `contribution`: mean of p sign(e); those of all parts add up to the mean absolute error, a negative one makes up for
    others. `magnitude`: mean of |p|. `bias`: mean of p.
    """

    contribution: float
    magnitude: float
    bias: float


@dataclass(frozen=True, eq=False)
class LayerDiagnosis:
    """One population against the node of the model that it stands for, over all neurons and samples, in the model's units.

    With a the activation of the rewritten model and y the decoded value (what was sent times amplitude / charge steps):
    `scale` mean |a|, `correlation` of a and y (None where one is constant), `error` mean |y - a|, `bias` mean (y - a),
    `own_error` mean |y - f(x)|, where x is the mean input current that the population really received and f the model's
    activation: what this layer adds to the errors of those before it.

    `saturated`: share of (neuron, sample) that sent all they can while a is larger. `silent`: share of neurons that never
    sent anything, `silent_in_model` that of the model. `always`: share of neurons at their largest count for every sample.
    `points (2, k)`: a thinned sample of a and y in units of the largest y, None where there is no largest; `levels`: the
    steps of the staircase between 0 and 1, None for real values.
    """

    population: str
    node: str
    neuron: str
    neurons: int
    scale: float
    correlation: float | None
    error: float
    bias: float
    own_error: float
    parts: Mapping[str, ErrorPart]
    saturated: float
    silent: float
    silent_in_model: float
    always: float
    points: NDArray[np.float32] | None = None
    levels: float | None = None

    @property
    def relative_error(self) -> float:
        """Mean absolute error over mean |a|."""
        return self.error / (self.scale or 1.0)

    @property
    def relative_own_error(self) -> float:
        """The error that this layer adds, over mean |a|."""
        return self.own_error / (self.scale or 1.0)

    @property
    def culprit(self) -> str:
        """The largest of the parts that the layer adds itself."""
        return max(OWN, key=lambda part: self.parts[part].magnitude)

    def share(self, part: str) -> float:
        """The contribution of a part over the error; all shares add up to 1. 0 where there is no error."""
        return self.parts[part].contribution / self.error if self.error else 0.0

    def row(self) -> dict[str, Any]:
        """Plain values for a table."""
        return {
            "population": self.population,
            "node": self.node,
            "neuron": self.neuron,
            "neurons": self.neurons,
            "levels": self.levels,
            "mean_activation": self.scale,
            "correlation": self.correlation,
            "error": self.error,
            "relative_error": self.relative_error,
            "bias": self.bias,
            "own_error": self.own_error,
            "relative_own_error": self.relative_own_error,
            **{part: self.parts[part].contribution for part in PARTS},
            **{f"{part}_share": self.share(part) for part in PARTS},
            "saturated": self.saturated,
            "silent": self.silent,
            "silent_in_model": self.silent_in_model,
            "always_firing": self.always,
        }

    def short_row(self) -> dict[str, Any]:
        """The same for people: errors in percent of the mean activation, shares of neurons in percent."""
        whole = 100.0 / (self.scale or 1.0)
        percent = {
            "error": self.error * whole,
            "own": self.own_error * whole,
            "bias": self.bias * whole,
            **{part: self.parts[part].contribution * whole for part in PARTS},
            "saturated": 100.0 * self.saturated,
            "silent": 100.0 * self.silent,
            "always": 100.0 * self.always,
        }
        return {
            "population": self.population,
            "neurons": self.neurons,
            "correlation": "-" if self.correlation is None else f"{self.correlation:.4f}",
            **{name: f"{value + 0.0:.2f}".replace("-0.00", "0.00") for name, value in percent.items()},
        }


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Model, rewritten model and spiking network on the same samples.

    `networks`: a row for each of the three: accuracy (None without labels; of values an error in its place), agreement (share
    of decisions equal to the model's, None where there are none), largest_logit_error (in the model's units) and
    spikes_per_neuron (hidden populations). `layers`: a row for each population. `accuracy_over_steps`: if one stopped after
    each step, empty without labels. `worst`: the population that adds the largest error relative to its mean activation, ""
    where none adds more than 0.1 %. `advice`: what to try.
    """

    networks: Table
    populations: tuple[LayerDiagnosis, ...]
    setting: str
    samples: int
    worst: str = ""
    advice: tuple[str, ...] = ()
    accuracy_over_steps: tuple[float, ...] = field(default=())

    @property
    def layers(self) -> Table:
        """One row for each population: errors and their parts in the model's units, and shares of the total."""
        return Table.of(layer.row() for layer in self.populations)

    def layer(self, population: str) -> LayerDiagnosis:
        """The diagnosis of one population. Raises KeyError for an unknown name."""
        return {layer.population: layer for layer in self.populations}[population]

    def to_table(self) -> Table:
        """Everything in one table, for a file: the three networks, then the populations."""
        return Table.of([*self.networks, *self.layers])

    def __str__(self) -> str:
        lines = [f"{self.samples:,} samples, {self.setting}", str(self.networks), ""]
        lines += [
            "errors in % of the mean activation: own is what a layer does to the input that it really got; inherited to"
        ]
        lines += ["unevenness add up to the error, less where they cancel; shares of neurons in %"]
        lines += [str(Table.of(layer.short_row() for layer in self.populations)), ""]
        if self.worst:
            layer = self.layer(self.worst)
            lines.append(
                f"{self.worst} loses most: it adds {layer.relative_own_error:.1%} of its mean activation, mostly {layer.culprit}"
            )
        else:
            lines.append("no layer adds more than 0.1 % of its mean activation")
        return "\n".join([*lines, *(f"  try {hint}" for hint in self.advice)])
