"""Rate codes side by side: methods against steps, with the gap to the model, spikes and synaptic operations.

No retraining; calibrated on the first training images, without their labels. Steps are all steps, pre-steps too. The residual
methods run in torch, the others in the event engine.
"""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from spikewright import Table
from spikewright.experiments.measuring.cells import add_sources, chosen, measure_cell, network_cell
from spikewright.experiments.measuring.measurement import Measurement, Values
from spikewright.experiments.measuring.sweeps import SweepCommand, SweepRows
from spikewright.experiments.runs.cells import Cell

if TYPE_CHECKING:
    from spikewright.conversion import Rate
    from spikewright.experiments.data.load import Dataset
    from spikewright.snn import Network

SAMPLES = 512


def methods(steps: int) -> "Mapping[str, Rate]":
    """The recipes of the table by their name, each of `steps` steps in all."""
    from spikewright.conversion import Cos, Rate, Srp

    early = max(1, steps // 4)
    return {
        "percentile 99.9, not calibrated": Rate(steps, percentile=99.9, calibration=None),
        "not calibrated": Rate(steps, calibration=None),
        "light": Rate(steps),
        "advanced": Rate(steps, calibration="advanced"),
        "layerwise, not calibrated": Rate(steps, calibration=None, schedule="layerwise"),
        "layerwise, light": Rate(steps, schedule="layerwise"),
        "signed, light": Rate(steps, neuron="signed"),
        "bursts of 2, light": Rate(steps, neuron="burst", limit=2),
        "SRP": Rate(steps, calibration=None, residual=Srp(early)),
        "COS": Rate(steps, calibration=None, residual=Cos(early)),
    }


@dataclass(frozen=True)
class RateMeasurement(Measurement):
    """One rate code on all test images.

    method: a name of `methods`.
    steps: those of the whole run.
    """

    version: ClassVar[int] = 1
    table: ClassVar[str] = "rate"
    method: str
    steps: int

    def measure(self, model: Any, data: "Dataset") -> Values:
        """Accuracy on the test images, spikes_per_neuron (hidden, in the whole run), synaptic_operations of an image, levels
        above zero of an activation, and the seconds that conversion took."""
        from spikewright.conversion import convert

        recipe = methods(self.steps)[self.method]
        start = time.perf_counter()
        network = convert(model, data.train_images[: self.samples], recipe, judge=False)
        seconds = time.perf_counter() - start
        return {**_run(network, data, recipe), "levels": recipe.levels(""), "seconds": seconds}


def _run(network: "Network", data: "Dataset", recipe: "Rate") -> dict[str, float]:
    from spikewright.conversion import two_phase
    from spikewright.snn import simulate

    run = simulate if recipe.residual is None else two_phase
    activity = run(network, data.test_images)
    hidden = [p for p in network.populations if p.name not in (network.input, network.output)]
    spikes = sum(float(activity.spikes[p.name].mean()) for p in hidden)
    return {
        "accuracy": activity.accuracy(data.test_labels),
        "spikes_per_neuron": spikes / sum(p.size for p in hidden),
        "synaptic_operations": float(np.sum([count.mean() for count in activity.synaptic_operations.values()])),
    }


def flags(parser: ArgumentParser) -> None:
    """Networks, --steps and --methods."""
    add_sources(parser, network="lenet5-fashion")
    parser.add_argument("--steps", type=int, nargs="+", default=[8], help="lengths of the run (default: 8)")
    parser.add_argument("--methods", nargs="+", help="some of the methods only, by name")


def cells(options: Namespace) -> Iterator[Cell]:
    """One for each network, number of steps and method."""
    for name in options.network:
        model = network_cell(name, options)
        for steps in options.steps:
            for method, recipe in chosen(methods(steps), options.methods, "methods").items():
                stage = RateMeasurement(name, SAMPLES, method, steps)
                yield measure_cell(stage, f"{name}-{steps}-{method}", model, recipe=repr(recipe))


def tables(measured: SweepRows) -> Iterator[tuple[str, Table]]:
    """A table for each network and number of steps; the model itself comes first."""
    accuracy = {row["network"]: row["accuracy"] for row in measured.rows("accuracy")}
    for (name, steps, images), rows in measured.by("rate", "network", "steps", "images"):
        own = accuracy[name]
        table = [{"method": "the model itself", "accuracy": own, "gap_points": 0.0}]
        table += [{**row, "gap_points": 100.0 * (row["accuracy"] - own)} for row in rows]
        yield f"{name}, {steps} steps, {images:,} test images", Table.of(table)


SWEEP = SweepCommand(__doc__, flags, cells, tables)
