"""Rate codes side by side: methods against steps, with the gap to the model, spikes and synaptic operations.

    python -m spikewright.experiments.conversion.rate --data FOLDER --network lenet5-fashion --steps 8
    python -m spikewright.experiments.conversion.rate --data FOLDER --network vgg7-cifar10 --steps 16 32 --images 1000

No retraining; calibrated on the first training images, without their labels. Steps are all steps, pre-steps too. The
residual methods run in torch, the others in the event engine. Each row is kept in the output folder as soon as it is
measured: a second call goes on from there.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import Table
from spikewright.experiments.conversion.rows import Rows, Values, add_output, add_sources, chosen, run, tested_network

if TYPE_CHECKING:
    from spikewright.conversion import Rate
    from spikewright.experiments.data.load import Dataset
    from spikewright.snn import Activity, Network

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


def measure(model: Any, data: "Dataset", recipe: "Rate") -> Values:
    """The row of a recipe: accuracy on the test images, spikes_per_neuron (hidden, in the whole run), synaptic_operations
    of an image, levels above zero of an activation, and the seconds that conversion took.
    """
    from spikewright.conversion import convert

    start = time.perf_counter()
    network = convert(model, data.train_images[:SAMPLES], recipe, judge=False)
    seconds = time.perf_counter() - start
    return {"steps": recipe.steps, **_run(network, data, recipe), "levels": recipe.levels(""), "seconds": seconds}


def _run(network: "Network", data: "Dataset", recipe: "Rate") -> dict[str, float]:
    from spikewright.conversion import two_phase
    from spikewright.snn import simulate

    activity: Activity
    if recipe.residual is None:
        activity = simulate(network, data.test_images)
    else:
        activity = two_phase(network, data.test_images)
    hidden = [p for p in network.populations if p.name not in (network.input, network.output)]
    spikes = sum(float(activity.spikes[p.name].mean()) for p in hidden)
    return {
        "accuracy": activity.accuracy(data.test_labels),
        "spikes_per_neuron": spikes / sum(p.size for p in hidden),
        "synaptic_operations": float(np.sum([count.mean() for count in activity.synaptic_operations.values()])),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the tables; returns the exit code, 2 after bad input."""
    parser = argparse.ArgumentParser(
        prog="python -m spikewright.experiments.conversion.rate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_sources(parser, network="lenet5-fashion")
    parser.add_argument("--steps", type=int, nargs="+", default=[8])
    parser.add_argument("--methods", nargs="+", help="some of the methods only, by name")
    add_output(parser, "runs/rate")
    return run(parser.parse_args(arguments), _tables)


def _tables(options: argparse.Namespace, rows: Rows) -> int:
    from spikewright.compress import accuracy

    for name in options.network:
        found = tested_network(name, options)
        own = accuracy(found.model, (found.data.test_images, found.data.test_labels))
        for steps in options.steps:
            table = [{"method": "the model itself", "accuracy": own, "gap_points": 0.0}]
            for method, recipe in chosen(methods(steps), options.methods, "methods").items():
                rows.progress(f"{name}, {steps} steps", len(table) - 1, len(options.methods or methods(steps)))
                asked = {**found.asked, "method": method, "recipe": repr(recipe), "samples": SAMPLES}
                values = rows.row(f"{name}-{steps}-{method}", asked, partial(measure, found.model, found.data, recipe))
                table.append({"method": method, **values, "gap_points": 100.0 * (values["accuracy"] - own)})
            print(
                f"{name}, {steps} steps, {len(found.data.test_labels):,} test images",
                Table.of(table),
                sep="\n",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
