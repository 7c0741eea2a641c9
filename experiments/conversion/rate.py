"""Rate codes side by side: methods against steps, with the gap to the model, spikes and synaptic operations.

    python -m experiments.conversion.rate --data FOLDER --network lenet5-fashion --steps 8
    python -m experiments.conversion.rate --data FOLDER --network vgg7-cifar10 --steps 16 32 --images 1000

No retraining; calibrated on the first training images, without their labels. Steps are all steps, pre-steps too. The
residual methods run in torch, the others in the event engine.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import Progress, SpikewrightError, Table, silent

if TYPE_CHECKING:
    from conversion import Rate
    from experiments.data import Dataset
    from snn import Activity, Network

SAMPLES = 512


def methods(steps: int) -> "Mapping[str, Rate]":
    """The recipes of the table by their name, each of `steps` steps in all."""
    from conversion import Cos, Rate, Srp

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


def measure(model: Any, data: "Dataset", chosen: "Mapping[str, Rate]", *, progress: Progress = silent) -> Table:
    """A row for each recipe: accuracy on the test images, gap_points to the model, spikes_per_neuron (hidden, in the whole
    run), synaptic_operations of an image, levels above zero of an activation, and the seconds that conversion took.
    """
    import time

    from compress import accuracy
    from conversion import convert

    own = accuracy(model.eval(), (data.test_images, data.test_labels))
    rows: list[dict[str, Any]] = [{"method": "the model itself", "accuracy": own, "gap_points": 0.0}]
    for done, (name, recipe) in enumerate(chosen.items()):
        progress(name, done, len(chosen))
        start = time.perf_counter()
        network = convert(model, data.train_images[:SAMPLES], recipe)
        seconds = time.perf_counter() - start
        found = _run(network, data, recipe)
        rows.append({"method": name, "steps": recipe.steps, **found, "levels": recipe.levels(""), "seconds": seconds})
        rows[-1]["gap_points"] = 100.0 * (rows[-1]["accuracy"] - own)
    return Table.of({key: row.get(key, "") for key in rows[-1]} for row in rows)


def _run(network: "Network", data: "Dataset", recipe: "Rate") -> dict[str, float]:
    from conversion import two_phase
    from snn import simulate

    activity: Activity
    if recipe.residual is None:
        activity = simulate(network, data.test_images)
    else:
        activity = two_phase(network, data.test_images, recipe.residual)
    hidden = [p for p in network.populations if p.name not in (network.input, network.output)]
    spikes = sum(float(activity.spikes[p.name].mean()) for p in hidden)
    return {
        "accuracy": activity.accuracy(data.test_labels),
        "gap_points": 0.0,
        "spikes_per_neuron": spikes / sum(p.size for p in hidden),
        "synaptic_operations": float(np.sum([count.mean() for count in activity.synaptic_operations.values()])),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the data sets")
    parser.add_argument("--network", default="lenet5-fashion", help="a network of the zoo")
    parser.add_argument("--weights", type=Path, help="folder with other weights and cards, of another seed say")
    parser.add_argument("--steps", type=int, nargs="+", default=[8])
    parser.add_argument("--images", type=int, help="the first test images only")
    parser.add_argument("--methods", nargs="+", help="some of the methods only, by name")
    options = parser.parse_args(arguments)
    try:
        _tables(options)
    except SpikewrightError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _tables(options: argparse.Namespace) -> None:
    from experiments.data import load_dataset
    from experiments.zoo import WEIGHTS, card, load
    from spikewright import InvalidInput

    folder = options.weights or WEIGHTS
    model, data = load(options.network, folder), load_dataset(card(options.network, folder).dataset, options.data)
    data = data.first(test=options.images)
    for steps in options.steps:
        chosen = methods(steps)
        unknown = set(options.methods or ()) - chosen.keys()
        if unknown:
            raise InvalidInput(f"expected methods out of {', '.join(chosen)}, got {', '.join(sorted(unknown))}")
        chosen = {name: recipe for name, recipe in chosen.items() if not options.methods or name in options.methods}
        print(f"{options.network}, {steps} steps, {len(data.test_labels):,} test images")
        print(measure(model, data, chosen))


if __name__ == "__main__":
    sys.exit(main())
