"""What each code costs: accuracy, steps, spikes and synaptic operations of the same networks under every recipe, in one table.

    python -m spikewright.experiments.conversion.codes --data FOLDER --network small-digits lenet5-mnist

Rate and burst counts, weighted phases, few spikes, SpikeSelect, exact spike times and the older lossy ones, each at settings
that are of use; the model itself stands in the first row. Rows are kept: a second call goes on from there.
"""

import argparse
import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import Table
from spikewright.experiments.conversion.rows import Rows, Values, add_output, add_sources, chosen, run, tested_network

if TYPE_CHECKING:
    from spikewright.conversion import Recipe
    from spikewright.experiments.data.load import Dataset

SAMPLES = 1000
CHUNK = 250


def recipes() -> Mapping[str, "Recipe"]:
    """The codes of the table by their name."""
    from spikewright.conversion import FewSpike, Latency, Phase, Rate, SpikeSelect, Ttfs

    return {
        "rate, 8 steps": Rate(8),
        "rate, 32 steps": Rate(32),
        "bursts of 4, 8 steps": Rate(8, neuron="burst"),
        "weighted phase, 4 periods of 8": Phase(8, 4),
        "weighted phase, 16 periods of 8": Phase(8, 16),
        "few spikes, 8 binary": FewSpike(8),
        "few spikes, 4 binary": FewSpike(4),
        "few spikes, 4 learned": FewSpike(4, "learned"),
        "few spikes, 2 learned": FewSpike(2, "learned"),
        "SpikeSelect, 8 of 64": SpikeSelect(64, 8),
        "SpikeSelect, 2 of 64": SpikeSelect(64, 2),
        "TTFS, exact": Ttfs(),
        "TTFS, 8 bits": Ttfs("least-squares", levels=255, input_levels=255),
        "TTFS, 4 bits": Ttfs("least-squares", levels=15, input_levels=15),
        "latency, 64 steps": Latency(64, 4),
        "latency, 256 steps": Latency(256, 16),
    }


def measure(model: Any, data: "Dataset", recipe: "Recipe") -> Values:
    """The row of a recipe; what refuses a network is told in the column `refused`.

    Columns: steps (of the run; of a layer where it is layerwise; 1 window in time codes), latency_steps (until the answer
    stands), accuracy, agreement with the model, spikes_per_neuron (hidden, a whole run), synaptic_operations (an image).
    """
    from spikewright.conversion import Unconvertible, convert
    from spikewright.experiments.training.run import predict

    try:
        network = convert(model, data.train_images[:SAMPLES], recipe)
    except Unconvertible as error:
        return {"refused": str(error)}
    return _run(network, data, predict(model, data.test_images))


def _run(network: Any, data: "Dataset", truth: Any) -> dict[str, Any]:
    from spikewright.snn import simulate

    hidden = [p for p in network.populations if p.name not in (network.input, network.output)]
    depth = len(network.order) - 1
    spikes = operations = 0.0
    predictions = []
    for start in range(0, len(truth), CHUNK):
        activity = simulate(network, data.test_images[start : start + CHUNK])
        predictions.append(activity.predictions)
        spikes += float(sum(activity.spikes[p.name].sum() for p in hidden))
        operations += float(sum(count.sum() for count in activity.synaptic_operations.values()))
    predicted, count = np.concatenate(predictions), len(truth)
    one_after_another = network.schedule == "layerwise" or activity.axis == "window"
    return {
        "accuracy": float(np.mean(predicted == data.test_labels)),
        "agreement": float(np.mean(predicted == truth)),
        "steps": network.steps,
        "latency_steps": network.steps * (depth if one_after_another else 1),
        "spikes_per_neuron": spikes / (count * sum(p.size for p in hidden)),
        "synaptic_operations": operations / count,
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; returns the exit code, 2 after bad input."""
    parser = argparse.ArgumentParser(prog="python -m spikewright.experiments.conversion.codes", description=__doc__)
    add_sources(parser, network="small-digits")
    parser.add_argument("--codes", nargs="+", help="some of the codes only, by name")
    add_output(parser, "runs/codes")
    return run(parser.parse_args(arguments), _tables)


def _tables(options: argparse.Namespace, rows: Rows) -> int:
    from spikewright.compress import accuracy

    asked_for = chosen(recipes(), options.codes, "codes")
    for name in options.network:
        found = tested_network(name, options)
        own = accuracy(found.model, (found.data.test_images, found.data.test_labels))
        table: list[Values] = [{"code": "model", "accuracy": own, "agreement": 1.0}]
        for code, recipe in asked_for.items():
            rows.progress(name, len(table) - 1, len(asked_for))
            asked = {**found.asked, "code": code, "recipe": repr(recipe), "samples": SAMPLES}
            values = rows.row(f"{name}-{code}", asked, partial(measure, found.model, found.data, recipe))
            table.append({"code": code, **values})
        print(f"{name}, {len(found.data.test_labels):,} test images", Table.of(table), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
