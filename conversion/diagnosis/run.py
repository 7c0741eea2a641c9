"""The verb: `diagnose(model, network, images, labels) -> Diagnosis`."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikewright import Progress, Table
from spikewright.answers import Head
from spikewright.compress.graph.models import plain_copy
from spikewright.compress.training.data import answers
from spikewright.conversion.diagnosis.advice import advise, worst_of
from spikewright.conversion.diagnosis.populations import RECORDS, PopulationTallies, bytes_of_sample
from spikewright.conversion.diagnosis.records import Diagnosis
from spikewright.conversion.diagnosis.rereading import in_plan, plan_behind
from spikewright.conversion.forward import activations
from spikewright.conversion.reading.model import check_samples
from spikewright.label_checks import labels_of
from spikewright.progress import shown, watched
from spikewright.several_heads import decisions, only_head
from spikewright.snn import Network, simulate
from spikewright.snn.requirements import check_network

GRADED = ("values", "times")
WORKING_BYTES = 256 * 2**20
"""What recorded potentials and rasters of one batch may take."""


@watched
def diagnose(model: Any, network: Network, images: Any, labels: Any = None, *, progress: Progress = shown) -> Diagnosis:
    """Where does the spiking network lose against its model, and what would help?

    `model`: the nn.Module or `Compressed` that `network` was converted from. `images (n, C, H, W)`; `labels (n,)`, or of the
    shape of `Activity.predictions`, for accuracies. The model, its exact rewrite and the network (without early decision) run
    on the same images; then each population is held against the node that it stands for. The error of each is the sum of what
    it inherited, clipping, quantisation and unevenness (`conversion.diagnosis.parts`). Raises InvalidInput when the network was
    not made from this model by `convert`, or for images and labels that do not fit.
    """
    check_network(network)
    x = check_samples(images)
    truth = None if labels is None else labels_of(_head(network), labels, len(x), network.classes)
    bench = _SideBySide(model, replace(network, decision=None), x)
    for start in range(0, len(x), bench.batch):
        progress("diagnose", start, len(x))
        bench.take(x[start : start + bench.batch], labelled=labels is not None)
    progress("diagnose", len(x), len(x))
    return bench.diagnosis(truth)


class _SideBySide:
    """Model, rewritten model and network side by side."""

    def __init__(self, model: Any, network: Network, images: torch.Tensor) -> None:
        self.network, self.samples = network, len(images)
        self.original = plain_copy(model)
        self.plan = plan_behind(network, model, images[:1])
        self.populations = PopulationTallies(self.plan, network, len(images))
        self.batch = max(1, WORKING_BYTES // bytes_of_sample(network))
        self.logits: dict[str, list[NDArray[Any]]] = {"model": [], "rewritten": [], "spiking": []}
        self.over_steps: list[NDArray[Any]] = []
        self.spikes = 0.0

    def take(self, images: torch.Tensor, *, labelled: bool) -> None:
        """Run all three on some images; where these are labelled, what is said after each step is kept."""
        with torch.no_grad():
            self.logits["model"].append(answers(self.original, images).reshape(len(images), -1).double().numpy())
            values = {
                name: value.flatten(1).numpy()
                for name, value in activations(self.plan, in_plan(self.network, images)).items()
            }
        self.logits["rewritten"].append(self.plan.answered(values[self.plan.output.name]))
        activity = simulate(self.network, images.numpy(), record=RECORDS)
        self.logits["spiking"].append(activity.logits * self.network.logit_scale)
        if labelled:
            head = _head(self.network)
            said = activity.logits_over_time
            self.over_steps.append(head.predictions(said if head.kind == "classes" else activity.in_units(said)))
        hidden = [p.name for p in self.network.populations if p.name not in (self.network.input, self.network.output)]
        self.spikes += sum(float(activity.spikes[name].sum()) for name in hidden)
        self.populations.take(values, activity)

    def diagnosis(self, labels: NDArray[Any] | None) -> Diagnosis:
        """All that was seen."""
        layers = self.populations.layers()
        worst = worst_of(layers)
        return Diagnosis(
            networks=Table.of(self._rows(labels)),
            populations=layers,
            setting=_setting(self.network),
            samples=self.samples,
            worst=worst.population if worst else "",
            advice=advise(self.network, layers, worst),
            accuracy_over_steps=() if labels is None else self._over_steps(labels),
        )

    def _over_steps(self, labels: NDArray[Any]) -> tuple[float, ...]:
        """The accuracy after each step; none of values, which have none."""
        head = _head(self.network)
        if head.kind == "values":
            return ()
        counted, guesses = head.counts(labels), np.concatenate(self.over_steps, axis=1)
        return tuple(float((guess == labels)[counted].mean()) for guess in guesses)

    def _rows(self, labels: NDArray[Any] | None) -> Iterable[dict[str, Any]]:
        logits = {name: np.concatenate(parts).reshape(self.samples, -1) for name, parts in self.logits.items()}
        neurons = sum(
            p.size for p in self.network.populations if p.name not in (self.network.input, self.network.output)
        )
        heads, scores = self.network.heads, logits["rewritten"]
        expected = decisions(heads, logits["model"], ended=True)
        for name, found in logits.items():
            # A softmax at the end changes no prediction; errors of logits are those in front of it.
            ended, against = (True, found) if name == "model" else (False, scores)
            same = decisions(heads, found, ended=ended) == expected
            row = {
                "network": name,
                **({"accuracy": None} if labels is None else self._score(found, labels, ended)),
                "agreement": float(same.mean()) if same.size else None,
                "largest_logit_error": float(np.abs(found - against).max()) if name != "model" else 0.0,
            }
            if name == "spiking":
                row["spikes_per_neuron"] = self.spikes / (neurons * self.samples) if neurons else 0.0
            yield row

    def _score(self, logits: NDArray[Any], labels: NDArray[Any], ended: bool) -> dict[str, float | None]:
        """The accuracy on labels; of values the root of the mean squared error in its place."""
        head = _head(self.network)
        found = head.predictions(logits, ended=ended)
        if head.kind == "values":
            return {"accuracy": None, "error": float(np.sqrt(np.mean((found - labels) ** 2)))}
        return {"accuracy": float((found == labels)[head.counts(labels)].mean())}


def _head(network: Network) -> Head:
    return only_head(network.heads, "choose(model, output={}) before it is converted, or no labels")


def _setting(network: Network) -> str:
    code = type(network.code).__name__
    neurons = sorted(
        {type(p.neuron).__name__ for p in network.populations if p.neuron.fires or p.neuron.sends in GRADED}
    )
    steps = f"{network.steps} step{'s' if network.steps > 1 else ''}"
    return f"code {code}, {steps}, {network.schedule}, {' and '.join(neurons)} neurons, {network.numbers}"
